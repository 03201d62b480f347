// Taking the money: cash with its change, a transfer by VietQR, or a part of each.
import { el, fill } from "../shared/dom.js";
import { orderCode } from "../shared/ids.js";
import { t } from "../shared/messages.js";
import { formatDong } from "../shared/money.js";
import { totalOf } from "./cart.js";
import { quickAmounts, settle } from "./change.js";
import { amountSoFar, dueLine, formOf, isLong, readAmount, textField } from "./fields.js";
import { openSheet } from "./sheet.js";
import { transferView } from "./transfer.js";

const METHODS = ["cash", "transfer", "mixed"];

/**
 * Open the dialog that takes the money of the cart as it is now.
 *
 * @param {object} state - of the sell screen.
 * @param {object} acts
 * @param {() => Promise<object>} acts.header - *personal*: with the bank account.
 * @param {(payment: object) => Promise<void>} acts.paid - records the sale; the dialog waits for it, deaf to more taps.
 * @param {HTMLElement[]} [acts.notes] - what stands above it all.
 */
export function openPayment(state, { header, paid, notes = [] }) {
  const total = totalOf(state.cart);
  const code = orderCode(state.cart.id);
  const confirm = el("button", { class: "btn go confirm" });
  const place = el("div", { class: "pay-method" });
  const parts = {
    cash: cashPart(total, confirm),
    transfer: transferPart({ total, code, header, confirm }),
    mixed: mixedPart({ total, code, header, confirm }),
  };
  let method = "cash";
  let taking = false;

  async function submit() {
    const payment = taking ? null : parts[method].read();
    if (payment === null) {
      return;
    }
    taking = true;
    sheet.hold(true);
    confirm.setAttribute("aria-disabled", "true");
    confirm.textContent = t("sell.taking");
    await paid(payment);
    sheet.hold(false);
    sheet.close();
  }

  function choose(next) {
    method = next;
    fill(place, parts[method].element);
    parts[method].shown();
  }

  const form = formOf(
    submit,
    dueLine(total),
    methodChoice(choose),
    place,
    el("div", { class: "confirm-place" }, confirm),
  );
  const sheet = openSheet({ title: t("sell.pay_title"), body: [...notes, form], kind: "pay" });
  choose("cash");
  sheet.dialog.querySelector("input[type=radio]").focus();
  return sheet;
}

function methodChoice(choose) {
  const choices = METHODS.map((name, place) => {
    const input = el("input", {
      type: "radio",
      name: "method",
      value: name,
      checked: place === 0,
      onchange: () => choose(name),
    });
    return el("label", {}, input, el("span", {}, t(`sell.${name}`)));
  });
  return el("fieldset", { class: "segments" }, el("legend", { class: "hidden-label" }, t("sell.method")), ...choices);
}

function cashPart(total, confirm) {
  const given = textField({ label: t("sell.tendered"), hint: t("sell.tendered_hint") });
  const back = backLine();
  const tendered = () => (given.input.value.trim() === "" ? total : readAmount(given));
  const quick = quickAmounts(total).map((amount) => {
    const words = amount === total ? t("sell.exact") : formatDong(amount);
    const choose = () => {
      given.input.value = formatDong(amount).replace(/\s*₫$/, "");
      given.problem(null);
      back.show(settle({ total, method: "cash", tendered: amount }));
    };
    return el("button", { type: "button", class: "btn slim num", onclick: choose }, words);
  });
  given.input.addEventListener("input", () => {
    const amount = amountSoFar(given);
    back.show(amount === null ? null : settle({ total, method: "cash", tendered: amount }));
  });
  return {
    element: el(
      "div",
      { class: "stack" },
      el("div", { class: isLong(total) ? "quick long" : "quick" }, ...quick),
      given.element,
      back.element,
    ),
    shown() {
      confirm.textContent = t("sell.took_cash", { amount: formatDong(total) });
    },
    read() {
      const amount = tendered();
      const payment = amount === null ? null : settle({ total, method: "cash", tendered: amount });
      if (payment !== null && payment.missing > 0) {
        given.problem(t("sell.missing", { amount: formatDong(payment.missing) }));
        given.input.focus();
        return null;
      }
      return payment;
    },
  };
}

function backLine() {
  const element = el("p", { class: "to-return num", role: "status" });
  return {
    element,
    show(payment) {
      const { change = 0, missing = 0 } = payment ?? {};
      element.classList.toggle("is-missing", missing > 0);
      if (payment === null) {
        fill(element);
      } else if (missing > 0) {
        fill(element, t("sell.missing", { amount: formatDong(missing) }));
      } else {
        fill(
          element,
          el("span", {}, change > 0 ? t("sell.change") : t("sell.no_change")),
          change > 0 ? el("b", {}, formatDong(change)) : null,
        );
      }
    },
  };
}

function transferPart({ total, code, header, confirm }) {
  const view = transferView({ code, header });
  return {
    element: el("div", { class: "stack" }, view.element),
    shown() {
      confirm.textContent = t("sell.took_transfer", { amount: formatDong(total) });
      view.show(total);
    },
    read: () => settle({ total, method: "transfer", tendered: 0 }),
  };
}

function mixedPart({ total, code, header, confirm }) {
  const cash = textField({ label: t("sell.cash_part"), hint: t("sell.mixed_hint") });
  const rest = el("p", { class: "to-return num", role: "status" });
  const view = transferView({ code, header });
  const fits = (amount) => amount !== null && amount > 0 && amount < total;
  const show = () => {
    const amount = amountSoFar(cash);
    const due = fits(amount) ? total - amount : null;
    fill(rest, ...(due === null ? [] : [el("span", {}, t("sell.transfer_part")), el("b", {}, formatDong(due))]));
    view.show(due);
  };
  cash.input.addEventListener("input", show);
  return {
    element: el("div", { class: "stack" }, cash.element, rest, view.element),
    shown() {
      confirm.textContent = t("sell.took_cash", { amount: formatDong(total) });
      show();
      cash.input.focus();
    },
    read() {
      const amount = readAmount(cash);
      if (amount !== null && !fits(amount)) {
        cash.problem(t("sell.mixed_wrong", { total: formatDong(total) }));
        cash.input.focus();
      }
      return fits(amount) ? settle({ total, method: "mixed", tendered: amount }) : null;
    },
  };
}
