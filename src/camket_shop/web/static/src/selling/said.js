// What is said aside: to a screen reader at once, and to everybody else in a line at the bottom that goes by itself.
import { el, fill } from "../shared/dom.js";

const SHOWN_MS = 6_000;

/**
 * Return what says things on a page.
 *
 * @param {Element} root - where its two places go.
 */
export function speaker(root) {
  const heard = el("p", { class: "hidden-label", role: "status" });
  const shown = el("div", { class: "aside-line", hidden: true });
  root.append(heard, shown);
  let hiding = null;

  function hide() {
    shown.hidden = true;
    fill(shown);
  }

  return {
    /** Say a sentence to a screen reader only. */
    say(sentence) {
      heard.textContent = sentence;
    },

    /**
     * Say a sentence to everybody.
     *
     * @param {string} sentence
     * @param {{label: string, act: () => void}} [offer] - something that can be done about it.
     */
    show(sentence, offer) {
      clearTimeout(hiding);
      heard.textContent = sentence;
      const button =
        offer &&
        el(
          "button",
          {
            type: "button",
            onclick: () => {
              hide();
              offer.act();
            },
          },
          offer.label,
        );
      fill(shown, el("span", {}, sentence), button);
      shown.hidden = false;
      hiding = setTimeout(hide, SHOWN_MS);
    },
  };
}
