// Why something was not printed, as a word that the catalogue of messages knows (`printing.reason.*`).

/** What can come between a job and its paper. */
export const REASONS = [
  "blocked",
  "busy",
  "cancelled",
  "denied",
  "lost",
  "no-characteristic",
  "no-printer",
  "none-chosen",
  "not-allowed",
  "off",
  "offline",
  "refused",
  "signed-out",
  "silent",
  "needs-tap",
  "too-large",
  "unreachable",
  "unsupported",
  "failed",
];

/** A job or a connection that failed, for a reason that can be said to a person. */
export class PrintError extends Error {
  /**
   * @param {string} reason - one of `REASONS`.
   * @param {unknown} [cause] - what the browser said.
   */
  constructor(reason, cause) {
    super(reason, { cause });
    this.name = "PrintError";
    this.reason = reason;
  }
}

/** The reason of any error; what nobody expected is `failed`. */
export function reasonOf(error) {
  return error instanceof PrintError ? error.reason : "failed";
}

/**
 * Wait for something no longer than a time, and no longer than a person wants.
 *
 * @template T
 * @param {Promise<T>} promise - what is waited for; it goes on by itself when the time is over.
 * @param {{milliseconds: number, reason: string, signal?: AbortSignal}} limit - the reason to fail with when the time
 *   is over; an abort fails with `cancelled`, or with the `PrintError` that it was given as its reason.
 * @returns {Promise<T>}
 */
export function within(promise, { milliseconds, reason, signal }) {
  return new Promise((resolve, reject) => {
    const end = (settle) => (value) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      settle(value);
    };
    const fail = end(reject);
    const stop = () => fail(signal.reason instanceof PrintError ? signal.reason : new PrintError("cancelled"));
    const timer = setTimeout(() => fail(new PrintError(reason)), milliseconds);
    if (signal?.aborted) {
      stop();
    }
    signal?.addEventListener("abort", stop, { once: true });
    promise.then(end(resolve), fail);
  });
}

/** A signal that stops when either of two does; `AbortSignal.any` is newer than the phones that shops have. */
export function either(one, other) {
  if (!one) {
    return other;
  }
  const both = new AbortController();
  for (const signal of [one, other]) {
    if (signal.aborted) {
      both.abort(signal.reason);
    }
    signal.addEventListener("abort", () => both.abort(signal.reason), { once: true, signal: both.signal });
  }
  return both.signal;
}
