/** One neuron: turn its weights and bias, or take its line by the hand, until it answers as it should. */
import { button, choice, slider } from "../lib/controls.js";
import { h, s, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { PAGE, PAPER, arrows, clamp, drag, label, mark, plain, square } from "../lib/plane.js";
import {
  ACTIVATIONS, bestPossible, biasThrough, corners, fitted, right, turnedAnswer, wanted, weightedSum,
  weightsAlong,
} from "./neuron.js";
import { SUB, asked, diagram, field, handles, points, walkOfTerms } from "./picture.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("../lib/figure.js").State} State */
/** @typedef {import("../lib/plane.js").Point} Point */

const MOST = { w: 4, b: 6 };
const CALLED = { and: "AND", or: "OR", nand: "NAND", most: "MOST", xor: "XOR", own: "your own" };
const MEANS = /** @type {Record<string, string>} */ ({
  and: "AND, all inputs are on", or: "OR, at least one is on", nand: "NAND, not all are on",
  most: "MOST, more than half are on", xor: "XOR, an odd number is on", own: "Your own question",
});
const defaults = {
  inputs: 2, w1: 1, w2: 1, w3: 1, b: -1.5, x1: 0, x2: 1, x3: 0,
  activation: "step", question: "or", own: "00000000",
};

/** @param {State} state */
function check(state) {
  if (state.inputs !== 2 && state.inputs !== 3) return "inputs: this neuron has 2 or 3 of them; choose one of the two.";
  for (const [name, most] of Object.entries({ w1: MOST.w, w2: MOST.w, w3: MOST.w, b: MOST.b })) {
    if (!(Math.abs(state[name]) <= most) || typeof state[name] !== "number")
      return `${name} must be a number from −${most} to ${most}: move its knob.`;
  }
  for (const name of ["x1", "x2", "x3"]) {
    if (typeof state[name] !== "number" || !(state[name] >= -0.5 && state[name] <= 1.5))
      return `${name}, an input, must be a number from −0.5 to 1.5: drag the ring back into the picture.`;
  }
  if (typeof state.activation !== "string" || !Object.hasOwn(ACTIVATIONS, state.activation))
    return "activation must be step or sigmoid: choose one of the two.";
  if (typeof state.question !== "string" || !Object.hasOwn(CALLED, state.question))
    return `question must be one of ${Object.keys(CALLED).join(", ")}: choose one from the list.`;
  if (typeof state.own !== "string" || !/^[01]{8}$/.test(state.own))
    return "own must be eight answers, each 0 or 1: choose a question from the list, then change the table.";
  return null;
}

/** The state as the arithmetic wants it. @param {(name: string) => any} get */
function reading(get) {
  const n = get("inputs");
  const names = [1, 2, 3].slice(0, n);
  return {
    n,
    w: names.map((i) => /** @type {number} */ (get(`w${i}`))),
    x: names.map((i) => /** @type {number} */ (get(`x${i}`))),
    b: /** @type {number} */ (get("b")),
    activation: /** @type {string} */ (get("activation")),
    question: /** @type {string} */ (get("question")),
    answers: wanted(get("question"), n, get("own")),
  };
}

/** @typedef {ReturnType<typeof reading>} Reading */

/** The bias that the plane of a slice sees: the third input, where it is on, adds its weight. @param {Reading} now @param {number} slice */
function biasOf({ w, b }, slice) {
  return b + (slice ? w[2] ?? 0 : 0);
}

/** @param {Reading} now */
function verdict(now) {
  const { w, b, question, answers } = now;
  const good = right(w, b, answers).filter(Boolean).length;
  const best = bestPossible(answers);
  const score = `${MEANS[question]}: ${good} of ${answers.length} right`;
  if (good === answers.length) return `${score}. This neuron answers the question.`;
  if (good === best) return `${score}, and no ${w.length === 2 ? "line" : "plane"} can do better: one neuron is not enough here.`;
  const can = `${score}. ${best === answers.length ? "All of them" : best} can be had`;
  if (w.slice(0, 2).every((weight) => weight === 0)) return `${can}. With w₁ and w₂ at zero there is no line: turn one of them.`;
  return [0, 1].slice(0, w.length - 1).some((slice) => handles(w.slice(0, 2), biasOf(now, slice)))
    ? `${can}: move the line.`
    : `${can}. The line lies outside of the picture: turn the bias until it is back.`;
}

/** @param {Reading} now */
function sumInWords({ x, w, b, activation }) {
  const z = weightedSum(x, w, b);
  const term = (/** @type {number} */ value) => (value < 0 ? `(${plain(value)})` : plain(value));
  const terms = w.map((weight, i) => `${term(weight)} · ${term(x[i])}`).join(" + ");
  const y = ACTIVATIONS[activation](z);
  return `z = ${terms} ${b < 0 ? "−" : "+"} ${plain(Math.abs(b))} = ${plain(z)}, so ŷ = ${activation}(${plain(z)}) = ${plain(y)}: ${z > 0 ? "yes" : "no"}`;
}

/** Put weights and bias, rounded as their knobs show them. @param {Stage} stage @param {number[]} w @param {number} b */
function turnTo(stage, w, b) {
  const fit = fitted(w, b, MOST);
  const round = (/** @type {number} */ value) => Math.round(value * 100) / 100 + 0;
  stage.put({ b: round(fit.b), ...Object.fromEntries(fit.w.map((weight, i) => [`w${i + 1}`, round(weight)])) });
}

/** Lay the line of a slice anew; with three inputs the upper slice keeps the bias and changes w3. @param {Stage} stage @param {number} slice @param {number[]} w12 @param {number} seen */
function layLine(stage, slice, w12, seen) {
  const now = reading(stage.get);
  const b = slice ? now.b : seen;
  turnTo(stage, now.n === 2 ? w12 : [...w12, slice ? seen - b : now.w[2]], b);
}

/** @param {Stage} stage */
function draw(stage) {
  const now = () => reading(stage.get);
  const says = h("p", { class: "says" });
  const sum = h("p", { class: "number sum" });
  const parts = h("div", { class: "parts" }, planes(stage, now), knobs(stage, now), table(stage, now),
    h("div", { class: "stack" }, sum, drawing("The sum, term by term", () => walkOfTerms(s, { ...now(), colours: PAGE }), stage)));
  stage.follow(() => {
    says.textContent = verdict(now());
    sum.textContent = sumInWords(now());
    parts.classList.toggle("three", now().n === 3);
    stage.say(`${sumInWords(now())}. ${verdict(now())}`);
  });
  stage.root.append(
    h("div", { class: "row" },
      choice(stage, "question", { label: "Question", choices: CALLED }),
      inputsSwitch(stage),
      choice(stage, "activation", { label: "Activation", choices: { step: "step", sigmoid: "sigmoid" } })),
    says,
    parts,
  );
}

/** @param {Stage} stage */
function inputsSwitch(stage) {
  const made = [2, 3].map((n) => button(`${n} inputs`, () => stage.put({ inputs: n })));
  stage.follow(() => made.forEach((one, k) => one.setAttribute("aria-pressed", String(stage.get("inputs") === k + 2))));
  return h("div", { class: "row near", role: "group", "aria-label": "Number of inputs" }, ...made);
}

/** A drawing without handles, made anew whenever the state changes. @param {string} label @param {() => { width: number, height: number, parts: any[] }} make @param {Stage} stage */
function drawing(label, make, stage) {
  const svg = s("svg", { role: "img", "aria-label": label, class: "drawing" });
  stage.follow(() => {
    const { width, height, parts } = make();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(...parts.filter(Boolean));
  });
  return svg;
}

/** @param {Stage} stage @param {() => Reading} now */
function knobs(stage, now) {
  const show = (/** @type {number} */ value) => plain(value);
  const weights = [0, 1, 2].map((i) =>
    slider(stage, `w${i + 1}`, { label: `w${SUB[i]}`, min: -MOST.w, max: MOST.w, step: 0.05, show }));
  const bias = slider(stage, "b", { label: "b", min: -MOST.b, max: MOST.b, step: 0.05, show });
  const all = (/** @type {number} */ factor) => () => turnTo(stage, now().w.map((w) => w * factor), now().b * factor);
  const twice = button("× 2", all(2));
  stage.follow(() => {
    weights[2].hidden = now().n === 2;
    twice.disabled = now().w.some((w) => Math.abs(2 * w) > MOST.w) || Math.abs(2 * now().b) > MOST.b;
  });
  return h("div", { class: "stack" },
    drawing("The neuron: inputs, weights, sum, activation, output", () => diagram(s, { ...now(), colours: PAGE }), stage),
    h("div", { class: "stack knobs" }, ...weights, bias),
    h("div", { class: "row near", role: "group", "aria-label": "All weights and the bias" },
      h("span", { class: "label" }, "All knobs"), twice, button("÷ 2", all(0.5)), button("× (−1)", all(-1))));
}

/** @param {Stage} stage @param {() => Reading} now */
function planes(stage, now) {
  const both = [0, 1].map((slice) => plane(stage, now, slice));
  stage.follow(() => {
    const three = now().n === 3;
    both[1].hidden = !three;
    both.forEach((one, slice) => (one.querySelector("figcaption").textContent = three ? `third input x₃ = ${slice}` : ""));
  });
  return h("div", { class: "planes" }, ...both);
}

/** @param {Stage} stage @param {() => Reading} now @param {number} slice @returns {any} */
function plane(stage, now, slice) {
  const area = square(290, 26, 4);
  const under = s("g");
  const over = s("g", { "pointer-events": "none" });
  const svg = s("svg", { viewBox: "0 0 322 318", role: "group", "aria-label": "The plane of the first two inputs", class: "plane" });
  const seen = () => biasOf(now(), slice);
  const w12 = () => now().w.slice(0, 2);
  stage.follow(() => {
    if (slice >= now().n - 1) return; // two inputs have one plane
    const drawn = { ...now(), w: w12(), b: seen(), colours: PAGE };
    under.replaceChildren(field(s, area, { ...drawn, key: `${slice}` }));
    over.replaceChildren(points(s, area, { ...now(), slice, colours: PAGE }));
  });
  under.addEventListener("click", (event) => ask(stage, area.at(event, svg), slice));
  svg.append(under, over, ring(stage, now, area, svg, slice), ...grips(stage, area, svg, slice, w12, seen));
  return h("figure", { class: "stack" }, h("figcaption", { class: "label" }), svg);
}

/** Ask at a point; close to a corner it is the corner that is meant. @param {Stage} stage @param {Point} point @param {number} slice */
function ask(stage, point, slice) {
  const [x1, x2] = point.map((value) => {
    const near = Math.round(value * 20) / 20;
    return clamp(Math.abs(value - Math.round(value)) < 0.08 ? Math.round(value) : near, -0.5, 1.5) + 0;
  });
  stage.put({ x1, x2, ...(stage.get("inputs") === 3 ? { x3: slice } : {}) });
}

/** The ring around the point that is asked. @param {Stage} stage @param {() => Reading} now @param {ReturnType<typeof square>} area @param {SVGSVGElement} svg @param {number} slice */
function ring(stage, now, area, svg, slice) {
  const made = handle("ring", "The asked inputs; arrow keys move them",
    s("circle", { r: 22, class: "hold" }), asked(s, { ...area, x: () => 0, y: () => 0 }, [0, 0], PAGE));
  drag(made, { move: (event) => ask(stage, area.at(event, svg), slice) });
  arrows(made, (across, up) => {
    const by = (/** @type {number} */ value, /** @type {number} */ step) => clamp(Math.round((value + step / 10) * 20) / 20, -0.5, 1.5) + 0;
    stage.put({ x1: by(now().x[0], across), x2: by(now().x[1], up) });
  });
  stage.follow(() => {
    const [x1, x2, x3 = 0] = now().x;
    const here = now().n === 2 ? slice === 0 : x3 === slice;
    made.style.display = here ? "" : "none";
    made.setAttribute("transform", `translate(${area.x(x1)} ${area.y(x2)})`);
    value(made, x1, -0.5, 1.5, `x1 = ${plain(x1)}, x2 = ${plain(x2)}`);
  });
  return made;
}

/** The line's three handles: the middle moves it, the ends turn it. @param {Stage} stage @param {ReturnType<typeof square>} area @param {SVGSVGElement} svg @param {number} slice @param {() => number[]} w12 @param {() => number} seen */
function grips(stage, area, svg, slice, w12, seen) {
  const middle = handle("grip", "Move the line; arrow keys", s("circle", { r: 22, class: "hold" }), s("rect", { x: -10, y: -10, width: 20, height: 20, rx: 4, class: "knob" }));
  const ends = ["from", "to"].map((end) =>
    handle("grip", `Turn the line by its ${end === "from" ? "first" : "second"} end; arrow keys`, s("circle", { r: 22, class: "hold" }), s("circle", { r: 11, class: "knob" })));
  /** @type {Point | null} where the line is held while an end turns it */
  let pivot = null;
  drag(middle, { move: (event) => layLine(stage, slice, w12(), biasThrough(w12(), area.at(event, svg))) });
  arrows(middle, (across, up) => layLine(stage, slice, w12(), seen() - (w12()[0] * across + w12()[1] * up) * 0.05));
  const turn = (/** @type {Point} */ held, /** @type {Point} */ to, /** @type {number} */ sign) => {
    const w = sign > 0 ? weightsAlong(w12(), to, held) : weightsAlong(w12(), held, to);
    layLine(stage, slice, w, biasThrough(w, held));
  };
  ends.forEach((end, k) => {
    drag(end, {
      start: () => (pivot = handles(w12(), seen())?.middle ?? null),
      move: (event) => pivot && turn(pivot, area.at(event, svg), k ? -1 : 1),
      end: () => (pivot = null),
    });
    arrows(end, (across, up) => {
      const at = handles(w12(), seen());
      if (!at) return;
      const angle = ((across + up) * Math.PI) / 90;
      const [dx, dy] = [at.to[0] - at.from[0], at.to[1] - at.from[1]];
      const to = /** @type {Point} */ ([at.middle[0] + dx * Math.cos(angle) - dy * Math.sin(angle), at.middle[1] + dx * Math.sin(angle) + dy * Math.cos(angle)]);
      turn(at.middle, to, -1);
    });
  });
  stage.follow(() => {
    const at = handles(w12(), seen());
    const degrees = Math.round((Math.atan2(w12()[1], w12()[0]) * 180) / Math.PI);
    for (const [made, place] of /** @type {const} */ ([[middle, at?.middle], [ends[0], at?.from], [ends[1], at?.to]])) {
      made.style.display = place ? "" : "none";
      if (place) made.setAttribute("transform", `translate(${area.x(place[0])} ${area.y(place[1])})`);
    }
    value(middle, seen(), -MOST.b - MOST.w, MOST.b + MOST.w, `bias ${plain(seen())}`);
    for (const end of ends) value(end, degrees, -180, 180, `yes lies at ${degrees} degrees`);
  });
  return [...ends, middle];
}

/** @param {string} kind @param {string} label @param {...SVGElement} shapes */
function handle(kind, label, ...shapes) {
  return s("g", { class: kind, role: "slider", tabindex: 0, "aria-label": label }, ...shapes);
}

/** @param {Element} element @param {number} at @param {number} least @param {number} most @param {string} words */
function value(element, at, least, most, words) {
  const told = { "aria-valuenow": at, "aria-valuemin": least, "aria-valuemax": most, "aria-valuetext": words };
  for (const [name, is] of Object.entries(told)) element.setAttribute(name, String(is));
}

/** Every corner: what the neuron says there, what it should say, and a button to change that. @param {Stage} stage @param {() => Reading} now */
function table(stage, now) {
  const rows = corners(3).map((x) => row(stage, now, x));
  const head = ["inputs", "z", "says", "should say", "right?"].map((words) => h("th", { scope: "col" }, words));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The corners and their answers" },
    h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)));
}

/** @param {Stage} stage @param {() => Reading} now @param {number[]} x */
function row(stage, now, x) {
  const asks = button("", () => stage.put({ x1: x[0], x2: x[1], x3: x[2] }));
  const [z, says, good] = [h("td", { class: "number" }), h("td"), h("td")];
  const at = () => (now().n === 2 ? 2 * x[0] + x[1] : 4 * x[0] + 2 * x[1] + x[2]);
  const should = button("", () =>
    stage.put({ question: "own", own: turnedAnswer(now().answers, at(), stage.get("own")) }), { class: "should" });
  const made = h("tr", {}, h("td", {}, asks), z, says, h("td", {}, should), good);
  stage.follow(() => {
    const { n, w, b, answers, activation } = now();
    made.hidden = n === 2 && x[2] === 1;
    if (made.hidden) return;
    const input = x.slice(0, n);
    const sum = weightedSum(input, w, b);
    const ok = sum > 0 === answers[at()];
    const here = input.every((value, i) => value === now().x[i]);
    made.classList.toggle("here", here);
    asks.textContent = input.join("  ");
    asks.setAttribute("aria-pressed", String(here));
    asks.setAttribute("aria-label", `Ask at ${input.join(", ")}`);
    z.textContent = plain(sum);
    says.replaceChildren(sign(sum > 0), activation === "sigmoid" ? plain(ACTIVATIONS.sigmoid(sum)) : sum > 0 ? "yes" : "no");
    should.replaceChildren(sign(answers[at()]), answers[at()] ? "yes" : "no");
    should.setAttribute("aria-label", `At ${input.join(", ")} it should say ${answers[at()] ? "yes" : "no"}: change`);
    good.replaceChildren(ok ? "✓" : "✗", h("span", { class: "spoken" }, ok ? "right" : "wrong"));
    good.className = ok ? "good" : "bad";
  });
  return made;
}

/** @param {boolean} yes */
function sign(yes) {
  const svg = s("svg", { viewBox: "-12 -12 24 24", width: 16, height: 16, "aria-hidden": "true" });
  svg.append(mark(s, 0, 0, { yes, colours: PAGE }));
  return svg;
}

const css = `
.parts, .planes { display: grid; gap: 1rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17.5rem), 1fr)); align-items: start }
.three .planes, .three > :last-child { grid-column: 1 / -1 }
.near { gap: .5rem }
figure { margin: 0 }
figcaption:empty { display: none }
.plane, .drawing { width: 100%; max-width: 26rem; height: auto; overflow: visible }
.plane g:focus { outline: none }
.ring, .grip { cursor: grab; touch-action: none }
.ring:active, .grip:active { cursor: grabbing }
.hold { fill: transparent; stroke: none }
.knob { fill: var(--page); stroke: var(--strong); stroke-width: 3 }
.grip:hover .knob, .grip:active .knob { fill: var(--strong) }
.ring:focus-visible .hold, .grip:focus-visible .hold { stroke: var(--focus); stroke-width: 3 }
.knobs { gap: 0 }
.knobs label { display: grid; grid-template-columns: 1.6rem minmax(0, 1fr) 3.2rem; font-size: 1rem }
.knobs input { width: 100% }
.knobs output { text-align: right }
.sum { font-size: 1.05rem; overflow-wrap: anywhere }
th { font-weight: 600; font-size: .85rem; white-space: nowrap; text-align: left; padding: .2rem .35rem }
td:last-child, td:first-child { position: relative }
.good { color: var(--mark); font-weight: 700 }
table { width: 100% }
td { padding: .15rem .35rem; white-space: nowrap; border-top: 1px solid var(--line) }
td svg { display: inline-block; vertical-align: -2px; margin-inline-end: .35rem }
td button { white-space: pre; padding: .2rem .45rem }
.should { border-style: dashed }
.here td { background: var(--soft) }
.bad { font-weight: 700 }
`;

/** @param {State} state */
function still(state) {
  const now = reading((name) => state[name]);
  const colours = PAPER;
  const three = now.n === 3;
  const side = three ? 196 : 260;
  const slices = three ? [0, 1] : [0];
  const pictures = slices.map((slice) => {
    const area = square(side, 40, 30 + slice * (side + 56));
    const drawn = { ...now, w: now.w.slice(0, 2), b: biasOf(now, slice), key: `${slice}`, colours };
    const name = three && label(text, 40, area.top - 8, `third input x₃ = ${slice}`, { anchor: "start", fill: colours.text });
    const here = !three || now.x[2] === slice;
    return text("g", {}, field(text, area, drawn), points(text, area, { ...now, slice, colours }), here && asked(text, area, now.x, colours), name);
  });
  const part = (/** @type {{ parts: any[] }} */ drawn, /** @type {number} */ top) =>
    text("g", { transform: `translate(318 ${top})` }, ...drawn.parts);
  const neuron = diagram(text, { ...now, colours });
  const terms = walkOfTerms(text, { ...now, colours });
  const height = Math.max(three ? 2 * side + 130 : side + 74, neuron.height + terms.height + 60);
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 690 ${height}`, "font-family": "sans-serif" },
    text("rect", { width: 690, height, fill: "#fff" }),
    ...pictures,
    part(neuron, 8),
    part(terms, neuron.height + 26),
    label(text, 322, height - 12, verdictShort(now, state.question), { size: 16, anchor: "start", fill: colours.text, bold: true }),
  );
}

/** @param {Reading} now @param {string} question */
function verdictShort(now, question) {
  const good = right(now.w, now.b, now.answers).filter(Boolean).length;
  return `${question.toUpperCase()}: ${good} of ${now.answers.length} right`;
}

export default figure({ defaults, check, draw, css, still });
