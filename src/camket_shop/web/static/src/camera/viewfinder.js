// The live view: a frame to put the product into, a shutter within the thumb's reach, and a way out that is a file.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { cameraIds, nextCamera, openCamera, reasonOf } from "./device.js";
import { openDialog } from "./dialog.js";
import { middleSquare } from "./crop.js";
import { drawn } from "./shrink.js";

/**
 * Opens the camera and waits for a photo.
 * @returns {Promise<{photo?: HTMLCanvasElement, crop?: object, wantsFile?: boolean}>} the photo with the square that
 *   was seen; or that a file is wanted in its place; or nothing where it was closed
 */
export function takePhoto() {
  return new Promise((resolve) => new Viewfinder(resolve).open());
}

class Viewfinder {
  constructor(resolve) {
    this.resolve = resolve;
    this.answer = {};
    this.camera = null;
    this.closed = false;
    this.refused = false;
    this.opening = 0;
    this.video = el("video", { playsinline: true, autoplay: true, "aria-label": t("camera.live") });
    this.video.muted = true;
    this.shutter = el("button", { type: "button", class: "shutter", disabled: true, onclick: () => this.shoot() }, el("span", { class: "hidden-words" }, t("camera.shoot")));
    this.torch = el("button", { type: "button", class: "btn slim", hidden: true, "aria-pressed": "false", onclick: () => this.switchLight() }, t("camera.torch"));
    this.other = el("button", { type: "button", class: "btn slim", hidden: true, onclick: () => this.switchCamera() }, t("camera.switch"));
    this.told = el("p", { class: "told", role: "status" }, t("camera.opening"));
    this.onVisibility = () => (document.hidden ? this.pause() : this.refused || this.start());
    this.onPageHide = () => this.pause();
  }

  open() {
    const stage = el("div", { class: "stage" }, this.video, el("div", { class: "guide", "aria-hidden": "true" }));
    const cancel = el("button", { type: "button", class: "btn slim", onclick: () => this.close() }, t("camera.close"));
    this.bar = el("div", { class: "shutter-bar" }, cancel, this.shutter, this.other);
    this.dialog = openDialog({
      title: t("camera.title"),
      kind: "viewfinder",
      body: [el("div", { class: "above" }, this.told, this.torch), stage, this.bar],
      onClose: () => this.end(),
    });
    this.stage = stage;
    this.video.addEventListener("loadeddata", () => this.ready());
    document.addEventListener("visibilitychange", this.onVisibility);
    globalThis.addEventListener("pagehide", this.onPageHide);
    this.start();
  }

  async start(deviceId = this.deviceId) {
    const opening = ++this.opening;
    try {
      const camera = await openCamera(deviceId);
      if (this.closed || opening !== this.opening) {
        camera.stop(); // it came after the view was left
        return;
      }
      this.camera = camera;
      this.deviceId = camera.deviceId;
      this.video.srcObject = camera.stream;
      this.torch.hidden = !camera.hasTorch;
      this.ids = await cameraIds();
      this.other.hidden = this.ids.length < 2;
    } catch (error) {
      if (!this.closed && opening === this.opening) {
        this.refuse(reasonOf(error));
      }
    }
  }

  ready() {
    this.shutter.disabled = false;
    this.shutter.focus();
    fill(this.told, t("camera.guide"));
  }

  pause() {
    this.opening += 1;
    this.camera?.stop();
    this.camera = null;
    this.shutter.disabled = true;
  }

  refuse(reason) {
    this.refused = true;
    const file = el("button", { type: "button", class: "btn go", onclick: () => this.close({ wantsFile: true }) }, t("camera.choose_file"));
    const again = el("button", { type: "button", class: "btn", onclick: () => this.retry() }, t("camera.try_again"));
    fill(this.stage, el("div", { class: "refused", role: "alert" }, el("p", {}, el("b", {}, t(`camera.${reason}`))), el("p", {}, t(`camera.${reason}_help`))));
    fill(this.told, t("camera.no_camera"));
    fill(this.bar, el("button", { type: "button", class: "btn slim", onclick: () => this.close() }, t("camera.close")), file, reason === "insecure" ? null : again);
    this.bar.classList.add("without");
    file.focus();
  }

  retry() {
    this.dialog.close({ silently: true });
    this.detach();
    takePhoto().then(this.resolve);
  }

  async switchLight() {
    const on = this.torch.getAttribute("aria-pressed") !== "true";
    await this.camera.light(on);
    this.torch.setAttribute("aria-pressed", String(on));
  }

  switchCamera() {
    const next = nextCamera(this.ids, this.deviceId);
    this.pause();
    this.start(next);
  }

  shoot() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const photo = drawn(this.video, { width, height });
    this.close({ photo, crop: middleSquare(photo) });
  }

  close(answer = {}) {
    this.answer = answer;
    this.dialog.close();
  }

  end() {
    this.detach();
    this.resolve(this.answer);
  }

  detach() {
    this.closed = true;
    this.pause();
    document.removeEventListener("visibilitychange", this.onVisibility);
    globalThis.removeEventListener("pagehide", this.onPageHide);
  }
}
