// ESC/POS: the language of receipt printers. Three ways to say a receipt: a picture for each line (small, every letter
// right), one picture (for printers that know no QR command), and plain letters without marks (the quickest).
import { bands, cropped, rowsOf } from "./bitmap.js";
import { unaccented } from "./unaccented.js";

const ESC = 0x1b;
const GS = 0x1d;
const LF = 0x0a;
const MOST_FEED = 255;
/** Rows of one raster command: cheap printers hold no more than some kilobytes. */
const BAND_ROWS = 128;
/** A band is cut only where it saves more: some printers pause a little for each command. */
const BAND_PRICE_BYTES = 48;
const ALIGNS = { left: 0, center: 1, right: 2 };
/** Dots of one QR module, and GS ! for letters of double height. */
const QR_MODULE_DOTS = 6;
const TALL = 0x01;
const TAIL_LINES = 4;

export const initialise = () => Uint8Array.of(ESC, 0x40);
const align = (to) => Uint8Array.of(ESC, 0x61, ALIGNS[to]);
const bold = (on) => Uint8Array.of(ESC, 0x45, on ? 1 : 0);
const size = (bits) => Uint8Array.of(GS, 0x21, bits);
const cut = () => Uint8Array.of(GS, 0x56, 0x42, 0);
const feedLines = (lines) => Uint8Array.of(ESC, 0x64, lines);

/** Feed so many rows of dots. */
export function feed(dots) {
  const parts = [];
  for (let left = dots; left > 0; left -= MOST_FEED) {
    parts.push(Uint8Array.of(ESC, 0x4a, Math.min(left, MOST_FEED)));
  }
  return parts;
}

/** A picture from the left edge: GS v 0, in bands. */
export function raster(bitmap) {
  const parts = [];
  for (let top = 0; top < bitmap.height; top += BAND_ROWS) {
    const band = rowsOf(bitmap, top, Math.min(BAND_ROWS, bitmap.height - top));
    const { rowBytes, height } = band;
    const command = new Uint8Array(8 + band.data.length);
    command.set([GS, 0x76, 0x30, 0, rowBytes & 255, rowBytes >> 8, height & 255, height >> 8]);
    command.set(band.data, 8);
    parts.push(command);
  }
  return parts;
}

function qrFunction(code, ...values) {
  const length = values.length + 2;
  return Uint8Array.of(GS, 0x28, 0x6b, length & 255, length >> 8, 0x31, code, ...values);
}

/** The printer's own QR code, centred: model 2, error correction M. */
export function qr(text) {
  const bytes = new TextEncoder().encode(text);
  return [
    align("center"),
    qrFunction(0x41, 0x32, 0),
    qrFunction(0x43, QR_MODULE_DOTS),
    qrFunction(0x45, 0x31),
    qrFunction(0x50, 0x30, ...bytes),
    qrFunction(0x51, 0x30),
    align("left"),
  ];
}

function tail(cutting) {
  return [feedLines(TAIL_LINES), ...(cutting ? [cut()] : [])];
}

/** The picture of one line. One in the middle goes without its white on both sides, and the printer puts it there. */
function linePicture(rows, isCentered) {
  const { above, below, ink } = cropped(rows, { evenly: isCentered });
  if (ink === null) {
    return { above, below, commands: [] };
  }
  if (isCentered) {
    return { above, below, commands: [align("center"), ...raster(ink), align("left")] };
  }
  return { above, below, commands: bands(ink, BAND_PRICE_BYTES).flatMap(raster) };
}

/** Lines of a drawn receipt, each as the picture of its ink; white rows become feeds. */
function lineByLine({ bitmap, places }) {
  const parts = [];
  let white = 0;
  for (const { line, top, height } of places) {
    if (line.kind === "qr") {
      parts.push(...feed(white), ...qr(line.text));
      white = 0;
      continue;
    }
    const { above, below, commands } = linePicture(rowsOf(bitmap, top, height), line.align === "center");
    white += above;
    if (commands.length > 0) {
      parts.push(...feed(white), ...commands);
      white = below;
    }
  }
  return [...parts, ...feed(white)];
}

/** One line of plain letters; a title is twice as high and no wider, so that an amount still fits beside its word. */
function plainLine(line) {
  const said = line.parts.reduce((before, part) => before.padEnd(part.x) + unaccented(part.text), "");
  const letters = new TextEncoder().encode(`${said.trimEnd()}\n`);
  const tall = line.style === "title";
  const strong = tall || line.style === "strong";
  return [
    ...(strong ? [bold(true)] : []),
    ...(tall ? [size(TALL)] : []),
    letters,
    ...(tall ? [size(0)] : []),
    ...(strong ? [bold(false)] : []),
  ];
}

function plainLines(lines, columns) {
  return lines.flatMap((line) => {
    if (line.kind === "text") {
      return plainLine(line);
    }
    if (line.kind === "qr") {
      return qr(line.text);
    }
    return line.kind === "rule" ? [new TextEncoder().encode(`${"-".repeat(columns)}\n`)] : [Uint8Array.of(LF)];
  });
}

/** A job: what is sent, and how long its longest command is, which says how many bytes end a command cut short. */
export function jobOf(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, longest: Math.max(0, ...parts.map((part) => part.length)) };
}

/**
 * A drawn receipt as a picture for each line and the printer's own QR code.
 *
 * @param {{bitmap: object, places: object[]}} drawn - as `draw` returns it.
 * @param {{cut?: boolean}} options - whether the printer has a cutter.
 * @returns {{bytes: Uint8Array, longest: number}}
 */
export function linesJob(drawn, { cut: cutting = false } = {}) {
  return jobOf([initialise(), align("left"), ...lineByLine(drawn), ...tail(cutting)]);
}

/** A drawn receipt as one picture, its QR code drawn too. */
export function rasterJob({ bitmap }, { cut: cutting = false } = {}) {
  return jobOf([initialise(), align("left"), ...raster(bitmap), ...tail(cutting)]);
}

/**
 * A receipt in plain ASCII letters: no marks, no picture but the printer's own QR code.
 *
 * @param {object[]} lines - arranged in columns.
 * @param {{columns: number, cut?: boolean}} options - how many letters fit a line.
 */
export function plainJob(lines, { columns, cut: cutting = false }) {
  return jobOf([initialise(), align("left"), ...plainLines(lines, columns), ...tail(cutting)]);
}

/** Several drawn labels on receipt paper, one after the other. */
export function labelsJob(bitmap, { copies, cut: cutting = false }) {
  const one = [...raster(bitmap), ...tail(cutting)];
  return jobOf([initialise(), align("left"), ...Array.from({ length: copies }, () => one).flat()]);
}

/**
 * What is sent when a job starts again after the link was lost: zero bytes, which do nothing, end whatever command the
 * printer still waits for, so that the reset that follows is read as one.
 */
export function restarted({ bytes, longest }) {
  const again = new Uint8Array(longest + bytes.length);
  again.set(bytes, longest);
  return again;
}
