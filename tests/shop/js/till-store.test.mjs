// The till keeps the cart of each tab and the sales that wait; a cart becomes a sale in one step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryTill } from "../../../src/camket_shop/web/static/src/selling/till-store.js";

const CART = { id: "one", lines: [{ key: "coffee" }], discount: { dong: 0 } };

test("selling takes the cart away and leaves the sale", async () => {
  const till = memoryTill("shop");
  await till.keepCart("tab", CART);
  await till.sell("tab", { id: "one" });
  assert.deepEqual(await till.carts(), []);
  assert.deepEqual((await till.unsent()).map(({ sale, refused }) => [sale.id, refused]), [["one", null]]);
});

test("an empty cart is not kept", async () => {
  const till = memoryTill("shop");
  await till.keepCart("tab", CART);
  await till.keepCart("tab", { ...CART, lines: [] });
  assert.deepEqual(await till.carts(), []);
});

test("a cart that was left is taken over once, with its id", async () => {
  const till = memoryTill("shop");
  await till.keepCart("gone", CART);
  assert.deepEqual(await till.takeCart("gone", "new"), CART);
  assert.equal(await till.takeCart("gone", "other"), null);
  assert.deepEqual((await till.carts()).map(({ key }) => key), ["new"]);
});

test("a sale opened again is a cart and waits no more", async () => {
  const till = memoryTill("shop");
  await till.sell("tab", { id: "one" });
  await till.reopen("one", "tab", { ...CART, id: "two" });
  assert.deepEqual(await till.unsent(), []);
  assert.equal((await till.carts())[0].cart.id, "two");
});

test("sales wait in the order of their time", async () => {
  const times = [2, 1];
  const till = memoryTill("shop", () => times.shift());
  await till.sell("tab", { id: "later" });
  await till.sell("tab", { id: "earlier" });
  assert.deepEqual((await till.unsent()).map(({ key }) => key), ["earlier", "later"]);
});

test("forgetting a sale twice is once, and refusing one that is gone brings nothing back", async () => {
  const till = memoryTill("shop");
  await till.sell("tab", { id: "one" });
  await till.sent("one");
  await till.sent("one");
  await till.refuse("one", { code: "late", message: "" });
  assert.deepEqual(await till.unsent(), []);
});

test("what is kept is a copy: a later change of the cart does not reach it", async () => {
  const till = memoryTill("shop");
  const cart = structuredClone(CART);
  await till.keepCart("tab", cart);
  cart.lines[0].key = "changed";
  assert.equal((await till.carts())[0].cart.lines[0].key, "coffee");
});
