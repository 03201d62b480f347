// Quantities are counted in thousandths, so that half a kilogram and three tenths add up exactly.

const ONE = 1000;
const LARGEST = 99_999 * ONE;
const TYPED = /^(\d{1,5})?(?:[.,](\d{1,3}))?$/;

/**
 * Return the thousandths that a person typed: "2", "0,5", "0.25", ",5".
 *
 * @returns {number | null} null for anything else, for nothing and for more than 99.999.
 */
export function readQuantity(typed) {
  const found = TYPED.exec(typed.trim());
  if (found === null || (found[1] === undefined && found[2] === undefined)) {
    return null;
  }
  const thousandths = Number(found[1] ?? "0") * ONE + Number((found[2] ?? "").padEnd(3, "0"));
  return thousandths > 0 && thousandths <= LARGEST ? thousandths : null;
}

/** Return a quantity as the API takes it: "2", "0.5". */
export function decimal(thousandths) {
  const rest = String(thousandths % ONE)
    .padStart(3, "0")
    .replace(/0+$/, "");
  return `${Math.floor(thousandths / ONE)}${rest && `.${rest}`}`;
}

/** Return a quantity as people read it in a language: "0,5" in Vietnamese, "0.5" in English. */
export function said(thousandths, language) {
  return language === "vi" ? decimal(thousandths).replace(".", ",") : decimal(thousandths);
}

/** Return what a quantity of something costs in đồng, half a đồng up. */
export function amountOf(price, thousandths) {
  return Number((BigInt(price) * BigInt(thousandths) + 500n) / 1000n);
}

/** Return a quantity one more, within what is allowed. */
export function raised(thousandths) {
  return Math.min(thousandths + ONE, LARGEST);
}

/** Return a quantity one less; what was one or less is nothing. */
export function lowered(thousandths) {
  return Math.max(thousandths - ONE, 0);
}

export { LARGEST, ONE };
