// Vietnamese in the 95 printable letters that every printer knows.

const SIGNS = { đ: "d", Đ: "D", "₫": "d", "×": "x", "·": "-", "–": "-", "—": "-", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", " ": " " };
const MARKS = /\p{M}/gu;

/**
 * A text without marks: `Cà phê Đá` becomes `Ca phe Da`; a letter that has no likeness becomes `?`.
 *
 * @param {string} text - any text.
 * @returns {string} printable ASCII only: nothing in it is a command to a printer.
 */
export function unaccented(text) {
  const letters = text.normalize("NFD").replace(MARKS, "");
  return Array.from(letters, (letter) => SIGNS[letter] ?? letter)
    .join("")
    .replace(/[^\x20-\x7e]/gu, "?");
}
