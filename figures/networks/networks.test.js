import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import figure from "./figure.js";
import { HIDDEN, QUESTIONS, at, count, forward, gradient, loss, mapped, overThePlane, resized, right, step } from "./networks.js";

const CASES = JSON.parse(readFileSync(new URL("../../tests/cases/networks.json", import.meta.url), "utf8"));

/** @param {number} a @param {number} b */
function close(a, b, within = 1e-12) {
  assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
}

/** @param {any} one @param {any} other */
function alike(one, other, within = 1e-12) {
  const [flat, wanted] = [one, other].map((knobs) => Object.values(knobs).flat(2));
  assert.equal(flat.length, wanted.length);
  flat.forEach((value, k) => close(value, wanted[k], within));
}

test("answers, loss and slopes are the package's", () => {
  assert.ok(CASES.length >= 6);
  for (const { activation, answers, loss: cost, gradient: slopes, W1, b1, W2, b2 } of CASES) {
    const knobs = { W1, b1, W2, b2 };
    QUESTIONS.xor.forEach(({ x }, k) => close(forward(x, knobs, activation).y, answers[k]));
    close(loss(QUESTIONS.xor, knobs, activation), cost);
    const { W1: dW1, b1: db1, W2: dW2, b2: db2 } = gradient(QUESTIONS.xor, knobs, activation);
    alike({ dW1, db1, dW2, db2 }, { W1: slopes.W1, b1: slopes.b1, W2: slopes.W2, b2: slopes.b2 });
  }
});

test("every slope is what the loss rises by when one knob is turned", () => {
  const { W1, b1, W2, b2 } = CASES[3];
  const knobs = { W1, b1, W2, b2 };
  for (const activation of ["tanh", "sigmoid", "linear"]) {
    const slopes = gradient(QUESTIONS.island, knobs, activation);
    mapped(knobs, (value, array, i, j) => {
      const turned = (/** @type {number} */ by) =>
        loss(QUESTIONS.island, mapped(knobs, (v, a, k, l) => (a === array && k === i && l === j ? v + by : v)), activation);
      close(at(slopes, array, i, j), (turned(1e-5) - turned(-1e-5)) / 2e-5, 1e-8);
      return value;
    });
  }
});

test("two of the cases solve exclusive or, and three step neurons do as in the chapter on the neuron", () => {
  for (const { W1, b1, W2, b2 } of CASES.slice(0, 2)) {
    assert.deepEqual(right(QUESTIONS.xor, { W1, b1, W2, b2 }, "relu"), [true, true, true, true]);
  }
  const steps = { W1: [[1, 1], [1, 1]], b1: [-0.5, -1.5], W2: [[1, -1]], b2: [-0.5] };
  assert.deepEqual(right(QUESTIONS.xor, steps, "step"), [true, true, true, true]);
  assert.deepEqual(gradient(QUESTIONS.xor, steps, "step").W1.flat().map(Math.abs), [0, 0, 0, 0]);
});

test("three ReLUs, each for what is outside of one side of a triangle, answer the island", () => {
  const sides = [90, 210, 330].map((degrees) => (degrees * Math.PI) / 180).map((angle) => [6 * Math.cos(angle), 6 * Math.sin(angle)]);
  const knobs = { W1: sides, b1: sides.map(([w1, w2]) => -(w1 + w2) / 2 - 2), W2: [[-6, -6, -6]], b2: [1] };
  assert.ok(right(QUESTIONS.island, knobs, "relu").every(Boolean));
});

test("learning solves exclusive or from where the figure starts, and no step of it makes a knob too large", () => {
  const { W1, b1, W2, b2, activation } = figure.defaults;
  let knobs = { W1, b1, W2, b2 };
  assert.ok(right(QUESTIONS.xor, knobs, activation).some((good) => !good));
  for (let k = 0; k < 1500; k++) knobs = step(knobs, gradient(QUESTIONS.xor, knobs, activation), 0.5);
  assert.ok(right(QUESTIONS.xor, knobs, activation).every(Boolean), JSON.stringify(knobs));
  assert.ok(loss(QUESTIONS.xor, knobs, activation) < 0.05);
  assert.equal(figure.check({ ...figure.defaults, ...knobs }), null);
});

test("knobs are counted, added and taken away", () => {
  const { W1, b1, W2, b2 } = CASES[0];
  const knobs = { W1, b1, W2, b2 };
  assert.equal(count(knobs), 9);
  const more = resized(knobs, 3);
  assert.equal(count(more), 13);
  QUESTIONS.xor.forEach(({ x }) => assert.equal(forward(x, more, "relu").y, forward(x, knobs, "relu").y));
  assert.deepEqual(resized(more, 2), knobs);
  assert.equal(count(resized(knobs, 1)), 5);
});

test("pictures are read from the top", () => {
  const knobs = { W1: [[1, 10], [1, 0]], b1: [0, 3], W2: [[1, -1]], b2: [0.5] };
  const { hidden, sums } = overThePlane(2, -0.5, 1.5, knobs, "linear");
  assert.deepEqual(hidden.map((values) => [...values]), [[10, 11, 0, 1], [3, 4, 3, 4]]);
  assert.deepEqual([...sums], [7.5, 7.5, -2.5, -2.5]);
});

test("a state that does not fit together is explained", () => {
  assert.equal(figure.check(figure.defaults), null);
  const wrong = (/** @type {object} */ changes) => figure.check({ ...figure.defaults, ...changes });
  assert.match(String(wrong({ W1: [[1, 2, 3]] })), /W1 must be 1 to 4 rows of 2 numbers/);
  assert.match(String(wrong({ b1: [0] })), /b1 must be 2 numbers/);
  assert.match(String(wrong({ W2: [[1, 99]] })), /from −8 to 8/);
  for (const activation of HIDDEN) assert.equal(wrong({ activation }), null);
  assert.match(String(wrong({ activation: "relu6" })), /activation must be one of relu, /);
});
