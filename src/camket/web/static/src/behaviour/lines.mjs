// A button beside a finding leads to its line in the text: the line is selected and scrolled to.
const ABOVE = 4;

export function offerLines(root) {
  const field = root.querySelector("textarea[data-lines]");
  if (!field) {
    return;
  }
  for (const button of root.querySelectorAll("button[data-line]")) {
    button.hidden = false;
    button.addEventListener("click", () => showLine(field, Number(button.dataset.line)));
  }
}

function showLine(field, number) {
  const lines = field.value.split("\n");
  const place = Math.min(number, lines.length) - 1;
  const start = lines.slice(0, place).reduce((length, line) => length + line.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + lines[place].length);
  const height = parseFloat(getComputedStyle(field).lineHeight);
  field.scrollTop = Math.max(0, place - ABOVE) * height;
  field.scrollLeft = 0;
}
