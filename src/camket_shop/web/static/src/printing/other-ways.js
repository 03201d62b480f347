// Paper without a printer of our own: the system's print dialog, and a picture to send to wherever there is one.
import { el } from "../shared/dom.js";
import { PrintError } from "./errors.js";

const PAPER = "print-paper";
const PRINTS = "prints-paper";
/** Phones go on before their dialog has looked at the page, so what it prints stays for a while; no one sees it. */
const KEPT_MS = 60_000;

/** Takes away what the dialog before was given. */
let clearAway = () => {};

/** The page that the print dialog gets is exactly as large as the paper: a rule of its own, which no file can hold. */
function sizeRule(widthMillimetres, heightMillimetres) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@page { size: ${widthMillimetres}mm ${heightMillimetres}mm; margin: 0 }`);
  return sheet;
}

async function loaded(source, alt) {
  const image = el("img", { src: source, alt });
  await image.decode();
  return image;
}

/**
 * Open the system's print dialog with a document on a page of its size.
 *
 * @returns {Promise<void>} when the browser has been asked; whether it printed is not told to pages.
 */
export async function printWithDialog(document_, printer) {
  clearAway();
  const source = URL.createObjectURL(await document_.picture(printer));
  const size = document_.millimetres(printer);
  const image = await loaded(source, document_.title);
  const height = Math.ceil((image.naturalHeight / image.naturalWidth) * size.picture);
  const paper = el("div", { class: PAPER }, image);
  paper.style.setProperty("--picture-width", `${size.picture}mm`);
  const rule = sizeRule(size.paper, height);
  document.body.append(paper);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, rule];
  document.documentElement.classList.add(PRINTS);
  const kept = setTimeout(() => clearAway(), KEPT_MS);
  clearAway = () => {
    clearTimeout(kept);
    document.documentElement.classList.remove(PRINTS);
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== rule);
    paper.remove();
    URL.revokeObjectURL(source);
    clearAway = () => {};
  };
  globalThis.print();
}

function download(file) {
  const source = URL.createObjectURL(file);
  const link = el("a", { href: source, download: file.name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(source);
}

/**
 * Share a document as a picture with another app, or keep it as a file where the browser cannot share. From a click.
 *
 * @returns {Promise<"shared"|"downloaded">}
 * @throws {PrintError} cancelled.
 */
export async function shareAsPicture(document_, printer) {
  const file = new File([await document_.picture(printer)], document_.fileName, { type: "image/png" });
  if (!navigator.canShare?.({ files: [file] })) {
    download(file);
    return "downloaded";
  }
  try {
    await navigator.share({ files: [file], title: document_.title });
    return "shared";
  } catch (error) {
    if (error?.name === "NotAllowedError") {
      // Drawing took longer than a click counts; the file is there all the same.
      download(file);
      return "downloaded";
    }
    throw new PrintError("cancelled", error);
  }
}
