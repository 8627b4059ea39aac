/** The computation graph as SVG text, for the page and for print: where each node stands, and what is written in it. */
import { text } from "../lib/dom.js";
import { written } from "../lib/numbers.js";

/**
 * @typedef {{ x: number, y: number, w: number, h: number }} Box
 * @typedef {{ width: number, height: number, boxes: Record<string, Box>, wide: boolean }} Layout
 * @typedef {{ text: string, muted: string, line: string, soft: string, page: string, value: string, slope: string, lit: string, rim: string, used: string }} Palette
 */

const [ROW, TOP] = [22, 30];
const SUM = { w: 144, h: TOP + 2 * ROW + 4 };
const OUT = { w: 144, h: 2 * ROW + 6 };

/** Side by side, as on slide 42, for a page as wide as a book's. @type {Layout} */
export const WIDE = {
  wide: true,
  width: 752,
  height: 370,
  boxes: {
    "A0.0": { x: 4, y: 46, w: 118, h: 38 },
    "A0.1": { x: 4, y: 238, w: 118, h: 38 },
    "Z1.0": { x: 208, y: 26, ...SUM },
    "A1.0": { x: 208, y: 128, ...OUT },
    "Z1.1": { x: 208, y: 218, ...SUM },
    "A1.1": { x: 208, y: 316, ...OUT },
    "Z2.0": { x: 440, y: 114, ...SUM },
    "A2.0": { x: 440, y: 216, ...OUT },
    L: { x: 616, y: 190, w: 132, h: 100 },
  },
};

/** One below the other, for a phone. @type {Layout} */
export const NARROW = {
  wide: false,
  width: 350,
  height: 684,
  boxes: {
    "A0.0": { x: 22, y: 4, w: 132, h: 38 },
    "A0.1": { x: 196, y: 4, w: 132, h: 38 },
    "Z1.0": { x: 14, y: 146, ...SUM, w: 148 },
    "A1.0": { x: 14, y: 250, ...OUT, w: 148 },
    "Z1.1": { x: 188, y: 146, ...SUM, w: 148 },
    "A1.1": { x: 188, y: 250, ...OUT, w: 148 },
    "Z2.0": { x: 101, y: 394, ...SUM, w: 148 },
    "A2.0": { x: 101, y: 498, ...OUT, w: 148 },
    L: { x: 101, y: 576, w: 148, h: 100 },
  },
};

/** Weight -> the nodes that it joins, and how far along its line it is written. @type {[string, string, string, number][]} */
export const WEIGHTS = [
  ["W1.0.0", "A0.0", "Z1.0", 0.5],
  ["W1.0.1", "A0.1", "Z1.0", 0.33],
  ["W1.1.0", "A0.0", "Z1.1", 0.33],
  ["W1.1.1", "A0.1", "Z1.1", 0.5],
  ["W2.0.0", "A1.0", "Z2.0", 0.42],
  ["W2.0.1", "A1.1", "Z2.0", 0.42],
];

/** @param {Layout} layout @param {string} from @param {string} to */
function ends({ boxes, wide }, from, to) {
  const [a, b] = [boxes[from], boxes[to]];
  return wide
    ? { x1: a.x + a.w, y1: a.y + a.h / 2, x2: b.x, y2: b.y + b.h / 2 }
    : { x1: a.x + a.w / 2, y1: a.y + a.h, x2: b.x + b.w / 2, y2: b.y };
}

/**
 * Where the fields to type in stand: key -> its middle and its width. Weights, biases, inputs and targets.
 * @param {Layout} layout
 */
export function fields(layout) {
  /** @type {Record<string, { x: number, y: number, w: number }>} */
  const found = {};
  for (const [key, from, to, share] of WEIGHTS) {
    const { x1, y1, x2, y2 } = ends(layout, from, to);
    found[key] = { x: x1 + share * (x2 - x1), y: y1 + share * (y2 - y1), w: 50 };
  }
  for (const key of ["Z1.0", "Z1.1", "Z2.0"]) {
    const { x, y } = layout.boxes[key];
    found[key.replace("Z", "b")] = { x: x + 66, y: y + 17, w: 46 };
  }
  const pair = (/** @type {Box} */ { x, w }, /** @type {number} */ y, /** @type {string} */ key) => {
    const room = (w - 26) / 2;
    for (const i of [0, 1]) found[`${key}.${i}`] = { x: x + 25 + (i + 0.5) * room, y, w: room - 4 };
  };
  for (const key of ["A0.0", "A0.1"]) pair(layout.boxes[key], layout.boxes[key].y + 19, key);
  pair(layout.boxes.L, layout.boxes.L.y + 19, "y");
  return found;
}

/**
 * Written words; their look goes into a style, since the page's own style would beat an attribute.
 * @param {import("../lib/dom.js").Attributes & { fill: string, "font-size": number }} attributes
 * @param {...string} words
 */
function label({ fill, "font-size": size, "font-weight": weight = 400, "font-style": style = "normal", ...rest }, ...words) {
  return text("text", { ...rest, style: `fill: ${fill}; font-size: ${size}px; font-weight: ${weight}; font-style: ${style}` }, ...words);
}

/** A name with its neuron below and its layer above. @param {string} letter @param {string} below @param {string} above @param {{ x: number, y: number, fill: string }} how */
function name(letter, below, above, { fill, ...at }) {
  const index = below ? text("tspan", { style: "font-size: 10px", dy: 4 }, below) : "";
  const layer = above ? text("tspan", { style: "font-size: 10px", dy: below ? -10 : -6 }, `[${above}]`) : "";
  return label({ "font-size": 13, "font-style": "italic", fill, ...at }, letter, index, layer);
}

/** Three digits that count must do here; the step beside it says more. @param {number} value @param {import("../lib/dom.js").Attributes & { fill: string }} attributes */
function number(value, attributes) {
  const shown = written(value, 3);
  const squeezed = shown.length > 5 ? { textLength: 44, lengthAdjust: "spacingAndGlyphs" } : {};
  return label({ "font-size": 13.5, "text-anchor": "middle", ...squeezed, ...attributes }, shown);
}

/**
 * @typedef {object} View
 * @property {import("./steps.js").Everything} all
 * @property {Set<string>} known keys whose numbers are known by now
 * @property {string[]} makes keys of the numbers that are found in this step
 * @property {string[]} uses keys of those that it takes
 * @property {boolean} back is this step on the way back?
 * @property {[string, string]} called the activations
 * @property {(key: string) => number} stepOf the step that makes a key
 */

/**
 * @param {View} view
 * @param {Layout} layout
 * @param {Palette} palette
 */
export function graph(view, layout, palette) {
  const { boxes } = layout;
  const { makes, uses } = view;
  const state = (/** @type {string} */ key) => (makes.includes(key) ? "made" : uses.includes(key) ? "used" : "");
  const parts = [];

  for (const [key, from, to] of WEIGHTS) parts.push(line(ends(layout, from, to), state(key) || state(`d${key}`) || passed(view, key), view.back, palette));
  for (const [j, l] of [[0, 1], [1, 1], [0, 2]]) parts.push(inner(view, layout, l, j, palette)); // prettier-ignore
  parts.push(line(ends(layout, "A2.0", "L"), makes.includes("L") || makes.includes("dA2.0") ? "made" : "", view.back, palette));

  for (const key of ["A0.0", "A0.1"]) {
    const { x, y, w, h } = boxes[key];
    parts.push(frame(boxes[key], state(key), palette), name("x", String(Number(key.at(-1)) + 1), "", { x: x + 7, y: y + h / 2 + 4, fill: palette.text }));
  }
  for (const key of ["Z1.0", "Z1.1", "Z2.0"]) parts.push(sumNode(view, boxes[key], key, state, palette));
  for (const key of ["A1.0", "A1.1", "A2.0"]) parts.push(outNode(view, boxes[key], key, state, palette));
  parts.push(lossNode(view, boxes.L, state, palette));
  parts.push(...slopesOfWeights(view, layout, state, palette));
  if (layout.wide)
    for (const [words, key] of [["layer 1: hidden", "Z1.0"], ["layer 2: output", "Z2.0"]])
      parts.push(label({ x: boxes[key].x + boxes[key].w / 2, y: boxes[key].y - 9, "text-anchor": "middle", "font-size": 13, fill: palette.muted }, words)); // prettier-ignore
  return parts.join("");
}

/** A line counts as lit where a slope goes back along its weight. @param {View} view @param {string} key */
function passed({ makes }, key) {
  return key.startsWith("W2") && makes.includes(`dA1.${key.at(-1)}`) ? "used" : "";
}

/** @param {{ x1: number, y1: number, x2: number, y2: number }} at @param {string} state @param {boolean} back @param {Palette} palette */
function line(at, state, back, palette) {
  const lit = state !== "";
  const stroke = lit ? (back ? palette.slope : palette.value) : palette.line;
  const head = lit ? arrow(back ? { x1: at.x2, y1: at.y2, x2: at.x1, y2: at.y1 } : at, stroke) : "";
  return head + text("line", { ...at, stroke, "stroke-width": lit ? 4 : 1.5, class: lit ? `flow ${back ? "back" : ""}` : null, "stroke-linecap": "round" });
}

/** The head of an arrow at the end of a line. @param {{ x1: number, y1: number, x2: number, y2: number }} line @param {string} fill */
function arrow({ x1, y1, x2, y2 }, fill) {
  const turn = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  return text("path", { d: "M0 0 L-13 -7 L-13 7 Z", transform: `translate(${x2} ${y2}) rotate(${turn.toFixed(1)})`, fill });
}

/** From the sum down to the output of the same neuron. @param {View} view @param {Layout} layout @param {number} l @param {number} j @param {Palette} palette */
function inner(view, { boxes }, l, j, palette) {
  const [z, a] = [boxes[`Z${l}.${j}`], boxes[`A${l}.${j}`]];
  const x = z.x + z.w / 2;
  const on = view.makes.includes(`A${l}.${j}`) || view.makes.includes(`dZ${l}.${j}`);
  const words = label({ x: x + 8, y: (z.y + z.h + a.y) / 2 + 5, "font-size": 13, fill: palette.text }, view.called[l - 1]);
  return line({ x1: x, y1: z.y + z.h, x2: x, y2: a.y }, on ? "made" : "", view.back, palette) + words;
}

/** @param {Box} box @param {string} state @param {Palette} palette */
function frame({ x, y, w, h }, state, palette) {
  const used = state === "used";
  return text("rect", { x, y, width: w, height: h, rx: 8, fill: palette.page, stroke: used ? palette.used : palette.muted, "stroke-width": used ? 2.5 : 1.2, "stroke-dasharray": used ? "5 3" : null });
}

/**
 * One row of numbers: its name, and a number for each example; a dot as long as they are unknown.
 * @param {View} view @param {Box} box @param {number} y @param {string} key @param {string} letter @param {number[]} values
 * @param {(key: string) => string} state @param {Palette} palette
 */
function numbers(view, { x, w }, y, key, letter, values, state, palette) {
  const [array, neuron] = key.split(".");
  const layer = array.match(/\d/)?.[0] ?? "";
  const slope = key.startsWith("d");
  const colour = slope ? palette.slope : palette.value;
  const room = (w - 47) / 2;
  const shown = view.known.has(key);
  const row = values.map((value, i) => {
    const at = { x: x + 44 + (i + 0.5) * room, y: y + 16 };
    return shown
      ? number(value, { ...at, fill: colour, "font-weight": state(key) === "made" ? 700 : 400 })
      : label({ ...at, "text-anchor": "middle", "font-size": 14, fill: palette.muted }, "·");
  });
  const below = layer === "1" && neuron !== undefined ? String(Number(neuron) + 1) : "";
  return text(
    "g",
    { "data-step": view.stepOf(key), class: "jump" },
    mark({ x: x + 3, y: y + 1, w: w - 6, h: ROW - 2 }, state(key), palette),
    name(letter, below, layer, { x: x + 7, y: y + 16, fill: palette.text }),
    ...row,
  );
}

/** What is found now is filled, what it is found from has a dashed line around. @param {Box} box @param {string} state @param {Palette} palette */
function mark({ x, y, w, h }, state, palette) {
  const how = { made: { fill: palette.lit, stroke: palette.rim }, used: { fill: "none", stroke: palette.used, "stroke-width": 2, "stroke-dasharray": "4 3" } };
  const style = state === "made" || state === "used" ? how[state] : { fill: "transparent" };
  return text("rect", { x, y, width: w, height: h, rx: 5, ...style });
}

/** @param {View} view @param {Box} box @param {string} key @param {(key: string) => string} state @param {Palette} palette */
function sumNode(view, box, key, state, palette) {
  const [l, j] = key.slice(1).split(".");
  const [bias, slope] = [`b${l}.${j}`, `db${l}.${j}`];
  const values = /** @type {any} */ (view.all);
  const { x, y } = box;
  const known = view.known.has(slope);
  return [
    frame(box, "", palette),
    name("b", l === "1" ? String(Number(j) + 1) : "", l, { x: x + 7, y: y + 21, fill: palette.text }),
    text(
      "g",
      { "data-step": view.stepOf(slope), class: "jump" },
      mark({ x: x + 93, y: y + 4, w: box.w - 97, h: 25 }, state(slope), palette),
      known ? label({ x: x + 96, y: y + 14, "font-size": 11, "font-style": "italic", fill: palette.text }, "db") : "",
      known ? number(values[`db${l}`][j], { x: x + (box.w + 92) / 2, y: y + 27, "font-size": 13, fill: palette.slope }) : "",
    ),
    state(bias) === "used" ? mark({ x: x + 39, y: y + 2, w: 54, h: 30 }, "used", palette) : "",
    numbers(view, box, y + TOP + 2, key, "z", values[`Z${l}`][j], state, palette),
    numbers(view, box, y + TOP + ROW + 2, `d${key}`, "dz", values[`dZ${l}`][j], state, palette),
  ].join("");
}

/** @param {View} view @param {Box} box @param {string} key @param {(key: string) => string} state @param {Palette} palette */
function outNode(view, box, key, state, palette) {
  const [l, j] = key.slice(1).split(".");
  const values = /** @type {any} */ (view.all);
  return [
    frame(box, "", palette),
    numbers(view, box, box.y + 3, key, "a", values[`A${l}`][j], state, palette),
    numbers(view, box, box.y + ROW + 3, `d${key}`, "da", values[`dA${l}`][j], state, palette),
  ].join("");
}

/** @param {View} view @param {Box} box @param {(key: string) => string} state @param {Palette} palette */
function lossNode(view, box, state, palette) {
  const { x, y, w } = box;
  const J = text(
    "g",
    { "data-step": view.stepOf("J"), class: "jump" },
    mark({ x: x + 3, y: y + 68, w: w - 6, h: 28 }, state("J"), palette),
    label({ x: x + 7, y: y + 88, "font-size": 15, "font-style": "italic", fill: palette.text }, "J"),
    view.known.has("J")
      ? number(view.all.J, { x: x + w / 2 + 10, y: y + 88, "font-size": 17, "font-weight": 700, fill: palette.value })
      : label({ x: x + w / 2 + 10, y: y + 88, "font-size": 15, "text-anchor": "middle", fill: palette.muted }, "·"),
  );
  return [
    frame(box, state("y"), palette),
    name("y", "", "", { x: x + 7, y: y + 24, fill: palette.text }),
    numbers(view, { ...box, x: x - 14, w: w + 14 }, y + 42, "L", "", view.all.L, state, palette),
    name("L", "", "", { x: x + 7, y: y + 58, fill: palette.text }),
    J,
  ].join("");
}

/** @param {View} view @param {Layout} layout @param {(key: string) => string} state @param {Palette} palette */
function slopesOfWeights(view, layout, state, palette) {
  const places = fields(layout);
  return WEIGHTS.map(([key]) => {
    const [array, j, k] = key.split(".");
    const { x, y } = places[key];
    const slope = `d${key}`;
    if (!view.known.has(slope)) return "";
    const value = /** @type {any} */ (view.all)[`d${array}`][j][k];
    const shown = written(value, 3);
    const width = Math.max(46, 8 * shown.length + 8);
    return text(
      "g",
      { "data-step": view.stepOf(slope), class: "jump" },
      text("rect", { x: x - width / 2, y: y + 15, width, height: 19, rx: 5, fill: state(slope) === "made" ? palette.lit : palette.page, stroke: { made: palette.rim, used: palette.used }[state(slope)] ?? "none", "stroke-dasharray": state(slope) === "used" ? "4 3" : null }),
      number(value, { x, y: y + 29, "font-size": 13, fill: palette.slope, "font-weight": state(slope) === "made" ? 700 : 400 }),
    );
  });
}
