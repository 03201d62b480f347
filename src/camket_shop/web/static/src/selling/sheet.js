// A dialog that slides up on a phone and stands in the middle of a desk. The browser holds the focus in it and gives it
// back when it closes; Escape and a tap beside it close it, unless it waits for something.
import { el } from "../shared/dom.js";
import { t } from "../shared/messages.js";

let made = 0;

/**
 * Open a dialog.
 *
 * @param {object} parts
 * @param {string} parts.title
 * @param {(Node | null)[]} parts.body
 * @param {string} [parts.kind] - a class for its looks.
 * @param {boolean} [parts.closes] - false leaves the cross away: there is something that must be answered.
 * @param {() => void} [parts.onClose]
 * @returns {{dialog: HTMLDialogElement, close: () => void, hold: (busy: boolean) => void, isHeld: () => boolean,
 *   retitle: (title: string) => void}} while it is held it does not close
 */
export function openSheet({ title, body, kind = "", closes = true, onClose = () => {} }) {
  made += 1;
  const heading = el("h2", { id: `sheet-${made}`, tabindex: "-1" }, title);
  const close = () => dialog.close();
  const cross = closes
    ? el("button", { type: "button", class: "cross", "aria-label": t("sell.close"), onclick: close }, "×")
    : null;
  const dialog = el(
    "dialog",
    { class: `sheet-up ${kind}`.trim(), "aria-labelledby": heading.id },
    el("header", {}, heading, cross),
    el("div", { class: "sheet-body" }, ...body),
  );
  let busy = false;
  dialog.addEventListener("cancel", (event) => {
    if (busy || !closes) {
      event.preventDefault();
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && !busy && closes && isBeside(dialog, event)) {
      close();
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose();
  });
  document.body.append(dialog);
  dialog.showModal();
  return {
    dialog,
    close,
    isHeld: () => busy,
    hold: (held) => {
      busy = held;
      dialog.setAttribute("aria-busy", String(held));
    },
    retitle: (text) => {
      heading.textContent = text;
    },
  };
}

// A press of Enter clicks without a place.
function isBeside(dialog, { clientX, clientY, detail }) {
  const box = dialog.getBoundingClientRect();
  return detail > 0 && (clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom);
}
