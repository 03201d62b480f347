// VietQR: what a Vietnamese banking app reads from a picture to fill in a transfer. The text is an EMVCo merchant-presented
// QR code: a row of fields, each two digits of name, two of length, then its value; the last field is a checksum.
// Source: EMV QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, sections 3 and 4; NAPAS VietQR
// (A000000727) for field 38.

const GUID = "A000000727";
const TO_ACCOUNT = "QRIBFTTA";
const DONG = "704";
const ONCE = "12"; // a code made for one payment; "11" would be one that hangs on the wall
const LONGEST_TEXT = 25;

/**
 * Return the CRC-16/CCITT-FALSE of an ASCII text as four upper-case hexadecimal digits.
 *
 * Source: EMVCo, section 4.7.3 (polynomial 1021, initial FFFF).
 */
export function checksum(text) {
  let crc = 0xffff;
  for (let at = 0; at < text.length; at += 1) {
    crc ^= text.charCodeAt(at) << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    }
    crc &= 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}

function field(name, value) {
  return `${name}${String(value.length).padStart(2, "0")}${value}`;
}

function checked(what, value, pattern) {
  if (!pattern.test(value)) {
    throw new RangeError(`${what} cannot stand in a VietQR`);
  }
  return value;
}

/**
 * Return the VietQR of one payment.
 *
 * @param {object} payment
 * @param {string} payment.bin - the bank's six digits; *personal* together with the account.
 * @param {string} payment.account - the account number or alias, up to 19 letters and digits; *personal*.
 * @param {number} payment.amount - in đồng, more than nothing.
 * @param {string} payment.text - what stands in the transfer: up to 25 plain letters, digits and spaces.
 * @returns {string} ASCII, at most 200 characters.
 * @throws {RangeError} what cannot be said in the format; nothing of the value is in the message.
 */
export function vietQr({ bin, account, amount, text }) {
  if (!Number.isSafeInteger(amount) || amount < 1 || String(amount).length > 13) {
    throw new RangeError("the amount cannot stand in a VietQR");
  }
  const bank =
    field("00", checked("the bank", bin, /^\d{6}$/)) +
    field("01", checked("the account", account, /^[0-9A-Za-z]{1,19}$/));
  const words = checked("the text", text, new RegExp(`^[0-9A-Za-z ]{1,${LONGEST_TEXT}}$`));
  const said = [
    field("00", "01"),
    field("01", ONCE),
    field("38", field("00", GUID) + field("01", bank) + field("02", TO_ACCOUNT)),
    field("53", DONG),
    field("54", String(amount)),
    field("58", "VN"),
    field("62", field("08", words)),
    "6304",
  ].join("");
  return said + checksum(said);
}
