/** How formulas are written: as MathML. */
import { written } from "../lib/numbers.js";

/** @typedef {import("./backprop.js").Matrix} Matrix */

/* All is markup. The letters are bold for arrays, with the layer above in square brackets, as in the chapter. */

/** @param {string} letters @param {number | string} [layer] @param {string} [example] "(i)": the column of one example */
export function array(letters, layer, example = "") {
  const name = `<mi mathvariant="normal">${[...letters].map(bold).join("")}</mi>`;
  return layer === undefined ? name : `<msup>${name}<mtext>[${layer}]${example}</mtext></msup>`;
}

/** The bold letters of mathematics have places of their own. @param {string} letter */
function bold(letter) {
  const [first, start] = letter < "a" ? ["A", 0x1d400] : ["a", 0x1d41a];
  return String.fromCodePoint(start + letter.charCodeAt(0) - first.charCodeAt(0));
}

/** @param {string} name */
export const variable = (name) => `<mi>${name}</mi>`;

/** @param {string} sign */
export const sign = (sign) => `<mo>${sign}</mo>`;

/** @param {string} inside */
export const transpose = (inside) => `<msup><mrow>${inside}</mrow><mo>⊤</mo></msup>`;

/** @param {string} above @param {string} below */
export const fraction = (above, below) => `<mfrac>${above}${below}</mfrac>`;

/** @param {string} base @param {string} below */
export const indexed = (base, below) => `<msub>${base}<mi>${below}</mi></msub>`;

/** @param {string} base */
export const squared = (base) => `<msup><mrow>${base}</mrow><mn>2</mn></msup>`;

/** @param {string} inside */
export const bracketed = (inside) => `<mrow><mo fence="true" stretchy="false">(</mo>${inside}<mo fence="true" stretchy="false">)</mo></mrow>`;

/** The mean over the examples, of what follows. */
export const MEAN = `${fraction("<mn>1</mn>", "<mi>m</mi>")}<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>m</mi></munderover>`;

/** The slope of the activation: g with a prime that nobody overlooks. @param {string} inside */
export const slopeOfG = (inside) => `<msup><mi>g</mi><mo class="prime">′</mo></msup>${bracketed(inside)}`;

/**
 * A matrix with its numbers; some of its entries lit, those not yet known a dot.
 * @param {Matrix} M
 * @param {{ lit?: (row: number, column: number) => boolean, known?: (row: number, column: number) => boolean, kind: string }} how
 */
export function matrix(M, { lit = () => false, known = () => true, kind }) {
  const cell = (/** @type {number} */ value, /** @type {number} */ row, /** @type {number} */ column) =>
    `<mtd class="${kind}${lit(row, column) ? " lit" : ""}">${known(row, column) ? `<mn>${written(value)}</mn>` : "<mo>·</mo>"}</mtd>`;
  const rows = M.map((values, row) => `<mtr>${values.map((value, column) => cell(value, row, column)).join("")}</mtr>`);
  return `<mrow><mo fence="true">[</mo><mtable>${rows.join("")}</mtable><mo fence="true">]</mo></mrow>`;
}
