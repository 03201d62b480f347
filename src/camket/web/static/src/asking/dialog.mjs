// The question as a dialog: all of its text, then no and yes side by side and alike, and a way out that is no answer.
export function questionDialog(question, { answer, closed }) {
  const dialog = made("dialog");
  dialog.setAttribute("aria-labelledby", "question");
  dialog.lang = question.language;
  // The focus goes to the question: neither answer is chosen beforehand.
  const title = made("h2", question.title, { id: "question", tabIndex: -1, autofocus: true });
  const paragraphs = question.body.map((text) => made("p", text));
  const later = made("button", question.words.later, { type: "button", className: "later" });
  later.addEventListener("click", () => dialog.close());
  const chip = made("span", question.words.asks, { className: "chip" });
  dialog.append(chip, title, ...paragraphs, twins(question, answer), later);
  dialog.addEventListener("close", closed);
  return dialog;
}

function twins(question, answer) {
  const pair = made("div", "", { className: "pair" });
  const buttons = [
    [question.words.no, false],
    [question.words.yes, true],
  ].map(([words, yes]) => {
    const button = made("button", words, { type: "button" });
    button.addEventListener("click", () => once(pair, () => answer(yes)));
    return button;
  });
  pair.append(...buttons);
  return pair;
}

function once(pair, act) {
  if (pair.getAttribute("aria-busy") !== "true") {
    pair.setAttribute("aria-busy", "true");
    act();
  }
}

function made(name, text = "", properties = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  return Object.assign(element, properties);
}
