// What can be printed: each document says itself in the language of a printer, and as a picture for everything else.
import { arrange } from "./arrange.js";
import { draw, fontsFor, measurer, picture } from "./draw.js";
import { labelsJob, linesJob, plainJob, rasterJob } from "./escpos.js";
import { label } from "./label.js";
import { receiptBlocks, testPageBlocks } from "./receipt.js";
import { labelJob, saysCode } from "./tspl.js";
import { unaccented } from "./unaccented.js";
import { DEFAULTS } from "./remembered.js";
import { PrintError } from "./errors.js";

const DOTS_PER_MILLIMETRE = 8;
/** How wide the roll is that so many dots are printed on: printers leave its edges white. */
const ROLLS = { 384: 58, 576: 80 };

/** Letters of a line of plain text, by the dots of the paper: 12 dots each, as every printer's font A. */
const columnsOf = (width) => Math.floor(width / 12);

/** Every letter that blocks will need. */
function lettersOf(blocks) {
  return blocks.map(({ text = "", left = "", right = "" }) => `${text}${left}${right}`).join("");
}

/** Blocks in columns of plain letters, all of one width. */
export function plainLines(blocks, width) {
  return arrange(blocks, { width: columnsOf(width), measureIn: () => (text) => unaccented(text).length });
}

/** Blocks in dots, once the fonts are there. */
export async function dottedLines(blocks, width) {
  await fontsFor(lettersOf(blocks));
  return arrange(blocks, { width, measureIn: measurer() });
}

async function paperJob(blocks, { mode, width, cut }) {
  if (mode === "ascii") {
    return plainJob(plainLines(blocks, width), { columns: columnsOf(width), cut });
  }
  const drawn = draw(await dottedLines(blocks, width), width);
  return (mode === "raster" ? rasterJob : linesJob)(drawn, { cut });
}

/** A strip of receipt paper that says some blocks. */
function strip({ kind, title, fileName, blocksFor }) {
  return {
    kind,
    title,
    fileName,
    async jobFor(printer) {
      if (printer.speaks === "tspl") {
        throw new PrintError("unsupported");
      }
      return paperJob(blocksFor(printer), printer);
    },
    async picture(printer = DEFAULTS) {
      return picture(await dottedLines(blocksFor(printer), printer.width), printer.width);
    },
    millimetres: ({ width } = DEFAULTS) => ({ paper: ROLLS[width], picture: width / DOTS_PER_MILLIMETRE }),
  };
}

/**
 * The receipt of a sale.
 *
 * @param {object} sale - as the shop's API answers it.
 * @param {object} header - whose receipt it is.
 * @param {string} title - what the job is called on the page.
 */
export function receiptDocument(sale, header, title) {
  return strip({
    kind: "receipt",
    title,
    fileName: `bien-nhan-${sale.number}.png`,
    blocksFor: ({ paperLanguage }) => receiptBlocks(sale, header, { language: paperLanguage }),
  });
}

/** A page that shows whether a printer prints every letter. */
export function testDocument(title) {
  return strip({
    kind: "test",
    title,
    fileName: "trang-in-thu.png",
    blocksFor: ({ paperLanguage, width }) => testPageBlocks({ language: paperLanguage, width }),
  });
}

/** Labels for a product. */
export function labelDocument(product, { copies = 1, size = "50x30", title }) {
  const drawn = async (options) => {
    await fontsFor(`${product.name}${product.unit ?? ""}${product.barcode ?? ""}0123456789. ₫/…`);
    return label(product, { size, ...options });
  };
  return {
    kind: "label",
    title,
    fileName: "tem.png",
    async jobFor(printer) {
      if (printer.speaks !== "tspl") {
        return labelsJob((await drawn({})).bitmap, { copies, cut: printer.cut });
      }
      const plain = await drawn({ drawCode: false });
      const ownBars = printer.ownBars && saysCode(plain.code);
      return labelJob(ownBars ? plain : await drawn({}), { copies, ownBars });
    },
    picture: async () => (await drawn({ scale: 3 })).png(),
    millimetres: () => ({ paper: Number(size.split("x")[0]), picture: Number(size.split("x")[0]) }),
  };
}
