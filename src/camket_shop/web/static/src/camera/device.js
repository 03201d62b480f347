// The camera itself: opened when it is used, the one on the back first, and off the moment it is not looked at.

const WANTED = { width: { ideal: 1920 }, height: { ideal: 1440 } };

const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotReadableError: "taken",
  AbortError: "taken",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
};

/** @typedef {"denied"|"taken"|"absent"|"insecure"|"failed"} Reason why there is no camera */

/**
 * Returns why a camera did not open.
 * @param {{name?: string}} error what `openCamera` threw
 * @param {{isSecureContext?: boolean}} [scope]
 * @returns {Reason}
 */
export function reasonOf(error, scope = globalThis) {
  if (scope.isSecureContext === false) {
    return "insecure";
  }
  return REASONS[error?.name] ?? "failed";
}

/**
 * Returns what is asked of the browser: the camera with an id, or the one on the back where there is one.
 * @param {string} [deviceId]
 */
export function constraints(deviceId) {
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
  return { audio: false, video: { ...which, ...WANTED } };
}

/** An open camera. */
export class Camera {
  /** @param {MediaStream} stream */
  constructor(stream) {
    this.stream = stream;
    this.track = stream.getVideoTracks()[0];
  }

  /** Whether it has a light that can be switched. */
  get hasTorch() {
    return this.track.getCapabilities?.().torch === true;
  }

  /** Its id, to find the next one. */
  get deviceId() {
    return this.track.getSettings?.().deviceId ?? "";
  }

  /**
   * Switches the light.
   * @param {boolean} on
   */
  async light(on) {
    await this.track.applyConstraints({ advanced: [{ torch: on }] });
  }

  /** Switches every track off at once; twice is once. */
  stop() {
    for (const track of this.stream.getTracks()) {
      track.stop();
    }
  }
}

/**
 * Opens a camera; the browser may ask the person first.
 * @param {string} [deviceId] as `otherCameras` gives it
 * @returns {Promise<Camera>}
 * @throws {DOMException|TypeError} see `reasonOf`
 */
export async function openCamera(deviceId) {
  return new Camera(await navigator.mediaDevices.getUserMedia(constraints(deviceId)));
}

/**
 * Returns the ids of all cameras, once one was allowed.
 * @returns {Promise<string[]>}
 */
export async function cameraIds() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId).map(({ deviceId }) => deviceId);
}

/**
 * Returns the camera that comes after one, the first after the last.
 * @param {string[]} ids
 * @param {string} current
 */
export function nextCamera(ids, current) {
  return ids[(ids.indexOf(current) + 1) % ids.length];
}
