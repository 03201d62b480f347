// One-bit pictures: eight pixels to a byte, the leftmost in the highest bit, 1 is black.

/** @typedef {{width: number, height: number, rowBytes: number, data: Uint8Array}} Bitmap */

const WHITE = 255;
/** Below this brightness a pixel is printed. Above the middle, because thin strokes of small letters come out grey. */
const THRESHOLD = 150;

/** A white picture. */
export function blank(width, height) {
  const rowBytes = Math.ceil(width / 8);
  return { width, height, rowBytes, data: new Uint8Array(rowBytes * height) };
}

/**
 * Make a picture of a canvas's pixels, each black or white by its brightness.
 *
 * @param {Uint8ClampedArray} rgba - four bytes for each pixel, as `getImageData` gives them.
 * @param {number} width - in pixels.
 * @param {number} height - in pixels.
 * @returns {Bitmap}
 */
export function fromPixels(rgba, width, height) {
  const bitmap = blank(width, height);
  for (let y = 0, pixel = 0; y < height; y += 1) {
    const row = y * bitmap.rowBytes;
    for (let x = 0; x < width; x += 1, pixel += 4) {
      const ink = (WHITE - (rgba[pixel] * 77 + rgba[pixel + 1] * 151 + rgba[pixel + 2] * 28) / 256) * (rgba[pixel + 3] / WHITE);
      if (WHITE - ink < THRESHOLD) {
        bitmap.data[row + (x >> 3)] |= 0x80 >> (x & 7);
      }
    }
  }
  return bitmap;
}

/** Some rows of a picture; shares no bytes with it. */
export function rowsOf(bitmap, top, height) {
  const data = bitmap.data.slice(top * bitmap.rowBytes, (top + height) * bitmap.rowBytes);
  return { ...bitmap, height, data };
}

function isBlankRow(bitmap, y) {
  for (let at = y * bitmap.rowBytes; at < (y + 1) * bitmap.rowBytes; at += 1) {
    if (bitmap.data[at] !== 0) {
      return false;
    }
  }
  return true;
}

/** The columns of bytes that hold ink: from the first to behind the last; both 0 for a white picture. */
function inkedBytes({ data, rowBytes, height }) {
  let first = rowBytes;
  let end = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < rowBytes; x += 1) {
      if (data[y * rowBytes + x] !== 0) {
        first = Math.min(first, x);
        end = Math.max(end, x + 1);
      }
    }
  }
  return end === 0 ? [0, 0] : [first, end];
}

/** The columns of bytes from `first` to before `end`. */
function columnsOf(bitmap, first, end) {
  const rowBytes = end - first;
  const data = new Uint8Array(rowBytes * bitmap.height);
  for (let y = 0; y < bitmap.height; y += 1) {
    const start = y * bitmap.rowBytes;
    data.set(bitmap.data.subarray(start + first, start + end), y * rowBytes);
  }
  return { width: Math.min(rowBytes * 8, bitmap.width - first * 8), height: bitmap.height, rowBytes, data };
}

/**
 * Cut white rows off the top and bottom and white bytes off the sides.
 *
 * @param {Bitmap} bitmap - any picture.
 * @param {{left?: boolean, evenly?: boolean}} options - whether white on the left goes too; `evenly` takes as much from
 *   the left as from the right, so that what is left stands in the middle of where it stood.
 * @returns {{left: number, above: number, below: number, ink: Bitmap|null}} how many pixels went on the left and rows
 *   above and below; `ink` is null for a white picture, all rows then count as above.
 */
export function cropped(bitmap, { left = false, evenly = false } = {}) {
  let above = 0;
  while (above < bitmap.height && isBlankRow(bitmap, above)) {
    above += 1;
  }
  if (above === bitmap.height) {
    return { left: 0, above, below: 0, ink: null };
  }
  let below = 0;
  while (isBlankRow(bitmap, bitmap.height - 1 - below)) {
    below += 1;
  }
  const rows = rowsOf(bitmap, above, bitmap.height - above - below);
  const [first, end] = inkedBytes(rows);
  if (evenly) {
    const margin = Math.min(first, rows.rowBytes - end);
    return { left: margin * 8, above, below, ink: columnsOf(rows, margin, rows.rowBytes - margin) };
  }
  const from = left ? first : 0;
  return { left: from * 8, above, below, ink: columnsOf(rows, from, end) };
}

/** How many bytes of a row hold ink, counted from the left. */
function reach(bitmap, y) {
  let end = bitmap.rowBytes;
  while (end > 0 && bitmap.data[y * bitmap.rowBytes + end - 1] === 0) {
    end -= 1;
  }
  return end;
}

/**
 * Cut a picture into bands, each only as wide as its own ink: the tail of a letter on the left does not make the white
 * on the right worth sending.
 *
 * @param {Bitmap} bitmap - a picture of one line.
 * @param {number} price - what one more band costs, in bytes; bands are not cut for less.
 * @returns {Bitmap[]} top to bottom; together they are the picture, without the white on the right.
 */
export function bands(bitmap, price) {
  const { height } = bitmap;
  const reaches = Array.from({ length: height }, (_row, y) => reach(bitmap, y));
  const cheapest = [0];
  const startOf = [0];
  for (let end = 1; end <= height; end += 1) {
    cheapest[end] = Infinity;
    for (let start = end - 1, widest = 1; start >= 0; start -= 1) {
      widest = Math.max(widest, reaches[start]);
      const cost = cheapest[start] + price + widest * (end - start);
      if (cost < cheapest[end]) {
        cheapest[end] = cost;
        startOf[end] = start;
      }
    }
  }
  const found = [];
  for (let end = height; end > 0; end = startOf[end]) {
    const start = startOf[end];
    const widest = Math.max(1, ...reaches.slice(start, end));
    found.unshift(columnsOf(rowsOf(bitmap, start, end - start), 0, widest));
  }
  return found;
}
