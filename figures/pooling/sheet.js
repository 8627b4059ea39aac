/** The maps and one window on a sheet of paper. */
import { text } from "../lib/dom.js";
import { css, ink, pixelsOf, shade, shown } from "../convolution/shades.js";
import { windowOf } from "./pooling.js";

const GREEN = "#009e73";
const SIDE = 148;

function words(/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ said, { size = 15, weight = "", fill = "#1a1a1a", anchor = "start" } = {}) {
  return text("text", { x, y, fill, "text-anchor": anchor, style: `font: ${weight} ${size}px sans-serif` }, said);
}

/** @param {any} all the figure's state with what it makes @param {{ png: (width: number, height: number, rgba: Uint8ClampedArray) => string }} tools */
export function sheet({ raw, active, pooled, gradient, at, windows, limit, kind, relu }, { png }) {
  const { F, S } = windows;
  const signed = { signed: true, limit };
  const most = { signed: true, limit: Math.max(...gradient.flat()) || 1 };
  const views = [
    { title: "feature map", rows: raw, scale: signed },
    relu && { title: "after ReLU", rows: active, scale: signed },
    { title: kind === "max" ? "max pooled" : "mean pooled", rows: pooled, scale: signed, small: true },
    { title: "gradient back", rows: gradient, scale: most },
  ].filter(Boolean);
  const pixels = F <= 5 ? windowOf(active, kind, at, windows) : [];
  const cell = 46;
  const top = 70 + SIDE + 18;
  const height = top + Math.max(3, Math.min(F, 5)) * cell + 12;
  const value = shown(pooled[at[0]][at[1]]);
  const beside = 30 + (pixels.length ? F * cell : 0);
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink", viewBox: `0 0 640 ${height}`, width: 640, height },
    text("rect", { width: 640, height, fill: "#fff" }),
    ...views.map(({ title, rows, scale, small }, i) => {
      const x = 8 + i * (SIDE + 10);
      const unit = SIDE / rows.length;
      const [m, n] = small ? at : at.map((/** @type {number} */ where) => where * S);
      const extent = (small ? 1 : F) * unit;
      const enlarged = enlarge(rows, Math.ceil(224 / rows.length));
      return [
        words(x, 20, title, { weight: "bold" }),
        words(x, 40, `${rows.length} × ${rows[0].length}`),
        text("image", { x, y: 52, width: SIDE, height: SIDE, href: png(enlarged[0].length, enlarged.length, pixelsOf(enlarged, scale)) }),
        text("rect", { x, y: 52, width: SIDE, height: SIDE, fill: "none", stroke: "#888" }),
        text("rect", { x: x + n * unit - 1, y: 52 + m * unit - 1, width: extent + 2, height: extent + 2, fill: "none", stroke: GREEN, "stroke-width": 3 }),
      ].join("");
    }),
    ...pixels.map(({ value: pixel, share }, i) => {
      const paper = shade(pixel, signed);
      const [x, y] = [8 + (i % F) * cell, top + Math.floor(i / F) * cell];
      const won = kind === "max" && share === 1;
      return (
        text("rect", { x, y, width: cell, height: cell, fill: css(paper), stroke: won ? GREEN : "#888", "stroke-width": won ? 4 : 0.7 }) +
        words(x + cell / 2, y + cell / 2 + 5, shown(pixel), { fill: ink(paper), anchor: "middle" })
      );
    }),
    words(beside, top + 24, kind === "max" ? `The largest number of the window is ${value}.` : `The mean of the window is ${value}.`, { weight: "bold" }),
    words(beside, top + 50, kind === "max" ? "The pixel that won gets all of the gradient," : "Each pixel gets an equal share of the gradient."),
    words(beside, top + 70, kind === "max" ? "the others none." : ""),
    words(beside, top + 98, `${active.flat().length} numbers became ${pooled.flat().length}.`),
  );
}

/** Each number as a square of pixels: paper has no setting for crisp edges. */
function enlarge(/** @type {number[][]} */ rows, /** @type {number} */ times) {
  const wide = rows.map((row) => row.flatMap((value) => Array(times).fill(value)));
  return wide.flatMap((row) => Array(times).fill(row));
}
