// TSPL: the language of label printers. Words are drawn, because the printers' own letters know no Vietnamese; bars are
// the printer's own where it can say them, which is sharper.
import { cropped } from "./bitmap.js";
import { jobOf } from "./escpos.js";

const GAP_MILLIMETRES = 2;
const SYMBOLOGIES = { EAN13: "EAN13", EAN8: "EAN8", CODE128: "128" };
/** What may stand between the quotes of a command: a quote or a line's end would be the end of the command. */
const SAYABLE = /^[\w .+/$%*:-]+$/;
const MOST_COPIES = 200;

const line = (command) => new TextEncoder().encode(`${command}\r\n`);

/** A picture at a place. In TSPL a 0 is black, the opposite of ESC/POS. */
function bitmapCommand(x, y, bitmap) {
  const head = new TextEncoder().encode(`BITMAP ${x},${y},${bitmap.rowBytes},${bitmap.height},0,`);
  const command = new Uint8Array(head.length + bitmap.data.length + 2);
  command.set(head);
  command.set(bitmap.data.map((byte) => ~byte & 255), head.length);
  command.set([13, 10], head.length + bitmap.data.length);
  return command;
}

/** Whether the printer itself can draw a label's code. */
export function saysCode(code) {
  return code !== null && code.kind === "bars" && SAYABLE.test(code.text);
}

function barcodeCommand({ x, y, height, symbology, module, text }) {
  return line(`BARCODE ${x},${y},"${SYMBOLOGIES[symbology]}",${height},1,0,${module},${module * 2},"${text}"`);
}

/**
 * A label for a label printer.
 *
 * @param {object} drawn - as `label` returns it; drawn without its bars where `ownBars`.
 * @param {{copies?: number, ownBars?: boolean}} options - 1 to 200 labels; whether the printer draws the bars.
 * @returns {{bytes: Uint8Array, longest: number}}
 */
export function labelJob({ millimetres, bitmap, code }, { copies = 1, ownBars = false } = {}) {
  const [width, height] = millimetres;
  const { left, above, ink } = cropped(bitmap, { left: true });
  return jobOf([
    line(`SIZE ${width} mm,${height} mm`),
    line(`GAP ${GAP_MILLIMETRES} mm,0 mm`),
    line("DIRECTION 1"),
    line("CLS"),
    ...(ink === null ? [] : [bitmapCommand(left, above, ink)]),
    ...(ownBars && saysCode(code) ? [barcodeCommand(code)] : []),
    line(`PRINT ${Math.min(Math.max(1, Math.trunc(copies)), MOST_COPIES)}`),
  ]);
}
