// Sales on their way to the server. A sale is on the device before it is sent and leaves it after the answer; in between
// it may be sent as often as it takes, because its id makes the server record it once.

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
const WAITING = new Set(["offline", "timeout", "busy", "broken", "too_many", "too_slow"]);
const ELSEWHERE = new Set(["signed_out", "other_shop"]);

/**
 * How sending a sale ended.
 *
 * @typedef {object} Outcome
 * @property {"sent" | "waiting" | "refused" | "signed_out" | "other_shop"} state
 * @property {object} [receipt] - where it was sent.
 * @property {string} [code] - where it was not, with `message`, which may be shown.
 * @property {string} [message]
 */

/**
 * Return what sends the sales of a till.
 *
 * @param {object} parts
 * @param {object} parts.till - where they are kept.
 * @param {(sale: object) => Promise<object>} parts.post - sends one and returns the receipt, or throws an `ApiError`.
 * @param {(id: string, outcome: Outcome) => void} parts.onOutcome - hears of every try that ended.
 * @param {(act: () => void, ms: number) => unknown} parts.later - calls later; the answer can be given to `cancel`.
 * @param {(handle: unknown) => void} parts.cancel
 */
export function unsentSales({ till, post, onOutcome = () => {}, later = setTimeout, cancel = clearTimeout }) {
  const flying = new Map();
  let pauseMs = FIRST_PAUSE_MS;
  let planned = null;

  async function attempt(sale) {
    const outcome = await tried(post, sale);
    if (outcome.state === "sent") {
      await till.sent(sale.id);
      pauseMs = FIRST_PAUSE_MS;
    } else if (outcome.state === "refused") {
      await till.refuse(sale.id, { code: outcome.code, message: outcome.message });
    }
    onOutcome(sale.id, outcome);
    return outcome;
  }

  // A sale that is on its way is not sent a second time by the same page.
  function send(sale) {
    if (!flying.has(sale.id)) {
      flying.set(
        sale.id,
        attempt(sale).finally(() => flying.delete(sale.id)),
      );
    }
    return flying.get(sale.id);
  }

  function plan() {
    cancel(planned);
    planned = later(() => void sendAll(), pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }

  async function sendAll({ refusedToo = false } = {}) {
    cancel(planned);
    for (const { sale, refused } of await till.unsent()) {
      if (refused !== null && !refusedToo) {
        continue;
      }
      const { state } = await send(sale);
      if (ELSEWHERE.has(state)) {
        return;
      }
      if (state === "waiting") {
        plan();
        return;
      }
    }
  }

  return {
    /**
     * Send one sale that is in the till; where it has to wait, it is tried again by itself.
     *
     * @returns {Promise<Outcome>}
     */
    async send(sale) {
      const outcome = await send(sale);
      if (outcome.state === "waiting") {
        plan();
      }
      return outcome;
    },

    /** Send all that waits, oldest first, and again with growing pauses while there is no answer. */
    sendAll,

    /** Send all at once, because something changed: the network is back, someone signed in, or asked for it. */
    hurry(options) {
      pauseMs = FIRST_PAUSE_MS;
      return sendAll(options);
    },
  };
}

async function tried(post, sale) {
  try {
    return { state: "sent", receipt: await post(sale) };
  } catch (error) {
    if (typeof error.code !== "string") {
      throw error;
    }
    return { state: stateOf(error), code: error.code, message: error.message };
  }
}

function stateOf({ code, status = 0 }) {
  if (ELSEWHERE.has(code)) {
    return code;
  }
  return WAITING.has(code) || status >= 500 || status === 429 || status === 408 ? "waiting" : "refused";
}
