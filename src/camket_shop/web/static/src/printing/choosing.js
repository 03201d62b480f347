// Waiting for a person to choose a printer. A browser whose Bluetooth is off shows nothing and says nothing, so the page
// itself says after a while what may be wrong, and lets go when asked.
import { PrintError } from "./errors.js";

const HINT_MS = 6000;
/** A press that is a tap has been told as a click by then. */
const TAP_MS = 400;

/**
 * Show that something is being chosen while it is.
 *
 * @param {HTMLElement} panel - the part of the page that says so.
 * @param {(signal: AbortSignal) => Promise<any>} choose - asks; ends when the signal does.
 * @returns {Promise<any>} what was chosen; rejects as `choose` does.
 */
export async function whileChoosing(panel, choose) {
  const hint = panel.querySelector("[data-choosing-hint]");
  const stop = new AbortController();
  const button = panel.querySelector("[data-give-up]");
  const press = pressOf(button);
  const giveUp = () => stop.abort();
  const timer = setTimeout(() => {
    hint.hidden = false;
  }, HINT_MS);
  panel.hidden = false;
  button.addEventListener("click", giveUp);
  try {
    return await choose(stop.signal);
  } catch (error) {
    // A browser closes its chooser as soon as the page is pressed, before the press is a tap.
    await press.over();
    throw stop.signal.aborted ? new PrintError("cancelled", error) : error;
  } finally {
    clearTimeout(timer);
    press.forget();
    button.removeEventListener("click", giveUp);
    panel.hidden = true;
    hint.hidden = true;
  }
}

/** The press that a button is under: `over` resolves once it was told as a click, or turned out to be none. */
function pressOf(button) {
  let last = Promise.resolve();
  const begin = () => {
    last = new Promise((resolve) => {
      const end = () => setTimeout(resolve, TAP_MS);
      button.addEventListener("click", resolve, { once: true });
      document.addEventListener("pointerup", end, { once: true });
      document.addEventListener("pointercancel", end, { once: true });
    });
  };
  button.addEventListener("pointerdown", begin);
  return { over: () => last, forget: () => button.removeEventListener("pointerdown", begin) };
}
