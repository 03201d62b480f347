// QR codes and barcodes as modules, made by well-kept packages; drawn here, or by the printer itself.
import { CODE128 } from "jsbarcode/bin/barcodes/CODE128/index.js";
import { EAN13, EAN8 } from "jsbarcode/bin/barcodes/EAN_UPC/index.js";
import qrcode from "qrcode-generator";

const PRINTABLE = /^[\x20-\x7e]+$/;
const DIGITS_ONLY = /^\d+$/;

/**
 * A QR code, error correction M.
 *
 * @param {string} text - what it holds, as UTF-8.
 * @returns {{count: number, isDark: (row: number, column: number) => boolean}} without the quiet zone.
 */
export function qrModules(text) {
  const code = qrcode(0, "M");
  // The package takes a string for bytes; every character below is one byte of the UTF-8.
  code.addData(String.fromCharCode(...new TextEncoder().encode(text)));
  code.make();
  return { count: code.getModuleCount(), isDark: (row, column) => code.isDark(row, column) };
}

function eanOf(digits) {
  const thirteen = digits.length === 12 ? `0${digits}` : digits;
  const [symbology, Encoder] = thirteen.length === 8 ? ["EAN8", EAN8] : ["EAN13", EAN13];
  const encoder = new Encoder(thirteen, { flat: true, displayValue: true, fontSize: 20, width: 2, height: 10 });
  return encoder.valid() ? { symbology, text: thirteen, modules: encoder.encode().data } : null;
}

/**
 * The bars of a product's code: EAN-8, EAN-13 and UPC-A (as the EAN-13 that it is) where the check digit is right,
 * Code 128 for everything else.
 *
 * @param {string} code - what was typed or scanned.
 * @returns {{symbology: "EAN8"|"EAN13"|"CODE128", text: string, modules: string}|null} `modules` has a 1 for each bar;
 *   null where the code cannot be bars: empty, or not in printable ASCII.
 */
export function barsOf(code) {
  const text = String(code ?? "").trim();
  if (DIGITS_ONLY.test(text) && [8, 12, 13].includes(text.length)) {
    const bars = eanOf(text);
    if (bars !== null) {
      return bars;
    }
  }
  if (!PRINTABLE.test(text)) {
    return null;
  }
  return { symbology: "CODE128", text, modules: new CODE128(text, {}).encode().data };
}
