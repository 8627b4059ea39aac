import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  ACTIVATIONS, bestPossible, biasThrough, corners, cuts, fitted, neuron, right, segment, turnedAnswer, wanted,
  weightedSum, weightsAlong, yesRegion,
} from "./neuron.js";

const CASES = JSON.parse(readFileSync(new URL("../../tests/cases/neuron.json", import.meta.url), "utf8"));
const XOR = wanted("xor", 2, "");

/** @param {number} a @param {number} b */
function close(a, b, within = 1e-12) {
  assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
}

test("sum and answer are the package's", () => {
  assert.ok(CASES.length >= 8);
  for (const { x, w, b, z, step, sigmoid } of CASES) {
    close(weightedSum(x, w, b), z);
    assert.equal(neuron(x, w, b, ACTIVATIONS.step), step);
    close(neuron(x, w, b, ACTIVATIONS.sigmoid), sigmoid);
  }
});

test("the questions", () => {
  const asked = (/** @type {string} */ name, n = 2) => wanted(name, n, "").map(Number).join("");
  assert.equal(asked("and"), "0001");
  assert.equal(asked("or"), "0111");
  assert.equal(asked("nand"), "1110");
  assert.equal(asked("xor"), "0110");
  assert.equal(asked("xor", 3), "01101001");
  assert.equal(asked("most", 3), "00010111");
  assert.equal(wanted("own", 2, "10000010").map(Number).join(""), "1001");
});

test("one answer is turned, and the others stay", () => {
  const own = turnedAnswer(wanted("and", 2, ""), 1);
  assert.deepEqual(wanted("own", 2, own), [false, true, false, true]);
  const three = turnedAnswer(wanted("most", 3, ""), 7);
  assert.equal(three, "00010110");
});

test("a neuron cuts 14 of 16 questions of two inputs, and 104 of 256 of three (Muroga 1971)", () => {
  assert.equal(cuts(2).length, 14);
  assert.equal(cuts(3).length, 104);
});

test("no neuron gets more than three of four of exclusive or", () => {
  assert.equal(bestPossible(XOR), 3);
  assert.equal(bestPossible(wanted("and", 2, "")), 4);
  assert.equal(bestPossible(wanted("most", 3, "")), 8);
  assert.equal(bestPossible(wanted("xor", 3, "")), 6);
});

test("the and neuron is right at all corners, and at two of the question or", () => {
  assert.deepEqual(right([1, 1], -1.5, wanted("and", 2, "")), [true, true, true, true]);
  assert.deepEqual(right([1, 1], -1.5, wanted("or", 2, "")), [true, false, false, true]);
  assert.deepEqual(right([1, 1], -1, wanted("or", 2, "")), [true, false, false, true], "a sum of zero is a no");
});

test("the line ends at the frame, and the sum is zero on it", () => {
  for (const [w, b] of /** @type {[number[], number][]} */ ([[[1, 1], -1.5], [[-2, 0.5], 0.3], [[0, 3], -1], [[1, 0], -1]])) {
    const ends = segment(w, b, -0.5, 1.5) ?? [];
    assert.equal(ends.length, 2);
    for (const end of ends) {
      close(weightedSum(end, w, b), 0);
      assert.ok(end.some((value) => Math.abs(Math.abs(value - 0.5) - 1) < 1e-9), String(end));
    }
  }
  assert.equal(segment([1, 1], -9, -0.5, 1.5), null);
  assert.equal(segment([0, 0], 1, -0.5, 1.5), null);
});

test("the region of yes holds what gets a yes", () => {
  assert.equal(yesRegion([1, 1], 9, -0.5, 1.5).length, 4);
  assert.equal(yesRegion([1, 1], -9, -0.5, 1.5).length, 0);
  const region = yesRegion([1, 1], -1.5, -0.5, 1.5);
  for (const point of region) assert.ok(weightedSum(point, [1, 1], -1.5) > -1e-9);
  assert.deepEqual(region.map((p) => p.map((v) => Number(v.toFixed(6)))), [[1.5, 0], [1.5, 1.5], [0, 1.5]]);
});

test("to move the line is to change the bias; to turn it keeps the length of the weights", () => {
  close(biasThrough([1, 1], [0.5, 0]), -0.5);
  const w = weightsAlong([3, 4], [0, 0], [2, 0]);
  assert.deepEqual(w, [-0, 5]);
  const back = weightsAlong([1, 1], [0, 1], [1, 0]);
  close(back[0], 1);
  close(back[1], 1);
  assert.deepEqual(weightsAlong([1, 1], [0, 1], [0, 1]), [1, 1]);
});

test("numbers beyond their knobs are scaled down, and the line stays", () => {
  const { w, b } = fitted([8, 2], -3, { w: 4, b: 6 });
  assert.deepEqual([w, b], [[4, 1], -1.5]);
  assert.deepEqual(fitted([1, 2], -12, { w: 4, b: 6 }), { w: [0.5, 1], b: -6 });
  assert.deepEqual(fitted([1, 2], -3, { w: 4, b: 6 }), { w: [1, 2], b: -3 });
});

test("corners are counted in binary", () => {
  assert.deepEqual(corners(2), [[0, 0], [0, 1], [1, 0], [1, 1]]);
});
