// Drawing lines on a canvas, in the font of the pages, and reading the canvas back as a one-bit picture.
import { fromPixels } from "./bitmap.js";
import { qrModules } from "./codes.js";

const FAMILY = '"Be Vietnam Pro"';
const QR_MODULE_DOTS = 6;
const QR_QUIET_DOTS = 12;
const RULE_DOTS = 2;
const EDGE_DOTS = 24;

/** How letters look, in dots of 1/8 mm: `size` is the font's, `height` leaves room for stacked marks (Ẫ, Ỹ). */
export const STYLES = {
  small: { size: 20, weight: 400, height: 28 },
  body: { size: 22, weight: 400, height: 32 },
  strong: { size: 22, weight: 700, height: 32 },
  title: { size: 30, weight: 700, height: 44 },
};
const GAPS = { half: 12 };
const RULE_HEIGHT = 18;

const fontOf = ({ size, weight }) => `${weight} ${size}px ${FAMILY}, sans-serif`;

function canvasOf(width, height) {
  if (typeof OffscreenCanvas === "function") {
    return new OffscreenCanvas(width, height);
  }
  return Object.assign(document.createElement("canvas"), { width, height });
}

function contextOf(canvas) {
  // The pixels are read back at once, so they stay in memory and never go to a graphics card.
  return canvas.getContext("2d", { willReadFrequently: true });
}

/**
 * Wait until the browser has the letters of a text: fonts come in ranges, and only when something asks for them.
 *
 * @param {string} text - every letter that will be drawn.
 * @returns {Promise<void>} also when a font does not come: the system's letters are then drawn.
 */
export async function fontsFor(text) {
  const weights = [...new Set(Object.values(STYLES).map(({ weight }) => weight))];
  await Promise.allSettled(weights.map((weight) => document.fonts.load(`${weight} 24px ${FAMILY}`, text)));
}

/** How wide a text is in a style, in dots. */
export function measurer() {
  const context = contextOf(canvasOf(1, 1));
  return (style) => {
    const font = fontOf(STYLES[style]);
    return (text) => {
      context.font = font;
      return Math.ceil(context.measureText(text).width);
    };
  };
}

const qrDots = (text) => qrModules(text).count * QR_MODULE_DOTS;

function heightOf(line) {
  switch (line.kind) {
    case "text":
      return STYLES[line.style].height;
    case "rule":
      return RULE_HEIGHT;
    case "qr":
      return qrDots(line.text) + 2 * QR_QUIET_DOTS;
    case "edges":
      return EDGE_DOTS;
    default:
      return GAPS[line.size];
  }
}

/** Draw a QR code with its left upper corner at a place; `module` in dots. */
export function drawQr(context, text, { x, y, module }) {
  const { count, isDark } = qrModules(text);
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (isDark(row, column)) {
        context.fillRect(x + column * module, y + row * module, module, module);
      }
    }
  }
}

function drawLine(context, { line, top, height }, width) {
  if (line.kind === "text") {
    const style = STYLES[line.style];
    context.font = fontOf(style);
    for (const part of line.parts) {
      context.fillText(part.text, part.x, top + Math.round(height * 0.76));
    }
  } else if (line.kind === "rule") {
    context.fillRect(0, top + (height - RULE_DOTS) / 2, width, RULE_DOTS);
  } else if (line.kind === "edges") {
    context.fillRect(0, top, RULE_DOTS, height);
    context.fillRect(width - RULE_DOTS, top, RULE_DOTS, height);
  } else if (line.kind === "qr") {
    const x = Math.floor((width - qrDots(line.text)) / 2);
    drawQr(context, line.text, { x, y: top + QR_QUIET_DOTS, module: QR_MODULE_DOTS });
  }
}

function placed(lines) {
  let top = 0;
  return lines.map((line) => {
    const place = { line, top, height: heightOf(line) };
    top += place.height;
    return place;
  });
}

/** White paper with a pen in black, `scale` times as fine as the printer. */
export function paper(width, height, scale = 1) {
  const canvas = canvasOf(width * scale, height * scale);
  const context = contextOf(canvas);
  context.scale(scale, scale);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#000000";
  context.textBaseline = "alphabetic";
  return { canvas, context };
}

/** Read a canvas as the one-bit picture that a printer gets. */
export function printed({ canvas, context }) {
  const { width, height } = canvas;
  return fromPixels(context.getImageData(0, 0, width, height).data, width, height);
}

function painted(lines, width, scale) {
  const places = placed(lines);
  const height = places.reduce((sum, place) => sum + place.height, 0);
  const sheet = paper(width, height, scale);
  for (const place of places) {
    drawLine(sheet.context, place, width);
  }
  return { sheet, places };
}

/**
 * Draw arranged lines for a printer.
 *
 * @param {object[]} lines - as `arrange` returns them, in dots.
 * @param {number} width - of the paper, in dots.
 * @returns {{bitmap: object, places: object[]}} the picture, and where each line stands in it.
 */
export function draw(lines, width) {
  const { sheet, places } = painted(lines, width, 1);
  return { bitmap: printed(sheet), places };
}

/**
 * Draw arranged lines for a screen, a file or a page of the system's print dialog: three times as fine, with greys.
 *
 * @returns {Promise<Blob>} a PNG.
 */
export async function picture(lines, width) {
  return pngOf(painted(lines, width, 3).sheet.canvas);
}

/** A canvas as a PNG file. */
export function pngOf(canvas) {
  if ("convertToBlob" in canvas) {
    return canvas.convertToBlob({ type: "image/png" });
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
