// The head of the owner's receipts: name, address, tax code, bank. Reading it on the server is a use of personal data
// that is put on record, so a device reads it once and keeps it, until the settings change or 30 days have passed.
import { getJson } from "./api.js";
import * as device from "./device-store.js";

const KEY = "header";
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Returns the header that this device keeps, or undefined; asks no one.
 * @returns {Promise<{name: string|null, address: string|null, tax_code: string|null, bank: object|null}|undefined>}
 */
export async function keptHeader() {
  const kept = await device.read(KEY);
  return kept && Date.now() - kept.readAt < KEPT_MS ? kept.header : undefined;
}

/**
 * Returns the header, from this device where it is kept and still holds, else from the server.
 * @param {number} [revision] the `header_revision` of the catalogue; another one than that which is kept reads anew
 */
export async function readHeader(revision) {
  const kept = await device.read(KEY);
  if (kept && Date.now() - kept.readAt < KEPT_MS && (revision === undefined || kept.revision === revision)) {
    return kept.header;
  }
  const header = await getJson("/api/header");
  await device.write(KEY, { header, revision: revision ?? kept?.revision, readAt: Date.now() });
  return header;
}

/** Forgets the header, so that the next page reads it anew. */
export function forgetHeader() {
  return device.remove(KEY);
}

/**
 * Puts the shop's name into the frame of the page, where this device knows it.
 * @param {Document} root
 */
export async function showShopName(root) {
  const place = root.querySelector("[data-shop-name]");
  const header = place && (await keptHeader());
  if (header?.name) {
    place.textContent = header.name;
  }
}
