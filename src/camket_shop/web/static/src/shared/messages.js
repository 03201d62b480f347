// The sentences of this page, which the server put into it; the keys are those of the server's catalogue.
const PLACE = /\{(\w+)\}/g;

let sentences = null;

function load() {
  const block = globalThis.document?.getElementById("messages");
  return block ? JSON.parse(block.textContent) : {};
}

/**
 * Returns a sentence in the page's language with its places filled in.
 * @param {string} key such as `sell.total`
 * @param {Record<string, unknown>} [values] what stands in the places; `n` also chooses between one and many
 * @returns {string} the key itself where the page does not have the sentence, so that a mistake shows
 */
export function t(key, values = {}) {
  sentences ??= load();
  const found = sentences[key];
  const sentence = typeof found === "object" ? found[values.n === 1 ? "one" : "other"] : found;
  return sentence === undefined ? key : sentence.replace(PLACE, (place, name) => String(values[name] ?? place));
}

/**
 * Puts other sentences in place of the page's, for tests.
 * @param {Record<string, string | {one: string, other: string}>} given
 */
export function useMessages(given) {
  sentences = given;
}
