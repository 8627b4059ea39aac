/** What each neuron of the network answers, drawn over the plane of the two inputs. */
import { contours } from "d3-contour";
import { HIGH, LOW, mark } from "../lib/plane.js";
import { segment } from "../neuron/neuron.js";
import { overThePlane } from "./networks.js";

/** @typedef {import("../lib/plane.js").Maker} Maker */
/** @typedef {import("../lib/plane.js").Square} Square */
/** @typedef {import("./networks.js").Knobs} Knobs */
/** @typedef {import("./networks.js").Example} Example */
/** @typedef {Record<string, string>} Colours */

export const SIDE = 40; // a picture has 40 by 40 places

/**
 * What all neurons answer over the plane, as numbers from -1 to 1: a hidden neuron on its own scale; of the output, how
 * far the answer is from "don't know".
 * @param {Knobs} knobs
 * @param {string} activation
 */
export function tints(knobs, activation) {
  const { hidden, sums } = overThePlane(SIDE, LOW, HIGH, knobs, activation);
  const scaled = hidden.map((values) => {
    const most = values.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
    return values.map((value) => value / most);
  });
  return { hidden: scaled, output: sums.map((z) => Math.tanh(z / 2)), sums }; // tanh(z/2) is 2 sigmoid(z) - 1
}

/**
 * Numbers from -1 to 1 as colours: blue below zero, orange above, and see-through at zero.
 * @param {Float64Array} values
 * @param {boolean} dark
 */
export function rgba(values, dark) {
  const [below, above] = dark ? [[92, 184, 239], [255, 157, 77]] : [[0, 114, 178], [184, 78, 0]];
  const bytes = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, k) => {
    const colour = value < 0 ? below : above;
    for (let c = 0; c < 3; c++) bytes[4 * k + c] = colour[c];
    bytes[4 * k + 3] = Math.min(1, Math.abs(value)) * 150;
  });
  return bytes;
}

/**
 * The line where a hidden neuron's sum is zero, and the two axes.
 * @param {Maker} make
 * @param {Square} square
 * @param {{ w: number[], b: number, colours: Colours }} options
 */
export function hiddenLines(make, square, { w, b, colours }) {
  const ends = segment(w, b, LOW, HIGH);
  const d = ends ? `M${ends.map(([x, y]) => `${square.x(x)} ${square.y(y)}`).join("L")}` : "";
  return make("g", {}, axes(make, square, colours), ends && make("path", { d, stroke: colours.text, "stroke-width": 2, fill: "none" }));
}

/** @param {Maker} make @param {Square} square @param {Colours} colours */
function axes(make, { x, y, left, top, side }, colours) {
  const d = [0, 1].map((at) => `M${x(at)} ${top}v${side}M${left} ${y(at)}h${side}`).join("");
  return make("g", {},
    make("rect", { x: left, y: top, width: side, height: side, fill: "none", stroke: colours.line }),
    make("path", { d, stroke: colours.muted, "stroke-opacity": 0.35, fill: "none" }));
}

/**
 * Over the output's picture: the hatched region of yes with its border, and the points that it is asked.
 * @param {Maker} make
 * @param {Square} square
 * @param {{ sums: Float64Array, good: boolean[], examples: Example[], size: number, colours: Colours }} options
 */
export function answers(make, square, { sums, good, examples, size, colours }) {
  const { fill, border } = region(sums, square);
  const hatch = make("pattern", { id: "yes", width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    make("path", { d: "M0 0V9", stroke: colours.above, "stroke-width": 2, "stroke-opacity": 0.35 }));
  const clip = make("clipPath", { id: "frame" }, make("rect", { x: square.left, y: square.top, width: square.side, height: square.side }));
  return make("g", {},
    make("defs", {}, hatch, clip),
    axes(make, square, colours),
    make("path", { d: fill, fill: "url(#yes)", "clip-path": "url(#frame)" }),
    make("path", { d: border, fill: "none", stroke: colours.text, "stroke-width": 2.5 }),
    ...examples.map(({ x, yes }, k) => mark(make, square.x(x[0]), square.y(x[1]), { yes, wrong: !good[k], size, colours })));
}

/** The region where the sum is above zero, and the part of its border that is not the frame. @param {Float64Array} sums @param {Square} square */
function region(sums, { left, top, side }) {
  const [{ coordinates }] = contours().size([SIDE, SIDE]).thresholds([0])([...sums]);
  const scale = side / SIDE;
  const place = (/** @type {number[]} */ [x, y]) => `${(left + x * scale).toFixed(1)} ${(top + y * scale).toFixed(1)}`;
  const rounds = /** @type {number[][][]} */ (coordinates.flat());
  const outside = (/** @type {number[]} */ point) => point.some((value) => value < 0.5 || value > SIDE - 0.5);
  return {
    fill: rounds.map((round) => `M${round.map((point) => place(point)).join("L")}Z`).join(""),
    border: rounds
      .flatMap((round) => round.map((point, k) => `${k && !outside(point) && !outside(round[k - 1]) ? "L" : "M"}${place(point)}`))
      .join(""),
  };
}

/** How a connection looks: the wider the stronger, dashed where it takes away. @param {number} weight @param {Colours} colours */
export function edgeLook(weight, colours) {
  return {
    stroke: weight < 0 ? colours.below : colours.above,
    "stroke-width": 0.5 + Math.min(8, Math.abs(weight) * 1.1),
    "stroke-dasharray": weight < 0 ? "7 5" : null,
    "stroke-opacity": 0.85,
    fill: "none",
  };
}
