// From a cart to a receipt: the money is taken, the sale is kept on the device, sent, and sent again until it is answered.
import { sendJson } from "../shared/api.js";
import { readHeader, showShopName } from "../shared/header.js";
import { newId } from "../shared/ids.js";
import { t } from "../shared/messages.js";
import { localTime, priceChanges, saleOf, cartOf } from "./cart.js";
import { openDone } from "./done.js";
import { openPayment } from "./payment.js";
import { answersOf } from "./price-note.js";
import { openSheet } from "./sheet.js";
import { openOtherShop, openSignedOut, signInPath } from "./signed-out.js";
import { unsentSales } from "./unsent.js";
import { createWaiting } from "./waiting.js";

const PATIENCE_MS = 2_500; // then the sale goes on behind the next one
const TIMEOUT_MS = 10_000;

/**
 * Return what takes the money of a sell screen.
 *
 * @param {object} state
 * @param {{refresh: () => Promise<void>, speak: object, frame: object}} parts
 */
export function checkout(state, { refresh, speak, frame }) {
  const opened = deferred();
  let paying = false;
  let told = false; // that the session ended: once, until someone asks again
  let newest = null; // state of the newest try
  let taken = null; // id of the sale that is told about by the dialogs, not aside
  let done = null; // the dialog of that sale, while it is open
  let printing = null;

  const header = () => readHeader(state.catalogue?.header_revision);
  const printer = () => (printing ??= import("../printing/index.js"));
  const waiting = createWaiting({
    list: async () => (await opened).till.unsent(),
    why: () => newest,
    sendNow: () => void hurry({ refusedToo: true }),
    reopen: (id) => void reopen(id),
    signInPath,
  });
  frame.showBadge(waiting.badge);

  function onOutcome(id, outcome) {
    newest = outcome.state;
    if (id === taken) {
      done?.show(outcome);
    } else if (outcome.state === "sent") {
      speak.show(t("sell.unsent_sent", { number: outcome.receipt.number }));
    }
    void changed();
    if (outcome.state === "other_shop") {
      openOtherShop();
    }
  }

  async function changed() {
    await waiting.refresh();
    (await opened).tabs.tell("unsent");
  }

  function pay() {
    if (paying || state.cart.lines.length === 0) {
      return;
    }
    void refresh(); // a price that was changed elsewhere is told before the money is taken
    const changes = priceChanges(state.cart, state.products);
    if (changes.length > 0) {
      askPrices(changes);
      return;
    }
    frame.closeBasket();
    paying = true;
    const sheet = openPayment(state, { header, paid: take });
    const stop = state.on("products", () => {
      const meanwhile = priceChanges(state.cart, state.products);
      if (meanwhile.length > 0 && !sheet.isHeld()) {
        sheet.close();
        askPrices(meanwhile);
      }
    });
    sheet.dialog.addEventListener("close", () => {
      stop();
      paying = false;
    });
  }

  function askPrices(changes) {
    const answers = answersOf(state, changes, () => {
      sheet.close();
      pay();
    });
    const sheet = openSheet({ title: t("sell.prices_title"), body: answers, kind: "small prices" });
  }

  // INVARIANT: the sale is on the device before it is sent, and the cart is gone with the same write.
  async function take(payment) {
    const { till, tabs, unsent } = await opened;
    const sale = saleOf(state.cart, payment, localTime(new Date()));
    await state.settled();
    await till.sell(tabs.tab, sale);
    taken = sale.id;
    told = false;
    state.begin();
    void changed();
    const sending = unsent.send(sale);
    const outcome = await Promise.race([sending, pause(PATIENCE_MS).then(() => ({ state: "waiting" }))]);
    if (outcome.state === "signed_out") {
      signedOut(sale);
    } else if (outcome.state !== "other_shop") {
      showDone(sale, outcome);
    }
  }

  function showDone(sale, outcome) {
    done = openDone(sale, {
      print: (receipt) => void print(receipt),
      showPrinting: (place) => void printer().then(({ mountPrintStatus }) => mountPrintStatus(place)),
      onClose: () => {
        done = null;
        taken = null;
        frame.focus();
      },
    });
    done.show(outcome);
  }

  async function print(receipt) {
    const { printReceipt } = await printer();
    const known = await header().catch(() => ({ name: null, address: null, tax_code: null, bank: null }));
    void printReceipt(receipt, known);
  }

  function signedOut(sale = null) {
    if (!told) {
      told = true;
      openSignedOut({ sale, onClose: frame.focus });
    }
  }

  async function hurry(options) {
    const { unsent } = await opened;
    await unsent.hurry(options);
  }

  // Under a new id: the server knows the old one, or said that it cannot be.
  async function reopen(id) {
    const { till, tabs } = await opened;
    const held = (await till.unsent()).find(({ key }) => key === id);
    if (state.cart.lines.length > 0) {
      speak.show(t("sell.unsent_back_later"));
    } else if (held !== undefined) {
      const cart = cartOf(held.sale, newId());
      await till.reopen(id, tabs.tab, cart);
      state.change(() => cart);
      void changed();
      frame.openBasket();
    }
  }

  return {
    pay,
    signedOut,
    hurry: () => void hurry(),

    /** Begin, with what this device keeps; whatever waits is sent. */
    open(till, tabs) {
      const unsent = unsentSales({
        till,
        post: (sale) => sendJson("/api/sales", sale, { timeoutMs: TIMEOUT_MS }),
        onOutcome,
      });
      opened.resolve({ till, tabs, unsent });
      tabs.hear("unsent", () => void waiting.refresh());
      void waiting.refresh();
      void unsent.sendAll();
      whenIdle(() => {
        void printer().then(({ mountPrintStatus }) => mountPrintStatus());
        void header().then(
          () => showShopName(document),
          () => {},
        ); // at hand for a transfer without a network
      });
    },
  };
}

// Safari has no idle callbacks.
function whenIdle(act) {
  (globalThis.requestIdleCallback ?? setTimeout)(act);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function deferred() {
  let resolve = null;
  const promise = new Promise((act) => {
    resolve = act;
  });
  return Object.assign(promise, { resolve });
}
