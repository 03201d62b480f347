// Names that this device gives to what it makes, before the server has heard of it; `ids.py` checks them.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const CHARACTERS = 26;
const CODE_CHARACTERS = 8;
const CLIENT_ID = /^[0-9a-hjkmnp-tv-z]{26}$/;

/**
 * Returns a new id: 130 random bits, so that a retry carries the same name and two devices never choose the same one.
 * Works over plain http too, where `crypto.randomUUID` does not.
 * @returns {string}
 */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(CHARACTERS));
  return Array.from(bytes, (byte) => ALPHABET[byte & 31]).join("");
}

/**
 * Tells whether a text is a client's id.
 * @param {unknown} text
 */
export function isId(text) {
  return typeof text === "string" && CLIENT_ID.test(text);
}

/**
 * Returns the short code of a sale, which stands on the receipt and in the text of a bank transfer.
 * @param {string} id a client's id
 * @returns {string} 8 characters, upper case
 */
export function orderCode(id) {
  return id.slice(0, CODE_CHARACTERS).toUpperCase();
}
