// The head of the owner's receipts: name, address, tax code, bank. Reading it on the server is a use of personal data
// that is put on record, so a device reads it once and keeps it, until the settings change or 30 days have passed.
import { getJson } from "./api.js";
import * as device from "./device-store.js";

const KEY = "header";
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const SIGN_OUT_WAIT_MS = 500;

let reading = null;

/**
 * Returns the header that this device keeps, or undefined; asks no one.
 * @returns {Promise<{name: string|null, address: string|null, tax_code: string|null, bank: object|null}|undefined>}
 */
export async function keptHeader() {
  const kept = await device.read(KEY);
  return kept && Date.now() - kept.readAt < KEPT_MS ? kept.header : undefined;
}

/**
 * Returns the header, from this device where it is kept and still holds, else from the server: once, however many ask.
 * @param {number} [revision] the `header_revision` of the catalogue; another one than that which is kept reads anew
 */
export async function readHeader(revision) {
  const kept = await device.read(KEY);
  if (kept && Date.now() - kept.readAt < KEPT_MS && (revision === undefined || kept.header.revision === revision)) {
    return kept.header;
  }
  reading ??= getJson("/api/header").finally(() => {
    reading = null;
  });
  const header = await reading;
  await device.write(KEY, { header, readAt: Date.now() });
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

/**
 * Forgets the header before its owner signs out of this device; signing out never waits long for that.
 * @param {Document} root
 */
export function forgetOnSignOut(root) {
  for (const form of root.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await Promise.race([forgetHeader(), new Promise((resolve) => setTimeout(resolve, SIGN_OUT_WAIT_MS))]);
      form.submit();
    });
  }
}
