// Amounts: every line of the cases that money.py is held to as well.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { AmountError, formatDong, MOST_DONG, parseDong } from "../../../src/camket_shop/web/static/src/shared/money.js";

const cases = JSON.parse(await readFile(new URL("../cases/money.json", import.meta.url), "utf8"));

test("the largest amount is the server's", () => {
  assert.equal(MOST_DONG, cases.most);
});

for (const { text, amount } of cases.accepted) {
  test(`\`${text}\` means ${amount}`, () => {
    assert.equal(parseDong(text), amount);
  });
}

for (const { text, reason } of cases.refused) {
  test(`\`${text.slice(0, 50)}\` is refused: ${reason}`, () => {
    assert.throws(() => parseDong(text), (error) => error instanceof AmountError && error.reason === reason);
  });
}

for (const { amount, text } of cases.formatted ?? []) {
  test(`${amount} is written \`${text}\``, () => {
    assert.equal(formatDong(amount), text);
  });
}

test("an amount is written with points between its thousands", () => {
  assert.equal(formatDong(0), "0 ₫");
  assert.equal(formatDong(999), "999 ₫");
  assert.equal(formatDong(68000), "68.000 ₫");
  assert.equal(formatDong(9999999999), "9.999.999.999 ₫");
});
