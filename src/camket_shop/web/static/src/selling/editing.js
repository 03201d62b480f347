// The small dialogs that change what lies in the cart: one line, the discount, something that is not in the catalogue.
import { el } from "../shared/dom.js";
import { newId } from "../shared/ids.js";
import { t } from "../shared/messages.js";
import { formatDong, MOST_DONG } from "../shared/money.js";
import { language } from "../shared/page.js";
import { discountOf, lineOf, withDiscount, withPrice, withQuantity, withQuickItem } from "./cart.js";
import { readDiscount } from "./discount.js";
import { formOf, readAmount, textField } from "./fields.js";
import { readQuantity, said } from "./quantity.js";
import { openSheet } from "./sheet.js";

/**
 * Open the dialog of a line: quantity, price for this sale, or out of the cart.
 *
 * @param {object} state - of the sell screen.
 * @param {string} key - of the line.
 */
export function editLine(state, key) {
  const line = lineOf(state.cart, key);
  const quantity = textField({
    label: t("sell.quantity"),
    hint: t("sell.quantity_hint"),
    value: said(line.quantity, language),
    inputmode: "decimal",
  });
  const hint =
    line.product === null
      ? t("sell.price_here_hint_quick")
      : t("sell.price_here_hint", { price: formatDong(line.listed) });
  const price = textField({ label: t("sell.price_here"), hint, value: dotted(line.price) });
  const save = () => {
    const thousandths = readQuantity(quantity.input.value);
    if (thousandths === null) {
      quantity.problem(t("sell.quantity_wrong"));
      quantity.input.focus();
      return;
    }
    const amount = readAmount(price);
    if (amount === null) {
      return;
    }
    const edit = (cart) => withPrice(withQuantity(cart, key, thousandths), key, amount);
    closeOr(state.change(edit), sheet, price);
  };
  const remove = () => {
    state.change((cart) => withQuantity(cart, key, 0));
    sheet.close();
  };
  const form = formOf(
    save,
    quantity.element,
    price.element,
    mainButton(t("sell.save")),
    plainButton(t("sell.remove_line"), remove, "end"),
  );
  const sheet = openSheet({ title: line.name, body: [form], kind: "small" });
  quantity.input.focus();
  quantity.input.select();
}

/** Open the dialog of the discount: an amount, or hundredths with a %. */
export function editDiscount(state) {
  const { discount } = state.cart;
  const known =
    "percent" in discount
      ? `${String(discount.percent).replace(".", language === "vi" ? "," : ".")}%`
      : discount.dong === 0
        ? ""
        : dotted(discount.dong);
  const field = textField({ label: t("sell.discount"), hint: t("sell.discount_hint"), value: known });
  const set = (next) =>
    closeOr(
      state.change((cart) => withDiscount(cart, next)),
      sheet,
      field,
    );
  const save = () => {
    const next = readDiscount(field.input.value);
    if (next === null) {
      field.problem(t("sell.discount_wrong"));
      field.input.focus();
    } else {
      set(next);
    }
  };
  const remove =
    discountOf(state.cart) === 0 ? null : plainButton(t("sell.discount_remove"), () => set({ dong: 0 }), "end");
  const sheet = openSheet({
    title: t("sell.discount"),
    body: [formOf(save, field.element, mainButton(t("sell.save")), remove)],
    kind: "small",
  });
  field.input.focus();
  field.input.select();
}

/**
 * Open the dialog of a quick item.
 *
 * @param {object} state - of the sell screen.
 * @param {string} [name] - what was looked for and not found.
 */
export function addQuickItem(state, name = "") {
  const named = textField({ label: t("sell.quick_name"), hint: t("sell.quick_name_hint"), value: name });
  const price = textField({ label: t("sell.quick_price") });
  const add = () => {
    const amount = readAmount(price);
    if (amount !== null) {
      const item = {
        key: `quick-${newId()}`,
        name: named.input.value.trim() || t("sell.quick_default"),
        price: amount,
      };
      closeOr(
        state.change((cart) => withQuickItem(cart, item)),
        sheet,
        price,
      );
    }
  };
  const sheet = openSheet({
    title: t("sell.quick_item"),
    body: [formOf(add, price.element, named.element, mainButton(t("sell.quick_add")))],
    kind: "small",
  });
  price.input.focus();
}

function closeOr(wrong, sheet, field) {
  if (wrong === null) {
    sheet.close();
  } else {
    field.problem(t(wrong, { most: formatDong(MOST_DONG) }));
    field.input.focus();
  }
}

function dotted(amount) {
  return formatDong(amount).replace(/\s*₫$/, "");
}

function mainButton(words) {
  return el("button", { class: "btn go" }, words);
}

function plainButton(words, act, kind) {
  return el("button", { type: "button", class: `btn ${kind}`, onclick: act }, words);
}
