/** A whole small network, every weight a knob: the reader turns them by hand, and then sees all of them turn at once. */
import { button, choice, player, tick } from "../lib/controls.js";
import { h, s, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { PAGE, PAPER, label, plain, signed, square } from "../lib/plane.js";
import { MOST, knob } from "./knob.js";
import { HIDDEN, QUESTIONS, at, count, gradient, loss, mapped, resized, right, step } from "./networks.js";
import { SIDE, answers, edgeLook, hiddenLines, rgba, tints } from "./picture.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("../lib/figure.js").State} State */
/** @typedef {import("./networks.js").Knobs} Knobs */
/** @typedef {import("./networks.js").ArrayName} ArrayName */

const UNITS = 4; // hidden neurons at most
const RATE = 0.5;
const STUCK = 0.004; // where no slope is steeper than this
const SUB = ["₁", "₂", "₃", "₄"];
const CALLED = /** @type {Record<string, string>} */ ({ and: "AND", or: "OR", xor: "XOR", island: "The island" });
const BETWEEN = /** @type {Record<string, string>} */ ({ relu: "ReLU", tanh: "tanh", sigmoid: "sigmoid", step: "step", linear: "none (linear)" });
const defaults = {
  question: "xor", activation: "relu", hints: false,
  W1: [[1, 1], [1, -1]], b1: [0, 0], W2: [[2, 1]], b2: [-1.5],
};

/** @param {unknown} value */
function isKnob(value) {
  return typeof value === "number" && Math.abs(value) <= MOST;
}

/** @param {unknown} row @param {number} length */
function isRow(row, length) {
  return Array.isArray(row) && row.length === length && row.every(isKnob);
}

/** @param {State} state */
function check({ question, activation, hints, W1, b1, W2, b2 }) {
  const range = `from −${MOST} to ${MOST}`;
  if (typeof question !== "string" || !Object.hasOwn(QUESTIONS, question)) return `question must be one of ${Object.keys(QUESTIONS).join(", ")}: choose one from the list.`;
  if (typeof activation !== "string" || !HIDDEN.includes(activation)) return `activation must be one of ${HIDDEN.join(", ")}: choose one from the list.`;
  if (typeof hints !== "boolean") return "hints must be true or false: tick its box.";
  if (!Array.isArray(W1) || W1.length < 1 || W1.length > UNITS || !W1.every((row) => isRow(row, 2)))
    return `W1 must be 1 to ${UNITS} rows of 2 numbers ${range}, a row for each hidden neuron: Reset brings them back.`;
  const n = W1.length;
  if (!isRow(b1, n)) return `b1 must be ${n} numbers ${range}, one for each hidden neuron: Reset brings them back.`;
  if (!Array.isArray(W2) || W2.length !== 1 || !isRow(W2[0], n))
    return `W2 must be one row of ${n} numbers ${range}, one for each hidden neuron: Reset brings them back.`;
  if (!isRow(b2, 1)) return `b2 must be one number ${range}: Reset brings it back.`;
  return null;
}

/** @param {(name: string) => any} get @returns {Knobs} */
function knobsOf(get) {
  return { W1: get("W1"), b1: get("b1"), W2: get("W2"), b2: get("b2") };
}

/** @param {Knobs} knobs @param {string} question @param {string} activation */
function score(knobs, question, activation) {
  const good = right(QUESTIONS[question], knobs, activation);
  const cost = loss(QUESTIONS[question], knobs, activation);
  return { all: good.every(Boolean), words: `${CALLED[question]}: ${good.filter(Boolean).length} of ${good.length} right, loss ${plain(cost, 3)}` };
}

/** @param {Knobs} knobs @param {string} question @param {string} activation */
function verdict(knobs, question, activation) {
  const { all, words } = score(knobs, question, activation);
  const knob = `${count(knobs)} knobs`;
  if (all) return `${words}. Solved with ${knob}; it gets surer as the loss gets smaller.`;
  const steepest = Math.max(...Object.values(gradient(QUESTIONS[question], knobs, activation)).flat(2).map(Math.abs));
  return steepest < STUCK ? `${words}. Stuck: no small turn of any knob helps. Shake them.` : `${words}. You have ${knob}.`;
}

/** @param {Stage} stage */
function draw(stage) {
  const now = () => ({ knobs: knobsOf(stage.get), question: stage.get("question"), activation: stage.get("activation") });
  const learning = learner(stage, now);
  const story = turns(stage, now);
  const says = h("p", { class: "says" });
  stage.follow(() => {
    const { knobs, question, activation } = now();
    says.textContent = verdict(knobs, question, activation);
    stage.say(says.textContent);
  });
  stage.root.append(
    h("div", { class: "row" },
      choice(stage, "question", { label: "Question", choices: CALLED }),
      choice(stage, "activation", { label: "Hidden activation", choices: BETWEEN }),
      unitsSwitch(stage)),
    says,
    network(stage, () => {
      learning.stop();
      story.turned();
    }),
    h("div", { class: "parts" }, h("div", { class: "row" },
      tick(stage, "hints", { label: "Show which way lowers the loss" }),
      button("One step", learning.once), learning.button,
      button("Shake all knobs", () => {
        learning.stop();
        stage.put(mapped(now().knobs, () => Math.round((Math.random() * 4 - 2) * 10) / 10));
      })),
      story.element),
  );
}

/** @param {Stage} stage */
function unitsSwitch(stage) {
  const all = Array.from({ length: UNITS }, (_, k) => button(`${k + 1}`, () => stage.put(resized(knobsOf(stage.get), k + 1)),
    { "aria-label": `${k + 1} hidden neuron${k ? "s" : ""}` }));
  stage.follow(() => all.forEach((one, k) => one.setAttribute("aria-pressed", String(stage.get("W1").length === k + 1))));
  return h("div", { class: "row near", role: "group", "aria-label": "Hidden neurons" }, h("span", { class: "label" }, "Hidden neurons"), ...all);
}

/** @typedef {() => { knobs: Knobs, question: string, activation: string }} Now */

/** Gradient descent turns all knobs at once, none of them further than it goes, until the loss is small or nothing moves. @param {Stage} stage @param {Now} now */
function learner(stage, now) {
  const steps = (/** @type {number} */ n) => {
    let { knobs, question, activation } = now();
    for (let k = 0; k < n; k++) knobs = step(knobs, gradient(QUESTIONS[question], knobs, activation), RATE);
    const before = now().knobs;
    stage.put(mapped(knobs, (value) => Math.min(MOST, Math.max(-MOST, Math.round(value * 1e4) / 1e4 + 0))));
    return JSON.stringify(now().knobs) !== JSON.stringify(before) && loss(QUESTIONS[question], knobs, activation) > 0.02;
  };
  const all = player(stage, () => (steps(stage.calm() ? 50 : 2) ? undefined : false), { label: "Turn all at once", pause: 0 });
  return {
    ...all,
    once: () => {
      all.stop();
      steps(1);
    },
  };
}

/** How often the reader has turned a knob, and the loss after each change. @param {Stage} stage @param {Now} now */
function turns(stage, now) {
  const LONG = 300;
  let by = 0;
  let asked = "";
  /** @type {number[]} */
  let losses = [];
  const words = h("span", { class: "label" });
  const path = s("path", { fill: "none", stroke: PAGE.text, "stroke-width": 2 });
  const svg = s("svg", { viewBox: "0 0 330 70", class: "story", role: "img", "aria-label": "The loss after each change, the newest on the right" },
    s("path", { d: "M34 6V62H326", fill: "none", stroke: PAGE.line }), path,
    label(s, 28, 16, "1", { size: 12, anchor: "end", fill: PAGE.muted }), label(s, 28, 66, "0", { size: 12, anchor: "end", fill: PAGE.muted }));
  const write = () => {
    words.textContent = `Loss after each change. Your turns: ${by}.`;
  };
  stage.follow(() => {
    const { knobs, question, activation } = now();
    const mark = `${question} ${activation} ${knobs.W1.length}`;
    if (mark !== asked) [losses, by, asked] = [[], 0, mark]; // another task begins
    losses = [...losses, loss(QUESTIONS[question], knobs, activation)].slice(-LONG);
    const x = (/** @type {number} */ k) => 36 + (k / LONG) * 288;
    path.setAttribute("d", "M" + losses.map((value, k) => `${x(k).toFixed(1)} ${(62 - 56 * Math.min(1, value)).toFixed(1)}`).join("L"));
    write();
  });
  return {
    element: h("div", { class: "stack" }, words, svg),
    turned: () => {
      by += 1;
      write();
    },
  };
}

/** Inputs, hidden neurons, output: each with its picture and its knobs, and the connections between. @param {Stage} stage @param {() => void} start */
function network(stage, start) {
  const turnTo = (/** @type {ArrayName} */ array, /** @type {number} */ i, /** @type {number} */ j, /** @type {number} */ value) => {
    const knobs = mapped(knobsOf(stage.get), (old, a, k, l) => (a === array && k === i && l === j ? value : old));
    stage.put({ [array]: knobs[array] });
  };
  const make = (/** @type {ArrayName} */ array, /** @type {number} */ i, /** @type {number} */ j, /** @type {string} */ sign, /** @type {string} */ called) => {
    const made = knob({ label: called, sign, start, read: () => at(knobsOf(stage.get), array, i, j), turn: (value) => turnTo(array, i, j, value) });
    return { ...made, array, i, j };
  };
  const units = Array.from({ length: UNITS }, (_, i) => {
    const where = `of hidden neuron ${i + 1}`;
    return { knobs: [make("W1", i, 0, "w₁", `weight of x1 ${where}`), make("W1", i, 1, "w₂", `weight of x2 ${where}`), make("b1", i, 0, "b", `bias ${where}`)], picture: picture(stage, 100, `What hidden neuron ${i + 1} answers over the plane`) };
  });
  const output = { knobs: [...units.map((_, i) => make("W2", 0, i, `h${SUB[i]}`, `weight of hidden neuron ${i + 1} at the output`)), make("b2", 0, 0, "b", "bias of the output")], picture: picture(stage, 230, "What the network answers over the plane") };
  const cards = units.map(({ knobs, picture: { element } }, i) =>
    h("div", { class: "card unit" }, h("div", { class: "stack tight" }, h("span", { class: "label" }, `h${SUB[i]}`), element), h("div", { class: "dials" }, ...knobs.map((one) => one.element))));
  const last = h("div", { class: "card out" }, h("span", { class: "label" }, "output: orange and hatched is yes"), output.picture.element, h("div", { class: "dials" }, ...output.knobs.map((one) => one.element)));
  const inputs = [0, 1].map((j) => h("div", { class: "input" }, `x${SUB[j]}`));
  const edges = s("svg", { class: "edges", "aria-hidden": "true" });
  const column = (/** @type {string} */ kind, /** @type {HTMLElement[]} */ all) => h("div", { class: `column ${kind}` }, ...all);
  const all = h("div", { class: "network" }, edges, column("inputs", inputs), column("units", cards), column("output", [last]));
  const wire = () => edges.replaceChildren(...connections(knobsOf(stage.get), all, inputs, cards, last));
  const watch = new ResizeObserver(wire);
  watch.observe(all);
  stage.onLeave(() => watch.disconnect());
  stage.follow(() => {
    const knobs = knobsOf(stage.get);
    const [question, activation] = [stage.get("question"), stage.get("activation")];
    const slopes = stage.get("hints") ? gradient(QUESTIONS[question], knobs, activation) : null;
    const hidden = knobs.W1.length;
    const show = (/** @type {ReturnType<typeof make>} */ { show: paint, array, i, j }) =>
      paint(at(knobs, array, i, j), slopes && at(slopes, array, i, j));
    const { hidden: pictures, output: whole, sums } = tints(knobs, activation);
    const examples = QUESTIONS[question];
    const good = right(examples, knobs, activation);
    units.forEach(({ knobs: own, picture: { paint } }, i) => {
      cards[i].hidden = output.knobs[i].element.hidden = i >= hidden;
      if (i >= hidden) return;
      own.forEach(show);
      paint(pictures[i], (area) => hiddenLines(s, area, { w: knobs.W1[i], b: knobs.b1[i], colours: PAGE }));
    });
    output.knobs.filter((_, i) => i < hidden || i === UNITS).forEach(show);
    output.picture.paint(whole, (area) => answers(s, area, { sums, good, examples, size: sizeOf(question), colours: PAGE }));
    wire();
  });
  return all;
}

/** Many points are drawn smaller. @param {string} question */
function sizeOf(question) {
  return QUESTIONS[question].length > 8 ? 6 : 9;
}

/** A picture of numbers over the plane, with a drawing on it. @param {Stage} stage @param {number} side @param {string} called */
function picture(stage, side, called) {
  const canvas = h("canvas", { width: SIDE, height: SIDE });
  const svg = s("svg", { viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": called });
  const area = square(side);
  /** @param {Float64Array} values @param {(area: ReturnType<typeof square>) => any} over */
  const paint = (values, over) => {
    canvas.getContext("2d")?.putImageData(new ImageData(rgba(values, stage.dark()), SIDE, SIDE), 0, 0);
    svg.replaceChildren(over(area));
  };
  return { element: h("div", { class: "picture" }, canvas, svg), paint };
}

/** @param {Knobs} knobs @param {HTMLElement} all @param {HTMLElement[]} inputs @param {HTMLElement[]} cards @param {HTMLElement} last */
function connections(knobs, all, inputs, cards, last) {
  const home = all.getBoundingClientRect();
  const port = (/** @type {HTMLElement} */ element, /** @type {"left" | "right"} */ side, share = 0.5) => {
    const box = element.getBoundingClientRect();
    return [box[side] - home.left, box.top - home.top + box.height * share];
  };
  const wire = (/** @type {number[]} */ [x1, y1], /** @type {number[]} */ [x2, y2], /** @type {number} */ weight) =>
    s("path", { d: `M${x1} ${y1}C${x1 + (x2 - x1) * 0.5} ${y1} ${x1 + (x2 - x1) * 0.5} ${y2} ${x2} ${y2}`, ...edgeLook(weight, PAGE) });
  const n = knobs.W1.length;
  return knobs.W1.flatMap((row, i) => [
    ...row.map((weight, j) => wire(port(inputs[j], "right"), port(cards[i], "left", 0.35 + 0.3 * j), weight)),
    wire(port(cards[i], "right"), port(last, "left", 0.5 + (i - (n - 1) / 2) * 0.12), knobs.W2[0][i]),
  ]);
}

const css = `
.near { gap: .35rem }
.network { position: relative; display: grid; grid-template-columns: 2.4rem minmax(0, 17.6rem) minmax(0, 1fr); gap: 2rem; align-items: center }
.column { display: grid; gap: .75rem; min-width: 0 }
.inputs { gap: 4rem }
.edges { position: absolute; inset: 0; width: 100%; height: 100%; max-width: none; pointer-events: none; overflow: visible }
.input { position: relative; width: 2.4rem; height: 2.4rem; border: 2px solid var(--text); border-radius: 50%; display: grid; place-items: center; background: var(--page) }
.card { position: relative; border: 1px solid var(--line); border-radius: 8px; background: var(--page); padding: .5rem }
.unit { display: grid; grid-template-columns: 5.6rem minmax(0, 1fr); gap: .5rem; align-items: center }
.out { display: grid; gap: .5rem; justify-items: center; border-color: var(--muted) }
.tight { gap: .1rem }
.dials { display: flex; flex-wrap: wrap; justify-content: center; gap: .25rem }
.knob { display: grid; gap: .15rem; justify-items: center; width: 3.2rem; font-size: .9rem; line-height: 1.2 }
.dial { width: 3.2rem; height: 3.2rem; cursor: grab; touch-action: none; border-radius: 50%; overflow: visible }
.dial:active { cursor: grabbing }
.rim { fill: none; stroke: var(--line); stroke-width: 4; stroke-linecap: round }
.turned { fill: none; stroke: var(--above); stroke-width: 4; stroke-linecap: round }
.turned.less { stroke: var(--below) }
.cap { fill: var(--soft); stroke: var(--muted) }
.dial:hover .cap { fill: var(--line) }
.hand { stroke: var(--text); stroke-width: 2.5; stroke-linecap: round }
.hint { stroke: var(--mark); stroke-width: 2; fill: var(--mark) }
.picture { position: relative; width: 100%; aspect-ratio: 1 }
.out .picture { max-width: 15.5rem }
.picture canvas, .picture svg { position: absolute; inset: 0; width: 100%; height: 100% }
.story { width: 100%; max-width: 26rem; height: auto }
.parts { display: grid; gap: 1rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17.5rem), 1fr)); align-items: start }
@media (max-width: 620px) {
  .network { grid-template-columns: minmax(0, 1fr); gap: .75rem }
  .inputs, .edges { display: none }
  .output { order: -1 }
}
`;

/** @param {State} state @param {{ png: (width: number, height: number, rgba: Uint8ClampedArray) => string }} tools */
function still(state, { png }) {
  const knobs = knobsOf((name) => state[name]);
  const { activation, question } = state;
  const n = knobs.W1.length;
  const { hidden, output, sums } = tints(knobs, activation);
  const examples = QUESTIONS[question];
  const good = right(examples, knobs, activation);
  const tall = 132;
  const height = Math.max(340, n * tall + 24);
  const colours = PAPER;
  const top = (/** @type {number} */ i) => height / 2 + (i - n / 2) * tall + 6;
  const out = square(230, 440, height / 2 - 125);
  const input = (/** @type {number} */ j) => [34, height / 2 + (j ? 70 : -70)];
  const words = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ said, look = {}) => label(text, x, y, said, { size: 14, fill: colours.text, ...look });
  const image = (/** @type {ReturnType<typeof square>} */ { left: x, top: y, side }, /** @type {Float64Array} */ values) =>
    text("image", { x, y, width: side, height: side, href: png(SIDE, SIDE, rgba(values, false)) });
  const wire = (/** @type {number[]} */ [x1, y1], /** @type {number[]} */ [x2, y2], /** @type {number} */ weight) =>
    text("path", { d: `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`, ...edgeLook(weight, colours) });
  const units = knobs.W1.map((w, i) => {
    const area = square(96, 170, top(i));
    const middle = top(i) + 48;
    const sum = `${plain(w[0])}·x₁ ${signed(w[1]).replace(/^(.)/, "$1 ")}·x₂ ${signed(knobs.b1[i]).replace(/^(.)/, "$1 ")}`;
    return text("g", {},
      ...w.map((weight, j) => wire([input(j)[0] + 18, input(j)[1]], [168, middle + (j ? 14 : -14)], weight)),
      wire([268, middle], [438, height / 2 + (i - (n - 1) / 2) * 30 - 10], knobs.W2[0][i]),
      image(area, hidden[i]),
      hiddenLines(text, area, { w, b: knobs.b1[i], colours }),
      words(218, top(i) + 114, sum, { size: 13 }),
      words(274, middle - 9, `× ${plain(knobs.W2[0][i])}`, { anchor: "start", bold: true }));
  });
  return text("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 690 ${height}`, "font-family": "sans-serif" },
    text("rect", { width: 690, height, fill: "#fff" }),
    ...units,
    ...[0, 1].map((j) => text("g", {},
      text("circle", { cx: input(j)[0], cy: input(j)[1], r: 18, fill: "#fff", stroke: colours.text, "stroke-width": 2 }),
      words(input(j)[0], input(j)[1] + 5, `x${SUB[j]}`))),
    image(out, output),
    answers(text, out, { sums, good, examples, size: sizeOf(question), colours }),
    words(555, out.top - 12, `${count(knobs)} knobs, activation ${BETWEEN[activation]}`),
    words(555, out.top + 252, score(knobs, question, activation).words, { bold: true }));
}

export default figure({ defaults, check, draw, css, still });
