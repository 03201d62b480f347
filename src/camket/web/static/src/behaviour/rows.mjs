// Keys for who works through a list all day: j and k, or the arrows, move from row to row; Enter follows the link that
// has the focus. Single letters can be switched off (WCAG 2.1.4), and are left alone wherever someone types.
const OFF = "camket.keys.off";
const DOWN = new Set(["j", "ArrowDown"]);
const UP = new Set(["k", "ArrowUp"]);
const TYPING = "input, select, textarea, [contenteditable]";

export function offerRowKeys(root) {
  const list = root.querySelector("[data-rows]");
  if (!list) {
    return;
  }
  const links = [...list.querySelectorAll("a[data-row]")];
  root.addEventListener("keydown", (event) => {
    const step = DOWN.has(event.key) ? 1 : UP.has(event.key) ? -1 : 0;
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(TYPING)) {
      return;
    }
    const here = links.indexOf(root.activeElement?.closest?.("tr")?.querySelector("a[data-row]"));
    const arrow = event.key.startsWith("Arrow");
    // The arrows scroll the page until the list has the focus.
    if (arrow ? here < 0 : isOff()) {
      return;
    }
    event.preventDefault();
    links[here < 0 ? 0 : Math.min(links.length - 1, Math.max(0, here + step))].focus();
  });
  offerSwitch(root);
}

function offerSwitch(root) {
  const hint = root.querySelector("[data-keys]");
  const button = hint?.querySelector("[data-keys-off]");
  if (!button) {
    return;
  }
  const turnOff = button.textContent;
  const say = () => {
    button.textContent = isOff() ? button.dataset.on : turnOff;
  };
  button.addEventListener("click", () => {
    remember(!isOff());
    say();
  });
  say();
  hint.hidden = false;
}

// A browser that keeps nothing for a site keeps the keys on until the next page.
let off = false;

function isOff() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return off;
  }
}

function remember(value) {
  off = value;
  try {
    localStorage.setItem(OFF, value ? "yes" : "no");
  } catch {
    // Nothing is kept; the page goes by `off`.
  }
}
