// A price changed in the catalogue while the product lay in the cart: told at once, and its owner says which one holds.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { formatDong } from "../shared/money.js";
import { priceChanges, withKeptPrices, withNewPrices } from "./cart.js";

/**
 * Show price changes of the cart in a place, for as long as there are any.
 *
 * @param {object} state - of the sell screen.
 * @param {HTMLElement} place
 */
export function watchPrices(state, place) {
  let shown = "";
  const draw = () => {
    const changes = priceChanges(state.cart, state.products);
    const now = JSON.stringify(changes);
    if (now === shown) {
      return;
    }
    shown = now;
    fill(place, changes.length === 0 ? null : noteOf(state, changes));
  };
  state.on("products", draw);
  state.on("cart", draw);
  draw();
}

/** Return the changes as a note with both ways on; neither is the one to choose. */
function noteOf(state, changes) {
  const title = el("b", {}, t("sell.prices_title"));
  return el("div", { class: "note", role: "alert" }, title, ...answersOf(state, changes));
}

/**
 * Return what a person needs to answer the changes: which they are, and a button for each of the two prices.
 *
 * @param {() => void} onAnswer - called after the cart has the prices that were chosen.
 */
export function answersOf(state, changes, onAnswer = () => {}) {
  const answer = (edit) => () => {
    state.change((cart) => edit(cart, changes));
    onAnswer();
  };
  const lines = changes.map(({ name, was, now }) =>
    el("li", {}, t("sell.prices_line", { name, was: formatDong(was), now: formatDong(now) })),
  );
  return [
    el("span", {}, t("sell.prices_text")),
    el("ul", {}, ...lines),
    el(
      "div",
      { class: "pair" },
      el("button", { type: "button", class: "btn", onclick: answer(withNewPrices) }, t("sell.prices_new")),
      el("button", { type: "button", class: "btn", onclick: answer(withKeptPrices) }, t("sell.prices_keep")),
    ),
  ];
}
