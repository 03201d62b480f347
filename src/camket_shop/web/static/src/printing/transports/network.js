// A printer with an address of its own: the server sends the bytes, because a page cannot open a socket.
import { ApiError, sendBytes } from "../../shared/api.js";
import { PrintError } from "../errors.js";

/** Longer than the server itself waits for a printer. */
const ANSWER_MS = 40_000;
const REASONS = {
  offline: "offline",
  timeout: "offline",
  signed_out: "signed-out",
  too_large: "too-large",
  printer_address: "not-allowed",
  printer_not_allowed: "not-allowed",
  printer_busy: "busy",
  printer_refused: "refused",
  printer_reset: "lost",
  printer_silent: "silent",
  printer_unreachable: "unreachable",
};

export class NetworkTransport {
  #address;

  /** @param {string} address - `host:port`, an IP address in a network that the operator allows. */
  constructor(address) {
    this.#address = address;
  }

  get status() {
    return "disconnected";
  }

  /** The server connects for each job; here is nothing to do. */
  async connect() {}

  /** Have the server send bytes. Throws `PrintError` with what the server says, or offline when it does not answer. */
  async write(bytes, { signal, onProgress = () => {} } = {}) {
    const headers = { "Content-Type": "application/octet-stream", "X-Printer": this.#address };
    try {
      await sendBytes("/api/printers/network", bytes, { headers, signal, timeoutMs: ANSWER_MS });
    } catch (error) {
      throw new PrintError(signal?.aborted ? "cancelled" : this.#reasonOf(error), error);
    }
    onProgress(1);
  }

  close() {}

  #reasonOf(error) {
    return error instanceof ApiError ? (REASONS[error.code] ?? "failed") : "failed";
  }
}
