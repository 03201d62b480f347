// Search over the whole catalogue, in memory: without accents, over name, category and barcode.
import { fold } from "../shared/fold.js";

/**
 * Return an index of products. Their `search` is folded by the server: name, barcode and category.
 *
 * @param {{id: string, name: string, search: string, category: string, barcode: string | null}[]} products
 */
export function indexOf(products) {
  return products.map((product) => ({ product, text: ` ${product.search}`, name: fold(product.name) }));
}

/**
 * Return the products that hold every word of a query, best first: the name begins with it, a word begins with it, then
 * the rest, each in the order of the catalogue. An empty query finds everything.
 */
export function find(index, { query = "", category = null }) {
  const folded = fold(query).trim();
  const words = folded.split(/\s+/).filter((word) => word !== "");
  const ranked = [[], [], []];
  for (const entry of index) {
    if (
      (category === null || entry.product.category === category) &&
      words.every((word) => entry.text.includes(word))
    ) {
      ranked[rank(entry, folded, words)].push(entry.product);
    }
  }
  return ranked.flat();
}

function rank(entry, folded, words) {
  if (entry.name.startsWith(folded)) {
    return 0;
  }
  return words.every((word) => entry.text.includes(` ${word}`)) ? 1 : 2;
}

/** Return the product with a barcode, null where there is none. Twelve digits are the same code as 0 and those twelve. */
export function withBarcode(index, barcode) {
  const code = whole(barcode);
  return index.find(({ product }) => product.barcode !== null && whole(product.barcode) === code)?.product ?? null;
}

function whole(barcode) {
  return /^\d{12}$/.test(barcode) ? `0${barcode}` : barcode;
}

/** Return the categories that products have, in the order of a language; products without one are in none. */
export function categoriesOf(products, language) {
  const names = new Set(products.map((product) => product.category).filter((name) => name !== ""));
  return [...names].sort(new Intl.Collator(language).compare);
}
