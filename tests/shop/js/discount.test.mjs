// A discount as people type it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readDiscount } from "../../../src/camket_shop/web/static/src/selling/discount.js";

test("an amount is đồng, a percentage is a part, nothing is no discount", () => {
  assert.deepEqual(readDiscount("5k"), { dong: 5000 });
  assert.deepEqual(readDiscount("5.000"), { dong: 5000 });
  assert.deepEqual(readDiscount("10%"), { percent: 10 });
  assert.deepEqual(readDiscount(" 7,5 % "), { percent: 7.5 });
  assert.deepEqual(readDiscount("100%"), { percent: 100 });
  assert.deepEqual(readDiscount("  "), { dong: 0 });
});

test("more than everything, less than nothing and what is no number are refused", () => {
  for (const typed of ["101%", "-5%", "%", "10%%", "7,55%", "-5k", "nhiều", "1.50"]) {
    assert.equal(readDiscount(typed), null, typed);
  }
});
