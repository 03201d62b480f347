// What a page would draw, for tests that compare it with what came out of a printer. Bundled by the tests and put into a
// page of the shop, so that it draws with the page's own fonts.
import { DEFAULTS } from "../../../src/camket_shop/web/static/src/printing/remembered.js";
import { dottedLines, labelDocument, receiptDocument, testDocument } from "../../../src/camket_shop/web/static/src/printing/documents.js";
import { draw } from "../../../src/camket_shop/web/static/src/printing/draw.js";
import { label } from "../../../src/camket_shop/web/static/src/printing/label.js";
import { receiptBlocks } from "../../../src/camket_shop/web/static/src/printing/receipt.js";
import { choosePort, SerialTransport } from "../../../src/camket_shop/web/static/src/printing/transports/serial.js";
import { deliver } from "../../../src/camket_shop/web/static/src/printing/delivery.js";

function base64(bytes) {
  let text = "";
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
}

const printer = (settings) => ({ ...DEFAULTS, speaks: "escpos", ...settings });

export async function drawnReceipt(sale, header, { width, language }) {
  const drawn = draw(await dottedLines(receiptBlocks(sale, header, { language }), width), width);
  const places = drawn.places.map(({ line, top, height }) => ({ kind: line.kind, text: line.text ?? null, top, height }));
  return { width, height: drawn.bitmap.height, data: base64(drawn.bitmap.data), places };
}

export async function receiptBytes(sale, header, settings) {
  return base64((await receiptDocument(sale, header, "").jobFor(printer(settings))).bytes);
}

export async function testPageBytes(settings) {
  return base64((await testDocument("").jobFor(printer(settings))).bytes);
}

export async function labelBytes(product, options, settings) {
  return base64((await labelDocument(product, { ...options, title: "" }).jobFor(printer(settings))).bytes);
}

export async function drawnLabel(product, options) {
  await labelDocument(product, { ...options, title: "" }).picture();
  const { width, height, bitmap, code } = label(product, options);
  return { width, height, data: base64(bitmap.data), code };
}

export async function encodingMilliseconds(sale, header, settings, rounds) {
  const document = receiptDocument(sale, header, "");
  const took = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    bytes = (await document.jobFor(printer(settings))).bytes.length;
    took.push(performance.now() - start);
  }
  return { took, bytes };
}

export { choosePort, deliver, SerialTransport };
