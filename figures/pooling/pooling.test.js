/** Judged against the same cases as cvlessons.pooling (tests/test_pooling.py), and against the trained network's maps. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { byHand, digitOf, featureMap, learned } from "./maps.js";
import { change, pool, poolGradient, relu, roll, windowOf } from "./pooling.js";

const read = (/** @type {string} */ path) => readFileSync(new URL(path, import.meta.url));
const cases = (/** @type {string} */ name) => JSON.parse(read(`../../tests/cases/${name}.json`).toString());

/** @param {number[][]} got @param {number[][]} expected */
function close(got, expected, tolerance = 1e-9) {
  assert.deepEqual([got.length, got[0].length], [expected.length, expected[0].length]);
  got.flat().forEach((value, i) => assert.ok(Math.abs(value - expected.flat()[i]) < tolerance, `${value} for ${expected.flat()[i]}`));
}

for (const { name, kind, size: F, stride: S, image, output, upstream, gradient } of cases("pooling")) {
  test(name, () => {
    close(pool(image, kind, { F, S }), output);
    close(poolGradient(image, upstream, kind, { F, S }), gradient);
  });
}

test("the learned filters make the maps that Keras makes", () => {
  const filters = learned(read("filters.bin"));
  for (const { pixels, activations } of cases("digits_activations").digits) {
    const picture = Array.from({ length: 28 }, (_, m) => pixels.slice(28 * m, 28 * (m + 1)).map((/** @type {number} */ byte) => byte / 255));
    filters.forEach((filter, k) => {
      const map = relu(featureMap(picture, filter));
      const channel = (/** @type {number[]} */ all, /** @type {number} */ side) =>
        Array.from({ length: side }, (_, m) => Array.from({ length: side }, (_, n) => all[(side * m + n) * 12 + k]));
      close(map, channel(activations[0], 24), 1e-3);
      close(pool(map, "max", { F: 2, S: 2 }), channel(activations[1], 12), 1e-3);
    });
  }
});

test("the shares of a window add up to 1", () => {
  const map = featureMap(digitOf(read("digits.bin"), 7), byHand()[2]);
  for (const kind of /** @type {const} */ (["max", "average"])) {
    const pixels = windowOf(map, kind, [3, 4], { F: 3, S: 2 });
    assert.ok(Math.abs(pixels.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12);
    assert.deepEqual([pixels[0].row, pixels[0].column, pixels[8].row, pixels[8].column], [6, 8, 8, 10]);
  }
});

test("ReLU and max pooling change places, ReLU and the mean do not", () => {
  const map = featureMap(digitOf(read("digits.bin"), 7), byHand()[0]);
  const windows = { F: 2, S: 2 };
  assert.equal(change(pool(relu(map), "max", windows), relu(pool(map, "max", windows))), 0);
  assert.ok(change(pool(relu(map), "average", windows), relu(pool(map, "average", windows))) > 0.05);
});

test("a shifted digit, and by how much a map changes", () => {
  assert.deepEqual(roll([[1, 2, 3]], 1), [[3, 1, 2]]);
  assert.deepEqual(roll([[1, 2, 3]], -1), [[2, 3, 1]]);
  assert.equal(change([[1, -1]], [[1, 1]]), 1);
  assert.equal(change([[0, 0]], [[1, 1]]), 0);
});

test("the task of the chapter: there is a window whose large numbers cancel in the mean", () => {
  const map = featureMap(digitOf(read("digits.bin"), 7), byHand()[2]);
  const [means, largest] = [pool(map, "average", { F: 2, S: 2 }), pool(map, "max", { F: 2, S: 2 })];
  assert.ok(means.flat().some((mean, i) => Math.abs(mean) < 0.1 && largest.flat()[i] > 1));
});
