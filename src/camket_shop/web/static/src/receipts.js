// One receipt's page: the header of the shop comes from this device, so that looking at a receipt is no use of it.
import { offerReceiptPrinting } from "./printing/receipt-buttons.js";
import { fillReceiptHead } from "./shared/receipt-head.js";

const place = document.querySelector("[data-print-receipt]");
if (place !== null) {
  offerReceiptPrinting(place);
}
await fillReceiptHead(document);
