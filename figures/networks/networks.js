/** A network of two inputs, a few hidden neurons and one output that says how sure it is of a yes. */
import { ACTIVATIONS } from "../activations/activations.js";

/**
 * The knobs, shaped as in the package: a row of W1 for each hidden neuron, one row of W2.
 * @typedef {{ W1: number[][], b1: number[], W2: number[][], b2: number[] }} Knobs
 * @typedef {{ x: number[], yes: boolean }} Example
 */

/** Exclusive or and its like ask at the corners; the island lies in the middle of a ring of no. */
const CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]];
const ISLAND = [[0.5, 0.5], ...ring(6, 0.28)];
const SEA = ring(12, 0.8);

/** @param {number} n points @param {number} radius around the middle */
function ring(n, radius) {
  const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;
  const angles = Array.from({ length: n }, (_, k) => (2 * Math.PI * k) / n);
  return angles.map((angle) => [round(0.5 + radius * Math.cos(angle)), round(0.5 + radius * Math.sin(angle))]);
}

/** @type {Record<string, Example[]>} */
export const QUESTIONS = {
  and: CORNERS.map((x) => ({ x, yes: x[0] + x[1] === 2 })),
  or: CORNERS.map((x) => ({ x, yes: x[0] + x[1] > 0 })),
  xor: CORNERS.map((x) => ({ x, yes: x[0] !== x[1] })),
  island: [...ISLAND.map((x) => ({ x, yes: true })), ...SEA.map((x) => ({ x, yes: false }))],
};

/** The activation of the hidden neurons. The output's is always the sigmoid. */
export const HIDDEN = ["relu", "tanh", "sigmoid", "step", "linear"];

/**
 * Every number on the way from x to the answer.
 * @param {number[]} x
 * @param {Knobs} knobs
 * @param {string} activation
 */
export function forward(x, { W1, b1, W2, b2 }, activation) {
  const z1 = W1.map(([w1, w2], i) => w1 * x[0] + w2 * x[1] + b1[i]);
  const a1 = z1.map(ACTIVATIONS[activation].g);
  const z2 = a1.reduce((sum, a, i) => sum + W2[0][i] * a, b2[0]);
  return { z1, a1, z2, y: ACTIVATIONS.sigmoid.g(z2) };
}

const EPS = Number.EPSILON;

/**
 * The binary cross-entropy, averaged over the examples: how surprised the network is at what is right.
 * @param {Example[]} examples
 * @param {Knobs} knobs
 * @param {string} activation
 */
export function loss(examples, knobs, activation) {
  const surprise = examples.map(({ x, yes }) => {
    const p = Math.min(1 - EPS, Math.max(EPS, forward(x, knobs, activation).y));
    return -Math.log(yes ? p : 1 - p);
  });
  return surprise.reduce((sum, one) => sum + one, 0) / examples.length;
}

/** The examples that it gets right. @param {Example[]} examples @param {Knobs} knobs @param {string} activation */
export function right(examples, knobs, activation) {
  return examples.map(({ x, yes }) => forward(x, knobs, activation).z2 > 0 === yes);
}

/**
 * The slope of the loss by every knob: backpropagation, one example after the other.
 * @param {Example[]} examples
 * @param {Knobs} knobs
 * @param {string} activation
 * @returns {Knobs}
 */
export function gradient(examples, knobs, activation) {
  const sum = mapped(knobs, () => 0);
  for (const { x, yes } of examples) {
    const { z1, a1, y } = forward(x, knobs, activation);
    const dz2 = (y - (yes ? 1 : 0)) / examples.length;
    sum.b2[0] += dz2;
    z1.forEach((z, i) => {
      const dz1 = dz2 * knobs.W2[0][i] * ACTIVATIONS[activation].slope(z);
      sum.W2[0][i] += dz2 * a1[i];
      sum.b1[i] += dz1;
      x.forEach((value, j) => (sum.W1[i][j] += dz1 * value));
    });
  }
  return sum;
}

/** One step of gradient descent: all knobs at once, each a little against its slope. @param {Knobs} knobs @param {Knobs} slopes @param {number} rate */
export function step(knobs, slopes, rate) {
  return mapped(knobs, (value, array, i, j) => value - rate * at(slopes, array, i, j));
}

/** @typedef {"W1" | "b1" | "W2" | "b2"} ArrayName */

/** One knob's number. @param {Knobs} knobs @param {ArrayName} array @param {number} i @param {number} j */
export function at(knobs, array, i, j) {
  return array === "W1" || array === "W2" ? knobs[array][i][j] : knobs[array][i];
}

/**
 * New knobs from the old ones, one by one.
 * @param {Knobs} knobs
 * @param {(value: number, array: ArrayName, i: number, j: number) => number} make
 * @returns {Knobs}
 */
export function mapped({ W1, b1, W2, b2 }, make) {
  const table = (/** @type {number[][]} */ W, /** @type {ArrayName} */ name) => W.map((row, i) => row.map((w, j) => make(w, name, i, j)));
  const row = (/** @type {number[]} */ b, /** @type {ArrayName} */ name) => b.map((value, i) => make(value, name, i, 0));
  return { W1: table(W1, "W1"), b1: row(b1, "b1"), W2: table(W2, "W2"), b2: row(b2, "b2") };
}

/** How many knobs there are. @param {Knobs} knobs */
export function count(knobs) {
  return Object.values(knobs).flat(2).length;
}

/**
 * The same network with one hidden neuron more or fewer. A new one is not heard at first: its outgoing weight is zero.
 * @param {Knobs} knobs
 * @param {number} hidden
 * @returns {Knobs}
 */
export function resized({ W1, b1, W2, b2 }, hidden) {
  const fill = (/** @type {number} */ i) => [[-1, -1], [1, -1], [-1, 1], [1, 1]][i % 4];
  const all = Array.from({ length: hidden }, (_, i) => i);
  return {
    W1: all.map((i) => W1[i] ?? fill(i)),
    b1: all.map((i) => b1[i] ?? 0.5),
    W2: [all.map((i) => W2[0][i] ?? 0)],
    b2,
  };
}

/**
 * What every neuron answers all over a square, row by row from the top: numbers for pictures.
 * @param {number} side
 * @param {number} low
 * @param {number} high
 * @param {Knobs} knobs
 * @param {string} activation
 */
export function overThePlane(side, low, high, knobs, activation) {
  const place = (/** @type {number} */ k) => low + ((k + 0.5) / side) * (high - low);
  const hidden = knobs.b1.map(() => new Float64Array(side * side));
  const sums = new Float64Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const k = row * side + column;
      const { a1, z2 } = forward([place(column), place(side - 1 - row)], knobs, activation);
      a1.forEach((a, i) => (hidden[i][k] = a));
      sums[k] = z2;
    }
  }
  return { hidden, sums };
}
