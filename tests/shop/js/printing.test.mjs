// What a receipt says, how it is arranged, and what becomes of jobs; drawing and bytes are tested in Python.
import assert from "node:assert/strict";
import { test } from "node:test";
import { abilities } from "../../../src/camket_shop/web/static/src/shared/abilities.js";
import { arrange, wrap } from "../../../src/camket_shop/web/static/src/printing/arrange.js";
import { deliver } from "../../../src/camket_shop/web/static/src/printing/delivery.js";
import { PrintError, REASONS, within } from "../../../src/camket_shop/web/static/src/printing/errors.js";
import { PrintQueue } from "../../../src/camket_shop/web/static/src/printing/queue.js";
import { receiptBlocks, testPageBlocks, timeOf } from "../../../src/camket_shop/web/static/src/printing/receipt.js";
import { unaccented } from "../../../src/camket_shop/web/static/src/printing/unaccented.js";
import { WORDS } from "../../../src/camket_shop/web/static/src/printing/words.js";
import vi from "../../../src/camket_shop/web/messages/vi/printing.json" with { type: "json" };

const SALE = {
  number: 12,
  sold_at: "2026-11-22T17:30:00Z",
  lines: [{ name: "Cà phê sữa đá", unit: "ly", price: 25000, quantity: "0.5", amount: 12500 }],
  discount: 0,
  total: 12500,
  tendered: 20000,
  transferred: 0,
  change: 7500,
  order_code: "7K3M9QXA",
  voided: null,
};
const HEADER = { name: "Tạp hóa Alice", address: "12 Nguyễn Huệ", tax_code: "0312345678", bank: { account: "0011", holder: "ALICE" } };
const LETTERS = { width: 32, measureIn: () => (text) => text.length };

const saidBy = (blocks) => blocks.flatMap(({ text, left, right }) => [text, left, right]).filter((said) => said !== undefined);

test("a receipt says whose it is, its number, what was sold and paid, and that it is no tax invoice", () => {
  assert.deepEqual(saidBy(receiptBlocks(SALE, HEADER)), [
    "Tạp hóa Alice", "12 Nguyễn Huệ", "MST: 0312345678", "Biên nhận số 12", "23/11/2026 00:30",
    "Cà phê sữa đá", "0,5 ly × 25.000", "12.500", "Tổng cộng", "12.500 ₫", "Tiền khách đưa", "20.000 ₫",
    "Tiền thối lại", "7.500 ₫", "Không phải hóa đơn thuế", "Mã đơn: 7K3M9QXA", "7K3M9QXA", "Cảm ơn quý khách!",
  ]);
});

test("nothing about the buyer or the owner's bank account is on a receipt", () => {
  const said = saidBy(receiptBlocks({ ...SALE, buyer: "Bob", phone: "0901234567" }, HEADER)).join(" ");
  for (const secret of ["Bob", "0901234567", "0011", "ALICE"]) {
    assert.ok(!said.includes(secret));
  }
});

test("what is nothing is not said: no discount, no change, no address, no tax code", () => {
  const said = saidBy(receiptBlocks({ ...SALE, tendered: 12500, change: 0 }, { name: "Alice", address: null, tax_code: "" }));
  assert.ok(!said.some((line) => ["Giảm giá", "Tiền thối lại"].includes(line) || line.startsWith("MST")));
});

test("a discount stands between the sum and the total", () => {
  const said = saidBy(receiptBlocks({ ...SALE, discount: 2500, total: 10000 }, HEADER));
  assert.deepEqual(said.slice(said.indexOf("Cộng tiền hàng"), said.indexOf("Tổng cộng") + 2), [
    "Cộng tiền hàng", "12.500 ₫", "Giảm giá", "-2.500 ₫", "Tổng cộng", "10.000 ₫",
  ]);
});

test("a voided receipt says so at its top", () => {
  const said = saidBy(receiptBlocks({ ...SALE, voided: { at: "2026-11-22T18:00:00Z", reason: "returned" } }, HEADER));
  assert.ok(said.indexOf("ĐÃ HỦY") < said.indexOf("Cà phê sữa đá"));
});

test("an English receipt says in Vietnamese too that it is no tax invoice", () => {
  assert.ok(saidBy(receiptBlocks(SALE, HEADER, { language: "en" })).some((line) => line.includes("Không phải hóa đơn thuế")));
});

test("both languages of the paper have the same words and places", () => {
  const places = (words) => Object.fromEntries(Object.entries(words).map(([key, said]) => [key, said.match(/\{\w+\}/g) ?? []]));
  assert.deepEqual(places(WORDS.en), places(WORDS.vi));
});

test("a time is that of Vietnam, wherever the device is", () => {
  assert.equal(timeOf("2026-12-31T17:05:00Z"), "01/01/2027 00:05");
});

test("the test page has every hard letter", () => {
  const said = saidBy(testPageBlocks({ width: 384 })).join("");
  for (const letter of "ĂÂĐÊÔƠƯẵộự") {
    assert.ok(said.includes(letter), letter);
  }
});

test("a long name is broken between words, a long word within, and nothing is lost", () => {
  const measure = (text) => text.length;
  assert.deepEqual(wrap("Nước mắm Phú Quốc", 10, measure), ["Nước mắm", "Phú Quốc"]);
  assert.deepEqual(wrap("ABCDEFGHIJKLM", 5, measure), ["ABCDE", "FGHIJ", "KLM"]);
  assert.deepEqual(wrap(" \u0000\u202e ", 5, measure), []);
  assert.deepEqual(wrap("a\u0301", 5, measure), ["á"]);
});

test("an amount that does not fit beside its words stands below them, at the right edge", () => {
  const [first, second] = arrange([{ kind: "pair", left: "x".repeat(30), right: "12.500", style: "body" }], LETTERS);
  assert.deepEqual([first.parts.length, second.parts[0].x + second.parts[0].width], [1, 32]);
});

test("letters without marks are printable ASCII, one for one where they can be", () => {
  assert.equal(unaccented("Đường thốt nốt 25.000 ₫ × 2 – “Ổn”…"), 'Duong thot not 25.000 d x 2 - "On"...');
  assert.equal(unaccented("\u001b@\u0000日本🙂"), "?@????");
  for (const letter of "ăâđêôơưĂÂĐÊÔƠƯằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ") {
    assert.match(unaccented(letter), /^[a-zA-Z]$/);
  }
});

test("every reason for a failure is said in words", () => {
  for (const reason of REASONS) {
    assert.ok(vi[`reason_${reason.replaceAll("-", "_")}`], reason);
  }
});

// --- the queue and the way to the printer ---

const A = { title: "A" };
const B = { title: "B" };

test("jobs run one after the other, and one that fails stops none", async () => {
  const events = [];
  const queue = new PrintQueue(async ({ document }, onState) => {
    events.push(`${document.title} begins`);
    onState({ state: "printing", percent: 50 });
    await Promise.resolve();
    events.push(`${document.title} ends`);
    if (document === A) {
      throw new PrintError("lost");
    }
  });
  const outcomes = await Promise.all([queue.add(A), queue.add(B)]);
  assert.deepEqual(events, ["A begins", "A ends", "B begins", "B ends"]);
  assert.deepEqual(outcomes, [{ state: "failed", reason: "lost" }, { state: "printed", reason: null }]);
});

test("a job that failed runs again from its start, and an error that nobody expected has a reason too", async () => {
  let tries = 0;
  const queue = new PrintQueue(async () => {
    tries += 1;
    if (tries === 1) {
      throw new TypeError("unexpected");
    }
  });
  assert.deepEqual(await queue.add(A), { state: "failed", reason: "failed" });
  queue.again(queue.jobs[0]);
  assert.deepEqual(await queue.add(B), { state: "printed", reason: null });
  assert.deepEqual(queue.jobs.map((job) => job.state), ["printed", "printed"]);
});

test("a job that waits can be stopped before it begins", async () => {
  const printed = [];
  const queue = new PrintQueue(async ({ document }) => printed.push(document.title));
  const outcomes = [queue.add(A), queue.add(B)];
  queue.cancel(queue.jobs.find(({ document }) => document === B));
  assert.deepEqual((await Promise.all(outcomes)).map(({ reason }) => reason), [null, "cancelled"]);
  assert.deepEqual(printed, ["A"]);
});

test("no printer is an outcome of its own", async () => {
  const queue = new PrintQueue(async () => {
    throw new PrintError("no-printer");
  });
  assert.equal((await queue.add(A)).state, "no-printer");
});

function transportThat(...outcomes) {
  return {
    written: [],
    connected: 0,
    async connect() {
      this.connected += 1;
    },
    async write(bytes) {
      this.written.push(bytes.length);
      const outcome = outcomes.shift();
      if (outcome) {
        throw new PrintError(outcome);
      }
    },
  };
}

const JOB = { bytes: new Uint8Array(100), longest: 30 };

test("after a lost link the whole job goes again, behind as many zeros as end a command", async () => {
  const transport = transportThat("lost", undefined);
  await deliver(JOB, transport);
  assert.deepEqual([transport.connected, transport.written], [2, [100, 130]]);
});

test("a printer that does not answer is not tried again by itself: it may be out of paper", async () => {
  const transport = transportThat("silent");
  await assert.rejects(deliver(JOB, transport), { reason: "silent" });
  assert.equal(transport.connected, 1);
});

test("a wait ends with its reason, with its result, or with a stop", async () => {
  const never = new Promise(() => {});
  await assert.rejects(within(never, { milliseconds: 1, reason: "off" }), { reason: "off" });
  assert.equal(await within(Promise.resolve(7), { milliseconds: 1000, reason: "off" }), 7);
  const stop = new AbortController();
  const waiting = within(never, { milliseconds: 60_000, reason: "off", signal: stop.signal });
  stop.abort();
  await assert.rejects(waiting, { reason: "cancelled" });
});

// --- what a browser can do ---

const CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1";
const reasonFor = (scope) => abilities(scope).bluetooth.reason;

test("what is off has its reason: plain http before all else, then the app around the browser, then the browser", () => {
  assert.equal(reasonFor({ isSecureContext: false, navigator: { userAgent: `${CHROME} Zalo android` } }), "insecure");
  assert.equal(reasonFor({ isSecureContext: true, navigator: { userAgent: `${CHROME} Zalo android/24` } }), "in_app");
  assert.equal(reasonFor({ isSecureContext: true, navigator: { userAgent: `${CHROME} [FBAN/FB4A]` } }), "in_app");
  assert.equal(reasonFor({ isSecureContext: true, navigator: { userAgent: IPHONE } }), "ios");
  assert.equal(reasonFor({ isSecureContext: true, navigator: { userAgent: "Firefox/140.0" } }), "browser");
});

test("what is there is on", () => {
  const navigator = { userAgent: CHROME, bluetooth: { requestDevice() {} }, serial: { requestPort() {} } };
  const able = abilities({ isSecureContext: true, navigator });
  assert.deepEqual([able.bluetooth, able.serial, able.camera.on], [{ on: true, reason: null }, { on: true, reason: null }, false]);
});
