// Where things stand: the shelf with the cart beside it on a desk; on a phone the shelf, a bar with the sum, and the cart
// in a sheet behind it.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { openSheet } from "./sheet.js";

const DESK = "(min-width: 900px)";
const FINGERS = "(any-pointer: coarse)";

/**
 * Put the parts of a sell screen into an element.
 *
 * @param {HTMLElement} root
 * @param {object} parts
 * @param {object} parts.search
 * @param {object} parts.shelf
 * @param {object} parts.basket
 * @param {(open: () => void) => HTMLElement} parts.makePayBar - makes the bar of a phone.
 */
export function frameOf(root, { search, shelf, basket, makePayBar }) {
  const desk = matchMedia(DESK);
  const title = el("h1", { class: "hidden-label", tabindex: "-1" }, t("sell.title"));
  const beside = el("aside", { class: "beside-shelf", "aria-label": t("sell.cart") }, basket.element);
  const jobs = el("div", { class: "print-place", "data-print-status": true });
  let sheet = null;

  function openBasket() {
    if (desk.matches || sheet !== null) {
      return;
    }
    const onClose = () => {
      sheet = null;
      beside.append(basket.element);
    };
    sheet = openSheet({ title: t("sell.cart"), body: [basket.element], kind: "of-basket", onClose });
  }

  function closeBasket() {
    sheet?.close();
  }

  desk.addEventListener("change", closeBasket);
  const goods = el(
    "section",
    { class: "goods", "aria-label": t("sell.goods") },
    search.element,
    jobs,
    shelf.list,
    search.instead,
  );
  fill(root, title, el("div", { class: "counter" }, goods, beside), makePayBar(openBasket));

  return {
    openBasket,
    closeBasket,

    /** Put the focus where the next sale begins: no keyboard covers a phone's screen for it. */
    focus() {
      if (desk.matches && !matchMedia(FINGERS).matches) {
        search.focus();
      } else {
        title.focus({ preventScroll: true });
      }
    },

    /** Show the badge of sales that wait, in the bar on top. */
    showBadge(badge) {
      document.querySelector("[data-unsent-place]")?.append(badge);
    },
  };
}
