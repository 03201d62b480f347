// The shelf: however many products there are, only those near what is seen are in the document. Each card knows its row
// and column, rows are equally high, and the list is as high as all of them, so the page scrolls as if all were there.
import { el } from "../shared/dom.js";
import { productCard } from "./card.js";

const ROWS_BEYOND = 2;

/**
 * Return a shelf.
 *
 * @param {object} parts
 * @param {string} parts.label - what the list is called.
 * @param {string} parts.hintId - the id of the sentence that tells how to move by keys.
 * @param {(product: object) => void} parts.add
 * @param {(product: object) => void} parts.less
 * @param {(id: string) => number} parts.quantityOf - what lies in the cart, in thousandths.
 */
export function createShelf({ label, hintId, add, less, quantityOf }) {
  const list = el("ul", { class: "goods-grid", role: "list", "aria-label": label, "aria-describedby": hintId });
  const cards = new Map(); // product id -> its card, for those in the document
  let products = [];
  let current = 0; // the one place that Tab leads to

  // A card is as wide as its column and its picture is square, so the row follows from the width.
  function measure() {
    const style = getComputedStyle(list);
    const gap = parseFloat(style.rowGap) || 0;
    const narrowest = parseFloat(style.getPropertyValue("--card"));
    const columns = Math.max(Math.floor((list.clientWidth + gap) / (narrowest + gap)), 1);
    const width = (list.clientWidth - gap * (columns - 1)) / columns;
    return { columns, gap, height: width + parseFloat(style.getPropertyValue("--card-words")) };
  }

  function render() {
    if (list.clientWidth === 0) {
      return; // not shown
    }
    const { columns, gap, height } = measure();
    const row = height + gap;
    const rows = Math.ceil(products.length / columns);
    list.style.setProperty("--columns", String(columns));
    list.style.setProperty("--row", `${height}px`);
    list.style.height = rows === 0 ? "0" : `${rows * row - gap}px`;
    const top = list.getBoundingClientRect().top;
    const first = Math.max(Math.floor(-top / row) - ROWS_BEYOND, 0);
    const last = Math.min(Math.ceil((innerHeight - top) / row) + ROWS_BEYOND, rows);
    place(new Set(range(first * columns, Math.min(last * columns, products.length))), columns);
  }

  function place(places, columns) {
    const focused = list.contains(document.activeElement) ? current : -1;
    if (focused >= 0 && focused < products.length) {
      places.add(focused); // what has the focus stays, however far one scrolls
    }
    const kept = new Set([...places].map((at) => products[at].id));
    for (const [id, card] of cards) {
      if (!kept.has(id)) {
        card.item.remove();
        cards.delete(id);
      }
    }
    let before = null;
    for (const at of [...places].sort((one, other) => other - one)) {
      const card = cardOf(products[at]);
      card.item.style.gridRow = String(Math.floor(at / columns) + 1);
      card.item.style.gridColumn = String((at % columns) + 1);
      card.item.setAttribute("aria-posinset", String(at + 1));
      card.item.setAttribute("aria-setsize", String(products.length));
      card.button.tabIndex = at === current ? 0 : -1;
      if (card.item.parentNode !== list || card.item.nextSibling !== before) {
        list.insertBefore(card.item, before);
      }
      before = card.item;
    }
    if (!places.has(current) && places.size > 0) {
      cardOf(products[Math.min(...places)]).button.tabIndex = 0; // Tab leads to what is seen
    }
  }

  function cardOf(product) {
    let card = cards.get(product.id);
    if (card === undefined) {
      card = productCard(product, { add, less });
      card.show(quantityOf(product.id));
      cards.set(product.id, card);
    }
    return card;
  }

  function moveTo(at) {
    if (products.length === 0) {
      return;
    }
    const { columns, height } = measure();
    current = Math.max(0, Math.min(at, products.length - 1));
    place(new Set([...shownPlaces(), current]), columns);
    const { button } = cardOf(products[current]);
    button.focus({ preventScroll: true });
    const box = button.getBoundingClientRect();
    if (box.top < height / 2 || box.bottom > innerHeight - height / 2) {
      button.scrollIntoView({ block: "center" });
    }
    render();
  }

  function shownPlaces() {
    return [...cards.values()]
      .map((card) => Number(card.item.getAttribute("aria-posinset")) - 1)
      .filter((at) => at < products.length);
  }

  list.addEventListener("keydown", (event) => {
    const at = placeOf(event.target);
    const { columns } = measure();
    const moves = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: products.length - 1,
      PageDown: at + 4 * columns,
      PageUp: at - 4 * columns,
    };
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key in moves) {
      event.preventDefault();
      moveTo(moves[event.key]);
    } else if (event.key === "-" || event.key === "Delete") {
      event.preventDefault();
      less(products[at]);
    }
  });
  list.addEventListener("focusin", (event) => {
    current = placeOf(event.target);
  });

  function placeOf(element) {
    return Number(element.closest("li").getAttribute("aria-posinset")) - 1;
  }

  let asked = 0;
  const soon = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(render);
  };
  addEventListener("scroll", soon, { passive: true });
  new ResizeObserver(soon).observe(document.documentElement);

  return {
    list,

    /** Show these products, from the top. */
    show(next) {
      const focused = list.contains(document.activeElement) ? products[current]?.id : undefined;
      products = next;
      const byId = new Map(next.map((product) => [product.id, product]));
      for (const [id, card] of cards) {
        if (!looksSame(card.product, byId.get(id))) {
          card.item.remove();
          cards.delete(id);
        }
      }
      current = Math.max(
        next.findIndex((product) => product.id === focused),
        0,
      );
      render();
    },

    /** Show again what lies in the cart. */
    refresh() {
      for (const [id, card] of cards) {
        card.show(quantityOf(id));
      }
    },

    /** Put the focus on the first product. */
    focus: () => moveTo(0),
  };
}

function looksSame(one, other) {
  return other !== undefined && ["name", "price", "unit", "picture"].every((part) => one[part] === other[part]);
}

function range(from, to) {
  return Array.from({ length: Math.max(to - from, 0) }, (_, step) => from + step);
}
