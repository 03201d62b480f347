// One product on the shelf: its picture, name and price; a tap adds one, a long press or the minus takes one away.
import { el } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { formatDong } from "../shared/money.js";
import { at, language } from "../shared/page.js";
import { said } from "./quantity.js";

const LONG_PRESS_MS = 500;
const STILL_PX = 10;
const TINTS = 6;

/**
 * Return the card of a product.
 *
 * @param {{id: string, name: string, price: number, unit: string, picture: string | null}} product
 * @param {{add: (product: object) => void, less: (product: object) => void}} acts
 * @returns {{product: object, item: HTMLElement, button: HTMLElement, show: (quantity: number) => void}} `show` takes
 *   thousandths.
 */
export function productCard(product, { add, less }) {
  const price = formatDong(product.price);
  const badge = el("span", { class: "badge num", "aria-hidden": "true", hidden: true });
  const minus = el(
    "button",
    {
      type: "button",
      class: "less",
      tabindex: "-1",
      "aria-label": t("sell.less", { name: product.name }),
      hidden: true,
      onclick: () => less(product),
    },
    el("span", { "aria-hidden": "true" }, "−"),
  );
  const inWords = el("span", { class: "hidden-label" });
  const button = el(
    "button",
    { type: "button", class: "add" },
    el("span", { class: "hidden-label" }, `${t("sell.add")} `),
    el("span", { class: "pic" }, pictureOf(product)),
    el("span", { class: "name" }, product.name),
    " ",
    el(
      "span",
      { class: "price num" },
      price,
      product.unit ? el("span", { class: "unit" }, ` / ${product.unit}`) : null,
    ),
    inWords,
  );
  pressable(button, { tap: () => add(product), hold: () => less(product) });
  const item = el("li", { class: "card" }, button, minus, badge);
  return {
    product,
    item,
    button,
    show(quantity) {
      const inCart = quantity > 0;
      badge.hidden = !inCart;
      minus.hidden = !inCart;
      item.classList.toggle("in-cart", inCart);
      badge.textContent = said(quantity, language);
      inWords.textContent = inCart ? `, ${t("sell.in_cart", { quantity: said(quantity, language) })}` : "";
    },
  };
}

function pictureOf({ picture, name, id }) {
  if (picture === null) {
    const tint = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % TINTS;
    return el(
      "span",
      { class: `letter tint-${tint}`, "aria-hidden": "true" },
      [...name][0]?.toLocaleUpperCase(language) ?? "",
    );
  }
  const source = (size) => at(`/pictures/${picture}/${size}.webp`);
  return el("img", {
    src: source(160),
    srcset: `${source(160)} 160w, ${source(400)} 400w`,
    sizes: "(min-width: 900px) 160px, 33vw",
    alt: "",
    width: 160,
    height: 160,
    loading: "lazy",
    decoding: "async",
    draggable: "false",
  });
}

// A press that stays where it is for half a second is a long one; the click that follows it is not a tap.
function pressable(button, { tap, hold }) {
  let timer = null;
  let held = false;
  let start = null;
  const end = () => clearTimeout(timer);
  button.addEventListener("pointerdown", (event) => {
    held = false;
    if (event.button === 0) {
      start = event;
      timer = setTimeout(() => {
        held = true;
        hold();
      }, LONG_PRESS_MS);
    }
  });
  button.addEventListener("pointermove", (event) => {
    if (start !== null && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > STILL_PX) {
      end();
    }
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    button.addEventListener(name, end);
  }
  button.addEventListener("contextmenu", (event) => {
    if (held || event.pointerType === "touch") {
      event.preventDefault();
    }
  });
  button.addEventListener("click", (event) => {
    if (held && event.detail > 0) {
      held = false;
      return;
    }
    tap();
  });
}
