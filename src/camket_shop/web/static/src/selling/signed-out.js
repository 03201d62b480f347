// The session ended, or someone else signed in: what was being sold stays on this device, and goes on after signing in.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { formatDong } from "../shared/money.js";
import { at } from "../shared/page.js";
import { openSheet } from "./sheet.js";

/** Return the address of the sign-in page that leads back to the sell screen. */
export function signInPath() {
  return `/sign-in?next=${encodeURIComponent(at("/sell"))}`;
}

/**
 * Open the dialog that says so.
 *
 * @param {object} parts
 * @param {object | null} parts.sale - what was to be recorded; null for a cart that is not paid yet.
 * @param {() => void} parts.onClose
 */
export function openSignedOut({ sale, onClose }) {
  const text = sale === null ? t("sell.signed_out_cart") : t("sell.signed_out_sale", { total: formatDong(sale.total) });
  const go = el("a", { class: "btn go", href: signInPath() }, t("sell.sign_in"));
  const later = el("button", { type: "button", class: "btn", onclick: () => sheet.close() }, t("sell.later"));
  const sheet = openSheet({
    title: t("sell.signed_out_title"),
    body: [el("p", {}, text), go, later],
    kind: "small",
    onClose,
  });
  go.focus();
}

/** Say that this browser is another customer's now, and take away what the page shows of the one before; once. */
export function openOtherShop() {
  const place = document.getElementById("sell");
  if (!place.hasChildNodes()) {
    return;
  }
  fill(place);
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
  document.querySelectorAll("[data-shop-name], [data-unsent-place]").forEach((element) => fill(element));
  const again = el("a", { class: "btn go", href: at("/sell") }, t("sell.reload"));
  openSheet({
    title: t("sell.other_shop_title"),
    body: [el("p", {}, t("sell.other_shop_text")), again],
    kind: "small",
    closes: false,
  });
  again.focus();
}
