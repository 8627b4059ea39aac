/** Activations: the slope at a point that the reader drags; and two layers that collapse into one without them. */
import { button, choice, slider } from "../lib/controls.js";
import { h, s, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { PAGE, PAPER, arrows, clamp, drag, label, plain, signed } from "../lib/plane.js";
import { ACTIVATIONS, collapseLinear, leftAfter } from "./activations.js";
import { FAR, HEIGHT, LAYERS_HEIGHT, TARGETS, WIDTH, chain, curves, key, meets, places, twoLayers } from "./picture.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("../lib/figure.js").State} State */
/** @typedef {import("./activations.js").Layer} Layer */

const CALLED = /** @type {Record<string, string>} */ ({ step: "step", linear: "linear", sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU", leaky_relu: "leaky ReLU" });
const FORMULAS = /** @type {Record<string, [string, string]>} */ ({
  step: ["1 if z > 0, else 0", "0 (at z = 0 it has none)"],
  linear: ["z", "1"],
  sigmoid: ["σ(z) = 1 / (1 + e⁻ᶻ)", "σ(z) · (1 − σ(z))"],
  tanh: ["tanh z", "1 − tanh² z"],
  relu: ["max(0, z)", "1 if z > 0, else 0"],
  leaky_relu: ["z if z > 0, else 0.01 z", "1 if z > 0, else 0.01"],
});
const BETWEEN = /** @type {Record<string, string>} */ ({ linear: "none (linear)", sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU" });
const VIEWS = { slope: "One function and its slope", layers: "Two layers" };
const MOST = 6;
const KNOBS = ["w1", "b1", "w2", "b2", "v1", "v2", "c"];
const defaults = {
  view: "slope", activation: "sigmoid", z: 2,
  between: "linear", w1: 1, b1: 0, w2: 1, b2: -1, v1: 1, v2: -2, c: 0,
};

/** @param {State} state */
function check(state) {
  for (const [name, known] of Object.entries({ view: VIEWS, activation: CALLED, between: BETWEEN })) {
    if (typeof state[name] !== "string" || !Object.hasOwn(known, state[name]))
      return `${name} must be one of ${Object.keys(known).join(", ")}: choose one of them.`;
  }
  for (const [name, most] of [["z", FAR], ...KNOBS.map((knob) => [knob, MOST])]) {
    if (typeof state[name] !== "number" || !(Math.abs(state[name]) <= Number(most)))
      return `${name} must be a number from −${most} to ${most}: move its knob.`;
  }
  return null;
}

/** @param {(name: string) => any} get @returns {[Layer, Layer]} */
function layersOf(get) {
  return [
    { W: [[get("w1")], [get("w2")]], b: [get("b1"), get("b2")] },
    { W: [[get("v1"), get("v2")]], b: [get("c")] },
  ];
}

/** A number small or large, with three digits that count. @param {number} value */
function brief(value) {
  if (value === 0 || Math.abs(value) >= 0.001) return plain(value, 3);
  const [digits, power] = value.toExponential(1).split("e-");
  return `${digits}\u00a0·\u00a010${[..."−" + power].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["−0123456789".indexOf(sign)]).join("")}`;
}

/** @param {string} activation @param {number} z */
function slopeInWords(activation, z) {
  const slope = ACTIVATIONS[activation].slope(z);
  const at = `At z = ${plain(z)} the slope is ${brief(slope)}`;
  if (slope === 0) return `${at}: the output does not move at all, and from here no weight can learn.`;
  if (slope < 0.01) return `${at}, below a hundredth: saturated. The input may move, the output hardly follows.`;
  return `${at}: if z grows by 0.1, the output grows by about ${plain(slope / 10, 4)}.`;
}

/** @param {string} activation @param {number} z */
function chainInWords(activation, z) {
  const slope = ACTIVATIONS[activation].slope(z);
  return `Back through ten layers, each with this slope, a gradient shrinks to ${brief(slope)} to the power of 10: ${brief(leftAfter(slope, 10)[9])} of it is left.`;
}

/** @param {[Layer, Layer]} layers @param {string} between */
function layersInWords(layers, between) {
  const met = TARGETS.filter((target) => meets(layers, between, target)).length;
  const score = `${met} of 3 points met`;
  if (between === "linear") {
    return met === 2
      ? `${score}, and a line can do no more: without an activation the two layers are the one layer, whatever their knobs say.`
      : `${score}. Without an activation the two layers lie on the one layer, whatever their knobs say.`;
  }
  if (met === 3) return `${score}: 0, 1, 0. That is exclusive or, which no line can say.`;
  return `${score}. With ${CALLED[between]} between, the answer is no longer a line: find knobs that meet all three.`;
}

/** @param {[Layer, Layer]} layers */
function collapseInWords([first, second]) {
  const [v1, v2] = second.W[0];
  const { W, b } = collapseLinear([first, second]);
  const term = (/** @type {number} */ value) => (value < 0 ? `(${plain(value)})` : plain(value));
  const sum = (/** @type {number[][]} */ pairs) => pairs.map(([p, q]) => `${term(p)}·${term(q)}`).join(" + ");
  return [
    `W = ${sum([[v1, first.W[0][0]], [v2, first.W[1][0]]])} = ${plain(W[0][0])}`,
    `b = ${sum([[v1, first.b[0]], [v2, first.b[1]]])} + ${term(second.b[0])} = ${plain(b[0])}`,
    `one layer: y = ${plain(W[0][0])} x ${signed(b[0]).replace(/^([+−])/, "$1 ")}`,
  ];
}

/** @param {Stage} stage */
function draw(stage) {
  const views = { slope: slopeView(stage), layers: layersView(stage) };
  const tabs = Object.entries(VIEWS).map(([view, words]) => button(words, () => stage.put({ view })));
  stage.follow(() => {
    Object.entries(views).forEach(([view, shown], k) => {
      shown.hidden = view !== stage.get("view");
      tabs[k].setAttribute("aria-pressed", String(!shown.hidden));
    });
  });
  stage.follow(() => {
    const { activation, z, between } = { activation: stage.get("activation"), z: stage.get("z"), between: stage.get("between") };
    stage.say(stage.get("view") === "slope" ? slopeInWords(activation, z) : layersInWords(layersOf(stage.get), between));
  });
  stage.root.append(h("div", { class: "row near", role: "group", "aria-label": "What to look at" }, ...tabs), views.slope, views.layers);
}

/** @param {Stage} stage @param {string} name @param {Record<string, string>} choices @param {string} words */
function switches(stage, name, choices, words) {
  const made = Object.entries(choices).map(([value, called]) => button(called, () => stage.put({ [name]: value })));
  stage.follow(() =>
    Object.keys(choices).forEach((value, k) => made[k].setAttribute("aria-pressed", String(stage.get(name) === value))));
  return h("div", { class: "row near", role: "group", "aria-label": words }, ...made);
}

/** @param {Stage} stage */
function slopeView(stage) {
  const says = h("p", { class: "says" });
  const left = h("p", { class: "number" });
  const [g, slope] = [h("td", { class: "number" }), h("td", { class: "number" })];
  const [formula, slopeFormula] = [h("td"), h("td")];
  const bars = s("svg", { viewBox: "0 0 340 102", role: "img", "aria-label": "What is left of the gradient after 1 to 10 layers", class: "drawing" });
  stage.follow(() => {
    const activation = stage.get("activation");
    const z = stage.get("z");
    says.textContent = slopeInWords(activation, z);
    left.textContent = chainInWords(activation, z);
    [formula.textContent, slopeFormula.textContent] = FORMULAS[activation];
    g.textContent = brief(ACTIVATIONS[activation].g(z));
    slope.textContent = brief(ACTIVATIONS[activation].slope(z));
    bars.replaceChildren(...chain(s, ACTIVATIONS[activation].slope(z), PAGE));
  });
  const rows = [["output g(z)", formula, g], ["slope g′(z)", slopeFormula, slope]];
  return h("div", { class: "stack view" },
    switches(stage, "activation", CALLED, "Activation function"),
    says,
    h("div", { class: "parts" },
      h("div", { class: "stack" }, curvesWithPoint(stage),
        slider(stage, "z", { label: "z", min: -FAR, max: FAR, step: 0.05, show: (value) => plain(value) })),
      h("div", { class: "stack" },
        h("table", {}, h("tbody", {}, ...rows.map(([name, ...cells]) => h("tr", {}, h("th", { scope: "row" }, name), ...cells)))),
        left, bars,
        h("p", { class: "muted" }, "Hatched: the slope is below a hundredth (the dashed line)."))));
}

/** @param {Stage} stage */
function curvesWithPoint(stage) {
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": "The function, its tangent and its slope", class: "drawing" });
  const under = s("g");
  const point = s("g", { role: "slider", tabindex: 0, class: "point", "aria-label": "The point z", "aria-valuemin": -FAR, "aria-valuemax": FAR },
    s("circle", { r: 22, class: "hold" }));
  const move = (/** @type {number} */ z) => stage.put({ z: clamp(Math.round(z * 20) / 20, -FAR, FAR) + 0 });
  const follow = (/** @type {PointerEvent | MouseEvent} */ event) =>
    move(places(stage.get("activation")).z(new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()?.inverse()).x));
  drag(point, { move: follow });
  svg.addEventListener("click", follow);
  arrows(point, (across, up) => move(stage.get("z") + (across + up) / 10));
  stage.follow(() => {
    const [activation, z] = [stage.get("activation"), stage.get("z")];
    const { curve } = places(activation);
    const { g, slope } = ACTIVATIONS[activation];
    under.replaceChildren(...curves(s, { activation, z, colours: PAGE }));
    point.setAttribute("transform", `translate(${curve.x(z)} ${clamp(curve.y(g(z)), 0, HEIGHT)})`);
    point.setAttribute("aria-valuenow", String(z));
    point.setAttribute("aria-valuetext", `z = ${plain(z)}, output ${brief(g(z))}, slope ${brief(slope(z))}`);
  });
  svg.append(under, point);
  return svg;
}

/** @param {Stage} stage */
function layersView(stage) {
  const says = h("p", { class: "says" });
  const plot = s("svg", { viewBox: `0 0 ${WIDTH} ${LAYERS_HEIGHT}`, role: "img", "aria-label": "What the two layers answer", class: "drawing" });
  const legend = s("svg", { viewBox: `0 0 ${WIDTH} 98`, role: "img", "aria-label": "The four lines of the picture", class: "drawing" });
  legend.append(...key(s, PAGE));
  const written = h("div", { class: "number written" });
  stage.follow(() => {
    const [layers, between] = [layersOf(stage.get), stage.get("between")];
    says.textContent = layersInWords(layers, between);
    plot.replaceChildren(...twoLayers(s, { layers, between, colours: PAGE }));
    written.replaceChildren(...collapseInWords(layers).map((words) => h("p", {}, words)));
  });
  const knob = (/** @type {string} */ name, /** @type {string} */ called) =>
    slider(stage, name, { label: called, min: -MOST, max: MOST, step: 0.1, show: (value) => plain(value) });
  const group = (/** @type {string} */ words, /** @type {string[][]} */ knobs) =>
    h("fieldset", { class: "knobs" }, h("legend", {}, words), ...knobs.map(([name, called]) => knob(name, called)));
  return h("div", { class: "stack view" },
    choice(stage, "between", { label: "Activation between the layers", choices: BETWEEN }),
    says,
    h("div", { class: "parts" },
      plot,
      h("div", { class: "stack tall" },
        group("Hidden neuron 1: g(w₁x + b₁)", [["w1", "w₁"], ["b1", "b₁"]]),
        group("Hidden neuron 2: g(w₂x + b₂)", [["w2", "w₂"], ["b2", "b₂"]]),
        group("Output: v₁h₁ + v₂h₂ + c", [["v1", "v₁"], ["v2", "v₂"], ["c", "c"]])),
      h("div", { class: "stack" }, legend, written)));
}

const css = `
.view { gap: .75rem }
.near { gap: .5rem }
.parts { display: grid; gap: 1rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17.5rem), 1fr)); align-items: start }
.tall { grid-row: span 2 }
.drawing { width: 100%; max-width: 26rem; height: auto }
.point { cursor: ew-resize; touch-action: none }
.point:focus { outline: none }
.hold { fill: transparent }
.point:focus-visible .hold { stroke: var(--focus); stroke-width: 3 }
.muted { color: var(--muted); font-size: .9rem }
.knobs { display: grid; gap: 0 }
.parts label { display: grid; grid-template-columns: 1.6rem minmax(0, 1fr) 3.2rem; font-size: 1rem }
.parts label input { width: 100% }
.parts label output { text-align: right }
th { text-align: start; font-weight: 600; white-space: nowrap; padding: .35rem .5rem .35rem 0; font-size: .9rem }
td { padding: .35rem .5rem; font-size: .9rem }
td:last-child { text-align: end; font-weight: 700; white-space: nowrap }
tr + tr { border-top: 1px solid var(--line) }
table { width: 100% }
`;

/** @param {State} state */
function still(state) {
  const colours = PAPER;
  const words = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ said, look = {}) =>
    label(text, x, y, said, { size: 15, anchor: "start", fill: colours.text, ...look });
  const parts = state.view === "slope" ? slopeStill(state, words) : layersStill(state, words);
  const height = state.view === "slope" ? HEIGHT : LAYERS_HEIGHT;
  return text("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 690 ${height}`, "font-family": "sans-serif" },
    text("rect", { width: 690, height, fill: "#fff" }), ...parts);
}

/** @typedef {(x: number, y: number, said: string, look?: object) => string} Words */

/** @param {State} state @param {Words} words */
function slopeStill({ activation, z }, words) {
  const { g, slope } = ACTIVATIONS[activation];
  return [
    ...curves(text, { activation, z, colours: PAPER }),
    words(360, 36, CALLED[activation], { size: 20, bold: true }),
    words(360, 72, `at z = ${plain(z)}`),
    words(360, 98, `output ${brief(g(z))}`),
    words(360, 124, `slope ${brief(slope(z))}`, { bold: true, fill: PAPER.above }),
    words(360, 170, "hatched: slope below a hundredth", { fill: PAPER.below }),
    words(360, 272, "left of a gradient after 1 to 10 layers,"),
    words(360, 292, `each with this slope: ${brief(leftAfter(slope(z), 10)[9])} after ten`),
    text("g", { transform: "translate(354 300)" }, ...chain(text, slope(z), PAPER)),
  ];
}

/** @param {State} state @param {Words} words */
function layersStill(state, words) {
  const layers = layersOf((name) => state[name]);
  const met = TARGETS.filter((target) => meets(layers, state.between, target)).length;
  return [
    ...twoLayers(text, { layers, between: state.between, colours: PAPER }),
    text("g", { transform: "translate(356 16)" }, ...key(text, PAPER)),
    words(360, 152, `activation between: ${BETWEEN[state.between]}`),
    words(360, 178, `${met} of 3 points met`, { bold: true }),
    ...collapseInWords(layers).map((said, k) => words(360, 222 + k * 24, said, { size: 14 })),
  ];
}

export default figure({ defaults, check, draw, css, still });
