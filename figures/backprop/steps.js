/**
 * The passes, one node at a time: for each step which numbers it makes and of which, its formula, its arithmetic
 * written out, why it is so, and the slope measured for comparison.
 *
 * Numbers go by keys: "Z1.0" is row 0 of Z of layer 1 (one number for each example), "W2.0.1" is one weight.
 */
import { ACTIVATIONS, cost, forward, losses, measured, run, update } from "./backprop.js";
import { equals, factor, written } from "../lib/numbers.js";
import { array, bracketed, fraction, indexed, matrix, MEAN, sign, slopeOfG, squared, transpose, variable } from "./words.js";

/** @typedef {import("./backprop.js").Task} Task @typedef {import("./backprop.js").Name} Name */
/** @typedef {import("./backprop.js").Matrix} Matrix */

/**
 * @typedef {object} Step
 * @property {"forward" | "backward" | "update"} phase
 * @property {string} title what it finds, in words
 * @property {string[]} makes the keys of the numbers that it finds
 * @property {string[]} uses the keys of those that it needs
 * @property {string} formula of the chapter, as MathML
 * @property {string} filled the same with the matrices written out, as MathML; of the update, that of the biases
 * @property {Line[]} lines the arithmetic of this one node
 * @property {string} why
 * @property {{ found: number[], measured: number[] }} [judged] slopes, and what measuring them says
 */

/**
 * A line of arithmetic, in pieces: what each is (v a value, d a slope, w a weight, nothing a sign) and its text.
 * @typedef {{ label: string, pieces: [string, string][] }} Line
 */

/** @type {Record<Name, string>} */
export const CALLED = { relu: "ReLU", leaky_relu: "leaky ReLU", tanh: "tanh", sigmoid: "σ", linear: "g" };

/** @param {Task} task */
export function everything(task) {
  const { cache, L, J, slopes } = run(task);
  const [first, last] = task.layers;
  return {
    A0: task.X, W1: first.W, b1: first.b, Z1: cache[0].Z, A1: cache[0].A,
    W2: last.W, b2: last.b, Z2: cache[1].Z, A2: cache[1].A, y: task.target, L, J,
    dA2: slopes[1].dA, dZ2: slopes[1].dZ, dW2: slopes[1].dW, db2: slopes[1].db,
    dA1: slopes[0].dA, dZ1: slopes[0].dZ, dW1: slopes[0].dW, db1: slopes[0].db,
  }; // prettier-ignore
}

/** @typedef {ReturnType<typeof everything>} Everything */

/**
 * All steps of one pass forward, one backward, and the update.
 * @param {Task} task
 * @param {number} rate
 * @returns {Step[]}
 */
export function steps(task, rate) {
  const all = everything(task);
  const at = { task, all, m: all.L.length };
  return [
    sum(at, 1, 0), sum(at, 1, 1), activation(at, 1, 0), activation(at, 1, 1),
    sum(at, 2, 0), activation(at, 2, 0), loss(at), meanLoss(at),
    lossSlope(at), sumSlope(at, 2, 0),
    weightSlope(at, 2, 0, 0), weightSlope(at, 2, 0, 1), biasSlope(at, 2, 0),
    outputSlope(at, 0), outputSlope(at, 1), sumSlope(at, 1, 0), sumSlope(at, 1, 1),
    weightSlope(at, 1, 0, 0), weightSlope(at, 1, 0, 1), weightSlope(at, 1, 1, 0), weightSlope(at, 1, 1, 1),
    biasSlope(at, 1, 0), biasSlope(at, 1, 1),
    downhill(at, rate),
  ]; // prettier-ignore
}

/** How many steps there are, without making them. */
export const COUNT = 24;

/** @typedef {{ task: Task, all: Everything, m: number }} At */

/** @param {number} layer @param {number} neuron */
function neuronName(layer, neuron) {
  return layer === 1 ? `hidden neuron ${neuron + 1}` : "the output";
}

/** @param {number} layer @param {number} k */
function sourceName(layer, k) {
  return layer === 1 ? `input ${k + 1}` : `hidden neuron ${k + 1}`;
}

/** @param {number} m @param {(example: number) => Line["pieces"]} pieces @returns {Line[]} */
function forEachExample(m, pieces) {
  return Array.from({ length: m }, (_, i) => ({ label: `example ${i + 1}`, pieces: pieces(i) }));
}

/** @param {number} j */
const row = (j) => (/** @type {number} */ r) => r === j;

/** @param {Everything} all @param {string} name @returns {Matrix} */
const get = (all, name) => /** @type {any} */ (all)[name];

/** Rows up to this one are known by now. @param {number} j */
const upTo = (j) => (/** @type {number} */ r) => r <= j;

/** @param {At} at @param {number} l @param {number} j @returns {Step} */
function sum({ all, m }, l, j) {
  const [W, b, A, Z] = [get(all, `W${l}`), /** @type {any} */ (all)[`b${l}`], get(all, `A${l - 1}`), get(all, `Z${l}`)];
  return {
    phase: "forward",
    title: `The weighted sum of ${neuronName(l, j)}`,
    makes: [`Z${l}.${j}`],
    uses: [`W${l}.${j}.0`, `W${l}.${j}.1`, `b${l}.${j}`, `A${l - 1}.0`, `A${l - 1}.1`],
    formula: array("Z", l) + sign("=") + array("W", l) + array("A", l - 1) + sign("+") + array("b", l),
    filled:
      sign("=") + matrix(W, { kind: "w", lit: row(j) }) + matrix(A, { kind: "v", lit: () => true }) + sign("+") +
      matrix(b.map((/** @type {number} */ bias) => [bias]), { kind: "w", lit: row(j) }) + sign("=") +
      matrix(Z, { kind: "v", lit: row(j), known: upTo(j) }),
    lines: forEachExample(m, (i) => [
      ["w", factor(W[j][0])], ["", " · "], ["v", factor(A[0][i])], ["", " + "],
      ["w", factor(W[j][1])], ["", " · "], ["v", factor(A[1][i])], ["", " + "], ["w", factor(b[j])],
      ["", ` ${equals(Z[j][i], W[j][0], W[j][1], b[j], A[0][i], A[1][i])} `], ["v made", written(Z[j][i])],
    ]),
    why: `Each ${l === 1 ? "input" : "output of the layer before"} times the weight on its line, and the bias: row ${j + 1} of the weights meets each column of examples.`,
  }; // prettier-ignore
}

/** @param {At} at @param {number} l @param {number} j @returns {Step} */
function activation({ task, all, m }, l, j) {
  const [Z, A, name] = [get(all, `Z${l}`), get(all, `A${l}`), task.activations[l - 1]];
  return {
    phase: "forward",
    title: l === 1 ? `The output of ${neuronName(l, j)}` : "What the network says, ŷ",
    makes: [`A${l}.${j}`],
    uses: [`Z${l}.${j}`],
    formula: array("A", l) + sign("=") + variable("g") + bracketed(array("Z", l)),
    filled:
      sign("=") + `<mi>${CALLED[name]}</mi>` + bracketed(matrix(Z, { kind: "v", lit: row(j) })) + sign("=") +
      matrix(A, { kind: "v", lit: row(j), known: upTo(j) }),
    lines: forEachExample(m, (i) => [
      ["", `${CALLED[name]}(`], ["v", written(Z[j][i])], ["", `) ${equals(A[j][i], Z[j][i])} `], ["v made", written(A[j][i])],
    ]),
    why: WHY_ACTIVE[name](Z[j]),
  }; // prettier-ignore
}

/** @type {Record<Name, (z: number[]) => string>} */
const WHY_ACTIVE = {
  relu: (z) =>
    z.some((value) => value <= 0)
      ? "A sum above zero goes on as it is. Below zero the ReLU is off: 0 goes on."
      : "A sum above zero goes on as it is.",
  leaky_relu: () => "A sum above zero goes on as it is; below zero only a hundredth of it does.",
  tanh: () => "Any sum is pressed between −1 and 1.",
  sigmoid: () => "Any sum is pressed between 0 and 1.",
  linear: () => "This layer is linear, g(z) = z: the sum goes on as it is.",
};

/** What the network says of an example, less what is right. */
const OFF = bracketed(indexed("<mover><mi>y</mi><mo>^</mo></mover>", "i") + sign("−") + indexed(variable("y"), "i"));

/** @param {At} at @returns {Step} */
function loss({ all, m }) {
  const [output, target] = [all.A2[0], all.y[0]];
  return {
    phase: "forward",
    title: "How wrong it is, example by example",
    makes: ["L"],
    uses: ["A2.0", "y"],
    formula: indexed(variable("L"), "i") + sign("=") + squared(OFF),
    filled: "",
    lines: forEachExample(m, (i) => [
      ["", "("], ["v", written(output[i])], ["", " − "], ["w", factor(target[i])],
      ["", `)² ${equals(all.L[i], output[i], target[i])} `], ["v made", written(all.L[i])],
    ]),
    why: "What the network says minus what is right, squared.",
  }; // prettier-ignore
}

/** @param {At} at @returns {Step} */
function meanLoss({ all, m }) {
  return {
    phase: "forward",
    title: "How wrong it is altogether",
    makes: ["J"],
    uses: ["L"],
    formula: variable("J") + sign("=") + MEAN + indexed(variable("L"), "i"),
    filled: "",
    lines: [{ label: "mean", pieces: [
      ["", `1/${m} · (`], ...joined(all.L.map((value) => [["v", written(value)]])), ["", `) ${equals(all.J, ...all.L)} `], ["v made", written(all.J)],
    ] }],
    why: "The mean loss is the one number that the weights should lower. Here the way forward ends; now back.",
  }; // prettier-ignore
}

/** @param {[string, string][][]} terms @returns {[string, string][]} */
function joined(terms) {
  return terms.flatMap((term, i) => (i ? [["", " + "], ...term] : term));
}

/** @param {At} at @returns {Step} */
function lossSlope({ all, m }) {
  const [output, target, dA] = [all.A2[0], all.y[0], all.dA2[0]];
  return {
    phase: "backward",
    title: "How fast each loss grows with its own output",
    makes: ["dA2.0"],
    uses: ["A2.0", "y"],
    formula: array("dA", 2, "(i)") + sign("=") + "<mn>2</mn>" + OFF,
    filled: "",
    lines: forEachExample(m, (i) => [
      ["", "2 · ("], ["v", written(output[i])], ["", " − "], ["w", factor(target[i])],
      ["", `) ${equals(dA[i], output[i], target[i])} `], ["d made", written(dA[i])],
    ]),
    why: `The slope of a square is twice its base. ${whereTo(dA)} The slopes of L, the single losses: no 1/m yet.`,
    judged: { found: dA, measured: output.map((value, i) => measured((a) => losses([[a]], [[target[i]]])[0], value)) },
  }; // prettier-ignore
}

/** @param {number[]} dA */
function whereTo(dA) {
  if (dA.every((slope) => slope < 0)) return "All negative: the outputs are too low; raise them, and the losses fall.";
  if (dA.every((slope) => slope > 0)) return "All positive: the outputs are too high; lower them, and the losses fall.";
  return "Negative where the output is too low, positive where it is too high, 0 where it is right.";
}

/** The loss of example i, from the output of layer l on. @param {Task} task @param {number} l @param {Matrix} A @param {number} i */
function lossFrom(task, l, A, i) {
  const rest = forward(A, task.layers.slice(l), task.activations.slice(l));
  return losses(rest.length ? rest[rest.length - 1].A : A, task.target)[i];
}

/** @template T @param {T} values @param {(copy: T) => void} change */
function changed(values, change) {
  const copy = structuredClone(values);
  change(copy);
  return copy;
}

/** @param {At} at @param {number} l @param {number} j @returns {Step} */
function sumSlope({ task, all, m }, l, j) {
  const [Z, dA, dZ, name] = [get(all, `Z${l}`), get(all, `dA${l}`), get(all, `dZ${l}`), task.activations[l - 1]];
  const { g, slope } = ACTIVATIONS[name];
  const slopes = Z.map((values) => values.map(slope));
  return {
    phase: "backward",
    title: `Back through the activation of ${neuronName(l, j)}`,
    makes: [`dZ${l}.${j}`],
    uses: [`dA${l}.${j}`, `Z${l}.${j}`],
    formula: array("dZ", l) + sign("=") + array("dA", l) + sign("∗") + slopeOfG(array("Z", l)),
    filled:
      sign("=") + matrix(dA, { kind: "d", lit: row(j) }) + sign("∗") + matrix(slopes, { kind: "v", lit: row(j) }) + sign("=") +
      matrix(dZ, { kind: "d", lit: row(j), known: upTo(j) }),
    lines: forEachExample(m, (i) => [
      ["d", factor(dA[j][i])], ["", ` · ${CALLED[name]}′(`], ["v", written(Z[j][i])], ["", `) = `],
      ["d", factor(dA[j][i])], ["", " · "], ["v", factor(slopes[j][i])],
      ["", ` ${equals(dZ[j][i], dA[j][i], slopes[j][i])} `], ["d made", written(dZ[j][i])],
    ]),
    why: WHY_BACK[name](Z[j]),
    judged: {
      found: dZ[j],
      measured: Z[j].map((value, i) => measured((z) => {
        const A = changed(get(all, `A${l}`), (copy) => void (copy[j][i] = g(z)));
        return lossFrom(task, l, A, i);
      }, value)),
    },
  }; // prettier-ignore
}

/** @type {Record<Name, (z: number[]) => string>} */
const WHY_BACK = {
  relu: (z) =>
    z.some((value) => value <= 0)
      ? "Slopes along a chain multiply. The ReLU's slope is 1 where it was on and 0 where it was off: from an example in which it is off, the neuron learns nothing."
      : "Slopes along a chain multiply. The ReLU was on, its slope is 1: all comes through.",
  leaky_relu: () => "Slopes along a chain multiply. The slope is 1 above zero and 0.01 below: a little always comes through.",
  tanh: () => "Slopes along a chain multiply. The slope of tanh is 1 at zero and fades away on both sides.",
  sigmoid: () => "Slopes along a chain multiply. The slope of the sigmoid is never above 1/4: little comes through.",
  linear: () => "Slopes along a chain multiply. The layer is linear, its slope is 1: nothing changes.",
};

/** @param {At} at @param {number} l @param {number} j @param {number} k @returns {Step} */
function weightSlope({ task, all, m }, l, j, k) {
  const [dZ, A, dW, W] = [get(all, `dZ${l}`), get(all, `A${l - 1}`), get(all, `dW${l}`), get(all, `W${l}`)];
  const J = (/** @type {number} */ weight) =>
    cost({ ...task, layers: changed(task.layers, (copy) => void (copy[l - 1].W[j][k] = weight)) });
  return {
    phase: "backward",
    title: `The slope of the weight from ${sourceName(l, k)} to ${neuronName(l, j)}`,
    makes: [`dW${l}.${j}.${k}`],
    uses: [`dZ${l}.${j}`, `A${l - 1}.${k}`],
    formula:
      array("dW", l) + sign("=") + fraction("<mn>1</mn>", "<mi>m</mi>") + array("dZ", l) +
      transpose(array("A", l - 1)),
    filled:
      sign("=") + fraction("<mn>1</mn>", `<mn>${m}</mn>`) + matrix(dZ, { kind: "d", lit: row(j) }) +
      transpose(matrix(A, { kind: "v", lit: row(k) })) + sign("=") +
      matrix(dW, { kind: "d", lit: (r, c) => r === j && c === k, known: (r, c) => r < j || (r === j && c <= k) }),
    lines: [{ label: "mean", pieces: [
      ["", `1/${m} · (`],
      ...joined(dZ[j].map((slope, i) => [["d", factor(slope)], ["", " · "], ["v", factor(A[k][i])]])),
      ["", `) ${equals(dW[j][k], ...dZ[j], ...A[k])} `], ["d made", written(dW[j][k])],
    ] }],
    why: "The slope at its neuron times the input that it weighs, averaged: here the examples meet, and here is the 1/m.",
    judged: { found: [dW[j][k]], measured: [measured(J, W[j][k])] },
  }; // prettier-ignore
}

/** @param {At} at @param {number} l @param {number} j @returns {Step} */
function biasSlope({ task, all, m }, l, j) {
  const [dZ, db] = [get(all, `dZ${l}`), /** @type {number[]} */ (/** @type {any} */ (all)[`db${l}`])];
  const J = (/** @type {number} */ bias) =>
    cost({ ...task, layers: changed(task.layers, (copy) => void (copy[l - 1].b[j] = bias)) });
  return {
    phase: "backward",
    title: `The slope of the bias of ${neuronName(l, j)}`,
    makes: [`db${l}.${j}`],
    uses: [`dZ${l}.${j}`],
    formula: array("db", l) + sign("=") + MEAN + array("dZ", l, "(i)"),
    filled: "",
    lines: [{ label: "mean", pieces: [
      ["", `1/${m} · (`], ...joined(dZ[j].map((slope) => [["d", factor(slope)]])),
      ["", `) ${equals(db[j], ...dZ[j])} `], ["d made", written(db[j])],
    ] }],
    why: "The bias is added as it is, so the slopes at its neuron are averaged as they are.",
    judged: { found: [db[j]], measured: [measured(J, task.layers[l - 1].b[j])] },
  }; // prettier-ignore
}

/** Back to the outputs of the hidden layer. @param {At} at @param {number} k @returns {Step} */
function outputSlope({ task, all, m }, k) {
  const { W2, dZ2, dA1, A1 } = all;
  return {
    phase: "backward",
    title: `Back to the output of hidden neuron ${k + 1}`,
    makes: [`dA1.${k}`],
    uses: [`W2.0.${k}`, "dZ2.0"],
    formula: array("dA", 1) + sign("=") + transpose(array("W", 2)) + array("dZ", 2),
    filled:
      sign("=") + transpose(matrix(W2, { kind: "w", lit: (_, c) => c === k })) + matrix(dZ2, { kind: "d", lit: () => true }) +
      sign("=") + matrix(dA1, { kind: "d", lit: row(k), known: upTo(k) }),
    lines: forEachExample(m, (i) => [
      ["w", factor(W2[0][k])], ["", " · "], ["d", factor(dZ2[0][i])],
      ["", ` ${equals(dA1[k][i], W2[0][k], dZ2[0][i])} `], ["d made", written(dA1[k][i])],
    ]),
    why: "It has no loss of its own; it matters as much as the weight through which the next layer uses it. No 1/m: each column is still one example's own.",
    judged: {
      found: dA1[k],
      measured: A1[k].map((value, i) => measured((a) => lossFrom(task, 1, changed(A1, (copy) => void (copy[k][i] = a)), i), value)),
    },
  }; // prettier-ignore
}

const LOW = ["₁", "₂"];

/** @param {At} at @param {number} rate @returns {Step} */
function downhill({ task, all }, rate) {
  const layers = update(task.layers, run(task).slopes, rate);
  const after = cost({ ...task, layers });
  const line = (/** @type {string} */ label, /** @type {number} */ old, /** @type {number} */ slope, /** @type {number} */ made) =>
    /** @type {Line} */ ({ label, pieces: [
      ["w", written(old)], ["", " − "], ["", written(rate)], ["", " · "], ["d", factor(slope)],
      ["", ` ${equals(made, old, slope)} `], ["w made", written(made)],
    ] }); // prettier-ignore
  const [first, last] = layers;
  return {
    phase: "update",
    title: "One step downhill, all weights and biases at once",
    makes: ["update"],
    uses: ["dW1.0.0", "dW1.0.1", "dW1.1.0", "dW1.1.1", "db1.0", "db1.1", "dW2.0.0", "dW2.0.1", "db2.0"],
    formula:
      array("W", "l") + sign("←") + array("W", "l") + sign("−") + variable("α") + array("dW", "l"),
    filled: array("b", "l") + sign("←") + array("b", "l") + sign("−") + variable("α") + array("db", "l"),
    lines: [
      ...all.W1.flatMap((values, j) => values.map((w, k) => line(`w${LOW[j]}${LOW[k]}[1]`, w, all.dW1[j][k], first.W[j][k]))),
      ...all.b1.map((b, j) => line(`b${LOW[j]}[1]`, b, all.db1[j], first.b[j])),
      ...all.W2[0].map((w, k) => line(`w${LOW[k]}[2]`, w, all.dW2[0][k], last.W[0][k])),
      line("b[2]", all.b2[0], all.db2[0], last.b[0]),
    ],
    why: downhillWords(all.J, after),
  };
}

/** @param {number} before @param {number} after */
function downhillWords(before, after) {
  if (!Number.isFinite(after)) return "This step leads so far that the loss cannot be written any more: the learning rate is too large.";
  const moves = `The loss goes from ${written(before)} to ${written(after)}.`;
  if (after > before) return `${moves} It rises: the direction is right, but the step is too long. Try a smaller learning rate.`;
  if (after === before) return `${moves} Nothing moves: every slope is 0.`;
  return `${moves} It falls: press “Take the step”, and the next pass begins with the new numbers.`;
}

/** All keys that are known once the first n steps are done. @param {Step[]} list @param {number} n */
export function known(list, n) {
  return new Set(list.slice(0, n).flatMap(({ makes }) => makes));
}

/** A measured slope that differs by more than its own rounding: a ReLU stands at its kink. @param {NonNullable<Step["judged"]>} judged */
export function agree({ found, measured }) {
  return found.every((slope, i) => Math.abs(slope - measured[i]) <= 1e-4 * Math.max(1, Math.abs(slope)));
}

/** The step as one sentence, for ears. @param {Step} step */
export function sentence({ title, lines, phase }) {
  const spoken = lines.map(({ label, pieces }) => `${lines.length > 1 || label !== "mean" ? `${label}: ` : ""}${pieces.map(([, text]) => text).join("")}`);
  const aloud = (phase === "update" ? "" : spoken.join("; "))
    .replaceAll("′(", " prime of (").replaceAll(" · ", " times ").replaceAll("−", "minus ").replaceAll(")²", ") squared")
    .replaceAll("  ", " "); // prettier-ignore
  return aloud ? `${title}. ${aloud}.` : `${title}.`;
}
