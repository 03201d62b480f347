// Opens the question in a dialog, sends the answer, and goes on with what was interrupted. Closing it says nothing.
import { questionDialog } from "./dialog.mjs";
import { sheet } from "./styles.mjs";

const ANSWERED = "camket-answered";

export class CamketAsk extends HTMLElement {
  #dialog = null;

  connectedCallback() {
    if (this.shadowRoot) {
      return;
    }
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    root.append(document.createElement("slot"));
    this.addEventListener("click", (event) => this.#clicked(event));
    // Before the page's own listeners: for them this form is not sent.
    this.addEventListener("submit", (event) => this.#submitted(event), { capture: true });
  }

  // A link to a question that is on record. A click that means another tab is the browser's own business.
  #clicked(event) {
    const link = event.target.closest?.("a[href]");
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (link && plain && !event.defaultPrevented) {
      event.preventDefault();
      const next = new URL(link.href).searchParams.get("next") ?? "";
      this.#open({ trigger: link, next, read: () => json(link.href), instead: () => location.assign(link.href) });
    }
  }

  // A form that has the question put on record first: its customer wants to be asked.
  #submitted(event) {
    const form = event.target;
    event.preventDefault();
    event.stopPropagation();
    const body = new URLSearchParams(new FormData(form));
    this.#open({
      trigger: event.submitter ?? form,
      next: body.get("next") ?? "",
      read: () => json(form.action, { method: "POST", body }),
      instead: () => form.submit(),
    });
  }

  async #open(way) {
    if (this.#dialog) {
      return;
    }
    const question = await way.read();
    // This dialog shows what one yes or no answers; the ready page shows the rest.
    if (question?.clauses?.length !== 0) {
      way.instead();
      return;
    }
    this.#dialog = questionDialog(question, {
      answer: (yes) => this.#answer(way, question, yes),
      closed: () => {
        this.#dialog.remove();
        this.#dialog = null;
        way.trigger.focus?.();
      },
    });
    this.shadowRoot.append(this.#dialog);
    this.#dialog.showModal();
  }

  async #answer(way, question, yes) {
    const body = new URLSearchParams({ answer: yes ? "yes" : "no", text_hash: question.text_hash, next: way.next });
    const answered = await json(question.path, { method: "POST", body });
    if (!answered) {
      location.assign(question.path);
      return;
    }
    this.#dialog.close();
    const told = new CustomEvent(ANSWERED, {
      bubbles: true,
      cancelable: true,
      composed: true,
      detail: { question: question.id, yes },
    });
    // An app that goes on by itself says so with preventDefault.
    if (this.dispatchEvent(told)) {
      location.assign(answered.next);
    }
  }
}

// What the service answers, or null for anything that is no answer to build on.
async function json(address, options = {}) {
  const headers = { Accept: "application/json" };
  try {
    const answer = await fetch(address, { credentials: "same-origin", redirect: "error", headers, ...options });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
