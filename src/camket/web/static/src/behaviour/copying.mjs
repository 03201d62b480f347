// A button beside a command puts it on the clipboard. It is hidden until the browser can do that.
export function offerCopying(root) {
  if (!navigator.clipboard) {
    return;
  }
  for (const button of root.querySelectorAll("button[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = root.getElementById(button.dataset.copies);
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = button.dataset.copied;
    });
  }
}
