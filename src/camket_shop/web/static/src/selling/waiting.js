// Sales that the server has not answered: how many, which, and why each waits.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { formatDong } from "../shared/money.js";
import { openSheet } from "./sheet.js";

/**
 * Return the badge of what waits, and the dialog behind it.
 *
 * @param {object} acts
 * @param {() => Promise<import("./till-store.js").Waiting[]>} acts.list
 * @param {() => string | null} acts.why - the state of the newest try.
 * @param {() => void} acts.sendNow
 * @param {(id: string) => void} acts.reopen - puts a sale that was refused back into the cart.
 * @param {() => string} acts.signInPath
 */
export function createWaiting({ list, why, sendNow, reopen, signInPath }) {
  const badge = el("button", {
    type: "button",
    class: "chip ask unsent",
    "aria-haspopup": "dialog",
    hidden: true,
    onclick: () => void open(),
  });
  let drawDialog = null;

  async function refresh() {
    const held = await list();
    badge.hidden = held.length === 0;
    badge.textContent = t("sell.unsent", { n: held.length });
    drawDialog?.(held);
  }

  async function open() {
    const held = await list();
    const rows = el("ul", { class: "rows", role: "list" });
    const told = el("p", { role: "status" });
    const send = el("button", { type: "button", class: "btn go", onclick: sendNow }, t("sell.unsent_send"));
    const signIn = el("a", { class: "btn go", href: signInPath() }, t("sell.sign_in"));
    const sheet = openSheet({
      title: t("sell.unsent_title"),
      body: [told, rows, send, signIn],
      kind: "waiting",
      onClose: () => {
        drawDialog = null;
      },
    });
    drawDialog = (now) => {
      const isSignedOut = why() === "signed_out";
      told.textContent = t(now.length === 0 ? "sell.unsent_none" : "sell.unsent_text");
      send.hidden = now.length === 0 || isSignedOut;
      signIn.hidden = now.length === 0 || !isSignedOut;
      fill(
        rows,
        ...now.map((waiting) =>
          rowOf(waiting, {
            why,
            reopen: (id) => {
              sheet.close();
              reopen(id);
            },
          }),
        ),
      );
    };
    drawDialog(held);
  }

  return { badge, refresh };
}

function rowOf({ sale, refused }, { why, reopen }) {
  const waits = why() === "signed_out" ? t("sell.unsent_signed_out") : t("sell.unsent_waiting");
  const state =
    refused === null
      ? el("span", { class: "chip ask" }, waits)
      : el("span", { class: "problem" }, t("sell.unsent_refused", { message: refused.message }));
  const again =
    refused === null
      ? null
      : el("button", { type: "button", class: "btn slim", onclick: () => reopen(sale.id) }, t("sell.unsent_back"));
  return el(
    "li",
    {},
    el(
      "div",
      { class: "about" },
      el("b", { class: "what num" }, formatDong(sale.total)),
      el("span", { class: "name num" }, whenOf(sale.sold_at)),
      state,
    ),
    again,
  );
}

// As the device's clock said it: "2026-11-22T09:12:33+07:00" is "22/11/2026 09:12".
function whenOf(soldAt) {
  const [day, time] = soldAt.split("T");
  return `${day.split("-").reverse().join("/")} ${time.slice(0, 5)}`;
}
