/** pixels.js against the cases that tests/test_pixels.py holds against the package and OpenCV. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { bin, boxAverage, enlarged, imageBytes, ink, quantise, reduced, sample, squares, stepFault } from "./pixels.js";

/** @type {any[]} */
const CASES = JSON.parse(readFileSync(new URL("../../tests/cases/pixels.json", import.meta.url), "utf8"));
const SHRINK = { sample, box_average: boxAverage };

/** @param {any[][]} image @returns {import("./pixels.js").Picture} */
function picture(image) {
  const channels = Array.isArray(image[0][0]) ? image[0][0].length : 1;
  return { height: image.length, width: image[0].length, channels, data: image.flat(2) };
}

for (const { name, function: called, image, bits, step, scale, output, bins } of CASES) {
  test(`${called}: ${name}`, () => {
    if (called === "image_bytes") {
      const [height, width, channels] = image;
      assert.equal(imageBytes({ height, width, channels, data: [] }, bits), output);
    } else if (called === "quantise") {
      assert.deepEqual(image.flat().map((/** @type {number} */ p) => quantise(p, bits)), output.flat());
      assert.deepEqual(image.flat().map((/** @type {number} */ p) => bin(p, bits)), bins.flat());
    } else if (called === "enlarged") {
      const got = enlarged(picture(image), scale);
      assert.deepEqual([got.height, got.width], [output.length, output[0].length]);
      output.flat(2).forEach((/** @type {number} */ want, /** @type {number} */ i) => assert.ok(Math.abs(got.data[i] - want) < 1e-3));
    } else {
      const shrink = SHRINK[/** @type {keyof typeof SHRINK} */ (called)];
      if (output === null) {
        assert.throws(() => shrink(picture(image), step), /step must divide height and width, got \d/);
      } else {
        const got = shrink(picture(image), step);
        assert.deepEqual([...Array.from(got.data)], output.flat(2));
        assert.deepEqual([got.height, got.width], [output.length, output[0].length]);
      }
    }
  });
}

test("a step that does not divide is explained: the value, the rule, the cure", () => {
  const face = { height: 16, width: 12, channels: 1, data: [] };
  assert.equal(stepFault(face, 4), null);
  assert.match(String(stepFault(face, 8)), /got 8 for 16 × 12: cut it to 16 × 8/);
  assert.match(String(stepFault({ ...face, width: 5 }, 8)), /use a smaller step/);
});

test("smooth passages keep a flat picture flat, and add nothing to its mean", () => {
  const flat = enlarged({ height: 3, width: 2, channels: 1, data: new Array(6).fill(77) }, 4);
  assert.ok(Array.from(flat.data).every((level) => Math.abs(level - 77) < 1e-9));
});

test("what is left: samples first, then whole levels, then bits", () => {
  const { stored, shown } = reduced(picture([[0, 101], [200, 255]]), { step: 2, way: "means", bits: 2 });
  assert.deepEqual([stored.data, shown.data], [[2], [159.5]]); // the mean 139 falls into 128 to 191
  assert.deepEqual(reduced(picture([[9, 8], [7, 6]]), { step: 1, way: "every", bits: 8 }).shown.data, [9, 8, 7, 6]);
});

test("squares repeat each number, all channels together", () => {
  const twice = squares(picture([[[1, 2, 3], [4, 5, 6]]]), 2);
  assert.deepEqual([twice.height, twice.width], [2, 4]);
  assert.deepEqual(Array.from(twice.data).slice(0, 12), [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
});

test("numbers can be read on every colour: a contrast of 4.5 at least", () => {
  const luminance = (/** @type {number} */ level) => (level <= 10.31475 ? level / 3294.6 : ((level / 255 + 0.055) / 1.055) ** 2.4);
  for (let level = 0; level < 256; level++) {
    const [paper, sign] = [luminance(level), ink([level]) === "#fff" ? 1 : 0];
    assert.ok((Math.max(paper, sign) + 0.05) / (Math.min(paper, sign) + 0.05) >= 4.5, String(level));
  }
});
