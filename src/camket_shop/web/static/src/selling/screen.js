// The sell screen: one document that never loads again. Here its parts are put together; each does one thing elsewhere.
import { ApiError } from "../shared/api.js";
import { newId } from "../shared/ids.js";
import { t } from "../shared/messages.js";
import { formatDong, MOST_DONG } from "../shared/money.js";
import { shopKey } from "../shared/page.js";
import { createBasket, createPayBar } from "./basket.js";
import { lineOf, totalOf, withOneLess, withProduct } from "./cart.js";
import { freshCatalogue, keptCatalogue } from "./catalogue.js";
import { checkout } from "./checkout.js";
import { frameOf } from "./frame.js";
import { watchPrices } from "./price-note.js";
import { speaker } from "./said.js";
import { watchScanners } from "./scanning.js";
import { createSearch } from "./searching.js";
import { createShelf } from "./shelf.js";
import { openOtherShop } from "./signed-out.js";
import { sellState } from "./state.js";
import { joinTabs } from "./tabs.js";
import { openTill } from "./till-store.js";

/**
 * Start the sell screen in an element of the page.
 *
 * @param {HTMLElement} root - what stands in it goes.
 */
export async function startScreen(root) {
  root.setAttribute("aria-busy", "true");
  const state = sellState(newId);
  const speak = speaker(document.body);
  const tell = (wrong) => wrong && speak.show(t(wrong, { most: formatDong(MOST_DONG) }));
  const add = (product) => tell(state.change((cart) => withProduct(cart, product)));
  const less = (product) => tell(state.change((cart) => withOneLess(cart, product.id)));

  const shelf = createShelf({
    label: t("sell.goods"),
    hintId: "shelf-keys",
    add,
    less,
    quantityOf: (id) => lineOf(state.cart, id)?.quantity ?? 0,
  });
  const search = createSearch(state, { shelf, add, say: speak.say, retry: () => refresh() });
  const basket = createBasket(state, { pay: () => selling.pay(), show: speak.show });
  const frame = frameOf(root, {
    search,
    shelf,
    basket,
    makePayBar: (open) => createPayBar(state, { open, pay: () => selling.pay() }),
  });
  const selling = checkout(state, { refresh, speak, frame });

  state.on("cart", shelf.refresh);
  state.on("cart", () => speak.say(t("sell.total_now", { total: formatDong(totalOf(state.cart)) })));
  watchPrices(state, basket.notes);
  watchScanners({ state, add, refresh, speak, search });

  let asking = null;
  // One question at a time; whoever asks meanwhile hears the same answer.
  function refresh() {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  }

  async function ask() {
    try {
      const catalogue = await freshCatalogue();
      if (
        catalogue.revision !== state.catalogue?.revision ||
        catalogue.header_revision !== state.catalogue.header_revision
      ) {
        state.stock(catalogue);
      }
      search.isStale(false);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      if (error.code === "other_shop") {
        openOtherShop();
        return;
      }
      if (error.code === "signed_out") {
        selling.signedOut();
      }
      search.isStale(true);
    }
  }

  const kept = await keptCatalogue();
  if (kept !== null) {
    state.stock(kept);
  }
  void refresh();
  const till = await openTill(shopKey, { onLost: () => speak.show(t("sell.storage_failed")) });
  const tabs = await joinTabs(shopKey, newId);
  const cart = await cartOf(till, tabs);
  state.resume(cart, (now) => till.keepCart(tabs.tab, now));
  if (cart !== null && tabs.fresh) {
    speak.show(t("sell.adopted"));
  }
  selling.open(till, tabs);
  root.removeAttribute("aria-busy");
  watchReturn(() => {
    void refresh();
    selling.hurry();
  });
}

// The cart of this tab; a new tab takes over the cart of one that is gone.
async function cartOf(till, { tab, fresh, others }) {
  const carts = await till.carts();
  if (!fresh) {
    return carts.find(({ key }) => key === tab)?.cart ?? null;
  }
  const left = carts.filter(({ key }) => !others.has(key)).at(-1);
  return left === undefined ? null : till.takeCart(left.key, tab);
}

// Whoever comes back to the page, or to the network, finds what is new. `online` does not come after every loss.
function watchReturn(act) {
  addEventListener("online", act);
  addEventListener("focus", act);
  addEventListener("pageshow", (event) => event.persisted && act());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && act());
}
