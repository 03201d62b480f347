// One job to one printer: connect, send, and when the link goes in the middle, connect and send from the start again.
import { PrintError, reasonOf } from "./errors.js";
import { restarted } from "./escpos.js";

const ATTEMPTS = 3;
const RECONNECT_MS = 700;
const AGAIN = new Set(["lost", "unreachable"]);

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Send a job.
 *
 * @param {{bytes: Uint8Array, longest: number}} job - what is sent.
 * @param {object} transport - connected or not.
 * @param {{signal?: AbortSignal, onState?: (state: object) => void}} options - told `connecting`, and `printing` with
 *   how much is sent, in percent.
 * @returns {Promise<void>} when every byte was taken.
 * @throws {PrintError} the last attempt's; the paper may then hold the beginning of the job.
 */
export async function deliver(job, transport, { signal, onState = () => {} } = {}) {
  for (let attempt = 1, begun = false; ; attempt += 1) {
    try {
      onState({ state: "connecting", again: begun });
      await transport.connect({ signal });
      onState({ state: "printing", percent: 0 });
      const bytes = begun ? restarted(job) : job.bytes;
      begun = true;
      await transport.write(bytes, {
        signal,
        onProgress: (share) => onState({ state: "printing", percent: Math.floor(share * 100) }),
      });
      return;
    } catch (error) {
      if (!AGAIN.has(reasonOf(error)) || attempt === ATTEMPTS) {
        throw error instanceof PrintError ? error : new PrintError("failed", error);
      }
      await sleep(RECONNECT_MS * attempt);
    }
  }
}
