// A printer over Bluetooth Low Energy. The browser tells nothing of how full the printer is, so bytes go in small chunks
// with a pause, and every so often one that the printer has to acknowledge.
import { PrintError, either, within } from "../errors.js";
import { PROFILES, chooserOptions } from "./profiles.js";

const CHOOSE_MS = 90_000;
const CONNECT_MS = 15_000;
const WRITE_MS = 10_000;
const SMALLEST_CHUNK = 20;
const ACKNOWLEDGED_EVERY = 16;

const REASONS_OF_CHOOSER = { NotFoundError: "none-chosen", SecurityError: "blocked", NotAllowedError: "denied" };
const REASONS_OF_LINK = { NetworkError: "unreachable", SecurityError: "blocked", NotSupportedError: "refused", NotFoundError: "no-characteristic" };

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Ask the customer for a printer. Must be called from a click.
 *
 * @param {{everything?: boolean, name?: string, signal?: AbortSignal}} choice - what the chooser shows.
 * @returns {Promise<BluetoothDevice>}
 * @throws {PrintError} none-chosen, denied, blocked; off when no chooser was answered in 90 seconds, which is all that a
 *   browser shows of an adapter that is switched off.
 */
export async function choosePrinter({ signal, ...choice } = {}) {
  try {
    const asked = navigator.bluetooth.requestDevice(chooserOptions(choice));
    return await within(asked, { milliseconds: CHOOSE_MS, reason: "off", signal });
  } catch (error) {
    throw asPrintError(error, REASONS_OF_CHOOSER);
  }
}

/** The printers that this browser may use without asking again; none where it cannot tell. */
export async function knownPrinters() {
  return typeof navigator.bluetooth?.getDevices === "function" ? navigator.bluetooth.getDevices() : [];
}

function asPrintError(error, reasons) {
  return error instanceof PrintError ? error : new PrintError(reasons[error?.name] ?? "failed", error);
}

function takesBytes({ properties }) {
  return properties.write || properties.writeWithoutResponse;
}

/** The characteristic that prints: the profile's, else the first that takes bytes. */
async function printingCharacteristic(server) {
  const services = await server.getPrimaryServices();
  const byService = new Map(services.map((service) => [service.uuid, service]));
  const ordered = PROFILES.filter(({ service }) => byService.has(service));
  for (const { service, write } of ordered) {
    const characteristics = await byService.get(service).getCharacteristics();
    const found = characteristics.find(({ uuid }) => uuid === write) ?? characteristics.find(takesBytes);
    if (found && takesBytes(found)) {
      return found;
    }
  }
  throw new PrintError("no-characteristic");
}

export class BluetoothTransport {
  #device;
  #characteristic = null;
  #link = null;
  #chunkBytes;
  #pauseMs;
  /** Until a printer refuses the first one: some cannot take a long write that is to be acknowledged. */
  #acknowledges = true;

  /**
   * @param {BluetoothDevice} device - chosen or known.
   * @param {{chunkBytes: number, pauseMs: number}} pace - bytes in one write, and the pause after it.
   */
  constructor(device, { chunkBytes, pauseMs }) {
    this.#device = device;
    this.#chunkBytes = chunkBytes;
    this.#pauseMs = pauseMs;
    this.#device.addEventListener("gattserverdisconnected", () => this.#lose());
  }

  get status() {
    return this.#characteristic !== null && this.#device.gatt.connected ? "connected" : "disconnected";
  }

  /** Connect, unless connected already. Throws `PrintError`: unreachable, no-characteristic, silent, cancelled. */
  async connect({ signal } = {}) {
    if (this.status === "connected") {
      return;
    }
    this.#link = new AbortController();
    try {
      const found = this.#device.gatt.connect().then(printingCharacteristic);
      this.#characteristic = await within(found, { milliseconds: CONNECT_MS, reason: "silent", signal });
    } catch (error) {
      this.close();
      throw asPrintError(error, REASONS_OF_LINK);
    }
  }

  /**
   * Send bytes, all or not known how many. Throws `PrintError`: lost when the link went, silent when the printer does not
   * answer, refused, cancelled. After any of them the paper may hold a part of the job.
   */
  async write(bytes, { signal, onProgress = () => {} } = {}) {
    const stop = either(signal, this.#link.signal);
    try {
      for (let at = 0, count = 1; at < bytes.length; count += 1) {
        const chunk = bytes.subarray(at, at + this.#chunkBytes);
        const isEdge = at === 0 || at + chunk.length === bytes.length;
        if (await this.#send(chunk, isEdge || count % ACKNOWLEDGED_EVERY === 0, stop)) {
          at += chunk.length;
          onProgress(at / bytes.length);
        }
      }
    } catch (error) {
      throw this.#reasonOfWrite(error);
    }
  }

  close() {
    this.#characteristic = null;
    this.#device.gatt.disconnect();
  }

  /** Send one chunk; false when it was not taken and is to be sent in another way. */
  async #send(chunk, wanted, signal) {
    const responds = this.#isAcknowledged(wanted);
    const characteristic = this.#characteristic;
    const written = responds ? characteristic.writeValueWithResponse(chunk) : characteristic.writeValueWithoutResponse(chunk);
    try {
      await within(written, { milliseconds: WRITE_MS, reason: "silent", signal });
    } catch (error) {
      if (this.#canGiveWay(error, responds)) {
        return false;
      }
      throw error;
    }
    if (!responds && this.#pauseMs > 0) {
      await sleep(this.#pauseMs);
    }
    return true;
  }

  /** Whether the printer is to answer. In a background page it always is: a pause there lasts a second. */
  #isAcknowledged(wanted) {
    const { write, writeWithoutResponse } = this.#characteristic.properties;
    return write && (!writeWithoutResponse || (this.#acknowledges && (wanted || document.hidden)));
  }

  /** Whether a chunk that was refused may be sent in another way: smaller, or without an answer. */
  #canGiveWay(error, responded) {
    if (error?.name === "InvalidModificationError" && this.#chunkBytes > SMALLEST_CHUNK) {
      this.#chunkBytes = Math.max(SMALLEST_CHUNK, Math.floor(this.#chunkBytes / 2));
      return true;
    }
    const refused = !(error instanceof PrintError) && this.#device.gatt.connected;
    if (refused && responded && this.#acknowledges && this.#characteristic?.properties.writeWithoutResponse) {
      this.#acknowledges = false;
      return true;
    }
    return false;
  }

  #lose() {
    this.#characteristic = null;
    this.#link?.abort(new PrintError("lost"));
  }

  #reasonOfWrite(error) {
    if (!(error instanceof PrintError) && !this.#device.gatt.connected) {
      return new PrintError("lost", error);
    }
    return asPrintError(error, REASONS_OF_LINK);
  }
}
