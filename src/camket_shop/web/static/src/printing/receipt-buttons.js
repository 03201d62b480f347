// Printing a receipt from its own page: on the printer, through the print dialog, or as a picture.
import { ApiError, getJson } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { readHeader } from "../shared/header.js";
import { t } from "../shared/messages.js";
import { mountPrintStatus, printReceipt, printReceiptWithDialog, shareReceipt } from "./index.js";

/**
 * Put the ways to print a receipt into a place that names it (`data-number`).
 *
 * @param {HTMLElement} place - what stands in it for browsers without scripts goes.
 */
export function offerReceiptPrinting(place) {
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const receipt = once(() => Promise.all([getJson(`/api/sales/${place.dataset.number}`), readHeader()]));
  const does = (print) => async () => {
    problem.hidden = true;
    try {
      await print(...(await receipt()));
    } catch (error) {
      problem.hidden = error?.reason === "cancelled";
      problem.textContent = error instanceof ApiError ? error.message : t("printing.reason_failed");
    }
  };
  const button = (words, print, kind = "") => el("button", { type: "button", class: `btn ${kind}`.trim(), onclick: does(print) }, words);
  const ways = el(
    "div",
    { class: "actions" },
    button(t("printing.print_receipt"), printReceipt, "go"),
    button(t("printing.with_dialog"), printReceiptWithDialog),
    button(t("printing.share_receipt"), shareReceipt),
  );
  fill(place, ways, problem);
  mountPrintStatus();
  // A click may share a picture only while it is fresh, so what is needed for it is there before.
  receipt().catch(() => {});
}

/** Ask once; a question that failed is asked again next time. */
function once(ask) {
  let asked = null;
  return () => {
    asked ??= ask().catch((error) => {
      asked = null;
      throw error;
    });
    return asked;
  };
}
