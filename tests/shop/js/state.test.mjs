// What the sell screen knows, and when it is kept on the device.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyCart, withProduct, withQuickItem } from "../../../src/camket_shop/web/static/src/selling/cart.js";
import { sellState } from "../../../src/camket_shop/web/static/src/selling/state.js";

const COFFEE = { id: "coffee", name: "Cà phê", unit: "ly", price: 25000 };
const BREAD = { id: "bread", name: "Bánh mì", unit: "", price: 18000 };

function stateOf() {
  let made = 0;
  return sellState(() => `id-${(made += 1)}`);
}

test("what was tapped before the cart of this tab was read is added to it", async () => {
  const state = stateOf();
  const kept = [];
  state.change((cart) => withProduct(cart, BREAD));
  state.resume(withProduct(emptyCart("from-before"), COFFEE), async (cart) => kept.push(cart));
  assert.equal(state.cart.id, "from-before");
  assert.deepEqual(state.cart.lines.map((line) => line.key), ["coffee", "bread"]);
  await state.settled();
  assert.deepEqual(kept.at(-1), state.cart);
});

test("what was tapped before is kept also where this tab had no cart", async () => {
  const state = stateOf();
  const kept = [];
  state.change((cart) => withProduct(cart, BREAD));
  state.resume(null, async (cart) => kept.push(cart));
  await state.settled();
  assert.deepEqual(kept, [state.cart]);
});

test("every change is kept, in the order in which it was made", async () => {
  const state = stateOf();
  const kept = [];
  state.resume(null, async (cart) => {
    await new Promise((resolve) => setImmediate(resolve));
    kept.push(cart.lines.length);
  });
  state.change((cart) => withProduct(cart, COFFEE));
  state.change((cart) => withProduct(cart, BREAD));
  await state.settled();
  assert.equal(kept.at(-1), 2);
});

test("a sum or a number of lines that the books do not take changes nothing and says why", () => {
  const state = stateOf();
  state.resume(null, async () => {});
  const dear = (cart) => withQuickItem(cart, { key: `q${cart.lines.length}`, name: "Vàng", price: 9_999_999_999 });
  assert.equal(state.change(dear), null);
  assert.equal(state.change(dear), "sell.too_much");
  assert.equal(state.cart.lines.length, 1);
  state.begin();
  const cheap = (cart) => withQuickItem(cart, { key: `q${cart.lines.length}`, name: "Kẹo", price: 500 });
  for (let count = 0; count < 200; count += 1) {
    assert.equal(state.change(cheap), null);
  }
  assert.equal(state.change(cheap), "sell.too_many_lines");
});

test("the next sale has another id and nothing in it", () => {
  const state = stateOf();
  state.resume(null, async () => {});
  state.change((cart) => withProduct(cart, COFFEE));
  const before = state.cart.id;
  state.begin();
  assert.notEqual(state.cart.id, before);
  assert.deepEqual(state.cart.lines, []);
});

test("whoever listens hears of changes until they stop listening", () => {
  const state = stateOf();
  let heard = 0;
  const stop = state.on("cart", () => {
    heard += 1;
  });
  state.change((cart) => withProduct(cart, COFFEE));
  stop();
  state.change((cart) => withProduct(cart, COFFEE));
  assert.equal(heard, 1);
});
