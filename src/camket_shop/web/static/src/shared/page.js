// What the server says about the page itself: where the shop is mounted, whose it is, which language it is in.
const root = globalThis.document?.documentElement ?? { dataset: {}, lang: "" };

/** Where the shop is mounted, such as `/quay`. */
export const prefix = root.dataset.prefix ?? "";

/** An opaque name of the shop, for what is kept on this device; empty where no one is signed in. */
export const shopKey = root.dataset.shop ?? "";

/** `vi` or `en`. */
export const language = root.lang || "vi";

/**
 * Returns the address of a path of the shop.
 * @param {string} path below the prefix, such as `/sell`; one that has the prefix already stays as it is
 * @returns {string}
 */
export function at(path) {
  return path.startsWith(`${prefix}/`) ? path : `${prefix}${path}`;
}
