/** What the figure draws, on a page and in its still alike. */
import { label, mark, plain } from "../lib/plane.js";
import { ACTIVATIONS, collapseLinear, flatParts, leftAfter, throughTwo } from "./activations.js";

/** @typedef {import("../lib/plane.js").Maker} Maker */
/** @typedef {import("./activations.js").Layer} Layer */
/** @typedef {Record<string, string>} Colours */

export const FAR = 8; // z goes from -8 to 8
export const WIDTH = 340;
export const HEIGHT = 408;
const CURVE = { left: 34, top: 12, width: 298, height: 216 };
const SLOPE = { left: 34, top: 262, width: 298, height: 112 };

/** How high and low each function is drawn. @type {Record<string, [number, number]>} */
const RANGE = {
  step: [-1.4, 1.6], sigmoid: [-1.4, 1.6], tanh: [-1.4, 1.6], linear: [-8, 8], relu: [-2, 8], leaky_relu: [-2, 8],
};

/** @param {{ left: number, top: number, width: number, height: number }} box @param {[number, number]} across @param {[number, number]} up */
function axes({ left, top, width, height }, across, up) {
  return {
    x: (/** @type {number} */ value) => left + ((value - across[0]) / (across[1] - across[0])) * width,
    y: (/** @type {number} */ value) => top + ((up[1] - value) / (up[1] - up[0])) * height,
  };
}

/** Where the point of z is, and z of a place in the picture. @param {string} activation */
export function places(activation) {
  const curve = axes(CURVE, [-FAR, FAR], RANGE[activation]);
  const slope = axes(SLOPE, [-FAR, FAR], [-0.08, 1.16]);
  const z = (/** @type {number} */ x) => ((x - CURVE.left) / CURVE.width) * 2 * FAR - FAR;
  return { curve, slope, z };
}

/**
 * The function with its tangent at z, and under it the slope: the two share their axis.
 * @param {Maker} make
 * @param {{ activation: string, z: number, colours: Colours }} options
 */
export function curves(make, { activation, z, colours }) {
  const { g, slope } = ACTIVATIONS[activation];
  const { curve, slope: under } = places(activation);
  const [low, high] = RANGE[activation];
  const ticks = high - low > 4 ? [0, 4, 8] : [-1, 0, 1];
  return [
    make("defs", {}, hatch(make, colours), clip(make)),
    ...flatParts(slope, -FAR, FAR).flatMap((part) => flat(make, part, curve.x, slope(part[0]) > 0, colours)),
    frame(make, CURVE, curve, ticks, colours),
    frame(make, SLOPE, under, [0, 1], colours),
    ...[-8, -4, 0, 4, 8].map((at) => label(make, curve.x(at), HEIGHT - 18, plain(at), { size: 12, fill: colours.muted })),
    label(make, curve.x(2), HEIGHT - 18, "z", { size: 13, fill: colours.muted }),
    hundredth(make, under, colours),
    make("path", { d: path(g, curve, activation === "step"), stroke: colours.text, ...thick, "clip-path": "url(#inside)" }),
    make("path", { d: path(slope, under, /relu/.test(activation)), stroke: colours.above, ...thick }),
    tangent(make, g(z), slope(z), z, curve, colours),
    make("path", { d: `M${curve.x(z)} ${curve.y(g(z))}V${under.y(slope(z))}`, stroke: colours.muted, "stroke-dasharray": "2 4", fill: "none" }),
    make("circle", { cx: curve.x(z), cy: under.y(slope(z)), r: 6, fill: colours.above, stroke: colours.page, "stroke-width": 2 }),
    label(make, CURVE.left + 7, CURVE.top + 17, "output g(z)", { anchor: "start", fill: colours.text, bold: true }),
    label(make, SLOPE.left + 7, SLOPE.top - 8, "slope g′(z)", { anchor: "start", fill: colours.above, bold: true }),
  ];
}

const thick = { "stroke-width": 3, fill: "none", "stroke-linejoin": "round" };

/** @param {Maker} make @param {Colours} colours */
function hatch(make, colours) {
  const size = { width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  return make("pattern", { id: "flat", ...size }, make("path", { d: "M0 0V8", stroke: colours.below, "stroke-width": 2, "stroke-opacity": 0.4 }));
}

/** @param {Maker} make */
function clip(make) {
  const { left: x, top: y, width, height } = CURVE;
  return make("clipPath", { id: "inside" }, make("rect", { x, y, width, height }));
}

/** A part where the slope is below a hundredth. @param {Maker} make @param {[number, number]} part @param {(value: number) => number} x @param {boolean} some is there a slope at all? @param {Colours} colours */
function flat(make, [from, to], x, some, colours) {
  const at = { x: x(from), width: x(to) - x(from), fill: "url(#flat)" };
  const words = some ? "saturated" : "no slope";
  return [
    ...[CURVE, SLOPE].map(({ top: y, height }) => make("rect", { ...at, y, height })),
    label(make, x((from + to) / 2), SLOPE.top + 40, words, { size: 12, fill: colours.below }),
  ];
}

/** @param {Maker} make @param {typeof CURVE} box @param {ReturnType<typeof axes>} at @param {number[]} ticks @param {Colours} colours */
function frame(make, { left: x, top: y, width, height }, at, ticks, colours) {
  const zero = `M${x} ${at.y(0)}h${width}M${at.x(0)} ${y}v${height}`;
  return make("g", {},
    make("rect", { x, y, width, height, fill: "none", stroke: colours.line }),
    make("path", { d: zero, stroke: colours.muted, "stroke-opacity": 0.6, fill: "none" }),
    ...ticks.map((tick) => label(make, x - 6, at.y(tick) + 5, plain(tick), { size: 12, anchor: "end", fill: colours.muted })));
}

/** @param {Maker} make @param {ReturnType<typeof axes>} at @param {Colours} colours */
function hundredth(make, at, colours) {
  const d = `M${at.x(-FAR)} ${at.y(0.01)}H${at.x(FAR)}`;
  return make("path", { d, stroke: colours.below, "stroke-dasharray": "5 4", fill: "none" });
}

/** @param {(z: number) => number} f @param {ReturnType<typeof axes>} at @param {boolean} jumps at zero */
function path(f, at, jumps) {
  const half = (/** @type {number} */ from, /** @type {number} */ to) =>
    Array.from({ length: 121 }, (_, k) => from + ((to - from) * k) / 120).map((z) => `${at.x(z).toFixed(2)} ${at.y(f(z)).toFixed(2)}`).join("L");
  return `M${half(-FAR, 0)}${jumps ? "M" : "L"}${half(1e-9, FAR)}`;
}

/** The tangent, and what it rises by while z goes one to the right. @param {Maker} make @param {number} y @param {number} slope @param {number} z @param {ReturnType<typeof axes>} at @param {Colours} colours */
function tangent(make, y, slope, z, at, colours) {
  const on = (/** @type {number} */ dz) => `${at.x(z + dz)} ${at.y(y + slope * dz)}`;
  const rise = `M${on(0)}H${at.x(z + 1)}V${at.y(y + slope)}`;
  return make("g", { "clip-path": "url(#inside)" },
    make("path", { d: `M${on(-3)}L${on(3)}`, stroke: colours.above, "stroke-width": 2.5, fill: "none" }),
    make("path", { d: rise, stroke: colours.above, "stroke-width": 1.5, "stroke-dasharray": "3 2", fill: "none" }),
    make("circle", { cx: at.x(z), cy: at.y(y), r: 7, fill: colours.page, stroke: colours.above, "stroke-width": 3 }));
}

/**
 * What is left of a gradient on its way back through ten layers, each with this slope.
 * @param {Maker} make
 * @param {number} slope
 * @param {Colours} colours
 */
export function chain(make, slope, colours) {
  const left = leftAfter(slope, 10);
  const x = (/** @type {number} */ k) => 6 + k * 30;
  const tall = 72;
  return [1, ...left].map((share, k) =>
    make("g", {},
      make("rect", { x: x(k), y: 8, width: 22, height: tall, fill: colours.soft, stroke: colours.line }),
      make("rect", { x: x(k), y: 8 + tall * (1 - share), width: 22, height: tall * share, fill: colours.above }),
      label(make, x(k) + 11, tall + 25, k ? `${k}` : "∇", { size: 12, fill: colours.muted })));
}

// ---- two layers ----

export const LAYERS_HEIGHT = 330;
const PLANE = { left: 34, top: 12, width: 298, height: 276 };

/** What the two layers should answer: nothing for 0 and for 2, yes for 1. It is exclusive or of two inputs that are added. */
export const TARGETS = [[0, 0], [1, 1], [2, 0]];

/**
 * What two layers answer, what each hidden neuron brings, and the line that the layers collapse into.
 * @param {Maker} make
 * @param {{ layers: [Layer, Layer], between: string, colours: Colours }} options
 */
export function twoLayers(make, { layers, between, colours }) {
  const at = axes(PLANE, [-1, 3], [-2.5, 3]);
  const g = ACTIVATIONS[between].g;
  const { W, b } = collapseLinear(layers);
  const line = (/** @type {(x: number) => number} */ f) =>
    "M" + Array.from({ length: 161 }, (_, k) => -1 + k / 40).map((x) => `${at.x(x).toFixed(2)} ${at.y(f(x)).toFixed(2)}`).join("L");
  const brings = (/** @type {number} */ i) => (/** @type {number} */ x) => layers[1].W[0][i] * throughTwo(x, layers, g).hidden[i];
  const inside = { "clip-path": "url(#plane)", fill: "none" };
  const { left, top, width, height } = PLANE;
  return [
    make("defs", {}, make("clipPath", { id: "plane" }, make("rect", { x: left, y: top, width, height }))),
    make("rect", { x: left, y: top, width, height, fill: "none", stroke: colours.line }),
    make("path", { d: `M${left} ${at.y(0)}h${width}M${at.x(0)} ${top}v${height}`, stroke: colours.muted, "stroke-opacity": 0.6 }),
    ...[-1, 0, 1, 2, 3].map((x) => label(make, at.x(x), top + height + 17, plain(x), { size: 12, fill: colours.muted })),
    ...[-2, -1, 0, 1, 2, 3].map((y) => label(make, left - 6, at.y(y) + 5, plain(y), { size: 12, anchor: "end", fill: colours.muted })),
    label(make, at.x(1.5), top + height + 17, "x", { size: 13, fill: colours.muted }),
    make("path", { d: line(brings(0)), stroke: colours.above, "stroke-width": 2, "stroke-dasharray": "2 4", ...inside }),
    make("path", { d: line(brings(1)), stroke: colours.below, "stroke-width": 2, "stroke-dasharray": "9 3 2 3", ...inside }),
    make("path", { d: line((x) => W[0][0] * x + b[0]), stroke: colours.mark, "stroke-width": 7, "stroke-opacity": 0.45, "stroke-dasharray": "14 7", ...inside }),
    make("path", { d: line((x) => throughTwo(x, layers, g).answer), stroke: colours.text, "stroke-width": 3, ...inside }),
    ...TARGETS.map(([x, y]) => mark(make, at.x(x), at.y(y), { yes: y > 0, wrong: !meets(layers, between, [x, y]), colours })),
  ];
}

/** @param {[Layer, Layer]} layers @param {string} between @param {number[]} target */
export function meets(layers, between, [x, y]) {
  return Math.abs(throughTwo(x, layers, ACTIVATIONS[between].g).answer - y) < 0.05;
}

/** The key to the four lines. @param {Maker} make @param {Colours} colours */
export function key(make, colours) {
  const rows = [
    ["the two layers", { stroke: colours.text, "stroke-width": 3 }],
    ["the one layer they collapse into", { stroke: colours.mark, "stroke-width": 7, "stroke-opacity": 0.45, "stroke-dasharray": "14 7" }],
    ["what hidden neuron 1 brings", { stroke: colours.above, "stroke-width": 2, "stroke-dasharray": "2 4" }],
    ["what hidden neuron 2 brings", { stroke: colours.below, "stroke-width": 2, "stroke-dasharray": "9 3 2 3" }],
  ];
  return rows.flatMap(([words, look], k) => [
    make("path", { d: `M4 ${14 + k * 24}h44`, fill: "none", .../** @type {object} */ (look) }),
    label(make, 58, 19 + k * 24, /** @type {string} */ (words), { anchor: "start", fill: colours.text }),
  ]);
}
