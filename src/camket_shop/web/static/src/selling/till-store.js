// What must not be lost on this device: the cart of each tab, and every sale that the server has not answered. It is a
// database of its own, because the device store forgets when someone else signs in; here each shop sees only its own,
// and a sale waits for its owner to come back.

const DATABASE = "quay-till";
const CARTS = "carts";
const UNSENT = "unsent";
const DAY_MS = 86_400_000;
const CART_DAYS = 30;
const UNSENT_DAYS = 90;

/**
 * A sale that waits for its answer.
 *
 * @typedef {object} Waiting
 * @property {object} sale - as the API takes it; it is never changed, so that a retry is the same sale.
 * @property {number} keptAt - milliseconds since 1970.
 * @property {{code: string, message: string} | null} refused - why the server will not take it, null while it may.
 */

/**
 * Open the till of a shop on this device.
 *
 * When a function that changes something has returned, the change is on the device. In a browser that keeps nothing (a
 * private window, a full disk) it lasts as long as the page.
 *
 * @param {string} shop - the opaque name of whose device this is.
 * @param {object} [parts]
 * @param {() => void} [parts.onLost] - hears, once, that nothing is kept from now on.
 * @param {() => number} [parts.now]
 */
export async function openTill(shop, { onLost = () => {}, now = Date.now } = {}) {
  try {
    const database = await open();
    await tidy(database, shop, now());
    return tillOver(lastingUntilItFails(database, onLost), { shop, now });
  } catch {
    onLost();
    return memoryTill(shop, now);
  }
}

// A disk that is full must not stop a sale: from the first failure on, what is new lasts as long as the page.
function lastingUntilItFails(database, onLost) {
  let memory = null;
  return async (names, act) => {
    if (memory === null) {
      try {
        return await transact(database, names, act);
      } catch {
        memory = withinMemory();
        onLost();
      }
    }
    return memory(names, act);
  };
}

/** Return a till that forgets everything with the page. */
export function memoryTill(shop = "", now = Date.now) {
  return tillOver(withinMemory(), { shop, now });
}

function withinMemory() {
  const stores = { [CARTS]: new Map(), [UNSENT]: new Map() };
  const name = (key) => JSON.stringify(key);
  const storeOf = (values) => ({
    get: (key) => ({ result: values.get(name(key)) }),
    getAll: () => ({ result: [...values.values()] }),
    put: (value) => values.set(name([value.shop, value.key]), structuredClone(value)),
    delete: (key) => values.delete(name(key)),
  });
  return async (names, act) => {
    const result = {};
    act(
      (store) => storeOf(stores[store]),
      (request, take) => take(request.result),
      result,
    );
    return result.value;
  };
}

// `within(names, act)` runs `act(store, got, result)` as one transaction: `got` hears what a request gives.
function tillOver(within, { shop, now }) {
  const mine = (values) => values.filter((value) => value.shop === shop);
  const row = (key, value) => ({ shop, key, keptAt: now(), ...value });
  const all = (name) =>
    within([name], (store, got, result) => {
      got(store(name).getAll(undefined), (values) => {
        result.value = mine(values).sort((one, other) => one.keptAt - other.keptAt);
      });
    });

  return {
    /** Return the carts of all tabs, oldest first: `{key: tab, cart, keptAt}`. */
    carts: () => all(CARTS),

    /** Keep a tab's cart; an empty one is forgotten. */
    keepCart: (tab, cart) =>
      within([CARTS], (store) =>
        cart.lines.length === 0 ? store(CARTS).delete([shop, tab]) : store(CARTS).put(row(tab, { cart })),
      ),

    /** Give the cart of a tab that is gone to another tab; null where it was given away already. */
    takeCart: (from, to) =>
      within([CARTS], (store, got, result) => {
        result.value = null;
        got(store(CARTS).get([shop, from]), (held) => {
          if (held !== undefined) {
            result.value = held.cart;
            store(CARTS).delete([shop, from]);
            store(CARTS).put(row(to, { cart: held.cart }));
          }
        });
      }),

    /**
     * Turn a tab's cart into a sale that waits to be sent.
     *
     * INVARIANT: one transaction. There is never both a cart and its sale, nor neither.
     */
    sell: (tab, sale) =>
      within([CARTS, UNSENT], (store) => {
        store(CARTS).delete([shop, tab]);
        store(UNSENT).put(row(sale.id, { sale, refused: null }));
      }),

    /** Return the sales that wait, oldest first. */
    unsent: () => all(UNSENT),

    /** Write down that the server will not take a sale; it stays until its owner decides. */
    refuse: (id, refused) =>
      within([UNSENT], (store, got) => {
        got(store(UNSENT).get([shop, id]), (held) => {
          if (held !== undefined) {
            store(UNSENT).put({ ...held, refused });
          }
        });
      }),

    /** Forget a sale that the server has recorded; twice is once. */
    sent: (id) => within([UNSENT], (store) => store(UNSENT).delete([shop, id])),

    /** Turn a sale that the server refused back into a tab's cart. */
    reopen: (id, tab, cart) =>
      within([CARTS, UNSENT], (store) => {
        store(UNSENT).delete([shop, id]);
        store(CARTS).put(row(tab, { cart }));
      }),
  };
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const name of [CARTS, UNSENT]) {
        request.result.createObjectStore(name, { keyPath: ["shop", "key"] });
      }
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

function transact(database, names, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, "readwrite", { durability: "strict" });
    const result = {};
    transaction.oncomplete = () => resolve(result.value);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
    const got = (request, take) => {
      request.onsuccess = () => take(request.result);
    };
    act((name) => transaction.objectStore(name), got, result);
  });
}

// A cart of someone else is of no use here; a sale of theirs waits for them, for a while.
function tidy(database, shop, now) {
  return transact(database, [CARTS, UNSENT], (store, got) => {
    const drop = (name, old) =>
      got(store(name).getAll(), (values) => {
        for (const value of values.filter(old)) {
          store(name).delete([value.shop, value.key]);
        }
      });
    drop(CARTS, (value) => value.shop !== shop || now - value.keptAt > CART_DAYS * DAY_MS);
    drop(UNSENT, (value) => value.shop !== shop && now - value.keptAt > UNSENT_DAYS * DAY_MS);
  });
}
