// The part of a payment that is transferred: a VietQR for the buyer's banking app, and the same in words.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { formatDong } from "../shared/money.js";
import { at } from "../shared/page.js";
import { qrSvg } from "./qr.js";
import { vietQr } from "./vietqr.js";

/**
 * Return the view of a transfer.
 *
 * @param {object} parts
 * @param {string} parts.code - the order code, which stands in the transfer.
 * @param {() => Promise<{bank: object | null}>} parts.header - *personal*; asked when the view is first shown.
 * @returns {{element: HTMLElement, show: (amount: number | null) => void}} nothing is shown for no amount.
 */
export function transferView({ code, header }) {
  const element = el("div", { class: "transfer" });
  let asked = null;
  let wanted = null;

  async function show(amount) {
    wanted = amount;
    if (amount === null || amount === 0) {
      fill(element);
      return;
    }
    asked ??= header().then(
      (found) => ({ bank: found.bank }),
      () => {
        asked = null; // the next time it is asked again
        return { offline: true };
      },
    );
    if (element.childElementCount === 0) {
      fill(element, el("p", { class: "quiet", role: "status" }, t("sell.qr_loading")));
    }
    const found = await asked;
    if (wanted === amount) {
      fill(element, ...viewOf(found, amount, code));
    }
  }

  return { element, show: (amount) => void show(amount) };
}

function viewOf({ bank, offline = false }, amount, code) {
  if (offline) {
    return [el("p", { class: "note calm" }, t("sell.qr_offline"))];
  }
  if (bank === null) {
    return [
      el(
        "div",
        { class: "note" },
        el("b", {}, t("sell.no_bank_title")),
        el("span", {}, t("sell.no_bank_text")),
        el("a", { class: "btn slim", href: at("/settings") }, t("sell.no_bank_set")),
      ),
    ];
  }
  const picture = pictureOf(bank, amount, code);
  return [
    picture === null ? el("p", { class: "note" }, t("sell.qr_wrong")) : el("div", { class: "qr" }, picture),
    el(
      "dl",
      { class: "account" },
      ...row(t("sell.qr_account"), `${bank.account} · ${bank.name}`),
      ...(bank.holder ? row(t("sell.qr_holder"), bank.holder) : []),
      ...row(t("sell.qr_text"), code),
    ),
    el("p", { class: "quiet" }, t("sell.qr_check")),
  ];
}

function row(label, value) {
  return [el("dt", {}, label), el("dd", { class: "num" }, value)];
}

function pictureOf({ bin, account }, amount, code) {
  try {
    return qrSvg(
      vietQr({ bin, account, amount, text: code }),
      t("sell.qr_label", { amount: formatDong(amount), code }),
    );
  } catch (error) {
    if (error instanceof RangeError) {
      return null;
    }
    throw error;
  }
}
