// Paying in cash: what a buyer is likely to hand over, and what they get back.

const NOTES = [10_000, 20_000, 50_000, 100_000, 200_000, 500_000];

/**
 * Return the amounts to offer for a sum, smallest first: the sum itself, then the next round sum of each banknote.
 *
 * @param {number} due - in đồng.
 * @returns {number[]} without doubles; for nothing due, nothing but 0.
 */
export function quickAmounts(due) {
  if (due === 0) {
    return [0];
  }
  return [...new Set([due, ...NOTES.map((note) => Math.ceil(due / note) * note)])].sort((one, other) => one - other);
}

/**
 * Return how a payment stands. Mixed, what is not handed over in cash is transferred; where that is nothing, or all of it,
 * the payment is called by what it is.
 *
 * @param {object} given
 * @param {number} given.total - what the sale costs, in đồng.
 * @param {"cash" | "transfer" | "mixed"} given.method
 * @param {number} given.tendered - cash handed over; it counts for nothing in a transfer.
 * @returns {{method: string, tendered: number, transferred: number, change: number, missing: number}}
 */
export function settle({ total, method, tendered }) {
  const inCash = method === "transfer" ? 0 : tendered;
  const byBank = method === "cash" ? 0 : Math.max(total - inCash, 0);
  const rest = inCash + byBank - total;
  return {
    method: nameOf(method, inCash, byBank),
    tendered: inCash,
    transferred: byBank,
    change: Math.max(rest, 0),
    missing: Math.max(-rest, 0),
  };
}

function nameOf(method, inCash, byBank) {
  if (method !== "mixed") {
    return method;
  }
  return byBank === 0 ? "cash" : inCash === 0 ? "transfer" : "mixed";
}
