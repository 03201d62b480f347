// A scanner types very fast and ends with Enter; a person does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scanBuffer } from "../../../src/camket_shop/web/static/src/selling/scan-buffer.js";

function typed(text, everyMs, buffer = scanBuffer(), fromMs = 1000) {
  let found = null;
  [...text].forEach((key, place) => {
    found = buffer.take(key === "\n" ? "Enter" : key, fromMs + place * everyMs) ?? found;
  });
  return found;
}

test("digits typed as fast as a scanner types, then Enter, are a code", () => {
  assert.equal(typed("8934567890123\n", 8), "8934567890123");
});

test("letters and marks of other kinds of codes count too", () => {
  assert.equal(typed("SKU-00412/A\n", 20), "SKU-00412/A");
});

test("what a person types is no code, however long", () => {
  assert.equal(typed("8934567890123\n", 120), null);
});

test("an Enter that comes late, or after too little, is only an Enter", () => {
  const buffer = scanBuffer();
  assert.equal(typed("8934567", 8, buffer), null);
  assert.equal(buffer.take("Enter", 5000), null);
  assert.equal(typed("893\n", 8), null);
});

test("what a person typed before is not part of the code that is scanned after it", () => {
  const buffer = scanBuffer();
  typed("cà ph", 150, buffer, 0);
  assert.equal(typed("8934567\n", 8, buffer, 5000), "8934567");
});

test("keys such as Shift in between do not break a code", () => {
  const buffer = scanBuffer();
  let at = 0;
  const codes = ["A", "Shift", "B", "1", "2", "Enter"].map((key) => buffer.take(key, (at += 6)));
  assert.deepEqual(codes.at(-1), "AB12");
});

test("the buffer is empty again after each code", () => {
  const buffer = scanBuffer();
  assert.equal(typed("8934567\n", 8, buffer, 0), "8934567");
  assert.equal(typed("8931111\n", 8, buffer, 200), "8931111");
});
