// The receipt on its page says what the receipt on paper says.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { WORDS } from "../../../src/camket_shop/web/static/src/printing/words.js";

const SAME = {
  sum: "subtotal",
  discount: "discount",
  total: "total",
  tendered: "tendered",
  transferred: "transferred",
  change: "change",
  not_an_invoice: "notTax",
  thanks: "thanks",
  number: "number",
};

for (const language of Object.keys(WORDS)) {
  test(`page and paper agree in \`${language}\``, async () => {
    const file = new URL(`../../../src/camket_shop/web/messages/${language}/receipts.json`, import.meta.url);
    const page = JSON.parse(await readFile(file, "utf8"));
    for (const [onPage, onPaper] of Object.entries(SAME)) {
      assert.equal(page[onPage], WORDS[language][onPaper], onPage);
    }
  });
}

test("it always says in Vietnamese that it is no tax invoice", () => {
  for (const words of Object.values(WORDS)) {
    assert.match(words.notTax, /Không phải hóa đơn thuế/);
  }
});
