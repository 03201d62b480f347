// Letters without their marks, so that `ca phe` finds `Cà phê`; `text.py` folds the same way.
const MARKS = /\p{Mn}+/gu;
const SPACES = /\s+/gu;

/**
 * Returns a text for searching: lower case, without marks, đ as d, one space between words.
 * @param {string} text
 * @returns {string} `fold("Cà phê Đá") === "ca phe da"`
 */
export function fold(text) {
  const bare = text.normalize("NFKD").toLowerCase().replaceAll("đ", "d").replace(MARKS, "");
  return bare.replace(SPACES, " ").trim();
}
