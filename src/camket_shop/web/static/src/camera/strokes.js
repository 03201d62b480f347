// What the brush did: strokes that are painted again from the beginning when one is taken back.

/** Brush widths, as parts of the picture's side. */
export const SIZES = { small: 0.02, medium: 0.05, large: 0.1 };

const DOT = 0.1;

/** @typedef {{tool: "whiten"|"bring_back", size: keyof typeof SIZES, points: {x: number, y: number}[]}} Stroke points
 *   are parts of the picture's side */

/**
 * Returns the strokes with a new one begun.
 * @param {readonly Stroke[]} strokes
 * @param {Omit<Stroke, "points">} brush
 * @param {{x: number, y: number}} point
 * @returns {Stroke[]}
 */
export function begun(strokes, { tool, size }, point) {
  return [...strokes, { tool, size, points: [point] }];
}

/**
 * Returns the strokes with the last one drawn on to a point.
 * @param {readonly Stroke[]} strokes
 * @param {{x: number, y: number}} point
 * @returns {Stroke[]}
 */
export function drawnOn(strokes, point) {
  const last = strokes.at(-1);
  return last === undefined ? [] : [...strokes.slice(0, -1), { ...last, points: [...last.points, point] }];
}

/**
 * Returns the strokes without the last one.
 * @param {readonly Stroke[]} strokes
 * @returns {Stroke[]}
 */
export function takenBack(strokes) {
  return strokes.slice(0, -1);
}

/**
 * Paints strokes.
 * @param {CanvasRenderingContext2D} context of the picture
 * @param {readonly Stroke[]} strokes
 * @param {CanvasPattern|string} before what bringing back paints with: the photo, with its background
 */
export function paint(context, strokes, before) {
  const side = context.canvas.width;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { tool, size, points } of strokes) {
    context.strokeStyle = tool === "whiten" ? "#fff" : before;
    context.lineWidth = SIZES[size] * side;
    context.beginPath();
    context.moveTo(points[0].x * side, points[0].y * side);
    for (const point of points) {
      context.lineTo(point.x * side + DOT, point.y * side); // a line of no length at all is not painted
    }
    context.stroke();
  }
}
