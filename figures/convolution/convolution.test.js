/** Judged against the same cases as cvlessons.convolution (tests/test_convolution.py). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { KERNELS, MORE, PICTURES, nameOf } from "./catalogue.js";
import { convolve, findsUprightEdges, pad, shift, terms, total, turn, vanishes, whenTurned } from "./convolution.js";
import { ink, pixelsOf, scaleOf, shade, shown } from "./shades.js";

const cases = JSON.parse(readFileSync(new URL("../../tests/cases/convolution.json", import.meta.url), "utf8"));

for (const { name, picture, kernel, divisor, stride: S, padding: P, turned, output } of cases.maps) {
  test(name, () => {
    const got = convolve(picture, kernel, { S, P, turned, divisor });
    assert.deepEqual(got.map((row) => row.length), output.map((/** @type {number[]} */ row) => row.length)); // prettier-ignore
    got.flat().forEach((value, i) => assert.ok(Math.abs(value - output.flat()[i]) < 1e-9, `${value} at ${i}`));
    const place = [got.length - 1, got[0].length - 1];
    const written = terms(picture, kernel, place, { S, P, turned }).flat();
    const sum = written.reduce((all, { product }) => all + product, 0);
    assert.ok(Math.abs(sum / divisor - output.at(-1).at(-1)) < 1e-9, "the terms add up to the output");
  });
}

test("the kernels are those of the package", () => {
  const ours = Object.fromEntries(Object.entries(KERNELS).map(([name, { rows, divisor }]) => [name, { rows, divisor }]));
  assert.deepEqual(ours, cases.kernels);
});

test("what is padding is marked so", () => {
  const corner = terms([[5, 6], [7, 8]], MORE.same.rows, [0, 0], { P: 1 }); // prettier-ignore
  assert.deepEqual(corner.map((row) => row.map(({ padded }) => padded)), [[true, true, true], [true, false, false], [true, false, false]]); // prettier-ignore
  assert.deepEqual(corner[1][2], { row: 0, column: 1, pixel: 6, weight: 0, product: 0, padded: false });
  assert.deepEqual(pad([[5]], 1), [[0, 0, 0], [0, 5, 0], [0, 0, 0]]); // prettier-ignore
});

test("stripes vanish under Sobel y, not under Sobel x; a flat wall does not count", () => {
  const made = (/** @type {number[][]} */ picture, /** @type {number[][]} */ kernel) => vanishes(picture, kernel, convolve(picture, kernel));
  assert.ok(made(PICTURES.stripes.rows, KERNELS.SOBEL_Y_KERNEL.rows));
  for (const name of ["EDGE_KERNEL", "SOBEL_X_KERNEL"]) assert.ok(!made(PICTURES.stripes.rows, KERNELS[name].rows));
  assert.ok(!made(PICTURES.flat.rows, KERNELS.EDGE_KERNEL.rows));
  assert.ok(!made(PICTURES.stripes.rows, MORE.nothing.rows));
});

test("a shift is one weight of 1 beside the middle, and moves the picture the other way", () => {
  const kernel = [[1, 0, 0], [0, 0, 0], [0, 0, 0]]; // prettier-ignore
  assert.deepEqual(shift(kernel), [1, 1]);
  assert.deepEqual(shift(kernel, { turned: true }), [-1, -1]);
  const picture = PICTURES.arrow.rows;
  const moved = convolve(picture, kernel, { P: 1 });
  for (let m = 1; m < 8; m++) assert.deepEqual(moved[m].slice(1), picture[m - 1].slice(0, -1));
  assert.deepEqual(shift(MORE.same.rows), [0, 0]);
  assert.equal(shift([[2, 0, 0], [0, 0, 0], [0, 0, 0]]), null); // prettier-ignore
  assert.deepEqual(shift([[0, 0, 0], [0, 0, 2], [0, 0, 0]], { divisor: 2 }), [0, -1]); // prettier-ignore
  for (const name of ["EDGE_KERNEL", "BOX_BLUR_KERNEL"]) assert.equal(shift(KERNELS[name].rows), null);
});

test("upright edges: what the weights say is what the maps of level and upright edges show", () => {
  const level = PICTURES.edge.rows[0].map((_, m) => PICTURES.edge.rows.map((row) => row[m]));
  const silent = (/** @type {number[][]} */ map) => map.flat().every((value) => Math.abs(value) < 1e-9);
  for (const { rows } of [...Object.values(KERNELS), ...Object.values(MORE)]) {
    const only = silent(convolve(level, rows)) && !silent(convolve(PICTURES.edge.rows, rows));
    assert.equal(findsUprightEdges(rows), only);
  }
  assert.ok(findsUprightEdges(KERNELS.SOBEL_X_KERNEL.rows));
});

test("turned by 180°", () => {
  assert.equal(whenTurned(KERNELS.EDGE_KERNEL.rows), "same");
  assert.equal(whenTurned(KERNELS.SOBEL_X_KERNEL.rows), "opposite");
  assert.equal(whenTurned(MORE.arrow.rows), "other");
  assert.deepEqual(turn([[1, 2], [3, 4]]), [[4, 3], [2, 1]]); // prettier-ignore
  assert.equal(total(KERNELS.GAUSSIAN_BLUR_KERNEL.rows, 16), 1);
});

test("every small picture is 8 × 8, and a list knows its own", () => {
  for (const { rows } of Object.values(PICTURES)) assert.deepEqual(rows.map((row) => row.length), Array(8).fill(8)); // prettier-ignore
  assert.equal(nameOf(KERNELS, KERNELS.BOX_BLUR_KERNEL.rows, 9), "BOX_BLUR_KERNEL");
  assert.equal(nameOf(KERNELS, KERNELS.BOX_BLUR_KERNEL.rows, 1), "");
});

test("shades: white at 0 when signed, black when not; ink that can be read on each", () => {
  const signed = scaleOf(KERNELS.EDGE_KERNEL.rows, 0, 1, 9);
  assert.deepEqual(signed, { signed: true, limit: 36 });
  assert.deepEqual(shade(0, signed), [255, 255, 255]);
  assert.deepEqual(scaleOf(KERNELS.BOX_BLUR_KERNEL.rows, 1, 9, 9), { signed: false, limit: 9 });
  assert.deepEqual(shade(0, { signed: false, limit: 9 }), [0, 0, 0]);
  const light = (/** @type {number[]} */ colour) => {
    const [r, g, b] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const scale of [signed, { signed: false, limit: 36 }]) {
    for (let value = -36; value <= 36; value++) {
      const [paper, word] = [light(shade(value, scale)), ink(shade(value, scale)) === "#000" ? 0 : 1];
      const contrast = (Math.max(paper, word) + 0.05) / (Math.min(paper, word) + 0.05);
      assert.ok(contrast >= 4.5, `${contrast} at ${value}`);
    }
  }
  assert.deepEqual([...pixelsOf([[0, 36, -99]], signed)], [...shade(0, signed), 255, ...shade(36, signed), 255, ...shade(-36, signed), 255]);
  assert.equal(shown(-0.001), "0");
  assert.equal(shown(-1.688), "−1.69");
});
