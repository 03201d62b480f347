// What lies in the cart, and what it costs: beside the shelf on a desk, in a sheet on a phone.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { formatDong } from "../shared/money.js";
import { language } from "../shared/page.js";
import { countOf, discountOf, emptyCart, lineOf, subtotalOf, totalOf, withOneLess, withQuantity } from "./cart.js";
import { editDiscount, editLine } from "./editing.js";
import { isLong } from "./fields.js";
import { amountOf, raised, said } from "./quantity.js";

/**
 * Return the view of a cart.
 *
 * @param {object} state - of the sell screen.
 * @param {object} acts
 * @param {() => void} acts.pay
 * @param {(sentence: string, offer?: object) => void} acts.show - says something at the bottom.
 * @returns {{element: HTMLElement, heading: HTMLElement}}
 */
export function createBasket(state, { pay, show }) {
  const rows = new Map(); // line key -> its row
  const heading = el("h2", { id: "basket-title", tabindex: "-1" }, t("sell.cart"));
  const clear = el("button", { type: "button", class: "as-text", onclick: clearCart }, t("sell.cart_clear"));
  const list = el("ul", { class: "lines", role: "list", "aria-labelledby": heading.id });
  const empty = el("p", { class: "cart-empty" }, t("sell.cart_empty"));
  const sums = el("dl", { class: "sums" });
  const discount = el("button", { type: "button", class: "as-text", onclick: () => editDiscount(state) });
  const take = el("button", { type: "button", class: "btn go take", onclick: pay }, t("sell.take_money"));
  const notes = el("div", { class: "basket-notes" });
  const foot = el("div", { class: "basket-foot" }, el("div", { class: "basket-ways" }, discount, clear), sums, take);
  const element = el("div", { class: "basket" }, heading, notes, empty, list, foot);

  function clearCart() {
    const before = state.cart;
    const again = (cart) => {
      const added = cart.lines.filter((line) => lineOf(before, line.key) === undefined);
      return { ...before, id: cart.id, lines: [...before.lines, ...added] };
    };
    state.change((cart) => emptyCart(cart.id));
    heading.focus();
    show(t("sell.cart_cleared"), { label: t("sell.undo"), act: () => state.change(again) });
  }

  function draw() {
    const { cart } = state;
    const isEmpty = cart.lines.length === 0;
    empty.hidden = !isEmpty;
    list.hidden = isEmpty;
    foot.hidden = isEmpty;
    discount.textContent = discountOf(cart) > 0 ? t("sell.discount") : t("sell.discount_add");
    fill(sums, ...sumsOf(cart));
    drawLines(cart.lines);
  }

  function drawLines(lines) {
    const kept = new Set(lines.map((line) => line.key));
    for (const [key, row] of rows) {
      if (!kept.has(key)) {
        keepFocus(row.item, heading);
        row.item.remove();
        rows.delete(key);
      }
    }
    lines.forEach((line, place) => {
      const row = rows.get(line.key) ?? lineRow(state, line);
      rows.set(line.key, row);
      row.show(line);
      if (list.children[place] !== row.item) {
        list.insertBefore(row.item, list.children[place] ?? null);
      }
    });
  }

  state.on("cart", draw);
  draw();
  return { element, heading, notes };
}

// What goes away with the focus in it gives the focus to something near.
function keepFocus(item, heading) {
  if (item.contains(document.activeElement)) {
    const near = item.nextElementSibling ?? item.previousElementSibling;
    (near?.querySelector("button") ?? heading).focus();
  }
}

function sumsOf(cart) {
  const sum = (label, amount, kind = "") =>
    el("div", { class: kind }, el("dt", {}, label), el("dd", { class: "num" }, amount));
  const off = discountOf(cart);
  const hundredths =
    "percent" in cart.discount ? ` ${String(cart.discount.percent).replace(".", language === "vi" ? "," : ".")}%` : "";
  return [
    off > 0 ? sum(t("sell.subtotal"), formatDong(subtotalOf(cart))) : null,
    off > 0 ? sum(t("sell.discount") + hundredths, `−${formatDong(off)}`) : null,
    sum(t("sell.total"), formatDong(totalOf(cart)), isLong(totalOf(cart)) ? "total long" : "total"),
  ];
}

function lineRow(state, { key, name }) {
  const what = el("span", { class: "what" }, name);
  const each = el("span", { class: "each num" });
  const own = el("span", { class: "chip ask" }, t("sell.each_changed"));
  const amount = el("b", { class: "amount num" });
  const count = el("span", { class: "num" });
  const step = (label, sign, edit) =>
    el(
      "button",
      { type: "button", class: "step", "aria-label": label, onclick: () => state.change(edit) },
      el("span", { "aria-hidden": "true" }, sign),
    );
  const edit = () => editLine(state, key);
  const quantityOf = (cart) => lineOf(cart, key).quantity;
  const item = el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "line-name", onclick: edit },
      what,
      each,
      own,
      el("span", { class: "hidden-label" }, ` · ${t("sell.edit")}`),
    ),
    amount,
    el(
      "div",
      { class: "stepper", role: "group", "aria-label": t("sell.quantity_of", { name }) },
      step(t("sell.one_less", { name }), "−", (cart) => withOneLess(cart, key)),
      el(
        "button",
        { type: "button", class: "count", onclick: edit },
        count,
        el("span", { class: "hidden-label" }, ` · ${t("sell.quantity_of", { name })}`),
      ),
      step(t("sell.one_more", { name }), "+", (cart) => withQuantity(cart, key, raised(quantityOf(cart)))),
    ),
  );
  return {
    item,
    show(line) {
      const price = formatDong(line.price);
      each.textContent = line.unit ? t("sell.each", { price, unit: line.unit }) : price;
      own.hidden = line.price === line.listed;
      amount.textContent = formatDong(amountOf(line.price, line.quantity));
      count.textContent = said(line.quantity, language);
    },
  };
}

/**
 * Return the bar that a phone shows below the shelf: how much lies in the cart, and the way to pay.
 *
 * @param {object} state - of the sell screen.
 * @param {{open: () => void, pay: () => void}} acts
 */
export function createPayBar(state, { open, pay }) {
  const count = el("span", { class: "count" });
  const total = el("b", { class: "num" });
  const summary = el(
    "button",
    { type: "button", class: "summary-of-cart", "aria-haspopup": "dialog", onclick: open },
    el("span", { class: "hidden-label" }, `${t("sell.cart_open")}: `),
    count,
    " ",
    total,
  );
  const take = el("button", { type: "button", class: "btn go", onclick: pay }, t("sell.take_money"));
  const element = el("div", { class: "pay-bar" }, summary, take);
  const draw = () => {
    const { cart } = state;
    count.textContent = t("sell.count", { n: countOf(cart) });
    total.textContent = formatDong(totalOf(cart));
    total.classList.toggle("long", isLong(totalOf(cart)));
    take.disabled = cart.lines.length === 0;
    element.classList.toggle("is-empty", cart.lines.length === 0);
  };
  state.on("cart", draw);
  draw();
  return element;
}
