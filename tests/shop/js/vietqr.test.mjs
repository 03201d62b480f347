// What a banking app reads from the code on the screen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum, vietQr } from "../../../src/camket_shop/web/static/src/selling/vietqr.js";

const PAYMENT = { bin: "970415", account: "113366668888", amount: 68000, text: "K7Q2M9XD" };

test("the checksum is the one that the standard names by the check value of 123456789", () => {
  assert.equal(checksum("123456789"), "29B1");
});

test("payments whose codes were published come out as published, to the letter", () => {
  assert.equal(
    vietQr({ bin: "970415", account: "0011001932418", amount: 120000, text: "ung ho lu lut" }),
    "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C",
  );
  assert.equal(
    vietQr({ bin: "970416", account: "257678859", amount: 1000, text: "Chuyen tien" }),
    "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA5303704540410005802VN62150811Chuyen tien6304BBB8",
  );
});

test("a code is made for one payment, with its amount and its order code", () => {
  const code = vietQr(PAYMENT);
  assert.match(code, /^000201010212/);
  assert.match(code, /540568000/);
  assert.match(code, /62120808K7Q2M9XD6304[0-9A-F]{4}$/);
});

test("what cannot be said in the format is refused, and the refusal repeats none of it", () => {
  const wrong = [
    { ...PAYMENT, amount: 0 },
    { ...PAYMENT, amount: -1000 },
    { ...PAYMENT, amount: 0.5 },
    { ...PAYMENT, amount: 1e14 },
    { ...PAYMENT, bin: "97041" },
    { ...PAYMENT, bin: "97041X" },
    { ...PAYMENT, account: "" },
    { ...PAYMENT, account: "1133 6666" },
    { ...PAYMENT, account: "1".repeat(20) },
    { ...PAYMENT, text: "" },
    { ...PAYMENT, text: "đơn 7" },
    { ...PAYMENT, text: "a".repeat(26) },
  ];
  for (const payment of wrong) {
    assert.throws(() => vietQr(payment), (error) => error instanceof RangeError && !error.message.includes(payment.account || "\0"));
  }
});
