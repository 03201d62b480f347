// The way to a printer: one transport for each, kept while the page stands, so that a link stays up between receipts.
import { PrintError } from "../errors.js";
import { BluetoothTransport, choosePrinter, knownPrinters } from "./bluetooth.js";
import { NetworkTransport } from "./network.js";
import { SerialTransport, choosePort, knownPort, portId } from "./serial.js";

/** Devices and ports that were chosen on this page, by id. */
const chosen = new Map();
const opened = new Map();

const keyOf = ({ transport, id, chunkBytes, pauseMs }) => `${transport} ${id} ${chunkBytes} ${pauseMs}`;

/**
 * Ask the customer for a Bluetooth printer; from a click only.
 *
 * @param {{everything?: boolean, name?: string, signal?: AbortSignal}} choice - see `choosePrinter`.
 * @returns {Promise<{transport: "bluetooth", id: string, name: string}>}
 */
export async function pairBluetooth(choice) {
  const device = await choosePrinter(choice);
  chosen.set(device.id, device);
  return { transport: "bluetooth", id: device.id, name: device.name || "Bluetooth" };
}

/** Ask the customer for a serial port; from a click only. A port has no name, so the page gives it one. */
export async function pairSerial({ name, ...choice }) {
  const port = await choosePort(choice);
  const id = portId(port);
  chosen.set(id, port);
  return { transport: "serial", id, name };
}

async function bluetoothDevice({ id }) {
  const device = chosen.get(id) ?? (await knownPrinters()).find((known) => known.id === id);
  if (device === undefined) {
    // This browser forgets its permissions with the page; only a click may ask again.
    throw new PrintError("needs-tap");
  }
  return device;
}

async function make(printer) {
  if (printer.transport === "bluetooth") {
    if (!navigator.bluetooth) {
      throw new PrintError("unsupported");
    }
    return new BluetoothTransport(await bluetoothDevice(printer), printer);
  }
  if (printer.transport === "serial") {
    const port = chosen.get(printer.id) ?? (await knownPort(printer.id));
    if (port === undefined) {
      throw new PrintError(navigator.serial ? "needs-tap" : "unsupported");
    }
    return new SerialTransport(port);
  }
  return new NetworkTransport(printer.id);
}

/**
 * The transport to a printer that was chosen before.
 *
 * @throws {PrintError} needs-tap where the browser wants a click before it lets a page use the printer again.
 */
export async function transportTo(printer) {
  const key = keyOf(printer);
  if (!opened.has(key)) {
    opened.set(key, await make(printer));
  }
  return opened.get(key);
}

/** Take back the permission for a printer, in browsers that let a page do that. Never throws. */
export async function forgetDevice(printer) {
  try {
    const known = printer.transport === "serial" ? await knownPort(printer.id) : await bluetoothDevice(printer);
    await known?.forget?.();
  } catch {
    // It was not permitted any more.
  }
  chosen.delete(printer.id);
}

/** Let go of every printer, so that another device can reach it. */
export function releaseAll() {
  for (const transport of opened.values()) {
    if (transport.status === "connected") {
      transport.close();
    }
  }
}
