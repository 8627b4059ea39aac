/** The three grids and the sum on one sheet of paper. */
import { text } from "../lib/dom.js";
import { pad, terms } from "./convolution.js";
import { css, factor, ink, shade, shown } from "./shades.js";

/** @typedef {number[][]} Rows @typedef {import("./shades.js").Scale} Scale */

const GREEN = "#009e73";

function words(/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ said, { size = 15, fill = "#1a1a1a", anchor = "start", weight = "" } = {}) {
  return text("text", { x, y, fill, "text-anchor": anchor, style: `font: ${weight} ${size}px sans-serif` }, said);
}

/** Rows as squares with numbers; without a scale, on white. */
function squares(/** @type {Rows} */ rows, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ side, /** @type {Scale | null} */ scale) {
  return rows.flatMap((row, m) =>
    row.map((value, n) => {
      const paper = scale ? shade(value, scale) : [255, 255, 255];
      const size = Math.round(side * (shown(value).length > 2 ? 0.38 : 0.48));
      const at = [x + n * side, y + m * side];
      return (
        text("rect", { x: at[0], y: at[1], width: side, height: side, fill: css(paper), stroke: "#888", "stroke-width": 0.7 }) +
        words(at[0] + side / 2, at[1] + side * 0.66, shown(value), { size, fill: ink(paper), anchor: "middle" })
      );
    }),
  );
}

function frame(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ side) {
  return text("rect", { x, y, width: side, height: side, fill: "none", stroke: GREEN, "stroke-width": 4 });
}

/** @param {any} setting the figure's state with what it makes */
export function sheet({ picture, kernel, stride: S, padding: P, divisor, options, output, at, scale }) {
  const padded = pad(picture, P);
  const side = Math.floor(Math.min(30, 600 / (padded[0].length + kernel.length + output[0].length + 3)));
  const top = 34;
  const xs = [8, 0, 0];
  xs[1] = xs[0] + side * (padded[0].length + 1.5);
  xs[2] = xs[1] + side * (kernel.length + 1.5);
  const below = top + side * Math.max(padded.length, output.length) + 34;
  const rows = terms(picture, kernel, at, options);
  const lines = rows.map((row) => row.map(({ pixel, weight }) => `${shown(pixel)} · ${factor(weight)}`).join("  +  "));
  const value = shown(output[at[0]][at[1]]);
  const height = below + 24 * lines.length + 26;
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 640 ${height}`, width: 640, height },
    text("rect", { width: 640, height, fill: "#fff" }),
    words(xs[0], 22, P ? `picture, ${P} of zeros around` : "picture", { weight: "bold" }),
    words(xs[1], 22, divisor === 1 ? "kernel" : `kernel / ${shown(divisor)}`, { weight: "bold" }),
    words(xs[2], 22, "output", { weight: "bold" }),
    ...squares(padded, xs[0], top, side, { signed: false, limit: 9 }),
    ...squares(kernel, xs[1], top, side, null),
    ...squares(output, xs[2], top, side, scale),
    frame(xs[0] + side * S * at[1], top + side * S * at[0], side * kernel.length),
    frame(xs[1], top, side * kernel.length),
    frame(xs[2] + side * at[1], top + side * at[0], side),
    words(xs[0], below, `C[${at[0]}][${at[1]}]`, { weight: "bold", fill: "#00694d" }),
    ...lines.map((line, i) => words(xs[0] + 70, below + 24 * i, `${i ? "+" : "="}  ${line}`)),
    words(xs[0] + 70, below + 24 * lines.length, divisor === 1 ? `=  ${value}` : `all divided by ${shown(divisor)}  =  ${value}`, { weight: "bold" }),
  );
}
