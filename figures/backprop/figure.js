/** Backpropagation, step by step: the chapter's 2-2-1 network, every number open to be changed. */
import { computed, signal } from "@preact/signals-core";
import { button, choice, logSlider, number, player } from "../lib/controls.js";
import { h, s, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { cost, TOO_LARGE, train, update, run } from "./backprop.js";
import { fields, graph, NARROW, WEIGHTS, WIDE } from "./graph.js";
import { agree, COUNT, everything, known, sentence, steps } from "./steps.js";
import { logChart, SIZE as CHART } from "../lib/log_chart.js";
import { written } from "../lib/numbers.js";

/**
 * @typedef {import("./backprop.js").Task} Task
 * @typedef {import("./backprop.js").Name} Name
 * @typedef {import("./graph.js").Palette} Palette
 * @typedef {import("../lib/figure.js").State} State
 * @typedef {import("../lib/figure.js").Stage} Stage
 */

const NAMES = { relu: "ReLU", leaky_relu: "leaky ReLU", tanh: "tanh", sigmoid: "sigmoid", linear: "linear" };
const PHASES = /** @type {const} */ ({ forward: ["Forward", 1], backward: ["Backward", 9], update: ["Update", COUNT] });

/** The arrays to edit: name in the state -> rows, columns, and what an entry is called. */
const ARRAYS = /** @type {Record<string, { shape: number[], called: (row: number, column: number) => string }>} */ ({
  X: { shape: [2, 2], called: (r, c) => `input x${r + 1} of example ${c + 1}` },
  target: { shape: [1, 2], called: (_, c) => `target y of example ${c + 1}` },
  W1: { shape: [2, 2], called: (r, c) => `weight from input ${c + 1} to hidden neuron ${r + 1}` },
  b1: { shape: [2], called: (r) => `bias of hidden neuron ${r + 1}` },
  W2: { shape: [1, 2], called: (_, c) => `weight from hidden neuron ${c + 1} to the output` },
  b2: { shape: [1], called: () => "bias of the output" },
});
const LARGEST = 1000;
const MOST_UPDATES = 200;

const defaults = {
  step: 1,
  X: [[2, 1], [1, 3]],
  target: [[1, -1]],
  W1: [[1, -1], [2, 1]],
  b1: [0, -1],
  W2: [[3, -2]],
  b2: [1],
  hidden: "relu",
  output: "linear",
  rate: 0.01,
  updates: 0,
}; // prettier-ignore

/** @param {State} state */
function check(state) {
  for (const [name, { shape, called }] of Object.entries(ARRAYS)) {
    const rows = state[name];
    const fits = (/** @type {any} */ list, /** @type {number} */ length) => Array.isArray(list) && list.length === length;
    if (!fits(rows, shape[0]) || (shape[1] && !rows.every((/** @type {any} */ row) => fits(row, shape[1]))))
      return `${name} must have ${shape[0]} ${shape[1] ? `× ${shape[1]} ` : ""}numbers. Reset brings back those of the chapter.`;
    for (const [r, row] of rows.entries())
      for (const [c, value] of (shape[1] ? row : [row]).entries()) {
        if (typeof value !== "number" || !Number.isFinite(value)) return `The ${called(r, c)} is not a number yet: type one, such as 0.5.`;
        if (Math.abs(value) > LARGEST) return `The ${called(r, c)} must lie between −${LARGEST} and ${LARGEST}, not at ${written(value)}: choose a smaller one.`;
      }
  }
  for (const name of ["hidden", "output"])
    if (!Object.hasOwn(NAMES, state[name])) return `There is no such activation for the ${name} layer: choose one of ${Object.values(NAMES).join(", ")}.`;
  if (!(typeof state.rate === "number" && state.rate > 0 && state.rate <= 10)) return "The learning rate must be above 0 and at most 10: try 0.01.";
  if (!(Number.isInteger(state.step) && state.step >= 0 && state.step <= COUNT)) return `There are the steps 0 to ${COUNT}: choose one of them.`;
  if (!(Number.isInteger(state.updates) && state.updates >= 0 && state.updates <= MOST_UPDATES)) return `The number of updates must be a whole one from 0 to ${MOST_UPDATES}.`;
}

/** @param {(name: string) => any} get @returns {Task} */
function taskOf(get) {
  const layers = [{ W: get("W1"), b: get("b1") }, { W: get("W2"), b: get("b2") }]; // prettier-ignore
  return { X: get("X"), target: get("target"), layers, activations: [get("hidden"), get("output")] };
}

/** The trail of updates, and the task as it stands after them. @param {(name: string) => any} get */
function learnt(get) {
  const start = taskOf(get);
  const trail = train(start, get("rate"), get("updates"));
  return { start, trail, task: { ...start, layers: trail[trail.length - 1].layers } };
}

/** @param {Task} task @param {import("./steps.js").Step[]} list @param {number} n @returns {import("./graph.js").View} */
function viewOf(task, list, n) {
  const now = list[n - 1];
  return {
    all: everything(task),
    known: known(list, n),
    makes: now?.makes ?? [],
    uses: now?.uses ?? [],
    back: now !== undefined && now.phase !== "forward",
    called: /** @type {[string, string]} */ (task.activations.map((name) => NAMES[name])),
    stepOf: (key) => list.findIndex(({ makes }) => makes.includes(key)) + 1,
  };
}

/** @type {Palette} */
const ON_PAGE = { text: "var(--text)", muted: "var(--muted)", line: "var(--line)", soft: "var(--soft)", page: "var(--page)", value: "var(--below)", slope: "var(--above)", lit: "var(--lit)", rim: "var(--rim)", used: "var(--focus)" };
/** @type {Palette} */
const ON_PAPER = { text: "#1a1a1a", muted: "#666", line: "#b5b5b5", soft: "#f2f2f2", page: "#fff", value: "#0072b2", slope: "#b84e00", lit: "#fff3c4", rim: "#c99700", used: "#8045e5" };

/** @param {Stage} stage */
function draw(stage) {
  const { get, put, follow, say } = stage;
  const layout = signal(WIDE);
  const now = computed(() => learnt(get)); // asked for in many places, computed once for each change
  const last = { n: get("step") };

  const svg = s("svg", { role: "img", class: "graph-lines" });
  const typed = entries(stage, layout, now);
  const board = h("div", { class: "board" }, svg, ...typed);
  svg.addEventListener("click", (event) => {
    const step = /** @type {Element} */ (event.target).closest("[data-step]")?.getAttribute("data-step");
    if (Number(step) > 0) put({ step: Number(step) });
  });

  const title = h("p", { class: "title" });
  const formula = h("div", { class: "formula scroll", tabindex: 0, role: "group", "aria-label": "The formula of the chapter" });
  const lines = h("div", { class: "lines" });
  const why = h("p");
  const judged = h("p", { class: "judged" });
  const take = button("Take the step", () => put({ updates: get("updates") + 1, step: 8 }), { class: "main" });
  const panel = h("section", { class: "panel step", "aria-label": "This step" }, title, formula, lines, why, judged);

  const go = (/** @type {number} */ step) => put({ step: Math.min(COUNT, Math.max(0, step)) });
  const play = player(stage, () => {
    go(get("step") < COUNT ? get("step") + 1 : 0); // pressed at the end, it begins anew
    return get("step") < COUNT ? undefined : false;
  }, { pause: 2200 }); // prettier-ignore
  const range = h("input", { type: "range", min: 0, max: COUNT, step: 1, "aria-label": "Step" });
  range.addEventListener("input", () => go(range.valueAsNumber));
  const where = h("output", { class: "where" });
  const back = button("◀ Back", () => go(get("step") - 1));
  const next = button("Next ▶", () => go(get("step") + 1), { class: "main" });
  const phases = Object.entries(PHASES).map(([phase, [label, first]]) => button(label, () => go(first), { "data-phase": phase, "aria-pressed": "false" }));
  const walk = h("div", { class: "walk" }, h("div", { class: "row" }, back, next, play.button, h("span", { class: "phases row" }, ...phases)), h("div", { class: "row" }, range, where));

  follow(() => {
    const { width, height } = layout.value;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  });
  follow(() => {
    const { task } = now.value;
    const list = steps(task, get("rate"));
    const n = get("step");
    const view = viewOf(task, list, n);
    svg.innerHTML = graph(view, layout.value, ON_PAGE);
    svg.setAttribute("aria-label", `The computation graph. ${told(view)}`);
    typed.forEach((field) => field.classList.toggle("used", view.uses.includes(/** @type {string} */ (field.dataset.key)) || wired(view, /** @type {string} */ (field.dataset.key))));
    show(list[n - 1], n);
    if (n !== last.n) say(n ? `Step ${n} of ${COUNT}. ${sentence(list[n - 1])} ${list[n - 1].why}` : "Back before the first step.");
    last.n = n;
  });
  follow(() => {
    const step = stage.asked("step");
    if (Number.isFinite(step)) range.value = step;
  });

  /** @param {import("./steps.js").Step | undefined} step @param {number} n */
  function show(step, n) {
    const phase = step?.phase ?? "forward";
    range.setAttribute("aria-valuetext", step ? `${n} of ${COUNT}: ${step.title}` : "0: before the first step");
    where.textContent = `step ${n} of ${COUNT}`;
    back.disabled = n === 0;
    next.disabled = n === COUNT;
    phases.forEach((chip) => chip.setAttribute("aria-pressed", String(n > 0 && chip.dataset.phase === phase)));
    panel.dataset.phase = phase;
    title.textContent = step?.title ?? "Two examples wait at the inputs";
    formula.innerHTML = step ? `<math displaystyle="true">${step.formula}</math>${step.filled ? `<math displaystyle="true" class="filled">${step.filled}</math>` : ""}` : "";
    formula.hidden = !step;
    lines.replaceChildren(...(step?.lines ?? []).map(writtenLine));
    lines.classList.toggle("many", phase === "update");
    why.textContent = step?.why ?? "Press Next, and watch one number after the other appear. Every field can be changed at any time.";
    judged.hidden = !step?.judged;
    if (step?.judged) judged.textContent = judgement(step.judged);
  }

  const watch = new ResizeObserver(([{ contentRect }]) => {
    layout.value = contentRect.width < 560 ? NARROW : WIDE;
    board.classList.toggle("narrow", layout.value === NARROW);
  });
  watch.observe(stage.root);
  stage.onLeave(() => watch.disconnect());

  const legend = h("p", { class: "key" }, h("span", { class: "made" }, "found now"), h("span", { class: "used" }, "from these"),
    h("span", { class: "v" }, "value"), h("span", { class: "d" }, "slope (d…)"), "two numbers: examples 1 and 2");
  stage.root.append(board, legend, h("div", { class: "reading", tabindex: 0, role: "region", "aria-label": "Step by step" }, walk, panel), learning(stage, take, now), settings(stage));
}

/** The arithmetic of one example. @param {import("./steps.js").Line} line */
function writtenLine({ label, pieces }) {
  const shown = pieces.map(([kind, words]) => (kind ? h("b", { class: kind }, words) : words));
  return h("p", { class: "line" }, h("span", { class: "label" }, label), h("span", {}, ...shown));
}

/** @param {NonNullable<import("./steps.js").Step["judged"]>} judged */
function judgement(judged) {
  const numbers = judged.measured.map((value) => written(Number(value.toFixed(5)))).join(" and ");
  return agree(judged)
    ? `✓ Measured, by moving the number a little to both sides: ${numbers}.`
    : `✗ Measured: ${numbers}. Not the same, since a ReLU stands exactly at its kink, where there is no slope; the formula takes the left one, 0.`;
}

/** A weight is in use on the way back through it, too. @param {import("./graph.js").View} view @param {string} key */
function wired(view, key) {
  return view.makes.includes(`d${key}`);
}

/** The known numbers of the graph in words. @param {import("./graph.js").View} view */
function told({ all, known }) {
  const rows = [...known].filter((key) => key !== "update").map((key) => {
    const [name, ...at] = key.split(".");
    const value = at.reduce((part, index) => part[index], /** @type {any} */ (all)[name]);
    return `${name}${at.length ? ` ${at.map((index) => Number(index) + 1).join(" ")}` : ""}: ${[value].flat().map((v) => written(v)).join(", ")}`;
  }); // prettier-ignore
  return rows.length ? rows.join("; ") : "No number is known yet but those in the fields.";
}

/** State name, row and column of a field's key. @param {string} key @returns {[string, number, number]} */
function address(key) {
  const [array, r, c] = key.split(".");
  const name = array === "A0" ? "X" : array === "y" ? "target" : array;
  return name === "target" ? [name, 0, Number(r)] : [name, Number(r), Number(c ?? 0)];
}

/**
 * @template T
 * @typedef {{ readonly value: T, peek(): T }} Known a value that effects follow
 */

/** @typedef {Known<ReturnType<typeof learnt>>} Learnt */

/** An entry of a matrix or a list, if there is one. @param {any} rows @param {number} r @param {number} c */
function entry(rows, r, c) {
  const row = rows?.[r];
  return Array.isArray(row) ? row[c] : row;
}

/** The arrays that are learnt, by their names in the state. @param {Task} task @returns {Record<string, any>} */
function weights({ layers: [first, last] }) {
  return { W1: first.W, b1: first.b, W2: last.W, b2: last.b };
}

/**
 * The fields to type in, laid over the graph.
 * @param {Stage} stage
 * @param {Known<import("./graph.js").Layout>} layout
 * @param {Learnt} now
 */
function entries(stage, layout, now) {
  return Object.keys(fields(WIDE)).map((key) => {
    const [name, r, c] = address(key);
    const words = ARRAYS[name].called(r, c);
    const input = h("input", { type: "number", step: 0.5, inputmode: "decimal", class: "entry", "data-key": key, "aria-label": words[0].toUpperCase() + words.slice(1) });
    input.addEventListener("input", () => stage.put(edited(stage, now.peek().task, name, r, c, Number.isNaN(input.valueAsNumber) ? null : input.valueAsNumber)));
    stage.follow(() => {
      const { width, height } = layout.value;
      const { x, y, w } = fields(layout.value)[key];
      input.style.cssText = `left: ${(100 * x) / width}%; top: ${(100 * y) / height}%; width: ${(100 * w) / width}%`;
    });
    stage.follow(() => {
      const asked = entry(stage.asked(name), r, c);
      const value = stage.get("updates") > 0 && /^[Wb]/.test(name) ? entry(weights(now.value.task)[name], r, c) : asked;
      if (typeof value === "number" && Number.isFinite(value) && input.valueAsNumber !== value) input.value = String(Number(value.toPrecision(4)));
    });
    return input;
  });
}

/**
 * The state with one entry changed. What the updates have made so far is where the new network starts.
 * @param {Stage} stage @param {Task} task @param {string} name @param {number} r @param {number} c @param {number | null} value
 */
function edited(stage, task, name, r, c, value) {
  /** @type {Record<string, any>} */
  const start = stage.get("updates") > 0 ? { ...weights(task), updates: 0 } : {};
  const before = start[name] ?? stage.asked(name);
  const whole = Array.isArray(before) ? before : stage.get(name);
  const copy = structuredClone(whole);
  if (ARRAYS[name].shape[1]) copy[r][c] = value;
  else copy[r] = value;
  return { ...start, [name]: copy };
}

/** The learning rate, the step downhill, and the loss after each. @param {Stage} stage @param {HTMLButtonElement} take @param {Learnt} now */
function learning(stage, take, now) {
  const { get, put, follow } = stage;
  const undo = button("Take it back", () => put({ updates: Math.max(0, get("updates") - 1) }));
  const ten = button("Take ten", () => put({ updates: Math.min(MOST_UPDATES, get("updates") + 10), step: 8 }));
  const told = h("p", { class: "says", role: "status" });
  const chart = s("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: "img", class: "losses" });
  follow(() => {
    const { trail, task } = now.value;
    const taken = trail.length - 1;
    const flown = taken < get("updates");
    const after = cost({ ...task, layers: update(task.layers, run(task).slopes, get("rate")) });
    take.disabled = ten.disabled = flown || get("updates") >= MOST_UPDATES;
    undo.disabled = get("updates") === 0;
    told.textContent = learningWords(task, trail, flown, after, get("rate"));
    chart.innerHTML = logChart([{ values: trail.map(({ J }) => J), colour: ON_PAGE.value }], { words: "J after each update", line: ON_PAGE.line, muted: ON_PAGE.muted });
    chart.setAttribute("aria-label", `The loss J after ${taken} updates, from ${written(trail[0].J)} to ${written(trail[taken].J)}.`);
  });
  return h(
    "fieldset",
    {},
    h("legend", {}, "Learn: W ← W − α dW, b ← b − α db"),
    h("div", { class: "row" }, logSlider(stage, "rate", { label: "learning rate α", min: 0.001, max: 10 }), number(stage, "rate", { label: "or typed", min: 0, max: 10, step: "any" })),
    h("div", { class: "learn" },
      h("div", { class: "stack" },
        h("div", { class: "row" }, take, ten, undo),
        told),
      chart),
  ); // prettier-ignore
}

/** Is every hidden neuron a ReLU that is off in every example? @param {Task} task */
function dead(task) {
  return task.activations[0] === "relu" && everything(task).Z1.flat().every((z) => z <= 0);
}

/** @param {Task} task @param {{ J: number }[]} trail @param {boolean} flown @param {number} after @param {number} rate */
function learningWords(task, trail, flown, after, rate) {
  const taken = trail.length - 1;
  const J = trail[taken].J;
  const off = dead(task) ? " Both hidden neurons are off in both examples: only the last bias can still learn." : "";
  const so = taken ? `After ${taken} update${taken > 1 ? "s" : ""} the loss J is ${written(J)}; it began at ${written(trail[0].J)}.` : `The loss J is ${written(J)}.`;
  if (flown) return `${so} The next step would lead beyond ${written(TOO_LARGE)}: α = ${written(rate)} is too large, and each step overshoots further. Take steps back, or a smaller α.`;
  if (after > J * (1 + 1e-12)) return `${so} The next step would raise it to ${written(after)}: α = ${written(rate)} is too large for this place.`;
  if (after === J) return `${so} The next step changes nothing: every slope is 0, or too small to count.`;
  return `${so} The next step lowers it to ${written(after)}.${off}`;
}

/** @param {Stage} stage */
function settings(stage) {
  const relu = { relu: "ReLU", leaky_relu: "leaky ReLU", tanh: "tanh", sigmoid: "sigmoid", linear: "linear (none)" };
  return h(
    "div",
    { class: "row" },
    choice(stage, "hidden", { label: "hidden layer", choices: relu }),
    choice(stage, "output", { label: "output layer", choices: relu }),
  );
}

const css = `
.all { --lit: #fff3c4; --rim: #c99700 } .dark { --lit: #3d2f00; --rim: #b38600 }
.board { position: relative; width: 100%; max-width: 760px; margin-inline: auto }
.board.narrow { max-width: 380px }
.graph-lines { width: 100%; height: auto; overflow: visible }
.jump { cursor: pointer }
.entry { position: absolute; transform: translate(-50%, -50%); appearance: textfield; text-align: center }
input[type="number"].entry { min-height: 26px; height: 28px; min-width: 0; padding: 0; font-size: 13px; font-variant-numeric: tabular-nums; border-color: var(--muted); border-radius: 5px }
.entry::-webkit-inner-spin-button { display: none }
input[type="number"].entry.used { border: 2px dashed var(--focus) }
.flow { stroke-dasharray: 9 7 }
@media (prefers-reduced-motion: no-preference) { .flow { animation: flow 1s linear infinite } .flow.back { animation-direction: reverse } }
@keyframes flow { from { stroke-dashoffset: 32 } to { stroke-dashoffset: 0 } }
.key { display: flex; flex-wrap: wrap; gap: .2rem .9rem; font-size: .85rem; color: var(--muted) }
.key span { color: var(--text); padding: 0 .4em; border-radius: 4px }
.key .made { background: var(--lit); border: 1px solid var(--rim) } .key .used { outline: 2px dashed var(--focus); outline-offset: -1px }
.key .v { color: var(--below) } .key .d { color: var(--above) }
.reading { display: grid; gap: .5rem; grid-template: auto / minmax(0, 1fr); grid-auto-rows: max-content }
.walk { display: grid; gap: .25rem; background: var(--page) }
.narrow ~ .reading { position: sticky; bottom: 0; max-height: 48vh; overflow: auto; background: var(--page); border-top: 2px solid var(--line); padding-block: .4rem; z-index: 2; scrollbar-gutter: stable }
.narrow ~ .reading .phases { display: none }
.narrow ~ .reading .step { min-height: 0; padding: .4rem .6rem }
.narrow ~ .reading .line { flex-wrap: wrap; gap: 0 .5rem }
.narrow ~ .reading .line .label { min-width: 0; white-space: nowrap }
.narrow ~ .reading .many .line { flex-wrap: nowrap }
.narrow ~ .reading .many .label { min-width: 2.6rem }
.walk input[type="range"] { flex: 1 1 12rem }
.phases { gap: .25rem }
button.main { font-weight: 600; border-width: 2px; border-color: var(--strong) }
.step { border: 1px solid var(--line); border-inline-start: 5px solid var(--below); border-radius: 6px; padding: .6rem .9rem; display: grid; gap: .4rem; align-content: start; grid-template-columns: minmax(0, 1fr); grid-auto-rows: max-content; min-height: 16rem }
.step[data-phase="backward"], .step[data-phase="update"] { border-inline-start-color: var(--above) }
.title { font-size: 1.05rem; font-weight: 700 }
.formula { display: flex; flex-wrap: wrap; align-items: center; gap: .2rem .6rem; min-height: 3.4rem; padding: .2rem 0 }
math { font-family: "NotoSans Math", math; font-size: 1.15rem }
math.filled { font-size: 1rem } .step[data-phase="update"] math.filled { font-size: 1.15rem }
mtd { padding: .1em .35em }
mtd.v, b.v { color: var(--below) } mtd.d, b.d { color: var(--above) } mtd.w, b.w { color: var(--text) }
mtd.lit { background: var(--lit); font-weight: 700 }
.line b { font-weight: 400 }
.line b.made { font-weight: 700; background: var(--lit); border: 1px solid var(--rim); border-radius: 4px; padding: 0 .3em }
.lines { display: grid; gap: .15rem }
.lines.many { grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)) }
.line { display: flex; gap: .75rem; font-variant-numeric: tabular-nums }
.line .label { color: var(--muted); min-width: 5.2rem }
.many .line .label { min-width: 3rem }
.judged { font-size: .9rem; color: var(--muted) }
.learn { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 320px); gap: 1rem; align-items: center }
@media (max-width: 600px) { .learn { grid-template-columns: minmax(0, 1fr) } }
`;

/** @param {State} state */
function still(state) {
  const get = (/** @type {string} */ name) => state[name];
  const { task } = learnt(get);
  const list = steps(task, state.rate);
  const view = viewOf(task, list, COUNT - 1);
  const { width, height } = WIDE;
  const typed = Object.entries(fields(WIDE)).map(([key, { x, y, w }]) => {
    const all = /** @type {any} */ (view.all);
    const [array, ...at] = key.split(".");
    const value = array === "y" ? all.y[0][Number(at[0])] : at.reduce((part, index) => part[Number(index)], all[array]);
    const frame = text("rect", { x: x - w / 2, y: y - 12, width: w, height: 24, rx: 5, fill: ON_PAPER.page, stroke: ON_PAPER.muted });
    return frame + text("text", { x, y: y + 5, "text-anchor": "middle", "font-size": 14, fill: ON_PAPER.text }, written(value));
  });
  const legend = [
    text("text", { x: 4, y: 322, "font-size": 13, fill: ON_PAPER.value }, "blue: forward, two examples"),
    text("text", { x: 4, y: 342, "font-size": 13, fill: ON_PAPER.slope }, "orange: slopes, backward"),
    text("text", { x: 4, y: 362, "font-size": 13, fill: ON_PAPER.text }, "framed: to be chosen"),
  ];
  const inside = graph({ ...view, makes: [], uses: [] }, WIDE, ON_PAPER) + typed.join("") + legend.join("");
  return text("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height + 6}`, width, height: height + 6, "font-family": "sans-serif" }, inside);
}

export default figure({ defaults, check, draw, css, still });
