// Reading a barcode with the camera, where the browser can. The picture is looked at and thrown away.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { openSheet } from "./sheet.js";

const LOOK_MS = 120;
const REFUSALS = {
  NotAllowedError: "sell.camera_denied",
  NotFoundError: "sell.camera_absent",
  NotReadableError: "sell.camera_busy",
  OverconstrainedError: "sell.camera_absent",
};

/** Tell whether this browser can read barcodes on this page. */
export function canScan() {
  return "BarcodeDetector" in globalThis && navigator.mediaDevices !== undefined;
}

/**
 * Open the camera and wait for a code; from a click.
 *
 * @param {{onCode: (code: string) => void}} acts - called at most once; the camera is off by then.
 */
export function openScanner({ onCode }) {
  const video = el("video", { playsinline: true, muted: true, "aria-hidden": "true" });
  const told = el("p", { role: "status" }, t("sell.camera_hint"));
  const frame = el("div", { class: "scan-frame" }, video);
  const camera = { stream: null, closed: false };
  const stop = () => {
    camera.closed = true;
    camera.stream?.getTracks().forEach((track) => track.stop());
  };
  const sheet = openSheet({
    title: t("sell.camera_title"),
    body: [frame, told, el("p", { class: "quiet" }, t("sell.camera_why"))],
    kind: "scan",
    onClose: stop,
  });
  watch(video, camera).then(
    (code) => {
      if (code !== null) {
        navigator.vibrate?.(60);
        sheet.close();
        onCode(code);
      }
    },
    (error) => {
      frame.hidden = true;
      fill(told, t(REFUSALS[error.name] ?? "sell.camera_absent"));
    },
  );
}

// Looks until there is a code; null once the dialog is closed.
async function watch(video, camera) {
  camera.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  video.srcObject = camera.stream;
  await video.play();
  const detector = new globalThis.BarcodeDetector();
  while (!camera.closed) {
    const [found] = await detector.detect(video);
    if (found !== undefined && !camera.closed) {
      return found.rawValue;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  camera.stream.getTracks().forEach((track) => track.stop()); // it may have come after the dialog closed
  return null;
}
