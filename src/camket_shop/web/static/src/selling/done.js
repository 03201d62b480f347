// After the money: the receipt's number, what goes back, printing, the next sale. Nothing here has to be waited for.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { formatDong } from "../shared/money.js";
import { at } from "../shared/page.js";
import { dueLine } from "./fields.js";
import { openSheet } from "./sheet.js";

/**
 * Open the dialog of a sale that was taken.
 *
 * @param {object} sale - as it was sent.
 * @param {object} acts
 * @param {(receipt: object) => void} acts.print
 * @param {(place: Element) => void} acts.showPrinting - puts what becomes of print jobs into a place.
 * @param {() => void} acts.onClose
 * @returns {{show: (outcome: object) => void}} called with the outcome of each try, until the sale is sent.
 */
export function openDone(sale, { print, showPrinting, onClose }) {
  const { tendered, transferred } = sale.payment;
  const change = tendered + transferred - sale.total;
  const told = el("p", { role: "status", class: "kept" });
  const back = el(
    "p",
    { class: "give-back" },
    ...(change > 0
      ? [el("span", {}, t("sell.done_change")), el("b", { class: "num" }, formatDong(change))]
      : [el("span", {}, t("sell.no_change"))]),
  );
  const more = el("div", { class: "ways-on" });
  const jobs = el("div", { class: "print-place" });
  const next = el("button", { type: "button", class: "btn go", onclick: () => sheet.close() }, t("sell.next_sale"));
  const sheet = openSheet({
    title: t("sell.done_kept_title"),
    body: [told, dueLine(sale.total), back, jobs, more, next],
    kind: "done",
    onClose,
  });
  next.focus();
  const printNow = (receipt) => {
    jobs.dataset.printStatus = "";
    showPrinting(sheet.dialog);
    print(receipt);
  };
  return {
    show(outcome) {
      const receipt = outcome.state === "sent" ? outcome.receipt : null;
      sheet.dialog.classList.toggle("is-kept", receipt === null);
      sheet.retitle(receipt === null ? t("sell.done_kept_title") : t("sell.done_title", { number: receipt.number }));
      told.textContent =
        receipt === null
          ? t("sell.done_kept_text")
          : t("sell.done_said", { number: receipt.number, total: formatDong(receipt.total) });
      told.classList.toggle("hidden-label", receipt !== null);
      fill(more, receipt === null ? el("p", { class: "quiet" }, t("sell.print_later")) : waysOn(receipt, printNow));
    },
  };
}

function waysOn(receipt, print) {
  return el(
    "div",
    { class: "pair" },
    el("button", { type: "button", class: "btn", onclick: () => print(receipt) }, t("sell.print")),
    el("a", { class: "btn", href: at(`/receipts/${receipt.number}`) }, t("sell.receipt")),
  );
}
