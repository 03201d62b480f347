// Searching without accents: every line of the cases that text.py is held to as well.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fold } from "../../../src/camket_shop/web/static/src/shared/fold.js";

const cases = JSON.parse(await readFile(new URL("../cases/fold.json", import.meta.url), "utf8"));

for (const { text, folded } of cases.folded) {
  test(`\`${text}\` is found by \`${folded}\``, () => {
    assert.equal(fold(text), folded);
  });
}
