// A discount as people type it.
import { AmountError, parseDong } from "../shared/money.js";

const PERCENT = /^(\d{1,3})(?:[.,](\d))? ?%$/;

/**
 * Return the discount that a text means, null for none that there is.
 *
 * @param {string} typed - "10%", "5k", "5.000"; nothing typed is no discount.
 * @returns {{dong: number} | {percent: number} | null}
 */
export function readDiscount(typed) {
  const text = typed.trim();
  const hundredths = PERCENT.exec(text);
  if (hundredths !== null) {
    const percent = Number(`${hundredths[1]}.${hundredths[2] ?? 0}`);
    return percent <= 100 ? { percent } : null;
  }
  try {
    return { dong: text === "" ? 0 : parseDong(text) };
  } catch (error) {
    if (error instanceof AmountError) {
      return null;
    }
    throw error;
  }
}
