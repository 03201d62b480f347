// Finding a product: by words, by category, by code; and what stands there when there is nothing to show.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { at, language } from "../shared/page.js";
import { addQuickItem } from "./editing.js";
import { canScan, openScanner } from "./scanner.js";
import { categoriesOf, find, withBarcode } from "./search.js";

const BARCODE = /^\d{8,14}$/;

/**
 * Return the search of a sell screen.
 *
 * @param {object} state
 * @param {{shelf: object, add: (product: object) => void, say: (sentence: string) => void, retry: () => Promise<void>}} parts
 */
export function createSearch(state, { shelf, add, say, retry }) {
  let category = null;
  let scanned = () => {};
  const input = el("input", {
    type: "search",
    id: "find",
    placeholder: t("sell.find"),
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    enterkeyhint: "search",
  });
  const scan = el(
    "button",
    {
      type: "button",
      class: "btn scan",
      "aria-label": t("sell.scan"),
      onclick: () => openScanner({ onCode: (code) => scanned(code) }),
    },
    barsIcon(),
  );
  const form = el(
    "form",
    { role: "search", class: "seek", onsubmit: choose },
    el("label", { class: "hidden-label", for: "find" }, t("sell.find")),
    input,
    canScan() ? scan : null,
  );
  const chips = el("div", { class: "chips", role: "group", "aria-label": t("sell.categories") });
  const keys = el("p", { class: "hidden-label", id: "shelf-keys" }, t("sell.keys"));
  const stale = el("p", { class: "stale", role: "status", hidden: true }, t("sell.stale"));
  const instead = el("div", { class: "instead" });
  let isStale = false;

  function show() {
    const { catalogue, index } = state;
    const query = input.value;
    const found = find(index, { query, category });
    shelf.show(found);
    stale.hidden = !isStale || catalogue === null;
    fill(
      instead,
      found.length > 0
        ? null
        : insteadOf(catalogue, {
            query,
            failed: isStale,
            retry,
            clear,
            sellQuick: () => addQuickItem(state, query.trim()),
          }),
    );
    return found;
  }

  function clear() {
    input.value = "";
    show();
  }

  // Enter takes the product with that code, or the only one that is found; else it leads to the first.
  function choose(event) {
    event.preventDefault();
    const typed = input.value.trim();
    const found = show();
    const product = withBarcode(state.index, typed) ?? (found.length === 1 ? found[0] : null);
    if (typed !== "" && product !== null) {
      add(product);
      clear();
    } else if (found.length > 0) {
      shelf.focus();
    }
  }

  function drawChips() {
    const names = categoriesOf(state.catalogue.products, language);
    category = names.includes(category) ? category : null;
    const quick = el(
      "button",
      { type: "button", class: "pick quick-item", onclick: () => addQuickItem(state) },
      el("span", { "aria-hidden": "true" }, "+ "),
      t("sell.quick_item"),
    );
    const all = names.length === 0 ? [] : [null, ...names];
    const picks = all.map((name) => {
      const pick = () => {
        category = name;
        chips
          .querySelectorAll("[aria-pressed]")
          .forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
        say(t("sell.found", { n: show().length }));
      };
      const button = el(
        "button",
        { type: "button", class: "pick", "aria-pressed": String(name === category), onclick: pick },
        name ?? t("sell.all"),
      );
      return button;
    });
    fill(chips, quick, ...picks);
  }

  input.addEventListener("input", () => say(t("sell.found", { n: show().length })));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && input.value !== "") {
      event.preventDefault();
      clear();
    }
  });
  state.on("products", () => {
    drawChips();
    show();
  });
  show();

  return {
    element: el("div", { class: "search-place" }, form, chips, stale, keys),
    instead,
    clear,
    focus: () => input.focus(),

    /** Have what is scanned by the camera go somewhere. */
    onScan(act) {
      scanned = act;
    },

    /** Say whether the products are those of the server or those that were kept. */
    isStale(held) {
      isStale = held;
      show();
    },
  };
}

function insteadOf(catalogue, { query, failed, retry, clear, sellQuick }) {
  const button = (words, act, kind = "btn") => el("button", { type: "button", class: kind, onclick: act }, words);
  if (catalogue === null) {
    return failed
      ? told(
          t("sell.failed_title"),
          t("sell.failed_text"),
          button(t("sell.try_again"), () => void retry(), "btn go"),
        )
      : el("p", { class: "opening", role: "status" }, t("sell.loading"));
  }
  if (catalogue.products.length === 0) {
    return told(t("sell.empty_title"), t("sell.empty_text"), linkTo("/products/new", t("sell.add_product")));
  }
  return told(
    t("sell.nothing_title"),
    query.trim() === "" ? "" : t("sell.nothing_text", { query: query.trim() }),
    BARCODE.test(query.trim()) ? linkTo(`/products/new?barcode=${query.trim()}`, t("sell.unknown_add")) : null,
    button(t("sell.clear_search"), clear),
    button(t("sell.sell_as_quick"), sellQuick),
  );
}

function linkTo(path, words) {
  return el("a", { class: "btn go", href: at(path) }, words);
}

function told(title, text, ...ways) {
  return el(
    "div",
    { class: "empty" },
    el("b", {}, title),
    text === "" ? null : el("span", {}, text),
    el("div", { class: "ways-instead" }, ...ways),
  );
}

function barsIcon() {
  const corners = "M4 7V5a1 1 0 0 1 1-1h2M17 4h2a1 1 0 0 1 1 1v2M20 17v2a1 1 0 0 1-1 1h-2M7 20H5a1 1 0 0 1-1-1v-2";
  const bars = "M7.5 8v8M10.5 8v8M13.5 8v8M16.5 8v8";
  return el(
    "svg:svg",
    {
      class: "icon",
      viewBox: "0 0 24 24",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": "1.8",
      "stroke-linecap": "round",
      "aria-hidden": "true",
      focusable: "false",
    },
    el("svg:path", { d: corners + bars }),
  );
}
