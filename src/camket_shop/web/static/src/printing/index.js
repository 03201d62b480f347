// Printing as the other parts of the shop see it. Nothing here throws and nothing here is waited for by a sale.
import { t } from "../shared/messages.js";
import { labelDocument, receiptDocument, testDocument } from "./documents.js";
import { deliver } from "./delivery.js";
import { fontsFor } from "./draw.js";
import { PrintError } from "./errors.js";
import { printWithDialog, shareAsPicture } from "./other-ways.js";
import { PrintQueue } from "./queue.js";
import { HARD_LETTERS } from "./receipt.js";
import { change, rememberedPrinter } from "./remembered.js";
import { showStatus } from "./status.js";
import { pairBluetooth, pairSerial, releaseAll, transportTo } from "./transports/index.js";
import { recordUse } from "./usage.js";

export { rememberedPrinter } from "./remembered.js";

const printerFor = (document) => rememberedPrinter(document.kind === "label" ? "label" : "receipt");

async function run({ document, printer: given, stop }, onState) {
  const printer = given ?? (await printerFor(document));
  if (printer === null) {
    throw new PrintError("no-printer");
  }
  if (printer.transport === "system") {
    await printWithDialog(document, printer);
  } else {
    onState({ state: "connecting", percent: 0 });
    const job = await document.jobFor(printer);
    clearTimeout(idle);
    try {
      await deliver(job, await transportTo(printer), { signal: stop.signal, onState });
    } finally {
      idle = setTimeout(releaseAll, IDLE_MS);
    }
  }
  recordUse(printer);
}

/** A printer has one link: after a while without receipts another device may have it. */
const IDLE_MS = 60_000;
let idle = null;

const STATUS = "[data-print-status]:not([data-mounted])";

/** The one queue of this page. */
export const queue = new PrintQueue(run);

globalThis.addEventListener?.("pagehide", releaseAll);

/**
 * Print the receipt of a committed sale on the remembered printer.
 *
 * @param {object} sale - as the shop's API answers it.
 * @param {object} header - whose receipt it is, as `/api/header` answers it.
 * @param {{onState?: (state: {state: string, percent: number, reason: string|null}) => void}} [options]
 * @returns {Promise<{state: "printed"|"failed"|"no-printer", reason: string|null}>} never rejects.
 */
export function printReceipt(sale, header, { onState } = {}) {
  return queue.add(receiptDocument(sale, header, receiptTitle(sale)), { onState });
}

/**
 * Print shelf labels of a product on the label printer, or on the receipt printer where there is no other.
 *
 * @param {{name: string, price: number, unit?: string, barcode?: string}} product
 * @param {{copies?: number, size?: "50x30"|"40x30", onState?: Function}} [options]
 * @returns {Promise<{state: string, reason: string|null}>} never rejects.
 */
export function printLabel(product, { copies = 1, size = "50x30", onState } = {}) {
  const title = t("printing.job_label", { name: product.name });
  return queue.add(labelDocument(product, { copies, size, title }), { onState });
}

/** Print the page of hard letters on one printer. */
export function printTestPage(printer) {
  return queue.add(testDocument(t("printing.job_test")), { printer });
}

/** Open the print dialog with the receipt of a sale. */
export async function printReceiptWithDialog(sale, header) {
  return printWithDialog(receiptDocument(sale, header, receiptTitle(sale)), (await rememberedPrinter()) ?? undefined);
}

/** Share the receipt of a sale as a picture; from a click. */
export async function shareReceipt(sale, header) {
  return shareAsPicture(receiptDocument(sale, header, receiptTitle(sale)), (await rememberedPrinter()) ?? undefined);
}

/** Share one label as a picture; from a click. */
export function shareLabel(product, { size }) {
  return shareAsPicture(labelDocument(product, { size, title: t("printing.job_label", { name: product.name }) }));
}

const receiptTitle = (sale) => t("printing.job_receipt", { number: sale.number });

/** Let the customer choose the remembered printer once more, in a browser that forgets permissions with the page. */
async function reconnect(job) {
  const printer = job.printer ?? (await printerFor(job.document));
  try {
    const pair = printer.transport === "serial" ? pairSerial : pairBluetooth;
    const { id } = await pair({ name: printer.name });
    job.printer = job.printer && { ...printer, id };
    await change(printer, { id });
    queue.again(job);
  } catch (error) {
    queue.fail(job, error);
  }
}

/** Another way than the printer, for a job that failed; when it worked, the job needs no attention any more. */
function instead(way) {
  return async (job) => {
    try {
      await way(job.document, job.printer ?? (await printerFor(job.document)) ?? undefined);
      queue.dismiss(job);
    } catch (error) {
      queue.fail(job, error);
    }
  };
}

/**
 * Show what becomes of the jobs in every `[data-print-status]` of a part of the page, the part itself too; once for each.
 *
 * @param {ParentNode} [root]
 */
export function mountPrintStatus(root = document) {
  const places = [...root.querySelectorAll(STATUS)];
  if (root.matches?.(STATUS)) {
    places.push(root);
  }
  for (const place of places) {
    place.dataset.mounted = "";
    showStatus(place, queue, { reconnect, dialog: instead(printWithDialog), share: instead(shareAsPicture) });
  }
  void warmUp();
}

/** Have the letters at hand before the first receipt, on a device that prints. */
async function warmUp() {
  if ((await rememberedPrinter()) !== null) {
    await fontsFor(HARD_LETTERS.join(""));
  }
}
