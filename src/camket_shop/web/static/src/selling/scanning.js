// A code was scanned, by a scanner that types or by the camera: the product goes into the cart, or its owner is asked.
import { el } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { at } from "../shared/page.js";
import { scanBuffer } from "./scan-buffer.js";
import { withBarcode } from "./search.js";
import { openSheet } from "./sheet.js";

/**
 * Take what scanners type while no dialog is open, wherever the focus is.
 *
 * @param {{state: object, add: (product: object) => void, refresh: () => Promise<void>, speak: object, search: object}} parts
 */
export function watchScanners({ state, add, refresh, speak, search }) {
  const buffer = scanBuffer();

  async function scanned(code) {
    let product = withBarcode(state.index, code);
    if (product === null) {
      await refresh(); // it may have been added on another device a moment ago
      product = withBarcode(state.index, code);
    }
    if (product === null) {
      openUnknown(code);
    } else {
      add(product);
      speak.show(t("sell.scanned", { name: product.name }));
    }
  }

  const onKey = (event) => {
    if (document.querySelector("dialog[open]") !== null || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const code = buffer.take(event.key, event.timeStamp);
    if (code !== null) {
      event.preventDefault(); // its Enter presses nothing
      event.stopPropagation();
      search.clear();
      void scanned(code);
    }
  };
  document.addEventListener("keydown", onKey, { capture: true });
  search.onScan((code) => void scanned(code));
}

function openUnknown(code) {
  const add = el(
    "a",
    { class: "btn go", href: `${at("/products/new")}?barcode=${encodeURIComponent(code)}` },
    t("sell.unknown_add"),
  );
  const close = el("button", { type: "button", class: "btn", onclick: () => sheet.close() }, t("sell.close"));
  const sheet = openSheet({
    title: t("sell.unknown_title"),
    body: [el("p", {}, t("sell.unknown_text", { code })), add, close],
    kind: "small",
  });
  add.focus();
}
