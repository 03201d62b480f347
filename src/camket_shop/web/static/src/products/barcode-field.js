// The barcode of a product: typed, read by the camera where the browser can, or by a scanner that types.
import { canScan, openScanner } from "../selling/scanner.js";
import { el } from "../shared/dom.js";
import { t } from "../shared/messages.js";

/**
 * Offers the camera beside the barcode field, and keeps a scanner's Enter from sending a form that is half filled in.
 * @param {Document} root
 */
export function enhanceBarcode(root) {
  const field = root.querySelector("[data-barcode] input");
  if (!field) {
    return;
  }
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
    }
  });
  if (canScan()) {
    const take = (code) => {
      field.value = code;
      field.focus();
    };
    field.after(el("button", { type: "button", class: "btn slim scan-it", onclick: () => openScanner({ onCode: take }) }, t("sell.scan")));
  }
}
