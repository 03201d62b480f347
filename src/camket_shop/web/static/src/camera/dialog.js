// A dialog over the whole of a phone: the camera, the crop and the touch-up look and close alike.
import { el } from "../shared/dom.js";

/**
 * Opens a dialog.
 * @param {{title: string, kind: string, body: (Node|null)[], onClose: () => void}} parts `onClose` is called once, however it
 *   was closed
 * @returns {{element: HTMLDialogElement, close: (options?: {silently?: boolean}) => void}}
 */
export function openDialog({ title, kind, body, onClose }) {
  const element = el("dialog", { class: `photo-dialog ${kind}`, "aria-label": title }, el("h2", {}, title), ...body);
  let silent = false;
  element.addEventListener("close", () => {
    element.remove();
    if (!silent) {
      onClose();
    }
  });
  document.body.append(element);
  element.showModal();
  return {
    element,
    close({ silently = false } = {}) {
      silent = silently;
      element.close();
    },
  };
}
