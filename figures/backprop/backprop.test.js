import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cost, measured, run, train } from "./backprop.js";
import { agree, COUNT, everything, known, sentence, steps } from "./steps.js";
import { equals, written } from "../lib/numbers.js";

/** @typedef {import("./backprop.js").Task} Task */

/** What the package computes too: tests/test_backprop.py. */
const CASES = JSON.parse(readFileSync(new URL("../../tests/cases/backprop.json", import.meta.url), "utf8"));
const CHAPTER = /** @type {Task} */ (CASES[0]);

/** @param {any} got @param {any} want @param {string} path */
function close(got, want, path) {
  if (typeof want === "number") return assert.ok(Math.abs(got - want) <= 1e-9 * (1 + Math.abs(want)), `${path}: ${got}, not ${want}`);
  assert.equal(got.length ?? Object.keys(got).length, want.length ?? Object.keys(want).length, path);
  for (const key of Object.keys(want)) close(got[key], want[key], `${path}.${key}`);
}

for (const wanted of CASES) {
  test(`the package's numbers: ${wanted.name}`, () => {
    const { cache, slopes, J } = run(wanted);
    close(cache.map(({ Z }) => Z), wanted.Z, "Z");
    close(cache.map(({ A }) => A), wanted.A, "A");
    close(slopes.map(({ dW }) => dW), wanted.dW, "dW");
    close(slopes.map(({ db }) => db), wanted.db, "db");
    close(J, wanted.costs[0], "J");
  });

  test(`update after update: ${wanted.name}`, () => {
    const trail = train(wanted, wanted.rate, wanted.costs.length - 1);
    close(trail.map(({ J }) => J), wanted.costs, "J");
    close(trail[trail.length - 1].layers, wanted.last, "layers");
  });

  test(`a measured slope judges every weight: ${wanted.name}`, () => {
    const { slopes } = run(wanted);
    for (const [layer, { dW }] of slopes.entries())
      for (const [j, row] of dW.entries())
        for (const [k, slope] of row.entries()) {
          const J = (/** @type {number} */ weight) => {
            const layers = structuredClone(wanted.layers);
            layers[layer].W[j][k] = weight;
            return cost({ ...wanted, layers });
          };
          const found = measured(J, wanted.layers[layer].W[j][k]);
          assert.ok(Math.abs(found - slope) < 1e-6 * (1 + Math.abs(slope)), `W${layer + 1}[${j}][${k}]: ${slope}, measured ${found}`);
        }
  });
}

test("a learning rate that is too large ends the trail before the numbers do", () => {
  const trail = train({ ...CASES[0], activations: ["linear", "linear"] }, 1, 50);
  assert.ok(trail.length < 51);
  assert.ok(trail.every(({ J }) => Number.isFinite(J)));
});

/** @param {Task} task @param {string} key */
function entry(task, key) {
  const [name, ...at] = key.split(".");
  return at.reduce((part, index) => part[Number(index)], /** @type {any} */ (everything(task))[name]);
}

test("every step finds what it says, from numbers that are known by then", () => {
  const list = steps(CHAPTER, 0.01);
  assert.equal(list.length, COUNT);
  for (const [n, { makes, uses, lines }] of list.entries()) {
    const before = known(list, n);
    for (const key of uses) assert.ok(/^(A0|W\d|b\d|y)/.test(key) || before.has(key), `step ${n + 1} needs ${key}`);
    const shown = lines.flatMap(({ pieces }) => pieces.filter(([kind]) => kind.includes("made")).map(([, words]) => words));
    if (makes[0] !== "update") assert.deepEqual(shown, [entry(CHAPTER, makes[0])].flat().map((value) => written(value)));
  }
  const found = list.flatMap(({ makes }) => makes);
  assert.equal(new Set(found).size, found.length);
});

test("measuring agrees with every slope of every case, and says so where a ReLU stands at its kink", () => {
  const pairs = CASES.filter((/** @type {any} */ { X, layers }) => X[0].length === 2 && layers[1].W.length === 1);
  assert.ok(pairs.length >= 5);
  for (const task of pairs)
    for (const { title, judged } of steps(task, task.rate)) if (judged) assert.ok(agree(judged), `${task.name}: ${title}`);
  const kink = structuredClone(CHAPTER);
  kink.layers[0].b[0] = -1; // z = 0 in the first example
  assert.ok(steps(kink, 0.01).some(({ judged }) => judged && !agree(judged)));
});

test("the update's lines are the package's first step", () => {
  const { layers } = train(CHAPTER, 0.01, 1)[1];
  const shown = steps(CHAPTER, 0.01)[COUNT - 1].lines.map(({ pieces }) => pieces.at(-1)?.[1]);
  const wanted = [...layers[0].W.flat(), ...layers[0].b, ...layers[1].W.flat(), ...layers[1].b];
  assert.deepEqual(shown, wanted.map((value) => written(value)));
});

test("the task's answer: a low bias, and the hidden neuron learns nothing", () => {
  const task = structuredClone(CHAPTER);
  task.layers[0].b[0] = -2;
  const { dW1, db1, dW2 } = everything(task);
  assert.deepEqual([...dW1[0], db1[0], dW2[0][0]].map((slope) => slope + 0), [0, 0, 0, 0]);
});

test("a step is said in words", () => {
  const said = steps(CHAPTER, 0.01).map(sentence);
  assert.equal(
    said[10],
    "The slope of the weight from hidden neuron 1 to the output. 1/2 times ((minus 10) times 1 + (minus 12) times 0) = minus 5.",
  );
  assert.ok(said.every((words) => !/NaN|undefined|[·−²]/.test(words)));
});

test("numbers are written short, and rounding is owned to", () => {
  assert.deepEqual([0, -5, 30.5, 1 / 3, 123456, -0.00012].map((value) => written(value)), ["0", "−5", "30.5", "0.3333", "1.2·10⁵", "−1.2·10⁻⁴"]);
  assert.deepEqual([equals(0.25, 3), equals(1 / 3)], ["=", "≈"]);
});
