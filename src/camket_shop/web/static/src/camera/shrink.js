// Photos made small before they are sent: upright, no larger than a picture needs, and without what the file said.

/** Pixels of the longer side of a photo that is kept to be cropped. */
export const MOST_PIXELS = 1600;

/** Pixels of a side of the square that is sent. */
export const SQUARE_PIXELS = 1200;

const QUALITY = 0.9;

/**
 * Returns the size of a photo that fits within a bound; a smaller one stays as it is.
 * @param {{width: number, height: number}} size
 * @param {number} [most] pixels of the longer side
 */
export function fitted({ width, height }, most = MOST_PIXELS) {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Returns a photo as a canvas.
 * @param {Blob} file
 * @returns {Promise<HTMLCanvasElement>}
 * @throws {DOMException} this browser cannot show such a file
 */
export async function readPhoto(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = drawn(bitmap, bitmap);
  bitmap.close();
  return canvas;
}

/**
 * Returns what can be drawn as a canvas of a bounded size.
 * @param {CanvasImageSource} image
 * @param {{width: number, height: number}} size of the image
 * @returns {HTMLCanvasElement}
 */
export function drawn(image, size) {
  const canvas = newCanvas(fitted(size));
  pen(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * Returns the square of a photo.
 * @param {HTMLCanvasElement} photo
 * @param {{x: number, y: number, side: number}} crop
 * @returns {HTMLCanvasElement}
 */
export function squareOf(photo, { x, y, side }) {
  const pixels = Math.round(Math.min(SQUARE_PIXELS, Math.max(side, 64)));
  const canvas = newCanvas({ width: pixels, height: pixels });
  pen(canvas).drawImage(photo, x, y, side, side, 0, 0, pixels, pixels);
  return canvas;
}

/**
 * Returns a canvas as a file: WebP, or JPEG where the browser writes no WebP.
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
export async function encoded(canvas) {
  const webp = await toBlob(canvas, "image/webp");
  return webp?.type === "image/webp" ? webp : toBlob(canvas, "image/jpeg");
}

/**
 * Returns an empty canvas.
 * @param {{width: number, height: number}} size
 * @returns {HTMLCanvasElement}
 */
export function newCanvas({ width, height }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function pen(canvas) {
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // what is transparent becomes white, not black
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  return context;
}

function toBlob(canvas, type) {
  return new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
}
