// Cash: what is handed over and what goes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { quickAmounts, settle } from "../../../src/camket_shop/web/static/src/selling/change.js";

test("the sum itself is offered, then the next round sum of each banknote, each once", () => {
  assert.deepEqual(quickAmounts(68000), [68000, 70000, 80000, 100000, 200000, 500000]);
  assert.deepEqual(quickAmounts(50000), [50000, 60000, 100000, 200000, 500000]);
  assert.deepEqual(quickAmounts(500000), [500000, 600000]);
  assert.deepEqual(quickAmounts(512500), [512500, 520000, 550000, 600000, 1000000]);
  assert.deepEqual(quickAmounts(0), [0]);
});

test("cash gives back what is too much and says what is missing", () => {
  const cash = { total: 68000, method: "cash" };
  assert.deepEqual(settle({ ...cash, tendered: 100000 }), { method: "cash", tendered: 100000, transferred: 0, change: 32000, missing: 0 });
  assert.deepEqual(settle({ ...cash, tendered: 68000 }), { method: "cash", tendered: 68000, transferred: 0, change: 0, missing: 0 });
  assert.deepEqual(settle({ ...cash, tendered: 60000 }), { method: "cash", tendered: 60000, transferred: 0, change: 0, missing: 8000 });
});

test("a transfer is the sum itself, whatever cash was typed before", () => {
  assert.deepEqual(settle({ total: 68000, method: "transfer", tendered: 100000 }), { method: "transfer", tendered: 0, transferred: 68000, change: 0, missing: 0 });
});

test("mixed, what is not handed over in cash is transferred", () => {
  assert.deepEqual(settle({ total: 68000, method: "mixed", tendered: 20000 }), { method: "mixed", tendered: 20000, transferred: 48000, change: 0, missing: 0 });
});

test("mixed with all of it in cash is cash with change, and with none of it a transfer", () => {
  assert.deepEqual(settle({ total: 68000, method: "mixed", tendered: 70000 }), { method: "cash", tendered: 70000, transferred: 0, change: 2000, missing: 0 });
  assert.deepEqual(settle({ total: 68000, method: "mixed", tendered: 0 }), { method: "transfer", tendered: 0, transferred: 68000, change: 0, missing: 0 });
});
