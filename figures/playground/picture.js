/** What is drawn of a network, as numbers and colours: without a page, so that print shows the same. */
import { contours } from "d3-contour";
import { features, forward } from "./playground.js";

/** @typedef {import("./playground.js").Network} Network */
/** @typedef {[number, number, number]} Colour */
/** @typedef {{ page: Colour, ink: string, below: Colour, above: Colour, classes: Colour[] }} Palette */

export const LIMIT = 3.6; // how far the pictures reach from the middle

/** How many places a picture has in a row: fewer where many units are to be drawn in a frame. @param {number[]} sizes */
export function gridOf(sizes) {
  const units = sizes.reduce((sum, size) => sum + size);
  return units > 60 ? 28 : units > 30 ? 36 : 48;
}

/** Where the pictures look: from the top left, row after row. @param {number} grid */
function places(grid) {
  const along = (/** @type {number} */ index) => (((index + 0.5) / grid) * 2 - 1) * LIMIT;
  return Float64Array.from({ length: 2 * grid * grid }, (_, k) => {
    const place = k >> 1;
    return k % 2 ? -along(Math.floor(place / grid)) : along(place % grid);
  });
}

/** @param {boolean} dark @returns {Palette} */
export function palette(dark) {
  return dark
    ? { page: [20, 24, 29], ink: "#e8e8e8", below: [92, 184, 239], above: [255, 157, 77], classes: [[92, 184, 239], [255, 157, 77], [53, 200, 155]] } // prettier-ignore
    : { page: [255, 255, 255], ink: "#1a1a1a", below: [0, 114, 178], above: [205, 92, 8], classes: [[0, 114, 178], [205, 92, 8], [0, 136, 100]] }; // prettier-ignore
}

/** @param {Colour} colour */
export function css([r, g, b]) {
  return `rgb(${r} ${g} ${b})`;
}

/**
 * What every unit says at every place: the features first, the scores last.
 * @param {Network} network
 * @param {string[]} names
 */
export function look(network, names) {
  const grid = gridOf(network.sizes);
  const wanted = `${grid} ${names}`;
  if (wanted !== kept.of) kept = { of: wanted, x: features(places(grid), names) };
  return forward(network, kept.x, grid * grid).outs;
}
let kept = { of: "", x: new Float32Array() };

/** From far below zero to far above: 2 × 128 colours as four bytes each. @param {Palette} colours */
export function scale({ page, below, above }) {
  const rgba = new Uint8ClampedArray(4 * 257);
  for (let k = 0; k <= 256; k++) {
    const share = (Math.abs(k - 128) / 128) ** 0.8;
    const colour = k < 128 ? below : above;
    rgba.set([0, 1, 2].map((c) => page[c] + (colour[c] - page[c]) * share), 4 * k);
    rgba[4 * k + 3] = 255;
  }
  return new Uint32Array(rgba.buffer);
}

/**
 * A unit's picture: blue where it is below zero, orange above, each the fuller the further.
 * @param {Float32Array} values of all units of its layer
 * @param {number} unit
 * @param {number} units
 * @param {Uint32Array} colours a `scale`
 */
export function unitPicture(values, unit, units, colours) {
  const pixels = new Uint32Array(values.length / units);
  let top = 1e-6;
  for (let k = unit; k < values.length; k += units) top = Math.max(top, Math.abs(values[k]));
  for (let place = 0, k = unit; k < values.length; place++, k += units) {
    pixels[place] = colours[Math.round(128 + (128 * values[k]) / top)];
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/**
 * The surface: at each place the colour of the class that the network sees there, the fuller the surer it is.
 * @param {Float32Array} probabilities
 * @param {number} classes
 * @param {Palette} colours
 */
export function surfacePicture(probabilities, classes, { page, classes: colours }) {
  const rgba = new Uint8ClampedArray((4 * probabilities.length) / classes);
  for (let place = 0; 4 * place < rgba.length; place++) {
    const row = probabilities.subarray(place * classes, (place + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c++) if (row[c] > row[best]) best = c;
    const sure = 0.08 + 0.5 * ((row[best] - 1 / classes) / (1 - 1 / classes));
    for (let c = 0; c < 3; c++) rgba[4 * place + c] = page[c] + (colours[best][c] - page[c]) * sure;
    rgba[4 * place + 3] = 255;
  }
  return rgba;
}

/**
 * Around the places where a class wins: rings of points, each from 0 to 1 across the picture.
 * @param {Float32Array} scores
 * @param {number} classes
 * @param {number} which
 * @returns {[number, number][][]}
 */
export function regions(scores, classes, which) {
  const lead = new Array(scores.length / classes);
  const grid = Math.sqrt(lead.length);
  for (let place = 0; place < lead.length; place++) {
    const row = place * classes;
    let rival = -Infinity;
    for (let c = 0; c < classes; c++) if (c !== which) rival = Math.max(rival, scores[row + c]);
    lead[place] = scores[row + which] - rival;
  }
  if (!lead.every(Number.isFinite)) return [];
  const [{ coordinates }] = contours().size([grid, grid]).thresholds([0])(lead);
  return coordinates.flat().map((ring) => ring.map(([x, y]) => [x / grid, y / grid]));
}

/**
 * Where the units stand: a column for each layer, from the features to the scores.
 * @param {number[]} sizes
 * @param {number} width
 */
export function layout(sizes, width) {
  const most = Math.max(...sizes);
  const side = Math.max(24, Math.min(44, Math.floor((width - 8) / sizes.length) - 14));
  const pitch = side + (most > 8 ? 4 : 8);
  const height = most * pitch + 8;
  const gap = sizes.length > 1 ? (width - side - 8) / (sizes.length - 1) : 0;
  return {
    side,
    height,
    x: (/** @type {number} */ layer) => 4 + layer * gap,
    y: (/** @type {number} */ layer, /** @type {number} */ unit) => (height - sizes[layer] * pitch) / 2 + unit * pitch + (pitch - side) / 2,
  };
}

/** How thick the line of a weight is. @param {number} weight */
export function thickness(weight) {
  return Math.min(7, 0.4 + 2.2 * Math.sqrt(Math.abs(weight)) * Math.min(1, 2 * Math.abs(weight)));
}

/** The outline of a point of a class, around 0, 0: circle, square or triangle. @param {number} label @param {number} r */
export function marker(label, r) {
  if (label === 0) return `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`;
  if (label === 1) return `M${-0.9 * r},${-0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
  return `M0,${-1.2 * r}L${1.15 * r},${0.85 * r}H${-1.15 * r}z`;
}

/** How a feature, a layer, a unit is called. */
export const SIGNS = /** @type {Record<string, string>} */ ({
  x1: "x₁", x2: "x₂", "x1^2": "x₁²", "x2^2": "x₂²", "x1 x2": "x₁x₂", "sin x1": "sin x₁", "sin x2": "sin x₂",
}); // prettier-ignore

/**
 * The loss, step by step, as the inside of an SVG.
 * @param {{ at: number, train: number, test: number }[]} curve
 * @param {number} end
 * @param {{ width: number, height: number, font: number, ink: string, muted: string, test: string }} style
 */
export function lossChart(curve, end, { width, height, font, ink, muted, test }) {
  const shown = curve.filter((point) => Number.isFinite(point.train + point.test));
  const top = Math.max(0.1, ...shown.flatMap((point) => [point.train, point.test]));
  const [left, low] = [2.4 * font, height - 1.6 * font];
  const [from, to] = [shown[0]?.at ?? 0, Math.max(1, end)];
  const x = (/** @type {number} */ at) => (left + ((at - from) / Math.max(1, to - from)) * (width - left - 4)).toFixed(1);
  const y = (/** @type {number} */ loss) => (6 + (1 - loss / top) * (low - 6)).toFixed(1);
  const path = (/** @type {"train" | "test"} */ name) => shown.map((p, k) => `${k ? "L" : "M"}${x(p.at)},${y(p[name])}`).join("");
  const text = (/** @type {number | string} */ at, /** @type {number} */ down, /** @type {string} */ anchor, /** @type {string} */ words) =>
    `<text x="${at}" y="${down}" text-anchor="${anchor}" fill="${ink}" style="font-size:${font}px">${words}</text>`;
  const dash = `stroke-dasharray="${font / 2} ${font / 4}"`;
  const [a, b] = [left + 2.6 * font, left + 9.6 * font];
  return `<path d="M${left},6V${low}H${width - 4}" fill="none" stroke="${muted}"/>
<path d="${path("train")}" fill="none" stroke="${ink}" stroke-width="2"/>
<path d="${path("test")}" fill="none" stroke="${test}" stroke-width="2.5" ${dash}/>
${text(left - 5, 6 + font * 0.8, "end", top.toFixed(1))}${text(left - 5, low, "end", "0")}
${text(left, height - 3, "start", "loss")}<path d="M${a},${height - 3 - font / 3}h${2 * font}" stroke="${ink}" stroke-width="2"/>${text(a + 2.3 * font, height - 3, "start", "training")}
<path d="M${b},${height - 3 - font / 3}h${2 * font}" stroke="${test}" stroke-width="2.5" ${dash}/>${text(b + 2.3 * font, height - 3, "start", "test")}
${text(width - 4, height - 3, "end", `step ${end}`)}`;
}
