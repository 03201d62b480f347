// The list of products: what this device kept last time first, so that the shop can sell at once, then the server's.
import { getJson } from "../shared/api.js";
import { read, write } from "../shared/device-store.js";

const KEPT = "catalogue";

/**
 * The list of products as the API gives it.
 *
 * @typedef {object} Catalogue
 * @property {number} revision
 * @property {number} header_revision - changes when what stands on top of receipts, or the bank account, changes.
 * @property {object[]} products
 */

/**
 * Return the list that this device kept, null where there is none.
 *
 * @returns {Promise<Catalogue | null>}
 */
export async function keptCatalogue() {
  return (await read(KEPT)) ?? null;
}

/**
 * Return the server's list and keep it.
 *
 * @returns {Promise<Catalogue>}
 * @throws {ApiError} there is no answer; what was kept stays.
 */
export async function freshCatalogue() {
  const catalogue = await getJson("/api/catalogue");
  const kept = await keptCatalogue();
  if (kept?.revision !== catalogue.revision || kept?.header_revision !== catalogue.header_revision) {
    await write(KEPT, catalogue);
  }
  return catalogue;
}
