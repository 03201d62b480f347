// The shop's own encoders, run by Node for the tests in Python: a line with a list of orders in, a line with the bytes of
// each out.
import { createInterface } from "node:readline";
import { arrange } from "../../../src/camket_shop/web/static/src/printing/arrange.js";
import { barsOf, qrModules } from "../../../src/camket_shop/web/static/src/printing/codes.js";
import { labelsJob, linesJob, plainJob, rasterJob, restarted } from "../../../src/camket_shop/web/static/src/printing/escpos.js";
import { receiptBlocks } from "../../../src/camket_shop/web/static/src/printing/receipt.js";
import { labelJob } from "../../../src/camket_shop/web/static/src/printing/tspl.js";
import { unaccented } from "../../../src/camket_shop/web/static/src/printing/unaccented.js";

const bitmapOf = ({ width, height, data }) => ({ width, height, rowBytes: Math.ceil(width / 8), data: Uint8Array.from(Buffer.from(data, "base64")) });
const drawnOf = ({ bitmap, places }) => ({ bitmap: bitmapOf(bitmap), places });

function plain({ sale, header, columns, language, cut }) {
  const measureIn = () => (text) => unaccented(text).length;
  return plainJob(arrange(receiptBlocks(sale, header, { language }), { width: columns, measureIn }), { columns, cut });
}

const ORDERS = {
  lines: (order) => linesJob(drawnOf(order), order),
  raster: (order) => rasterJob(drawnOf(order), order),
  plain,
  labels: (order) => labelsJob(bitmapOf(order.bitmap), order),
  label: ({ label, ...options }) => labelJob({ ...label, bitmap: bitmapOf(label.bitmap) }, options),
  restarted: ({ job }) => ({ bytes: restarted(ORDERS[job.kind](job)) }),
};
const OTHERS = {
  bars: ({ code }) => barsOf(code),
  qr({ text }) {
    const { count, isDark } = qrModules(text);
    return Array.from({ length: count }, (_row, y) => Array.from({ length: count }, (_module, x) => Number(isDark(y, x))));
  },
};

function answer(order) {
  if (order.kind in OTHERS) {
    return OTHERS[order.kind](order);
  }
  return Buffer.from(ORDERS[order.kind](order).bytes).toString("base64");
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).map(answer))}\n`);
}
