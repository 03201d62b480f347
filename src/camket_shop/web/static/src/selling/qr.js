// A text as a QR code that can be looked at: black on white with a quiet margin, by day and by night.
import qrcode from "qrcode-generator";

const QUIET = 4;
const SVG = "http://www.w3.org/2000/svg";

/** Return the modules of a text's QR code at error correction M: rows of booleans, true is dark. */
export function qrModules(text) {
  const code = qrcode(0, "M");
  code.addData(text, "Byte");
  code.make();
  const size = code.getModuleCount();
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => code.isDark(row, column)),
  );
}

/**
 * Return the QR code of a text as an SVG element.
 *
 * @param {string} text - ASCII.
 * @param {string} label - what a person who does not see the picture is told.
 */
export function qrSvg(text, label) {
  const modules = qrModules(text);
  const size = modules.length + 2 * QUIET;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.append(
    shape("rect", { width: size, height: size, fill: "#fff" }),
    shape("path", { d: outline(modules), fill: "#000" }),
  );
  return svg;
}

// Dark modules of a row that touch are one run.
function outline(modules) {
  const runs = [];
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      if (row[x]) {
        const start = x;
        while (row[x + 1]) {
          x += 1;
        }
        const length = x - start + 1;
        runs.push(`M${start + QUIET} ${y + QUIET}h${length}v1h-${length}z`);
      }
    }
  });
  return runs.join("");
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  return element;
}
