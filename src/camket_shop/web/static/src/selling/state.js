// What the sell screen knows: the cart of this tab and the products. Views read it and hear of every change.
import { MOST_DONG } from "../shared/money.js";
import { emptyCart, subtotalOf } from "./cart.js";
import { indexOf } from "./search.js";

const MOST_LINES = 200;

/**
 * Return the state of a sell screen.
 *
 * @param {() => string} newId - makes client ids.
 */
export function sellState(newId) {
  const heard = { cart: [], products: [] };
  const waiting = []; // what was tapped before the cart of this tab was read
  let keeping = null;
  let kept = Promise.resolve();
  const tell = (what) => heard[what].forEach((act) => act());

  const state = {
    cart: emptyCart(newId()),
    catalogue: null,
    products: new Map(),
    index: [],

    /** Call `act` after every change of `cart` or `products`; returns what ends that. */
    on(what, act) {
      heard[what] = [...heard[what], act];
      return () => {
        heard[what] = heard[what].filter((one) => one !== act);
      };
    },

    /**
     * Change the cart.
     *
     * @param {(cart: import("./cart.js").Cart) => import("./cart.js").Cart} edit
     * @returns {string | null} the key of the sentence that says why nothing has changed; null where it has.
     */
    change(edit) {
      const next = edit(state.cart);
      if (subtotalOf(next) > MOST_DONG) {
        return "sell.too_much";
      }
      if (next.lines.length > MOST_LINES) {
        return "sell.too_many_lines";
      }
      state.cart = next;
      if (keeping === null) {
        waiting.push(edit);
      } else {
        kept = kept.then(() => keeping(state.cart));
      }
      tell("cart");
      return null;
    },

    /** Begin with the cart that this tab had, and keep it from now on by `keep`. */
    resume(cart, keep) {
      const edits = waiting.splice(0);
      keeping = keep;
      if (cart !== null) {
        state.cart = cart;
        edits.forEach(state.change);
      } else if (edits.length > 0) {
        kept = kept.then(() => keep(state.cart));
      }
      tell("cart");
    },

    /** Begin a new sale; the one before has been kept elsewhere. */
    begin() {
      state.cart = emptyCart(newId());
      tell("cart");
    },

    /** Return when every change of the cart so far is on the device. */
    settled: () => kept,

    /** Show other products. */
    stock(catalogue) {
      state.catalogue = catalogue;
      state.products = new Map(catalogue.products.map((product) => [product.id, product]));
      state.index = indexOf(catalogue.products);
      tell("products");
    },
  };
  return state;
}
