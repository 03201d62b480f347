// The page of one product's labels: the label as it will come out, and printing it.
import { el, fill } from "./shared/dom.js";
import { t } from "./shared/messages.js";
import { labelDocument } from "./printing/documents.js";
import { mountPrintStatus, printLabel, shareLabel } from "./printing/index.js";

const product = JSON.parse(document.getElementById("label-product").textContent);
const form = document.querySelector("[data-labels]");
const { size, copies } = form.elements;
const problem = document.getElementById("problem-copies");
let shown = null;

async function preview() {
  const drawn = labelDocument(product, { size: size.value, title: product.name });
  const source = URL.createObjectURL(await drawn.picture());
  fill(document.querySelector("[data-preview]"), el("img", { src: source, alt: t("printing.job_label", { name: product.name }) }));
  if (shown !== null) {
    URL.revokeObjectURL(shown);
  }
  shown = source;
}

/** How many labels are asked for; null where that is no number there can be, which is told beside the field. */
function asked() {
  const number = Number(copies.value);
  const holds = copies.value.trim() !== "" && Number.isInteger(number) && number >= 1 && number <= Number(copies.dataset.most);
  problem.hidden = holds;
  copies.setAttribute("aria-invalid", String(!holds));
  if (!holds) {
    copies.focus();
  }
  return holds ? number : null;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const number = asked();
  if (number !== null) {
    printLabel(product, { copies: number, size: size.value });
  }
});
form.querySelector("[data-share]").addEventListener("click", () => shareLabel(product, { size: size.value }).catch(() => {}));
size.addEventListener("change", preview);
mountPrintStatus();
preview();
