// Touching up by hand: paint background white, or bring back what was taken from the product. By finger, mouse or keys.
import { el } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { openDialog } from "./dialog.js";
import { newCanvas, SQUARE_PIXELS } from "./shrink.js";
import { begun, drawnOn, paint, SIZES, takenBack } from "./strokes.js";

const TOOLS = { whiten: "whiten_brush", bring_back: "bring_back" };
const SIZE_WORDS = { small: "small", medium: "medium", large: "large" };
const KEY_STEP = 0.02;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Lets the person paint on a picture.
 * @param {CanvasImageSource} picture as it is now
 * @param {CanvasImageSource} before the same square with its background
 * @returns {Promise<HTMLCanvasElement|null>} null where it was left, or nothing was painted
 */
export function touchUp(picture, before) {
  return new Promise((resolve) => new TouchUp(picture, before, resolve).open());
}

class TouchUp {
  constructor(picture, before, resolve) {
    this.resolve = resolve;
    this.kept = false;
    this.picture = picture;
    this.before = before;
    this.strokes = [];
    this.brush = { tool: "whiten", size: "medium" };
    this.cursor = { x: 0.5, y: 0.5 };
    this.view = newCanvas({ width: SQUARE_PIXELS, height: SQUARE_PIXELS });
    this.view.tabIndex = 0;
    this.view.setAttribute("role", "img");
    this.view.setAttribute("aria-label", t("camera.touch_up_keys"));
    this.ring = el("div", { class: "brush-ring", "aria-hidden": "true" });
    this.undo = el("button", { type: "button", class: "btn", disabled: true, onclick: () => this.show(takenBack(this.strokes)) }, t("camera.undo"));
  }

  open() {
    const leave = el("button", { type: "button", class: "btn", onclick: () => this.dialog.close() }, t("camera.leave"));
    const use = el("button", { type: "button", class: "btn go", onclick: () => { this.kept = true; this.dialog.close(); } }, t("camera.use"));
    const stage = el("div", { class: "stage" }, this.view, this.ring);
    const tools = el("div", { class: "tools" }, this.choice("tool", TOOLS), this.choice("size", SIZE_WORDS), this.undo);
    this.dialog = openDialog({
      title: t("camera.touch_up"),
      kind: "touch-up",
      body: [el("p", { class: "told" }, t("camera.touch_up_help")), stage, tools, el("div", { class: "pair" }, leave, use)],
      onClose: () => this.resolve(this.kept && this.strokes.length > 0 ? this.view : null),
    });
    this.listen();
    this.context = this.view.getContext("2d");
    const photo = newCanvas(this.view);
    photo.getContext("2d").drawImage(this.before, 0, 0, SQUARE_PIXELS, SQUARE_PIXELS);
    this.pattern = this.context.createPattern(photo, "no-repeat");
    this.show([]);
    this.moveRing();
  }

  choice(name, values) {
    const legend = el("legend", { class: "hidden-words" }, t(`camera.${name}`));
    const options = Object.entries(values).map(([value, word]) => {
      const input = el("input", { type: "radio", name: `touch-up-${name}`, value, checked: this.brush[name] === value, onchange: () => this.take(name, value) });
      return el("label", { class: "option" }, input, el("span", {}, t(`camera.${word}`)));
    });
    return el("fieldset", { class: "options" }, legend, ...options);
  }

  take(name, value) {
    this.brush = { ...this.brush, [name]: value };
    this.moveRing();
  }

  listen() {
    const view = this.view;
    const place = (event) => {
      const box = view.getBoundingClientRect();
      this.cursor = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
      this.moveRing();
      return this.cursor;
    };
    view.addEventListener("pointerdown", (event) => {
      if (event.isPrimary) {
        view.setPointerCapture(event.pointerId);
        this.show(begun(this.strokes, this.brush, place(event)));
      }
    });
    view.addEventListener("pointermove", (event) => {
      const point = event.isPrimary && place(event);
      if (point && view.hasPointerCapture(event.pointerId)) {
        this.show(drawnOn(this.strokes, point));
      }
    });
    view.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const step = ARROWS[event.key];
    if (step) {
      const moved = { x: this.cursor.x + step[0] * KEY_STEP, y: this.cursor.y + step[1] * KEY_STEP };
      this.cursor = { x: Math.min(Math.max(moved.x, 0), 1), y: Math.min(Math.max(moved.y, 0), 1) };
      this.moveRing();
    } else if (event.key === " " || event.key === "Enter") {
      this.show(begun(this.strokes, this.brush, this.cursor));
    } else if (event.key.toLowerCase() === "z") {
      this.show(takenBack(this.strokes));
    } else {
      return;
    }
    event.preventDefault();
  }

  show(strokes) {
    this.strokes = strokes;
    this.context.drawImage(this.picture, 0, 0, SQUARE_PIXELS, SQUARE_PIXELS);
    paint(this.context, strokes, this.pattern);
    this.undo.disabled = strokes.length === 0;
  }

  moveRing() {
    this.ring.style.left = `${this.cursor.x * 100}%`;
    this.ring.style.top = `${this.cursor.y * 100}%`;
    this.ring.style.width = `${SIZES[this.brush.size] * 100}%`;
  }
}
