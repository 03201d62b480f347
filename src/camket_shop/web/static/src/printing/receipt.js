// What a receipt says, as blocks without a size: the same blocks are drawn, printed as plain text and shown on screen.
// Nothing about the buyer is ever in it, because nothing about the buyer is in the sale.
import { formatDong } from "../shared/money.js";
import { wordsIn } from "./words.js";

const TIME = new Intl.DateTimeFormat("vi-VN", {
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: "Asia/Ho_Chi_Minh",
});

const text = (said, style = "body", align = "left") => ({ kind: "text", text: said, style, align });
const pair = (left, right, style = "body") => ({ kind: "pair", left, right, style });
const rule = () => ({ kind: "rule" });
const gap = (size) => ({ kind: "gap", size });

/** The instant of a sale as people in Vietnam read it: `18/11/2026 09:12`. */
export function timeOf(instant) {
  const part = Object.fromEntries(TIME.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  return `${part.day}/${part.month}/${part.year} ${part.hour}:${part.minute}`;
}

/** A quantity as it is said in the language of the paper: the comma is Vietnamese. */
function quantityOf(line, language) {
  const number = language === "en" ? line.quantity : String(line.quantity).replace(".", ",");
  return line.unit ? `${number} ${line.unit}` : String(number);
}

/** An amount of a line: which money it is, the total says. */
const bare = (amount) => formatDong(amount).replace(/\s₫$/u, "");

function head(header, word) {
  return [
    text(header.name, "title", "center"),
    ...(header.address ? [text(header.address, "small", "center")] : []),
    ...(header.tax_code ? [text(word("taxCode", { code: header.tax_code }), "small", "center")] : []),
  ];
}

function goods(sale, language) {
  return sale.lines.flatMap((line) => [
    text(line.name),
    pair(`${quantityOf(line, language)} × ${bare(line.price)}`, bare(line.amount)),
  ]);
}

function money(sale, word) {
  const { discount = 0, tendered = 0, transferred = 0, change = 0, total } = sale;
  return [
    ...(discount > 0
      ? [pair(word("subtotal"), formatDong(total + discount)), pair(word("discount"), formatDong(-discount))]
      : []),
    pair(word("total"), formatDong(total), "title"),
    ...(tendered > 0 ? [pair(word("tendered"), formatDong(tendered))] : []),
    ...(change > 0 ? [pair(word("change"), formatDong(change))] : []),
    ...(transferred > 0 ? [pair(word("transferred"), formatDong(transferred))] : []),
  ];
}

/**
 * What stands on the receipt of one sale, top to bottom.
 *
 * The QR code holds the order code and nothing else: the shop scans it to find the sale again. A receipt exists only
 * for a committed sale, which is paid, so it never asks for payment.
 *
 * @param {object} sale - a sale as the shop's API answers it.
 * @param {{name: string, address?: string, tax_code?: string}} header - whose receipt it is.
 * @param {{language?: "vi"|"en"}} options - the language of the paper.
 * @returns {object[]} blocks of kind `text`, `pair`, `rule`, `gap` and `qr`.
 */
export function receiptBlocks(sale, header, { language = "vi" } = {}) {
  const word = wordsIn(language);
  return [
    ...head(header, word),
    gap("half"),
    text(word("number", { number: sale.number }), "strong", "center"),
    text(timeOf(sale.sold_at), "small", "center"),
    ...(sale.voided ? [text(word("voided"), "title", "center")] : []),
    rule(),
    ...goods(sale, language),
    rule(),
    ...money(sale, word),
    gap("half"),
    text(word("notTax"), "strong", "center"),
    text(word("order", { code: sale.order_code }), "small", "center"),
    { kind: "qr", text: sale.order_code },
    text(word("thanks"), "small", "center"),
  ];
}

/** The letters that cheap printers get wrong, the widest line and a code: what a printer has to show it can do. */
export const HARD_LETTERS = ["Ă Â Đ Ê Ô Ơ Ư", "ă â đ ê ô ơ ư", "Ắ Ặ Ẫ Ế Ệ Ỗ Ợ Ử Ỹ", "ẵ ộ ự ằ ẩ ễ ỡ ữ ỵ", "Nghiêng chữ ẵm, thuở trưa nguội", "0123456789 ₫ × %"];

/**
 * A page that shows whether a printer prints Vietnamese.
 *
 * @param {{language?: "vi"|"en", width: number}} options - `width` in dots.
 * @returns {object[]} blocks as of a receipt.
 */
export function testPageBlocks({ language = "vi", width }) {
  const word = wordsIn(language);
  return [
    text(word("testTitle"), "title", "center"),
    rule(),
    ...HARD_LETTERS.map((line) => text(line)),
    rule(),
    pair("Cà phê sữa đá", formatDong(25000)),
    pair("Tổng cộng", formatDong(68000), "title"),
    { kind: "qr", text: "QUAY" },
    { kind: "edges" },
    text(word("testWidth", { millimetres: width > 400 ? 80 : 58, dots: width }), "small"),
    text(word("testAsk"), "small"),
  ];
}
