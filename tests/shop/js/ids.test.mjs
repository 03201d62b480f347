// Ids that a device makes: what the server accepts, and different ones each time.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { isId, newId, orderCode } from "../../../src/camket_shop/web/static/src/shared/ids.js";

const cases = JSON.parse(await readFile(new URL("../cases/ids.json", import.meta.url), "utf8"));

for (const { id, order_code: code } of cases.valid) {
  test(`\`${id}\` is an id with the order code ${code}`, () => {
    assert.ok(isId(id));
    assert.equal(orderCode(id), code);
  });
}

for (const text of cases.invalid) {
  test(`${JSON.stringify(text)} is no id`, () => {
    assert.equal(isId(text), false);
  });
}

test("a new id is an id, and no two are the same", () => {
  const made = Array.from({ length: 1000 }, newId);
  assert.ok(made.every(isId));
  assert.equal(new Set(made).size, made.length);
});

test("every character of the alphabet is drawn", () => {
  const drawn = new Set(Array.from({ length: 200 }, newId).join(""));
  assert.equal(drawn.size, 32);
});
