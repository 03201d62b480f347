// The picture of a product's form. The form is sent as without this file: what is chosen here is put into its file
// field, so that saving is one request and the server decides alone.
import { abilities } from "../shared/abilities.js";
import { ApiError } from "../shared/api.js";
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { at } from "../shared/page.js";
import { chooseCrop } from "./crop-dialog.js";
import { middleSquare } from "./crop.js";
import { plain, whitened } from "./sending.js";
import { drawn, encoded, readPhoto, squareOf } from "./shrink.js";
import { touchUp } from "./touch-up.js";
import { takePhoto } from "./viewfinder.js";

const SAVED_PIXELS = 1200;

/** @typedef {{photo: HTMLCanvasElement, crop: object, source: "camera"|"file"|"saved"}} Taken */

export class PictureField {
  /** @param {HTMLElement} root the element with `data-picture` */
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.frame = root.querySelector("[data-picture-frame]");
    this.file = root.querySelector("input[type=file]");
    this.saved = [...this.frame.childNodes];
    this.digest = root.dataset.digest ?? "";
    this.taken = null;
    this.versions = null;
    this.task = new AbortController();
  }

  /** Puts the buttons in the place of the bare file field. */
  start() {
    this.told = el("p", { class: "told", role: "status" });
    this.choice = el("div", { class: "versions", hidden: true });
    this.actions = el("div", { class: "picture-actions" });
    this.whiten = this.hidden("whiten");
    this.source = this.hidden("picture_source");
    this.remove = this.hidden("picture_remove");
    this.root.querySelector("[data-picture-plain]")?.remove();
    this.root.querySelector("[data-picture-file]").classList.add("has-buttons");
    this.root.querySelector("[data-camera-why]").hidden = false;
    this.frame.after(this.told, this.choice, this.actions);
    this.file.removeAttribute("capture");
    this.file.tabIndex = -1;
    this.file.setAttribute("aria-hidden", "true");
    this.file.addEventListener("change", () => this.fileChosen());
    this.showActions();
  }

  hidden(name) {
    const input = el("input", { type: "hidden", name, value: "" });
    this.root.append(input);
    return input;
  }

  showActions() {
    const shown = this.versions !== null || (this.digest !== "" && this.remove.value === "");
    const taken = this.button(shown ? "retake" : "take", () => this.take(), shown ? "" : "go");
    const file = this.button("choose_file", () => this.chooseFile());
    const edits = shown ? [this.button("crop", () => this.crop()), this.button("touch_up", () => this.touch())] : [];
    const gone = shown ? this.button("remove", () => this.drop()) : null;
    const back = !shown && this.digest !== "" ? this.button("keep_old", () => this.keepOld()) : null;
    fill(this.actions, taken, file, ...edits, gone, back);
  }

  button(word, act, kind = "") {
    return el("button", { type: "button", class: `btn ${kind}`, "data-do": word, onclick: act }, t(`camera.${word}`));
  }

  async take() {
    if (!abilities().camera.on) {
      this.say("camera.live_off");
      this.file.setAttribute("capture", "environment"); // the phone's own camera needs no secure address
      this.file.click();
      return;
    }
    const { photo, crop, wantsFile } = await takePhoto();
    if (wantsFile) {
      this.chooseFile();
    } else if (photo) {
      await this.use({ photo, crop, source: "camera" });
    }
  }

  chooseFile() {
    this.file.removeAttribute("capture");
    this.file.click();
  }

  async fileChosen() {
    const [file] = this.file.files;
    if (file === undefined || file === this.attached) {
      return;
    }
    const source = this.file.hasAttribute("capture") ? "camera" : "file";
    const task = this.begin("camera.reading");
    this.whiten.value = "1"; // saved before it is read, the file goes as it is
    this.source.value = source;
    try {
      const photo = await readPhoto(file).catch(async () => readPhoto(await plain(file, task.signal)));
      if (!task.signal.aborted) {
        await this.use({ photo, crop: middleSquare(photo), source });
      }
    } catch (error) {
      this.failed(task, error, () => this.empty());
    }
  }

  /** @param {Taken} taken */
  async use(taken) {
    const task = this.begin("camera.whitening");
    this.taken = taken;
    const square = await this.held(encoded(squareOf(taken.photo, taken.crop)));
    this.versions = { before: square, after: null, shown: "before" };
    this.attach(square, true); // saved before the answer comes, the server makes it white
    this.showActions();
    try {
      const white = await whitened(square, task.signal);
      if (task.signal.aborted) {
        return;
      }
      this.say(white ? "camera.whitened" : "camera.not_found");
      this.versions.after = white;
      this.choose(white ? "after" : "before");
    } catch (error) {
      this.failed(task, error, () => this.choose("before"));
    }
  }

  // Nothing is saved in the moment in which the picture is not in its field yet.
  async held(work) {
    const buttons = [...this.form.querySelectorAll("button:not([type=button])")];
    buttons.forEach((button) => (button.disabled = true));
    try {
      return await work;
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  }

  choose(shown) {
    this.versions.shown = shown;
    this.attach(this.versions[shown], false);
    const { before, after } = this.versions;
    this.choice.hidden = after === null;
    fill(this.choice, after && this.version("after", after), after && this.version("before", before));
  }

  version(name, blob) {
    const pressed = this.versions.shown === name;
    return el("button", { type: "button", class: "btn version", "aria-pressed": String(pressed), "data-version": name, onclick: () => this.choose(name) }, picture(blob, ""), el("span", {}, t(`camera.${name}`)));
  }

  async crop() {
    const taken = this.taken ?? (await this.load());
    const crop = taken && (await chooseCrop(taken.photo, taken.crop));
    if (crop) {
      await this.use({ ...taken, crop });
    }
  }

  async touch() {
    const taken = this.taken ?? (await this.load());
    if (!taken) {
      return;
    }
    const square = squareOf(taken.photo, taken.crop);
    const now = this.versions ? await readPhoto(this.versions[this.versions.shown]) : square;
    const painted = await touchUp(now, await this.inEvenLight(square));
    if (painted) {
      this.begin("camera.touched");
      this.taken = taken;
      this.versions = { before: this.versions?.before ?? (await encoded(square)), after: await this.held(encoded(painted)), shown: "after" };
      this.choose("after");
      this.showActions();
    }
  }

  // The server evens out the light of what it makes white: what is brought back has to be in the same light.
  async inEvenLight(square) {
    if (this.versions?.shown !== "after") {
      return square;
    }
    return plain(await encoded(square)).then(readPhoto).catch(() => square);
  }

  // The picture that is saved, to be cropped or touched up once more.
  async load() {
    const image = el("img", { alt: "", src: at(`/pictures/${this.digest}/${SAVED_PIXELS}.webp`) });
    try {
      await image.decode();
    } catch {
      this.say("common.offline");
      return null;
    }
    const photo = drawn(image, { width: image.naturalWidth, height: image.naturalHeight });
    return { photo, crop: middleSquare(photo), source: "saved" };
  }

  attach(blob, whiten) {
    const type = blob.type === "image/jpeg" ? "jpg" : "webp";
    this.attached = new File([blob], `picture.${type}`, { type: blob.type });
    const files = new DataTransfer();
    files.items.add(this.attached);
    this.file.files = files.files;
    this.whiten.value = whiten ? "1" : "0";
    this.source.value = this.taken.source === "saved" ? "" : this.taken.source;
    this.remove.value = "";
    fill(this.frame, picture(blob, t("camera.preview")));
  }

  drop() {
    this.begin("");
    this.empty();
    this.remove.value = this.digest === "" ? "" : "1";
    fill(this.frame, el("span", { class: "no-picture" }, t("camera.removed")));
    this.showActions();
    this.actions.querySelector("button").focus();
  }

  keepOld() {
    this.begin("");
    this.empty();
    this.actions.querySelector("button").focus();
  }

  empty() {
    this.taken = null;
    this.versions = null;
    this.attached = null;
    this.file.value = "";
    this.remove.value = "";
    this.whiten.value = "";
    this.source.value = "";
    this.choice.hidden = true;
    fill(this.frame, ...this.saved);
    this.showActions();
  }

  begin(key) {
    this.task.abort();
    this.task = new AbortController();
    this.say(key);
    return this.task;
  }

  failed(task, error, tidy) {
    if (task.signal.aborted) {
      return;
    }
    tidy();
    this.tell(error instanceof ApiError ? error.message : t("camera.unreadable"));
  }

  say(key) {
    this.tell(key === "" ? "" : t(key));
  }

  tell(sentence) {
    fill(this.told, sentence);
  }
}

/** Returns an image of what is not sent yet; its address is given back once it is shown. */
function picture(blob, alt) {
  const url = URL.createObjectURL(blob);
  return el("img", { src: url, alt, width: 400, height: 400, onload: () => URL.revokeObjectURL(url), onerror: () => URL.revokeObjectURL(url) });
}
