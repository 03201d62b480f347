// A shelf label: the name, the price one reads from two steps away, the unit, and the code as bars.
import { formatDong } from "../shared/money.js";
import { wrap } from "./arrange.js";
import { barsOf, qrModules } from "./codes.js";
import { drawQr, paper, pngOf, printed } from "./draw.js";

const DOTS_PER_MILLIMETRE = 8;

/** The labels that people buy, in millimetres, with what fits on each. */
export const SIZES = {
  "50x30": { width: 50, height: 30, name: 30, nameLines: 2, price: 56, small: 20, bars: 62 },
  "40x30": { width: 40, height: 30, name: 28, nameLines: 2, price: 46, small: 20, bars: 62 },
};
const MARGIN = 16;
const FAMILY = '"Be Vietnam Pro", sans-serif';
/** A bar thinner than two dots does not scan; more than three is not needed. */
const THINNEST = 2;
const WIDEST = 3;
const QUIET_MODULES = 10;

const dots = (millimetres) => millimetres * DOTS_PER_MILLIMETRE;

/** The dots of one module so that the code with its quiet zones fits, or 0 where it does not. */
function moduleDots(count, room) {
  const fits = Math.min(WIDEST, Math.floor(room / count));
  return fits >= THINNEST ? fits : 0;
}

/** Where the code stands: bars where they fit and scan, else a small QR code of the same text, else nothing. */
function codeAt(code, { width, height, bars }) {
  const found = barsOf(code);
  const bottom = height - MARGIN / 2;
  if (found === null) {
    return null;
  }
  const module = moduleDots(found.modules.length + 2 * QUIET_MODULES, width);
  if (module === 0) {
    const high = qrModules(found.text).count * WIDEST;
    return { kind: "qr", text: found.text, module: WIDEST, x: Math.floor((width - high) / 2), y: bottom - high };
  }
  const wide = found.modules.length * module;
  return { kind: "bars", ...found, module, x: Math.floor((width - wide) / 2), y: bottom - 20 - bars, height: bars, digitsAt: bottom };
}

/** The name in at most so many lines, its end told by an ellipsis. */
function nameLines(name, room, most, measure) {
  const lines = wrap(name, room, measure);
  if (lines.length <= most) {
    return lines;
  }
  let last = lines[most - 1];
  while (last !== "" && measure(`${last}…`) > room) {
    last = last.slice(0, -1);
  }
  return [...lines.slice(0, most - 1), `${last}…`];
}

function pen(context, weight, size) {
  context.font = `${weight} ${size}px ${FAMILY}`;
  return (text) => context.measureText(text).width;
}

/** The largest size up to `most` in which a text fits. */
function fittingSize(context, text, most, room) {
  let size = most;
  while (size > 20 && pen(context, 700, size)(text) > room) {
    size -= 2;
  }
  return size;
}

function drawWords(context, product, spec, width) {
  const room = width - 2 * MARGIN;
  let top = MARGIN / 2;
  const measure = pen(context, 600, spec.name);
  for (const line of nameLines(product.name, room, spec.nameLines, measure)) {
    top += Math.round(spec.name * 1.15);
    context.fillText(line, MARGIN, top);
  }
  const price = formatDong(product.price);
  const size = fittingSize(context, price, spec.price, room);
  top += Math.round(size * 1.08);
  const priceWidth = pen(context, 700, size)(price);
  context.fillText(price, MARGIN, top);
  const unit = product.unit ? `/${product.unit}` : "";
  if (unit !== "" && priceWidth + 8 + pen(context, 400, spec.small)(unit) <= room) {
    context.fillText(unit, MARGIN + priceWidth + 8, top);
  }
}

function drawCode(context, code, spec, width) {
  if (code.kind === "qr") {
    drawQr(context, code.text, code);
    return;
  }
  for (let at = 0; at < code.modules.length; at += 1) {
    if (code.modules[at] === "1") {
      context.fillRect(code.x + at * code.module, code.y, code.module, code.height);
    }
  }
  const wide = pen(context, 400, spec.small)(code.text);
  context.fillText(code.text, Math.max(MARGIN, (width - wide) / 2), code.digitsAt);
}

/**
 * Lay out one label.
 *
 * @param {{name: string, price: number, unit?: string, barcode?: string}} product - what the label is for.
 * @param {{size?: "50x30"|"40x30", drawCode?: boolean, scale?: number}} options - `drawCode` false leaves the bars to
 *   the printer, which then gets `code`.
 * @returns {{width: number, height: number, millimetres: [number, number], code: object|null, bitmap: object,
 *   png: () => Promise<Blob>}} sizes in dots.
 */
export function label(product, { size = "50x30", drawCode: drawsCode = true, scale = 1 } = {}) {
  const spec = SIZES[size];
  const [width, height] = [dots(spec.width), dots(spec.height)];
  const sheet = paper(width, height, scale);
  drawWords(sheet.context, product, spec, width);
  const code = codeAt(product.barcode, { width, height, bars: spec.bars });
  if (code !== null && (drawsCode || code.kind === "qr")) {
    drawCode(sheet.context, code, spec, width);
  }
  return { width, height, millimetres: [spec.width, spec.height], code, bitmap: printed(sheet), png: () => pngOf(sheet.canvas) };
}
