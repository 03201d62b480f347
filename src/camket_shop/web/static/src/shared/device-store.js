// What this device keeps for its owner: a few values by name, in IndexedDB, apart for each shop. When someone else signs
// in on the device, what was kept for the one before is gone before anything is read.
import { shopKey } from "./page.js";

const DATABASE = "quay";
const STORE = "values";
const OWNER = "owner";

let opened = null;

/**
 * Returns what is kept under a name; undefined where nothing is, or where the browser keeps nothing at all.
 * @param {string} key
 * @returns {Promise<any>}
 */
export function read(key) {
  return within("readonly", (values) => values.get(key), undefined);
}

/**
 * Keeps a value under a name; where the browser keeps nothing (a private window, a full disk) it is not kept.
 * @param {string} key
 * @param {unknown} value whatever can be cloned: plain objects, dates, blobs
 * @returns {Promise<boolean>} whether it is kept
 */
export function write(key, value) {
  return within("readwrite", (values) => values.put(value, key), false, () => true);
}

/**
 * Forgets what is kept under a name; twice is once.
 * @param {string} key
 */
export function remove(key) {
  return within("readwrite", (values) => values.delete(key), undefined);
}

async function within(mode, act, otherwise, result = (request) => request.result) {
  try {
    opened ??= open();
    const database = await opened;
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(result(request));
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } catch {
    return otherwise;
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => claim(request.result).then(() => resolve(request.result), reject);
  });
}

// INVARIANT: values of two owners never meet; the one who signs in later clears what the one before kept.
function claim(database) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, "readwrite");
    const values = transaction.objectStore(STORE);
    const owner = values.get(OWNER);
    owner.onsuccess = () => {
      if (shopKey !== "" && owner.result !== shopKey) {
        values.clear();
        values.put(shopKey, OWNER);
      }
    };
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
  });
}
