import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ACTIVATIONS, collapseLinear, flatParts, leftAfter, throughTwo } from "./activations.js";
import { TARGETS, meets } from "./picture.js";

const CASES = JSON.parse(readFileSync(new URL("../../tests/cases/activations.json", import.meta.url), "utf8"));

/** @param {number} a @param {number} b */
function close(a, b, within = 1e-12) {
  assert.ok(Math.abs(a - b) <= within * Math.max(1e-9, Math.abs(b)) + 1e-300, `${a} is not ${b}`);
}

test("values and slopes are the package's, also far out and at the kink", () => {
  assert.ok(CASES.functions.length >= 40);
  for (const { activation, z, value, slope } of CASES.functions) {
    close(ACTIVATIONS[activation].g(z), value);
    close(ACTIVATIONS[activation].slope(z), slope);
  }
});

test("every slope is what the function rises by", () => {
  const h = 1e-6;
  for (const [name, { g, slope }] of Object.entries(ACTIVATIONS)) {
    for (let z = -7.95; z < 8; z += 0.3) {
      const measured = (g(z + h) - g(z - h)) / (2 * h);
      assert.ok(Math.abs(slope(z) - measured) < 1e-8, `${name} at ${z}: ${slope(z)} and ${measured}`);
    }
  }
});

test("the sigmoid is flat beyond 4.58, tanh beyond 2.99, where s (1 - s) and 1 - t² are a hundredth", () => {
  const s = (1 + Math.sqrt(1 - 0.04)) / 2;
  const edges = { sigmoid: Math.log(s / (1 - s)), tanh: Math.atanh(Math.sqrt(0.99)) };
  for (const [name, edge] of Object.entries(edges)) {
    const [[low, left], [right, high]] = flatParts(ACTIVATIONS[name].slope, -8, 8);
    assert.deepEqual([low, high], [-8, 8]);
    assert.ok(Math.abs(left + edge) < 2e-6 && Math.abs(right - edge) < 2e-6, `${name}: ${left}, ${right}`);
  }
});

test("ReLU is flat on the left, a step everywhere, a leaky ReLU and a line nowhere", () => {
  const relu = flatParts(ACTIVATIONS.relu.slope, -8, 8);
  assert.equal(relu.length, 1);
  assert.ok(relu[0][0] === -8 && Math.abs(relu[0][1]) < 2e-6);
  assert.deepEqual(flatParts(ACTIVATIONS.step.slope, -8, 8), [[-8, 8]]);
  assert.deepEqual(flatParts(ACTIVATIONS.leaky_relu.slope, -8, 8), []);
  assert.deepEqual(flatParts(ACTIVATIONS.linear.slope, -8, 8), []);
});

test("a quarter of a quarter", () => {
  assert.deepEqual(leftAfter(0.25, 3), [1 / 4, 1 / 16, 1 / 64]);
});

test("stacks collapse into what the package says", () => {
  for (const { layers, W, b } of CASES.collapse) assert.deepEqual(collapseLinear(layers), { W, b });
});

test("without an activation two layers answer as one; with a ReLU they answer exclusive or", () => {
  const layers = CASES.collapse[1].layers;
  const one = collapseLinear(layers);
  for (const x of [-3, -0.5, 0, 1, 2.25]) {
    assert.equal(throughTwo(x, layers, ACTIVATIONS.linear.g).answer, one.W[0][0] * x + one.b[0]);
  }
  assert.deepEqual([0, 1, 2].map((x) => throughTwo(x, layers, ACTIVATIONS.relu.g).answer), [0, 1, 0]);
  const raised = [layers[0], { ...layers[1], b: [0.25] }];
  assert.equal(throughTwo(1, /** @type {any} */ (raised), ACTIVATIONS.relu.g).answer, 1.25);
  assert.ok(!TARGETS.some((target) => meets(/** @type {any} */ (raised), "relu", target)));
});

test("tanh, too, meets the three points with the knobs that the chapter names, and ReLU with those of the start", () => {
  const tanh = [{ W: [[4], [4]], b: [-2, -6] }, { W: [[0.5, -0.5]], b: [0] }];
  for (const target of TARGETS) {
    assert.ok(meets(/** @type {any} */ (tanh), "tanh", target));
    assert.ok(meets(CASES.collapse[1].layers, "relu", target));
  }
  assert.equal(TARGETS.filter((target) => meets(CASES.collapse[1].layers, "linear", target)).length, 2);
});
