// The printers of this device: one that prints receipts and one that prints labels. They stay on the device; the server
// hears the name of a printer that was used, because the policy says so, and nothing else.
import * as device from "../shared/device-store.js";

const KEY = "printers";

/** What a printer is set to until someone changes it. */
export const DEFAULTS = {
  width: 384,
  mode: "lines",
  paperLanguage: "vi",
  chunkBytes: 100,
  pauseMs: 20,
  cut: false,
  ownBars: true,
};
/** What the numbers of the expert fields may be. */
export const BOUNDS = { chunkBytes: [20, 512], pauseMs: [0, 200] };

const SLOTS = { receipt: "escpos", label: "tspl" };

async function all() {
  return (await device.read(KEY)) ?? {};
}

let last = Promise.resolve();

/** Change what is kept, once the change before is kept: of two that are made at once neither takes the other back. */
function inTurn(edit) {
  const done = last.then(async () => device.write(KEY, edit(await all())));
  last = done.catch(() => {});
  return done;
}

/**
 * The printer that this device prints with.
 *
 * @param {"receipt"|"label"} [prints] - a label goes to the label printer, or else to the receipt printer.
 * @returns {Promise<object|null>} `{transport, id, name, speaks, ...DEFAULTS}`; null where none was chosen.
 */
export async function rememberedPrinter(prints = "receipt") {
  const printers = await all();
  const found = printers[SLOTS[prints]] ?? (prints === "label" ? printers[SLOTS.receipt] : undefined);
  return found ? { ...DEFAULTS, ...found } : null;
}

/** The printers of this device, receipt printer first. */
export async function rememberedPrinters() {
  const printers = await all();
  return ["escpos", "tspl"].filter((speaks) => printers[speaks]).map((speaks) => ({ ...DEFAULTS, ...printers[speaks] }));
}

/** Keep a printer, in place of the one that spoke the same language. */
export async function remember(printer) {
  await inTurn((printers) => ({ ...printers, [printer.speaks]: printer }));
}

/** Change what is kept of a printer; its language may change too. */
export async function change(printer, changes) {
  await inTurn(({ [printer.speaks]: kept = printer, ...others }) => {
    const changed = { ...kept, ...changes };
    return { ...others, [changed.speaks]: changed };
  });
}

/** Forget a printer. */
export async function forget(printer) {
  await inTurn(({ [printer.speaks]: _forgotten, ...others }) => others);
}
