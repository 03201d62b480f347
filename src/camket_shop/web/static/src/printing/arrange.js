// From blocks to lines that fit: the same arithmetic for dots on a canvas and for columns of plain text.

const SPACES = /[\s\p{Cc}\p{Cf}]+/u;

/** The words of a text, in composed letters: what cannot be seen separates words and never reaches the paper. */
function wordsOf(text) {
  return String(text ?? "")
    .normalize("NFC")
    .split(SPACES)
    .filter((word) => word !== "");
}

/** Cut a word that alone is wider than the line. */
function pieces(word, width, measure) {
  const found = [""];
  for (const letter of word) {
    const longer = found.at(-1) + letter;
    if (found.at(-1) === "" || measure(longer) <= width) {
      found[found.length - 1] = longer;
    } else {
      found.push(letter);
    }
  }
  return found;
}

/**
 * Break a text into lines no wider than `width`.
 *
 * @param {string} text - as people wrote it.
 * @param {number} width - in the unit that `measure` returns.
 * @param {(text: string) => number} measure - how wide a text is.
 * @returns {string[]} the lines; none for a text without a visible letter.
 */
export function wrap(text, width, measure) {
  const lines = [];
  for (const word of wordsOf(text)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && measure(longer) <= width) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(...pieces(word, width, measure));
    }
  }
  return lines;
}

function aligned(text, align, width, wide) {
  const room = Math.max(0, width - wide);
  return { text, x: align === "left" ? 0 : Math.floor(align === "right" ? room : room / 2), width: wide };
}

function textLines({ text, style, align }, width, measureIn) {
  const measure = measureIn(style);
  return wrap(text, width, measure).map((line) => ({
    kind: "text",
    style,
    align,
    parts: [aligned(line, align, width, measure(line))],
  }));
}

/** What and how much on one line, or the amount on a line of its own where both do not fit. */
function pairLines({ left, right, style }, width, measureIn) {
  const measure = measureIn(style);
  const amount = { kind: "text", style, align: "right", parts: [aligned(right, "right", width, measure(right))] };
  const lines = wrap(left, width, measure).map((line) => ({
    kind: "text",
    style,
    align: "left",
    parts: [aligned(line, "left", width, measure(line))],
  }));
  const last = lines.at(-1);
  if (last && measure(`${last.parts[0].text}  ${right}`) <= width) {
    last.parts.push(amount.parts[0]);
    return lines;
  }
  return [...lines, amount];
}

/**
 * Arrange blocks into lines of one width.
 *
 * @param {object[]} blocks - as `receiptBlocks` returns them.
 * @param {{width: number, measureIn: (style: string) => (text: string) => number}} paper - the width of the paper and
 *   how wide a text is in a style, both in one unit: dots or columns.
 * @returns {object[]} lines: `text` with its parts and where each starts; `rule`, `gap`, `qr` and `edges` as they came.
 */
export function arrange(blocks, { width, measureIn }) {
  return blocks.flatMap((block) => {
    if (block.kind === "text") {
      return textLines(block, width, measureIn);
    }
    return block.kind === "pair" ? pairLines(block, width, measureIn) : [block];
  });
}
