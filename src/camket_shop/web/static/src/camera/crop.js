// Which square of a photo becomes the picture. Numbers only; a crop is {x, y, side} in pixels of the photo.

/** How far one may zoom in: the square is at least this part of the photo's shorter side. */
const LEAST_PART = 0.2;

/**
 * Returns the largest square in the middle of a photo.
 * @param {{width: number, height: number}} size
 */
export function middleSquare({ width, height }) {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/**
 * Returns the crop moved by some pixels of the photo; it stays inside.
 * @param {{x: number, y: number, side: number}} crop
 * @param {number} across
 * @param {number} down
 * @param {{width: number, height: number}} size of the photo
 */
export function moved(crop, across, down, size) {
  return inside({ ...crop, x: crop.x + across, y: crop.y + down }, size);
}

/**
 * Returns the crop after zooming around a point of it that stays where it is.
 * @param {{x: number, y: number, side: number}} crop
 * @param {number} factor above 1 zooms in
 * @param {{width: number, height: number}} size of the photo
 * @param {{x: number, y: number}} [around] as parts of the square, `{x: 0.5, y: 0.5}` its middle
 */
export function zoomed(crop, factor, size, around = { x: 0.5, y: 0.5 }) {
  const shorter = Math.min(size.width, size.height);
  const side = Math.min(Math.max(crop.side / factor, shorter * LEAST_PART), shorter);
  const gone = crop.side - side;
  return inside({ x: crop.x + gone * around.x, y: crop.y + gone * around.y, side }, size);
}

/**
 * Returns how far a crop is zoomed in, from 0 (the largest square) to 1 (the smallest).
 * @param {{side: number}} crop
 * @param {{width: number, height: number}} size of the photo
 */
export function zoomOf(crop, size) {
  const shorter = Math.min(size.width, size.height);
  return Math.log(shorter / crop.side) / Math.log(1 / LEAST_PART);
}

/**
 * Returns the crop zoomed to a place between 0 and 1, around its middle.
 * @param {{x: number, y: number, side: number}} crop
 * @param {number} zoom
 * @param {{width: number, height: number}} size of the photo
 */
export function zoomedTo(crop, zoom, size) {
  const side = Math.min(size.width, size.height) * LEAST_PART ** zoom;
  return zoomed(crop, crop.side / side, size);
}

function inside({ x, y, side }, { width, height }) {
  return { x: Math.min(Math.max(x, 0), width - side), y: Math.min(Math.max(y, 0), height - side), side };
}
