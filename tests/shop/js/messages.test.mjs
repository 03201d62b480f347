// Sentences and their places.
import assert from "node:assert/strict";
import { test } from "node:test";
import { t, useMessages } from "../../../src/camket_shop/web/static/src/shared/messages.js";

useMessages({
  "sell.hello": "Xin chào {name}, {name}!",
  "sell.items": { one: "{n} item", other: "{n} items" },
});

test("places are filled in, each time they stand there", () => {
  assert.equal(t("sell.hello", { name: "Alice" }), "Xin chào Alice, Alice!");
});

test("a number chooses between one and many", () => {
  assert.equal(t("sell.items", { n: 1 }), "1 item");
  assert.equal(t("sell.items", { n: 0 }), "0 items");
  assert.equal(t("sell.items", { n: 21 }), "21 items");
});

test("what is filled in is not read as a place again", () => {
  assert.equal(t("sell.hello", { name: "{n}" }), "Xin chào {n}, {n}!");
});

test("a sentence that the page does not have shows as its key", () => {
  assert.equal(t("sell.nothing"), "sell.nothing");
});
