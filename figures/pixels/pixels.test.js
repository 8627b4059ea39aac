/** pixels.js against the cases that tests/test_pixels.py holds against the package and OpenCV. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { bin, boxAverage, enlarged, imageBytes, quantise, sample, stepFault } from "./pixels.js";

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
