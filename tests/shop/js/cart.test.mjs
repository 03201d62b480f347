// What lies in a cart and what it costs.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as carts from "../../../src/camket_shop/web/static/src/selling/cart.js";
import { amountOf, decimal, readQuantity, said } from "../../../src/camket_shop/web/static/src/selling/quantity.js";

const COFFEE = { id: "coffee", name: "Cà phê sữa đá", unit: "ly", price: 25000 };
const SUGAR = { id: "sugar", name: "Đường", unit: "kg", price: 22500 };

function cartOf(...products) {
  return products.reduce(carts.withProduct, carts.emptyCart("sale-1"));
}

test("a product that is added again is one line with one more", () => {
  const cart = cartOf(COFFEE, SUGAR, COFFEE);
  assert.deepEqual(cart.lines.map((line) => [line.key, line.quantity]), [["coffee", 2000], ["sugar", 1000]]);
  assert.equal(carts.totalOf(cart), 72500);
  assert.equal(carts.countOf(cart), 3);
});

test("one less of the last one takes the line away, and of nothing changes nothing", () => {
  const cart = carts.withOneLess(cartOf(COFFEE), "coffee");
  assert.deepEqual(cart.lines, []);
  assert.equal(carts.withOneLess(cart, "coffee"), cart);
});

test("one less of a half takes the line away", () => {
  assert.deepEqual(carts.withOneLess(carts.withQuantity(cartOf(SUGAR), "sugar", 500), "sugar").lines, []);
});

test("half of something costs half, half a đồng goes up", () => {
  assert.equal(carts.totalOf(carts.withQuantity(cartOf(SUGAR), "sugar", 500)), 11250);
  assert.equal(amountOf(3, 500), 2);
  assert.equal(amountOf(1, 499), 0);
  assert.equal(amountOf(1, 500), 1);
});

test("the largest price times the largest quantity is exact", () => {
  assert.equal(amountOf(999_999_999, 99_999_000), 99_998_999_900_001);
});

test("quantities are read as people type them, and nothing else is", () => {
  const cases = { 2: 2000, "0,5": 500, "0.5": 500, ",25": 250, "1,125": 1125, " 3 ": 3000, "99999": 99_999_000 };
  for (const [typed, thousandths] of Object.entries(cases)) {
    assert.equal(readQuantity(typed), thousandths, typed);
  }
  for (const typed of ["", " ", ",", "0", "0,000", "-1", "1,2345", "1,2,3", "99999,5", "100000", "2kg", "1e3", "NaN"]) {
    assert.equal(readQuantity(typed), null, typed);
  }
});

test("quantities are written without zeros at the end, with the comma or point of the language", () => {
  assert.deepEqual([1000, 500, 1250, 10_000, 1].map(decimal), ["1", "0.5", "1.25", "10", "0.001"]);
  assert.equal(said(1250, "vi"), "1,25");
  assert.equal(said(1250, "en"), "1.25");
});

test("a discount in đồng is never more than there is to pay", () => {
  const cart = carts.withDiscount(cartOf(COFFEE), { dong: 30000 });
  assert.equal(carts.discountOf(cart), 25000);
  assert.equal(carts.totalOf(cart), 0);
});

test("a discount in hundredths follows the cart, half a đồng up", () => {
  const cart = carts.withDiscount(cartOf(COFFEE), { percent: 10 });
  assert.equal(carts.discountOf(cart), 2500);
  assert.equal(carts.discountOf(carts.withProduct(cart, SUGAR)), 4750);
  const odd = carts.withDiscount(carts.withQuickItem(carts.emptyCart("s"), { key: "q", name: "", price: 5 }), { percent: 10 });
  assert.equal(carts.discountOf(odd), 1);
});

test("a price that changed in the catalogue is told once, a price changed for this sale never", () => {
  const cart = cartOf(COFFEE, SUGAR);
  const dearer = new Map([["coffee", { price: 27000 }], ["sugar", { price: 22500 }]]);
  const changes = carts.priceChanges(cart, dearer);
  assert.deepEqual(changes, [{ key: "coffee", name: "Cà phê sữa đá", was: 25000, now: 27000 }]);
  assert.equal(carts.totalOf(carts.withNewPrices(cart, changes)), 49500);
  const kept = carts.withKeptPrices(cart, changes);
  assert.equal(carts.totalOf(kept), 47500);
  assert.deepEqual(carts.priceChanges(kept, dearer), []);
  assert.deepEqual(carts.priceChanges(carts.withNewPrices(cart, changes), dearer), []);
  assert.deepEqual(carts.priceChanges(carts.withPrice(cart, "coffee", 20000), dearer), []);
});

test("a product that left the catalogue, and a quick item, have no price to change", () => {
  const cart = carts.withQuickItem(cartOf(COFFEE), { key: "quick-1", name: "Túi", price: 500 });
  assert.deepEqual(carts.priceChanges(cart, new Map()), []);
});

test("the sale says each line with its price and quantity, and sums that agree", () => {
  const cart = carts.withDiscount(carts.withQuantity(cartOf(COFFEE, SUGAR), "sugar", 500), { dong: 1250 });
  const sale = carts.saleOf(cart, { method: "cash", tendered: 50000, transferred: 0 }, "2026-11-22T09:12:33+07:00");
  assert.deepEqual(sale, {
    id: "sale-1",
    sold_at: "2026-11-22T09:12:33+07:00",
    lines: [
      { product: "coffee", name: "Cà phê sữa đá", unit: "ly", price: 25000, quantity: "1" },
      { product: "sugar", name: "Đường", unit: "kg", price: 22500, quantity: "0.5" },
    ],
    discount: 1250,
    payment: { method: "cash", tendered: 50000, transferred: 0 },
    total: 35000,
  });
});

test("a part of one counts as one thing in the cart", () => {
  const cart = carts.withQuantity(cartOf(COFFEE, SUGAR), "sugar", 300);
  assert.equal(carts.countOf(cart), 2);
  assert.equal(carts.countOf(carts.withQuantity(cart, "sugar", 1300)), 3);
});

test("the name of a quick item is one plain line of at most 80 characters", () => {
  const nameOf = (name) => carts.withQuickItem(carts.emptyCart("s"), { key: "q", name, price: 1 }).lines[0].name;
  assert.equal(nameOf("  Túi\n\tni\u200blông  "), "Túi nilông");
  assert.equal(nameOf("Ắ".repeat(100)), "Ắ".repeat(80));
});

test("a sale that goes back into the cart has its lines, its discount and another id", () => {
  const cart = carts.withDiscount(carts.withQuickItem(carts.withQuantity(cartOf(SUGAR), "sugar", 500), { key: "q", name: "Túi", price: 500 }), { percent: 10 });
  const sale = carts.saleOf(cart, { method: "cash", tendered: 0, transferred: 0 }, "");
  const again = carts.cartOf(sale, "sale-2");
  assert.equal(again.id, "sale-2");
  assert.equal(carts.totalOf(again), carts.totalOf(cart));
  assert.deepEqual(again.lines.map(({ product, quantity }) => [product, quantity]), [["sugar", 500], [null, 1000]]);
});

test("a clock west of Greenwich has a minus, half hours stay", () => {
  const zone = process.env.TZ;
  const at = new Date("2026-11-22T02:12:33Z");
  process.env.TZ = "America/St_Johns";
  assert.equal(carts.localTime(at), "2026-11-21T22:42:33-03:30");
  process.env.TZ = "Asia/Ho_Chi_Minh";
  assert.equal(carts.localTime(at), "2026-11-22T09:12:33+07:00");
  process.env.TZ = zone ?? "UTC";
});

test("a moment is said by the device's clock with its offset, and means the same moment", () => {
  const at = new Date("2026-11-22T02:12:33.456Z");
  assert.match(carts.localTime(at), /^2026-11-2\dT\d\d:12:33[+-]\d\d:\d\d$/);
  assert.equal(new Date(carts.localTime(at)).getTime(), at.getTime() - 456);
});
