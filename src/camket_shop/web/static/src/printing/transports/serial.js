// A printer over a serial port: Bluetooth Classic (RFCOMM) in Chrome for Android and on desks, or a USB cable on a desk.
import { PrintError, either, within } from "../errors.js";

/** The serial port profile, which is how Bluetooth Classic printers are spoken to. */
export const SERIAL_PORT_PROFILE = "00001101-0000-1000-8000-00805f9b34fb";
const BAUD_RATE = 9600;
const BUFFER_BYTES = 4096;
const CHOOSE_MS = 90_000;
const OPEN_MS = 15_000;
const WRITE_MS = 15_000;
const CHUNK_BYTES = 512;

const REASONS_OF_CHOOSER = { NotFoundError: "none-chosen", SecurityError: "blocked", NotAllowedError: "denied" };
const REASONS_OF_PORT = { NetworkError: "unreachable", InvalidStateError: "busy", BreakError: "lost" };

function asPrintError(error, reasons, otherwise = "failed") {
  return error instanceof PrintError ? error : new PrintError(reasons[error?.name] ?? otherwise, error);
}

/**
 * Ask the customer for a port. Must be called from a click.
 *
 * @param {{everything?: boolean, signal?: AbortSignal}} choice - every port, or those of Bluetooth printers only.
 * @returns {Promise<SerialPort>}
 */
export async function choosePort({ everything = false, signal } = {}) {
  const allowed = { allowedBluetoothServiceClassIds: [SERIAL_PORT_PROFILE] };
  const options = everything ? allowed : { filters: [{ bluetoothServiceClassId: SERIAL_PORT_PROFILE }], ...allowed };
  try {
    return await within(navigator.serial.requestPort(options), { milliseconds: CHOOSE_MS, reason: "off", signal });
  } catch (error) {
    throw asPrintError(error, REASONS_OF_CHOOSER);
  }
}

/** What tells one port from another; ports of the same kind are told apart by nothing that a browser shows. */
export function portId(port) {
  const { usbVendorId = "", usbProductId = "", bluetoothServiceClassId = "" } = port.getInfo();
  return `serial:${usbVendorId}:${usbProductId}:${bluetoothServiceClassId}`;
}

/** The port that was chosen before, or undefined. */
export async function knownPort(id) {
  const ports = (await navigator.serial?.getPorts()) ?? [];
  return ports.find((port) => portId(port) === id);
}

export class SerialTransport {
  #port;
  #open = false;
  #link = null;

  /** @param {SerialPort} port - chosen or known. */
  constructor(port) {
    this.#port = port;
    this.#port.addEventListener("disconnect", () => this.#lose());
  }

  get status() {
    return this.#open ? "connected" : "disconnected";
  }

  /** Open the port, unless open already. Throws `PrintError`: unreachable, busy, silent, cancelled. */
  async connect({ signal } = {}) {
    if (this.#open) {
      return;
    }
    this.#link = new AbortController();
    try {
      const opened = this.#port.open({ baudRate: BAUD_RATE, bufferSize: BUFFER_BYTES });
      await within(opened, { milliseconds: OPEN_MS, reason: "silent", signal });
      this.#open = true;
    } catch (error) {
      throw asPrintError(error, REASONS_OF_PORT, "unreachable");
    }
  }

  /** Send bytes as fast as the port takes them. Throws `PrintError`: lost, silent, cancelled. */
  async write(bytes, { signal, onProgress = () => {} } = {}) {
    const stop = either(signal, this.#link.signal);
    const writer = this.#port.writable.getWriter();
    try {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        const written = writer.write(bytes.subarray(at, at + CHUNK_BYTES));
        await within(written, { milliseconds: WRITE_MS, reason: "silent", signal: stop });
        onProgress(Math.min(1, (at + CHUNK_BYTES) / bytes.length));
      }
    } catch (error) {
      // What the port still holds would come out in front of the next receipt.
      writer.abort().catch(() => {});
      await this.close();
      throw asPrintError(error, REASONS_OF_PORT, "lost");
    } finally {
      writer.releaseLock();
    }
  }

  async close() {
    this.#open = false;
    await within(this.#port.close(), { milliseconds: WRITE_MS, reason: "silent" }).catch(() => {});
  }

  #lose() {
    this.#open = false;
    this.#link?.abort(new PrintError("lost"));
  }
}
