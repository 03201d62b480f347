// Amounts in whole đồng, read as Vietnamese people type them; `money.py` reads the same, and both are held to
// tests/shop/cases/money.json.

/** The largest amount there is. */
export const MOST_DONG = 9_999_999_999;

const LONGEST_TYPED = 40;
const UNITS = new Map([
  ...["k", "n", "nghìn", "nghin", "ngàn", "ngan"].map((word) => [word, 1_000]),
  ...["tr", "triệu", "trieu"].map((word) => [word, 1_000_000]),
  ...["tỷ", "tỉ", "ty", "ti"].map((word) => [word, 1_000_000_000]),
]);
const WORDS = [...UNITS.keys()].sort((one, other) => other.length - one.length).join("|");
const MINUS = "-\u2212\u2013\u2014";
const CURRENCY = / *(?:₫|đồng|dong|vnđ|vnd|đ|d)\.?$/u;
const DIGITS = /^[0-9]+$/;
const GROUPED = /^[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*$/;
const SHORT = /^[0-9]{1,3}[.,][0-9]{1,2}$/;
const CENTS = /^(?:[0-9]{4,}|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+)[.,][0-9]{1,2}$/;
const NUMBERLIKE = /^[0-9., ]*[0-9][0-9., ]*$/;
const WORDED = new RegExp(`^(?<number>[0-9., ]*[0-9]) ?(?<unit>${WORDS}) ?(?<rest>[0-9]*)$`, "u");
const SHARE = /^(?<whole>[0-9]+)[.,](?<share>[0-9]+)$/;

/** A text that is no amount; `reason` is `empty`, `negative`, `decimals`, `too_large`, `ambiguous` or `not_a_number`. */
export class AmountError extends Error {
  constructor(reason) {
    super(reason);
    this.name = "AmountError";
    this.reason = reason;
  }
}

/**
 * Returns an amount for people.
 * @param {number} amount in đồng
 * @returns {string} `formatDong(68000) === "68.000 ₫"`
 */
export function formatDong(amount) {
  return `${String(amount).replace(/\B(?=(?:\d{3})+$)/g, ".")} ₫`;
}

/**
 * Returns the amount that a text means.
 * @param {string} text as typed: `68k`, `68.000`, `1,5tr`, `68000đ`
 * @returns {number} in đồng, from 0 to `MOST_DONG`
 * @throws {AmountError} it means none, or could mean two
 */
export function parseDong(text) {
  const typed = text.normalize("NFKC").toLowerCase().split(/\s+/u).filter(Boolean).join(" ");
  if (typed === "") throw new AmountError("empty");
  if (MINUS.includes(typed[0])) throw new AmountError("negative");
  if (typed.length > LONGEST_TYPED) throw new AmountError("not_a_number");
  const bare = typed.replace(CURRENCY, "");
  const worded = WORDED.exec(bare)?.groups;
  const amount = worded ? readWorded(worded.number, UNITS.get(worded.unit), worded.rest) : readPlain(bare);
  if (amount > MOST_DONG) throw new AmountError("too_large");
  return amount;
}

function readPlain(bare) {
  if (DIGITS.test(bare)) return Number(bare);
  if (GROUPED.test(bare)) return Number(bare.replace(/[., ]/g, ""));
  if (SHORT.test(bare)) throw new AmountError("ambiguous");
  if (CENTS.test(bare)) throw new AmountError("decimals");
  throw new AmountError(NUMBERLIKE.test(bare) ? "ambiguous" : "not_a_number");
}

function readWorded(number, unit, rest) {
  const zeros = String(unit).length;
  if (DIGITS.test(number)) {
    if (rest.length >= zeros) throw new AmountError("decimals");
    return Number(number) * unit + share(rest, unit);
  }
  const parts = SHARE.exec(number)?.groups;
  // `1.250tr` may be 1,25 million or 1.250 million.
  if (rest !== "" || parts === undefined || parts.share.length === 3) throw new AmountError("ambiguous");
  if (parts.share.length >= zeros) throw new AmountError("decimals");
  return Number(parts.whole) * unit + share(parts.share, unit);
}

function share(digits, unit) {
  return digits === "" ? 0 : (Number(digits) * unit) / 10 ** digits.length;
}
