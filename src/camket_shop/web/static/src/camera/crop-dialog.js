// Choosing the square: drag to move, two fingers or the slider to zoom, arrow keys for those who do not point.
import { el } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { moved, zoomed, zoomedTo, zoomOf } from "./crop.js";
import { openDialog } from "./dialog.js";
import { newCanvas } from "./shrink.js";

const VIEW_PIXELS = 600;
const STEPS = 100;
const KEY_STEP = 0.04;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 };

/**
 * Lets the person choose the square of a photo.
 * @param {HTMLCanvasElement} photo
 * @param {{x: number, y: number, side: number}} crop where it starts
 * @returns {Promise<{x: number, y: number, side: number}|null>} null where it was left
 */
export function chooseCrop(photo, crop) {
  return new Promise((resolve) => {
    let current = crop;
    let answer = null;
    const view = newCanvas({ width: VIEW_PIXELS, height: VIEW_PIXELS });
    view.className = "stage";
    view.tabIndex = 0;
    view.setAttribute("role", "img");
    view.setAttribute("aria-label", t("camera.crop_keys"));
    const slider = el("input", { type: "range", min: 0, max: STEPS, id: "crop-zoom", oninput: () => show(zoomedTo(current, slider.value / STEPS, photo)) });
    const show = (next) => {
      current = next;
      slider.value = Math.round(zoomOf(current, photo) * STEPS);
      view.getContext("2d").drawImage(photo, current.x, current.y, current.side, current.side, 0, 0, VIEW_PIXELS, VIEW_PIXELS);
    };
    follow(view, {
      drag: (across, down) => show(moved(current, -across * current.side, -down * current.side, photo)),
      pinch: (factor, around) => show(zoomed(current, factor, photo, around)),
      key: (key) => showKey(key),
    });
    const showKey = (key) => {
      const step = ARROWS[key];
      if (step) {
        show(moved(current, step[0] * KEY_STEP * current.side, step[1] * KEY_STEP * current.side, photo));
      } else if (ZOOMS[key]) {
        show(zoomed(current, ZOOMS[key], photo));
      }
      return step !== undefined || ZOOMS[key] !== undefined;
    };
    const use = el("button", { type: "button", class: "btn go", onclick: () => { answer = current; dialog.close(); } }, t("camera.use"));
    const leave = el("button", { type: "button", class: "btn", onclick: () => dialog.close() }, t("camera.leave"));
    const dialog = openDialog({
      title: t("camera.crop"),
      kind: "crop",
      body: [el("p", { class: "told" }, t("camera.crop_help")), view, el("label", { class: "zoom", for: "crop-zoom" }, el("span", {}, t("camera.zoom")), slider), el("div", { class: "pair" }, leave, use)],
      onClose: () => resolve(answer),
    });
    show(current);
  });
}

/** Tells what fingers, mouse and keys do on an element, in parts of its width. */
function follow(element, { drag, pinch, key }) {
  const points = new Map();
  const place = (event) => {
    const box = element.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    points.set(event.pointerId, place(event));
  });
  element.addEventListener("pointermove", (event) => {
    const before = points.get(event.pointerId);
    if (before === undefined) {
      return;
    }
    const now = place(event);
    const other = [...points.entries()].find(([id]) => id !== event.pointerId)?.[1];
    points.set(event.pointerId, now);
    if (other === undefined) {
      drag(now.x - before.x, now.y - before.y);
    } else {
      pinch(apart(now, other) / Math.max(apart(before, other), 0.01), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    }
  });
  for (const name of ["pointerup", "pointercancel"]) {
    element.addEventListener(name, (event) => points.delete(event.pointerId));
  }
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    pinch(event.deltaY < 0 ? 1.1 : 1 / 1.1, place(event));
  }, { passive: false });
  element.addEventListener("keydown", (event) => {
    if (key(event.key)) {
      event.preventDefault();
    }
  });
}

function apart(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
