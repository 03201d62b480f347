// The camera's numbers: squares of photos, sizes to send, strokes of the brush, and why there is no camera.
import assert from "node:assert/strict";
import { test } from "node:test";
import { middleSquare, moved, zoomed, zoomedTo, zoomOf } from "../../../src/camket_shop/web/static/src/camera/crop.js";
import { constraints, nextCamera, reasonOf } from "../../../src/camket_shop/web/static/src/camera/device.js";
import { fitted } from "../../../src/camket_shop/web/static/src/camera/shrink.js";
import { begun, drawnOn, paint, takenBack } from "../../../src/camket_shop/web/static/src/camera/strokes.js";

const PHOTO = { width: 1600, height: 1200 };
const WHOLE = { x: 200, y: 0, side: 1200 };

function isInside({ x, y, side }, { width, height }) {
  const slack = 1e-6;
  return x >= -slack && y >= -slack && x + side <= width + slack && y + side <= height + slack;
}

test("the first square is the largest in the middle", () => {
  assert.deepEqual(middleSquare(PHOTO), WHOLE);
  assert.deepEqual(middleSquare({ width: 700, height: 700 }), { x: 0, y: 0, side: 700 });
});

test("a square that is dragged stays inside the photo", () => {
  for (const [across, down] of [[5000, 0], [-5000, 0], [0, 5000], [0, -5000], [37, -12]]) {
    assert.ok(isInside(moved({ x: 400, y: 300, side: 500 }, across, down, PHOTO), PHOTO));
  }
  assert.deepEqual(moved({ x: 400, y: 300, side: 500 }, 10, -20, PHOTO), { x: 410, y: 280, side: 500 });
});

test("zooming keeps the point that is zoomed at, and has a nearest and a farthest", () => {
  const near = zoomed(WHOLE, 2, PHOTO, { x: 0.25, y: 0.75 });
  assert.equal(near.side, 600);
  assert.equal(near.x + 0.25 * near.side, WHOLE.x + 0.25 * WHOLE.side);
  assert.equal(near.y + 0.75 * near.side, WHOLE.y + 0.75 * WHOLE.side);
  assert.equal(zoomed(WHOLE, 1000, PHOTO).side, 240);
  assert.equal(zoomed(near, 1 / 1000, PHOTO).side, 1200);
});

test("whatever is done to a square, it stays inside the photo", () => {
  let crop = WHOLE;
  for (let step = 1; step < 400; step += 1) {
    crop = step % 3 ? moved(crop, (step * 7919) % 613 - 300, (step * 104729) % 509 - 250, PHOTO) : zoomed(crop, 0.5 + ((step * 31) % 17) / 8, PHOTO, { x: (step % 5) / 4, y: (step % 7) / 6 });
    assert.ok(isInside(crop, PHOTO), `step ${step}`);
  }
});

test("the slider's place and the square say the same", () => {
  for (const zoom of [0, 0.25, 0.5, 1]) {
    assert.ok(Math.abs(zoomOf(zoomedTo(WHOLE, zoom, PHOTO), PHOTO) - zoom) < 1e-9);
  }
});

test("a photo is made small, never large, and keeps its shape", () => {
  assert.deepEqual(fitted({ width: 4000, height: 3000 }), { width: 1600, height: 1200 });
  assert.deepEqual(fitted({ width: 3000, height: 4000 }), { width: 1200, height: 1600 });
  assert.deepEqual(fitted({ width: 640, height: 480 }), { width: 640, height: 480 });
  assert.deepEqual(fitted({ width: 100_000, height: 3 }), { width: 1600, height: 1 });
});

test("a stroke grows, others stay, and the last one is taken back", () => {
  const first = begun([], { tool: "whiten", size: "small" }, { x: 0.1, y: 0.1 });
  const second = drawnOn(begun(first, { tool: "bring_back", size: "large" }, { x: 0.5, y: 0.5 }), { x: 0.6, y: 0.5 });
  assert.deepEqual(second.map((stroke) => stroke.points.length), [1, 2]);
  assert.deepEqual(takenBack(second), first);
  assert.deepEqual(takenBack([]), []);
  assert.deepEqual(drawnOn([], { x: 0, y: 0 }), []);
});

test("the brush paints white or what was there before, as wide as its size, and a touch is a dot", () => {
  const calls = [];
  const context = new Proxy({ canvas: { width: 1000 } }, {
    get: (target, name) => target[name] ?? ((...values) => calls.push([name, ...values, target.strokeStyle, target.lineWidth])),
  });
  paint(context, [...begun([], { tool: "whiten", size: "medium" }, { x: 0.5, y: 0.25 }), ...begun([], { tool: "bring_back", size: "large" }, { x: 0, y: 0 })], "photo");
  const strokes = calls.filter(([name]) => name === "stroke");
  assert.deepEqual(strokes, [["stroke", "#fff", 50], ["stroke", "photo", 100]]);
  const [from, to] = [calls.find(([name]) => name === "moveTo"), calls.find(([name]) => name === "lineTo")];
  assert.notDeepEqual(from.slice(1, 3), to.slice(1, 3));
});

test("each reason for no camera has its own word", () => {
  const because = (name, isSecureContext = true) => reasonOf({ name }, { isSecureContext });
  assert.equal(because("NotAllowedError"), "denied");
  assert.equal(because("NotReadableError"), "taken");
  assert.equal(because("NotFoundError"), "absent");
  assert.equal(because("OverconstrainedError"), "absent");
  assert.equal(because("NotAllowedError", false), "insecure");
  assert.equal(because("SomethingNew"), "failed");
  assert.equal(reasonOf(undefined, { isSecureContext: true }), "failed");
});

test("the camera on the back comes first, one that was chosen comes exactly", () => {
  assert.deepEqual(constraints().video.facingMode, { ideal: "environment" });
  assert.equal(constraints().audio, false);
  assert.deepEqual(constraints("abc").video.deviceId, { exact: "abc" });
  assert.equal(constraints("abc").video.facingMode, undefined);
});

test("switching goes round all cameras", () => {
  assert.equal(nextCamera(["a", "b", "c"], "a"), "b");
  assert.equal(nextCamera(["a", "b", "c"], "c"), "a");
  assert.equal(nextCamera(["a", "b"], "gone"), "a");
});
