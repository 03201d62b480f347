// The head of a receipt on its page: from this device where it is kept, from the server once where it is not.
import { readHeader } from "./header.js";

/**
 * Fills the head of the receipt on a page, unless the server did; leaves it empty where it cannot be had just now.
 * @param {Document} root
 */
export async function fillReceiptHead(root) {
  const head = root.querySelector("[data-receipt-head]:not([data-filled])");
  if (!head) {
    return;
  }
  const header = await readHeader().catch(() => null);
  for (const place of header ? head.querySelectorAll("[data-head]") : []) {
    const value = header[place.dataset.head];
    if (value) {
      place.textContent = place.dataset.label ? `${place.dataset.label}: ${value}` : value;
    }
  }
}
