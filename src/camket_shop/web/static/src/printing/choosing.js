// Waiting for a person to choose a printer. A browser whose Bluetooth is off shows nothing and says nothing, so the page
// itself says after a while what may be wrong, and lets go when asked.

const HINT_MS = 6000;

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
  const giveUp = () => stop.abort();
  const button = panel.querySelector("[data-give-up]");
  const timer = setTimeout(() => {
    hint.hidden = false;
  }, HINT_MS);
  panel.hidden = false;
  button.addEventListener("click", giveUp);
  try {
    return await choose(stop.signal);
  } finally {
    clearTimeout(timer);
    button.removeEventListener("click", giveUp);
    panel.hidden = true;
    hint.hidden = true;
  }
}
