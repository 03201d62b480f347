// Fields of the dialogs: a label, a hint, the problem beside it, the input.
import { el } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { AmountError, formatDong, MOST_DONG, parseDong } from "../shared/money.js";

let made = 0;

/**
 * Return a field.
 *
 * @param {object} parts
 * @param {string} parts.label
 * @param {string} [parts.hint]
 * @param {string} [parts.value]
 * @param {"text" | "decimal" | "numeric"} [parts.inputmode]
 * @returns {{element: HTMLElement, input: HTMLInputElement, problem: (sentence: string | null) => void}} a problem is
 *   shown and said, and taken away by null.
 */
export function textField({ label, hint, value = "", inputmode = "text" }) {
  made += 1;
  const id = `sell-field-${made}`;
  const hinted = hint === undefined ? null : el("p", { class: "hint", id: `${id}-hint` }, hint);
  const wrong = el("p", { class: "problem", id: `${id}-problem`, role: "alert", hidden: true });
  const described = `${id}-problem${hinted ? ` ${id}-hint` : ""}`;
  const input = el("input", { type: "text", id, inputmode, autocomplete: "off", "aria-describedby": described });
  input.value = value;
  const problem = (sentence) => {
    wrong.hidden = sentence === null;
    wrong.textContent = sentence ?? "";
    if (sentence === null) {
      input.removeAttribute("aria-invalid");
    } else {
      input.setAttribute("aria-invalid", "true");
    }
  };
  input.addEventListener("input", () => problem(null));
  return {
    element: el("div", { class: "field" }, el("label", { for: id }, label), hinted, wrong, input),
    input,
    problem,
  };
}

/**
 * Return the amount that stands in a field; null, with the problem shown, where it is none.
 *
 * @param {ReturnType<typeof textField>} field
 */
export function readAmount(field) {
  try {
    return parseDong(field.input.value);
  } catch (error) {
    if (!(error instanceof AmountError)) {
      throw error;
    }
    field.problem(t(`sell.price_${error.reason}`, { most: formatDong(MOST_DONG) }));
    field.input.focus();
    return null;
  }
}

/**
 * Return the amount that stands in a field while it is being typed; null where it is none yet.
 *
 * @param {ReturnType<typeof textField>} field
 */
export function amountSoFar(field) {
  try {
    return parseDong(field.input.value);
  } catch (error) {
    if (error instanceof AmountError) {
      return null;
    }
    throw error;
  }
}

/** Tell whether an amount has so many digits that a phone needs smaller ones. */
export function isLong(amount) {
  return amount >= 100_000_000;
}

/** Return the line that says, large, what there is to pay. */
export function dueLine(total) {
  const label = el("span", {}, t("sell.total"));
  return el("p", { class: isLong(total) ? "due long" : "due" }, label, el("b", { class: "num" }, formatDong(total)));
}

/**
 * Return a form whose Enter does what its main button does.
 *
 * @param {() => void} submit
 * @param {...(Node | null)} children
 */
export function formOf(submit, ...children) {
  const onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  return el("form", { class: "fields", novalidate: true, onsubmit }, ...children);
}
