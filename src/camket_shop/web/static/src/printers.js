// The page of printers: which this device has, which ways it has to others, and why a way is off.
import { abilities } from "./shared/abilities.js";
import { fill } from "./shared/dom.js";
import { t } from "./shared/messages.js";
import { whileChoosing } from "./printing/choosing.js";
import { reasonOf } from "./printing/errors.js";
import { mountPrintStatus, printTestPage } from "./printing/index.js";
import { printerCard } from "./printing/printer-card.js";
import { change, forget, remember, rememberedPrinters } from "./printing/remembered.js";
import { forgetDevice, pairBluetooth, pairSerial } from "./printing/transports/index.js";

const ADDRESS = /^(?:(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:.]+\]):910\d$/i;

const one = (selector) => document.querySelector(selector);
const note = one("[data-note]");
const choosing = one("[data-choosing]");
const none = one("[data-no-printer]");

function say(sentence) {
  note.textContent = sentence;
}

async function show() {
  const printers = await rememberedPrinters();
  const cards = printers.map((printer) =>
    printerCard(printer, {
      onTest: () => printTestPage(printer),
      async onChange(changes) {
        await change(printer, changes);
        say(t("printing.saved"));
        await showKeepingFocus();
      },
      async onForget() {
        await forget(printer);
        if (["bluetooth", "serial"].includes(printer.transport)) {
          await forgetDevice(printer);
        }
        say(t("printing.forgotten"));
        await show();
      },
    }),
  );
  fill(one("[data-printers]"), ...(cards.length > 0 ? cards : [none]));
}

/** A card is made anew when a setting changes; who is in it by keyboard stays where they were. */
async function showKeepingFocus() {
  const { id } = document.activeElement ?? {};
  const wasOpen = one("[data-printers] details")?.open ?? false;
  await show();
  const details = one("[data-printers] details");
  if (details) {
    details.open = wasOpen;
  }
  if (id) {
    document.getElementById(id)?.focus();
  }
}

async function keep(found) {
  await remember({ speaks: "escpos", ...found });
  await show();
  say(t("printing.paired", { name: found.name }));
}

async function choose(pair) {
  say("");
  try {
    await keep(await whileChoosing(choosing, (signal) => pair(signal)));
  } catch (error) {
    const reason = reasonOf(error).replaceAll("-", "_");
    say(reason === "cancelled" ? "" : t(`printing.reason_${reason}`));
  }
}

const ACTS = {
  bluetooth: () => choose((signal) => pairBluetooth({ signal })),
  "bluetooth-everything": () => choose((signal) => pairBluetooth({ signal, everything: true })),
  serial: () => choose((signal) => pairSerial({ signal, name: t("printing.serial_name") })),
  "serial-everything": () => choose((signal) => pairSerial({ signal, everything: true, name: t("printing.serial_name") })),
  system: () => keep({ transport: "system", id: "system", name: t("printing.system_name") }),
};

function offer() {
  const able = abilities();
  for (const name of ["bluetooth", "serial"]) {
    const way = one(`[data-way="${name}"]`);
    if (!able[name].on) {
      way.querySelector("[data-off]").hidden = false;
      const why = way.querySelector("[data-why-off]");
      why.hidden = false;
      why.textContent = t(`abilities.reason_${able[name].reason}`);
      for (const button of way.querySelectorAll("button")) {
        button.disabled = true;
      }
    }
  }
}

function useNetwork(event) {
  event.preventDefault();
  const field = event.target.elements.address;
  const address = field.value.trim();
  const problem = one("#problem-address");
  const holds = ADDRESS.test(address);
  problem.hidden = holds;
  problem.textContent = holds ? "" : t("printing.network_bad");
  field.setAttribute("aria-invalid", String(!holds));
  if (holds) {
    keep({ transport: "network", id: address, name: address });
  } else {
    field.focus();
  }
}

for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", ACTS[button.dataset.act]);
}
one("[data-network]")?.addEventListener("submit", useNetwork);
mountPrintStatus();
offer();
show();
