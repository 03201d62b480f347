// One remembered printer on the page of printers: what it is set to, its test page, and forgetting it.
import { el } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { BOUNDS } from "./remembered.js";

const CHOICES = {
  speaks: ["escpos", "tspl"],
  width: [384, 576],
  mode: ["lines", "raster", "ascii"],
  paperLanguage: ["vi", "en"],
};
const WORDS_OF_CHOICE = { paperLanguage: "paper" };
/** Which settings mean something for which printer. */
const SHOWN = {
  escpos: ["speaks", "width", "mode", "paperLanguage", "cut"],
  tspl: ["speaks", "ownBars"],
  system: ["width", "paperLanguage"],
};
const WORDS = { paperLanguage: "paper_language", ownBars: "own_bars", chunkBytes: "chunk_bytes", pauseMs: "pause_ms" };
const wordOf = (name) => t(`printing.${WORDS[name] ?? name}`);

function choice(printer, name, onChange) {
  const id = `${printer.speaks}-${name}`;
  const options = CHOICES[name].map((value) => {
    const words = t(`printing.${WORDS_OF_CHOICE[name] ?? name}_${value}`);
    return el("option", { value, selected: value === printer[name] }, words);
  });
  const chosen = (event) => onChange({ [name]: CHOICES[name][event.target.selectedIndex] });
  return el("div", { class: "field" }, el("label", { for: id }, wordOf(name)), el("select", { id, onchange: chosen }, ...options));
}

function tick(printer, name, onChange) {
  const box = el("input", { type: "checkbox", checked: printer[name], onchange: () => onChange({ [name]: box.checked }) });
  return el("div", { class: "field" }, el("label", { class: "tick" }, box, wordOf(name)));
}

/** A whole number within its bounds; anything else is told beside the field and not kept. */
function number(printer, name, onChange) {
  const [least, most] = BOUNDS[name];
  const id = `${printer.speaks}-${name}`;
  const bounds = t("printing.bounds", { least, most });
  const problem = el("p", { class: "problem", id: `${id}-problem`, hidden: true }, bounds);
  const typed = (event) => {
    const value = Number(event.target.value);
    const holds = Number.isInteger(value) && event.target.value.trim() !== "" && value >= least && value <= most;
    problem.hidden = holds;
    event.target.setAttribute("aria-invalid", String(!holds));
    if (holds) {
      onChange({ [name]: value });
    }
  };
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, wordOf(name)),
    el("p", { class: "hint", id: `${id}-hint` }, bounds),
    problem,
    el("input", {
      id,
      type: "text",
      inputmode: "numeric",
      autocomplete: "off",
      value: printer[name],
      "aria-describedby": `${id}-hint ${id}-problem`,
      onchange: typed,
    }),
  );
}

function field(printer, name, onChange) {
  return (name in CHOICES ? choice : tick)(printer, name, onChange);
}

function expert(printer, onChange) {
  if (printer.transport !== "bluetooth") {
    return null;
  }
  const fields = Object.keys(BOUNDS).map((name) => number(printer, name, onChange));
  return el("details", {}, el("summary", {}, t("printing.expert")), el("p", { class: "hint" }, t("printing.expert_text")), ...fields);
}

/**
 * A remembered printer with its settings.
 *
 * @param {object} printer - as it is remembered.
 * @param {{onChange: (changes: object) => void, onTest: () => void, onForget: () => void}} acts
 * @returns {HTMLElement}
 */
export function printerCard(printer, { onChange, onTest, onForget }) {
  const shown = printer.transport === "system" ? SHOWN.system : SHOWN[printer.speaks];
  const tests = printer.speaks === "escpos";
  return el(
    "article",
    { class: "sheet printer", "data-printer": printer.speaks },
    el(
      "header",
      {},
      el("h3", {}, printer.name),
      el("small", {}, `${t(`printing.slot_${printer.speaks}`)} · ${t(`printing.via_${printer.transport}`)}`),
    ),
    el("div", { class: "fields printer-fields" }, ...shown.map((name) => field(printer, name, onChange))),
    expert(printer, onChange),
    tests ? el("p", { class: "hint" }, t("printing.test_hint")) : null,
    el(
      "div",
      { class: "actions" },
      tests ? el("button", { type: "button", class: "btn go", onclick: onTest }, t("printing.test")) : null,
      el("button", { type: "button", class: "btn", onclick: onForget }, t("printing.forget")),
    ),
  );
}
