/** What the figure draws, on a page and in its still alike: the plane with its line, the neuron, its sum. */
import { HIGH, LOW, label, mark, plain, signed } from "../lib/plane.js";
import { ACTIVATIONS, right, segment, weightedSum, yesRegion } from "./neuron.js";

/** @typedef {import("../lib/plane.js").Maker} Maker */
/** @typedef {import("../lib/plane.js").Square} Square */
/** @typedef {import("../lib/plane.js").Point} Point */
/** @typedef {Record<string, string>} Colours */

export const SUB = ["₁", "₂", "₃"];

/**
 * Where the neuron says yes, where no, and the line between. `key` keeps the names of two planes apart.
 * @param {Maker} make
 * @param {Square} square
 * @param {{ w: number[], b: number, activation: string, key: string, colours: Colours }} options
 */
export function field(make, square, { w, b, activation, key, colours }) {
  const { side, left, top } = square;
  const region = yesRegion(w, b, LOW, HIGH).map(([x, y]) => `${square.x(x)},${square.y(y)}`);
  const frame = { x: left, y: top, width: side, height: side };
  const hatch = make(
    "pattern",
    { id: `hatch-${key}`, width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    make("path", { d: "M0 0V9", stroke: colours.above, "stroke-width": 2, "stroke-opacity": 0.35 }),
  );
  return make(
    "g",
    {},
    make("defs", {}, hatch, fade(make, square, w, b, activation, key, colours)),
    make("rect", { ...frame, fill: `url(#fade-${key})`, stroke: colours.line }),
    region.length > 2 && make("polygon", { points: region.join(" "), fill: `url(#hatch-${key})` }),
    axes(make, square, colours),
    line(make, square, w, b, colours),
  );
}

/** The output over the plane: it changes along the weights alone, so one ramp of colour shows all of it. @param {Maker} make @param {Square} square @param {number[]} w @param {number} b @param {string} activation @param {string} key @param {Colours} colours */
function fade(make, square, w, b, activation, key, colours) {
  const length = Math.hypot(...w);
  const reach = length ? 2 : 0; // as far as the square's corners are from anywhere in it
  const unit = length ? w.map((weight) => weight / length) : [1, 0];
  const middle = (LOW + HIGH) / 2;
  const end = (/** @type {number} */ t) => [square.x(middle + t * unit[0]), square.y(middle + t * unit[1])];
  const z = (/** @type {number} */ t) => weightedSum([middle, middle], w, b) + t * length;
  const cut = length ? -z(0) / length : Infinity;
  const sharp = Math.abs(cut) < reach ? [cut - 1e-3, cut + 1e-3] : [];
  const places = [...Array.from({ length: 17 }, (_, i) => (reach * (i - 8)) / 8), ...sharp].sort((a, c) => a - c);
  const stops = places.map((t) => {
    const y = ACTIVATIONS[activation](z(t));
    const tint = { "stop-color": y > 0.5 ? colours.above : colours.below, "stop-opacity": Math.abs(2 * y - 1) * 0.28 };
    return make("stop", { offset: reach ? (t + reach) / (2 * reach) : 0, ...tint });
  });
  const [[x1, y1], [x2, y2]] = [end(-(reach || 1)), end(reach || 1)];
  return make("linearGradient", { id: `fade-${key}`, gradientUnits: "userSpaceOnUse", x1, y1, x2, y2 }, ...stops);
}

/** @param {Maker} make @param {Square} square @param {Colours} colours */
function axes(make, square, colours) {
  const { side, left, top, x, y } = square;
  const rule = (/** @type {string} */ d) => make("path", { d, stroke: colours.muted, "stroke-opacity": 0.45, fill: "none" });
  const write = (/** @type {number} */ px, /** @type {number} */ py, /** @type {string} */ words) =>
    label(make, px, py, words, { size: 13, fill: colours.muted });
  return make(
    "g",
    {},
    ...[0, 1].flatMap((at) => [rule(`M${x(at)} ${top}v${side}`), rule(`M${left} ${y(at)}h${side}`)]),
    ...[0, 1].flatMap((at) => [write(x(at), top + side + 16, `${at}`), write(left - 11, y(at) + 5, `${at}`)]),
    write(x(0.5), top + side + 18, "x₁"),
    write(left - 12, y(0.5) + 4, "x₂"),
  );
}

/** @param {Maker} make @param {Square} square @param {number[]} w @param {number} b @param {Colours} colours */
function line(make, square, w, b, colours) {
  const ends = segment(w, b, LOW, HIGH);
  if (!ends) return make("g");
  const [p, q] = ends.map(([x, y]) => [square.x(x), square.y(y)]);
  const [mx, my] = [p[0] + (q[0] - p[0]) * 0.3, p[1] + (q[1] - p[1]) * 0.3]; // between two handles
  const length = Math.hypot(...w);
  const shown = 22 + Math.min(48, length * 16);
  const [ux, uy] = [w[0] / length, -w[1] / length];
  const [tx, ty] = [mx + ux * shown, my + uy * shown];
  const head = `${tx},${ty} ${tx - 11 * ux + 5 * uy},${ty - 11 * uy - 5 * ux} ${tx - 11 * ux - 5 * uy},${ty - 11 * uy + 5 * ux}`;
  return make(
    "g",
    {},
    make("path", { d: `M${p}L${q}`, stroke: colours.text, "stroke-width": 3, fill: "none" }),
    make("path", { d: `M${mx} ${my}L${tx - 8 * ux} ${ty - 8 * uy}`, stroke: colours.text, "stroke-width": 2, fill: "none" }),
    make("polygon", { points: head, fill: colours.text }),
    label(make, tx + 16 * ux, ty + 11 * uy + 5, "yes", { fill: colours.text }),
  );
}

/**
 * The corners with the answers that they should get; those of one slice, where there are three inputs.
 * @param {Maker} make
 * @param {Square} square
 * @param {{ w: number[], b: number, answers: boolean[], slice: number, colours: Colours }} options
 */
export function points(make, square, { w, b, answers, slice, colours }) {
  const good = right(w, b, answers);
  const wide = answers.length / 4;
  return make(
    "g",
    {},
    ...[0, 1, 2, 3].map((k) => {
      const at = k * wide + slice;
      const place = [square.x(k >> 1), square.y(k & 1)];
      return mark(make, place[0], place[1], { yes: answers[at], wrong: !good[at], colours });
    }),
  );
}

/**
 * The neuron as slide 33 draws it, with its numbers on it.
 * @param {Maker} make
 * @param {{ x: number[], w: number[], b: number, activation: string, colours: Colours }} options
 */
export function diagram(make, { x, w, b, activation, colours }) {
  const z = weightedSum(x, w, b);
  const y = ACTIVATIONS[activation](z);
  const rows = [...x.map((value, i) => ({ name: `x${SUB[i]}`, value, weight: w[i] })), { name: "", value: 1, weight: b }];
  const height = rows.length * 46 + 8;
  const middle = height / 2;
  const at = (/** @type {number} */ i) => 27 + i * 46;
  const write = (/** @type {number} */ px, /** @type {number} */ py, /** @type {string} */ words, look = {}) =>
    label(make, px, py, words, { fill: colours.text, ...look });
  const circle = (/** @type {number} */ px, /** @type {number} */ py, /** @type {number} */ r) =>
    make("circle", { cx: px, cy: py, r, fill: colours.page, stroke: colours.text, "stroke-width": 1.5 });
  const edge = (/** @type {number} */ weight, /** @type {number} */ i) => {
    const tint = weight < 0 ? colours.below : colours.above;
    const dash = weight < 0 ? "7 5" : null;
    const width = Math.min(9, 0.8 + Math.abs(weight) * 1.9);
    return make("path", { d: `M40 ${at(i)}L178 ${middle}`, stroke: tint, "stroke-width": width, "stroke-dasharray": dash, fill: "none" });
  };
  const tag = (/** @type {number} */ weight, /** @type {number} */ i) => {
    const [px, py] = [92, at(i) + (middle - at(i)) * 0.376];
    const words = `${i === x.length ? "b" : `w${SUB[i]}`} = ${plain(weight)}`;
    return make("g", {},
      make("rect", { x: px - 38, y: py - 11, width: 76, height: 21, rx: 4, fill: colours.page, stroke: colours.line }),
      write(px, py + 5, words, { size: 13 }));
  };
  const glyph = activation === "step" ? "M-14 9H0V-9H14" : "M-15 9C2 9 -2 -9 15 -9";
  const size = { width: 360, height };
  const parts = [
    ...rows.map(({ weight }, i) => edge(weight, i)),
    ...rows.map(({ value }, i) => make("g", {}, circle(27, at(i), 17), write(27, at(i) + 5, plain(value)))),
    ...rows.map(({ weight }, i) => tag(weight, i)),
    make("path", { d: `M206 ${middle}H324`, stroke: colours.text, "stroke-width": 2 }),
    circle(190, middle, 26),
    write(190, middle + 6, "Σ", { size: 20 }),
    write(190, middle + 44, `z = ${plain(z)}`),
    make("rect", { x: 237, y: middle - 20, width: 42, height: 40, rx: 6, fill: colours.page, stroke: colours.text, "stroke-width": 1.5 }),
    make("path", { d: glyph, transform: `translate(258 ${middle})`, fill: "none", stroke: colours.text, "stroke-width": 2.5 }),
    make("circle", { cx: 324, cy: middle, r: 24, fill: z > 0 ? colours.above : colours.page, stroke: z > 0 ? colours.above : colours.below, "stroke-width": 3 }),
    write(324, middle + 5, plain(y), { fill: z > 0 ? colours.page : colours.text, bold: true }),
    write(324, middle + 44, z > 0 ? "yes" : "no"),
  ];
  return { ...size, parts };
}

/**
 * The sum as a walk: each term a step to the right or to the left, from zero to z.
 * @param {Maker} make
 * @param {{ x: number[], w: number[], b: number, colours: Colours }} options
 */
export function walkOfTerms(make, { x, w, b, colours }) {
  const terms = [...w.map((weight, i) => ({ name: `w${SUB[i]}x${SUB[i]}`, value: weight * x[i] })), { name: "b", value: b }];
  /** @type {number[]} */
  const stations = [0];
  for (const { value } of terms) stations.push(stations[stations.length - 1] + value);
  const reach = Math.max(2, ...stations.map(Math.abs));
  const px = (/** @type {number} */ value) => 205 + (value / reach) * 100;
  const z = stations[stations.length - 1];
  const write = (/** @type {number} */ at, /** @type {number} */ row, /** @type {string} */ words, look = {}) =>
    label(make, at, 24 + row * 26, words, { size: 14, anchor: "start", fill: colours.text, ...look });
  const bar = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ row, /** @type {number} */ thick) => {
    const tint = to < from ? colours.below : colours.above;
    const y = 19 + row * 26;
    const head = to < from ? 1 : -1;
    const tip = Math.min(thick * 0.9, Math.abs(px(to) - px(from)));
    return make("g", {},
      make("path", { d: `M${px(from)} ${y}H${px(to) + head * tip * 0.6}`, stroke: tint, "stroke-width": thick }),
      make("path", { d: `M${px(to)} ${y}l${head * tip} ${-tip}v${2 * tip}z`, fill: tint }));
  };
  const last = terms.length;
  const height = 24 + (last + 1) * 26;
  const parts = [
    make("path", { d: `M${px(0)} 4V${height - 14}`, stroke: colours.text, "stroke-dasharray": "3 3" }),
    ...terms.map(({ name }, row) => write(4, row, name)),
    ...terms.map(({ value }, row) => write(96, row, signed(value), { anchor: "end" })),
    ...terms.map(({ value }, row) => value !== 0 && bar(stations[row], stations[row + 1], row, 8)),
    make("path", { d: `M4 ${10 + last * 26}H100`, stroke: colours.text }),
    write(4, last, "z", { bold: true }),
    write(96, last, signed(z), { anchor: "end", bold: true }),
    z !== 0 && bar(0, z, last, 14),
    write(px(0) - 6, last + 0.95, "← no", { anchor: "end", fill: colours.muted }),
    write(px(0) + 6, last + 0.95, "yes →", { fill: colours.muted }),
  ];
  return { width: 360, height: height + 10, parts };
}

/** The ring around the inputs that are asked. @param {Maker} make @param {Square} square @param {number[]} x @param {Colours} colours */
export function asked(make, square, [x1, x2], colours) {
  const ring = { r: 17, fill: "none", stroke: colours.strong, "stroke-width": 3, "stroke-dasharray": "6 3.5" };
  return make("circle", { cx: square.x(x1), cy: square.y(x2), ...ring });
}

/** Where the three handles of the line are: its middle, and near its two ends. @param {number[]} w @param {number} b */
export function handles(w, b) {
  const ends = segment(w, b, LOW, HIGH);
  if (!ends) return null;
  const [p, q] = ends;
  const at = (/** @type {number} */ share) => /** @type {Point} */ ([p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share]);
  return { from: at(0.1), middle: at(0.5), to: at(0.9) };
}

