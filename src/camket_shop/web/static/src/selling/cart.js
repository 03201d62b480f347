// A cart is a plain value; every change gives a new one. What it costs is always worked out from what lies in it.
import { amountOf, decimal, lowered, raised, readQuantity } from "./quantity.js";

/**
 * One line of a cart.
 *
 * @typedef {object} Line
 * @property {string} key - the product's id, or one of its own for a quick item.
 * @property {string | null} product - the product's id; null for a quick item.
 * @property {string} name
 * @property {string} unit - empty where none is said.
 * @property {number} price - in đồng for one, in this sale.
 * @property {number} listed - the price in the catalogue when the line was made; `price` differs where it was changed.
 * @property {number} quantity - in thousandths.
 */

/**
 * A cart.
 *
 * @typedef {object} Cart
 * @property {string} id - the client id that the sale will have: it stays with the cart, so that nothing is sold twice.
 * @property {Line[]} lines - in the order in which they were added.
 * @property {{dong: number} | {percent: number}} discount
 */

/** Return a cart with nothing in it. */
export function emptyCart(id) {
  return { id, lines: [], discount: { dong: 0 } };
}

/** Return the cart with one more of a product. */
export function withProduct(cart, product) {
  const line = lineOf(cart, product.id);
  if (line !== undefined) {
    return withQuantity(cart, line.key, raised(line.quantity));
  }
  const { id, name, unit, price } = product;
  return withLine(cart, { key: id, product: id, name, unit, price, listed: price, quantity: 1000 });
}

/** Return the cart with something that is in no catalogue; its name is made one plain line of at most 80 characters. */
export function withQuickItem(cart, { key, name, price }) {
  return withLine(cart, { key, product: null, name: plainLine(name), unit: "", price, listed: price, quantity: 1000 });
}

/** Return the cart with one less of a line; the last one takes the line away. */
export function withOneLess(cart, key) {
  const line = lineOf(cart, key);
  return line === undefined ? cart : withQuantity(cart, key, lowered(line.quantity));
}

/** Return the cart with a line's quantity in thousandths; none takes the line away. */
export function withQuantity(cart, key, quantity) {
  if (quantity === 0) {
    return { ...cart, lines: cart.lines.filter((line) => line.key !== key) };
  }
  return changed(cart, key, { quantity });
}

/** Return the cart with a line's price, for this sale only. */
export function withPrice(cart, key, price) {
  return changed(cart, key, { price });
}

/** Return the cart with another discount: đồng off the whole, or hundredths of it. */
export function withDiscount(cart, discount) {
  return { ...cart, discount };
}

/** Return the line of a key, undefined where there is none. */
export function lineOf(cart, key) {
  return cart.lines.find((line) => line.key === key);
}

/** Return what the lines cost before the discount, in đồng. */
export function subtotalOf(cart) {
  return cart.lines.reduce((sum, line) => sum + amountOf(line.price, line.quantity), 0);
}

/** Return the discount in đồng: never more than there is to pay, hundredths half a đồng up. */
export function discountOf(cart) {
  const subtotal = subtotalOf(cart);
  const wanted = "percent" in cart.discount ? amountOf(subtotal, cart.discount.percent * 10) : cart.discount.dong;
  return Math.min(wanted, subtotal);
}

/** Return what there is to pay, in đồng. */
export function totalOf(cart) {
  return subtotalOf(cart) - discountOf(cart);
}

/** Return how many things lie in the cart: a part of one counts as one. */
export function countOf(cart) {
  return cart.lines.reduce((count, line) => count + Math.ceil(line.quantity / 1000), 0);
}

/**
 * Return the lines whose price in the catalogue is no longer what it was when they were added. A price that was changed
 * for this sale stays what it is.
 *
 * @param {Cart} cart
 * @param {Map<string, {price: number}>} products - the catalogue as it is now, by id.
 * @returns {{key: string, name: string, was: number, now: number}[]}
 */
export function priceChanges(cart, products) {
  return cart.lines
    .filter((line) => line.product !== null && line.price === line.listed)
    .map((line) => ({
      key: line.key,
      name: line.name,
      was: line.listed,
      now: products.get(line.product)?.price ?? line.listed,
    }))
    .filter((change) => change.was !== change.now);
}

/** Return the cart with the prices that the catalogue has now; told once, they count as known. */
export function withNewPrices(cart, changes) {
  return changes.reduce((one, { key, now }) => changed(one, key, { price: now, listed: now }), cart);
}

/** Return the cart with the prices it has; told once, the new ones are not told again. */
export function withKeptPrices(cart, changes) {
  return changes.reduce((one, { key, now }) => changed(one, key, { listed: now }), cart);
}

/**
 * Return the sale as the API takes it.
 *
 * @param {Cart} cart
 * @param {{method: string, tendered: number, transferred: number}} payment
 * @param {string} soldAt - the device's clock with its offset.
 */
export function saleOf(cart, { method, tendered, transferred }, soldAt) {
  return {
    id: cart.id,
    sold_at: soldAt,
    lines: cart.lines.map(({ product, name, unit, price, quantity }) => ({
      product,
      name,
      unit,
      price,
      quantity: decimal(quantity),
    })),
    discount: discountOf(cart),
    payment: { method, tendered, transferred },
    total: totalOf(cart),
  };
}

/**
 * Return the cart that a sale was made from, to be sold again in another way.
 *
 * @param {object} sale - as the API takes it.
 * @param {string} id - of the cart: another one, for the server may know the sale's.
 */
export function cartOf(sale, id) {
  const lines = sale.lines.map(({ product, name, unit, price, quantity }, place) => ({
    key: product ?? `quick-${place}-${id}`,
    product,
    name,
    unit,
    price,
    listed: price,
    quantity: readQuantity(quantity),
  }));
  return { id, lines, discount: { dong: sale.discount } };
}

/**
 * Return a moment as the device's clock says it, with its offset: "2026-11-22T09:12:33+07:00".
 *
 * @param {Date} at
 */
export function localTime(at) {
  const offset = -at.getTimezoneOffset();
  const shifted = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const two = (number) => String(number).padStart(2, "0");
  return `${shifted}${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
}

function plainLine(text) {
  const line = text
    .normalize("NFC")
    .replace(/[\t\r\n]/g, " ")
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .replace(/\p{Zs}+/gu, " ");
  return [...line.trim()].slice(0, 80).join("").trim();
}

function withLine(cart, line) {
  return { ...cart, lines: [...cart.lines, line] };
}

function changed(cart, key, changes) {
  return { ...cart, lines: cart.lines.map((line) => (line.key === key ? { ...line, ...changes } : line)) };
}
