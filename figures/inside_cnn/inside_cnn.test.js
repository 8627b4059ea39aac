import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { centre, digitNetwork, softmax, toInput } from "../digits/digits.js";
import { drawStrokes } from "../digits/pen.js";
import { storedNpz } from "../npz.mjs";
import {
  fitted, inkOn, largest, levelsOf, mapsOf, onScreen, paintSheet, rampOf, receptiveField, seen, sheetOf, sources, strip, strongest, termsOf, valueAt, weightsOf, windowOf,
} from "./inside_cnn.js"; // prettier-ignore

const root = new URL("../../", import.meta.url);
const network = digitNetwork(storedNpz(new URL("src/cvlessons/data/weights/digits.npz", root).pathname));
const levels = levelsOf(network);
const CASES = JSON.parse(readFileSync(new URL("tests/cases/inside_cnn.json", root), "utf8"));
const digit = readFileSync(new URL("figures/digits/test_digits.bin", root)).subarray(CASES.digit * 784, (CASES.digit + 1) * 784);
const picture = Float32Array.from(digit, (level) => level / 255);
const maps = mapsOf(network, picture);

/** @param {ArrayLike<number>} given @param {ArrayLike<number>} expected */
function close(given, expected, tolerance = 1e-4) {
  assert.equal(given.length, expected.length);
  for (let k = 0; k < given.length; k++) assert.ok(Math.abs(given[k] - expected[k]) <= tolerance, `${given[k]}, not ${expected[k]}, at ${k}`);
}

test("a unit's number, its terms, its bias and its receptive field are those of the package", () => {
  for (const { layer, map, row, column, value, terms, bias, field } of CASES.units) {
    const unit = { layer, map, row, column };
    close([valueAt(levels[layer], maps[layer], unit)], [value]);
    assert.deepEqual(Object.values(receptiveField(levels, unit)), field);
    if (!terms) continue;
    const sum = termsOf(levels, maps, unit);
    close(sum.terms, terms);
    close([sum.bias], [bias]);
  }
});

test("what is written out adds up to what the network computes, for every unit of every layer", () => {
  for (let layer = 1; layer < levels.length; layer++) {
    const { kind, height, width, channels } = levels[layer];
    for (let map = 0; map < channels; map += kind === "convolution" ? 5 : 1)
      for (let row = 0; row < height; row += 3)
        for (let column = 0; column < width; column += 2) {
          const unit = { layer, map, row, column };
          const value = valueAt(levels[layer], maps[layer], unit);
          close([written(kind, unit)], [value], 2e-4);
        }
  }
});

/** @param {string} kind @param {import("./inside_cnn.js").Unit} unit */
function written(kind, unit) {
  const views = sources(levels, unit).map((source) => seen(levels, maps, unit, source));
  if (kind === "ReLU") return Math.max(0, ...views[0]);
  if (kind === "pooling") return Math.max(...views[0]);
  if (kind === "softmax") return softmax(Float32Array.from(views.flat()))[unit.map];
  const { terms, bias } = termsOf(levels, maps, unit);
  return terms.reduce((a, b) => a + b, bias);
}

test("a unit changes with the pixels of its receptive field, and with no other", () => {
  for (const unit of [
    { layer: 1, map: 2, row: 10, column: 9 }, { layer: 4, map: 5, row: 6, column: 3 }, { layer: 9, map: 7, row: 0, column: 1 },
  ]) { // prettier-ignore
    const field = receptiveField(levels, unit);
    const inside = (/** @type {number} */ k) => {
      const [row, column] = [Math.floor(k / 28), k % 28];
      return row >= field.top && row < field.top + field.height && column >= field.left && column < field.left + field.width;
    };
    const changed = (/** @type {boolean} */ which) => {
      const other = picture.map((value, k) => (inside(k) === which ? 1 - value : value));
      return valueAt(levels[unit.layer], mapsOf(network, other)[unit.layer], unit);
    };
    const before = valueAt(levels[unit.layer], maps[unit.layer], unit);
    assert.equal(changed(false), before);
    assert.notEqual(changed(true), before);
  }
});

test("a window at the rim begins in the padding, where there is nothing", () => {
  const unit = { layer: 4, map: 0, row: 0, column: 11 };
  assert.deepEqual(windowOf(levels[4], unit), { top: -1, left: 10, size: 3 });
  const view = seen(levels, maps, unit, 3);
  assert.deepEqual(view.slice(0, 3), [0, 0, 0]);
  assert.equal(view[8], 0);
  assert.equal(view[4], valueAt(levels[3], maps[3], { map: 3, row: 0, column: 11 }));
});

test("the strongest term is the farthest from zero", () => {
  assert.equal(strongest([0.5, -2, 1.5]), 1);
  assert.equal(strongest([0]), 0);
});

test("maps lie side by side on a sheet, each pixel in the colour of its number", () => {
  const level = { ...levels[1], height: 6, width: 6, channels: 3 };
  const sheet = sheetOf(level, 2);
  assert.deepEqual([sheet.width, sheet.height, sheet.zoom, sheet.across, sheet.down], [13, 13, 1, 2, 2]);
  assert.deepEqual([0, 1, 2].map(sheet.corner), [{ x: 0, y: 0 }, { x: 7, y: 0 }, { x: 0, y: 7 }]);
  const values = new Float32Array(108);
  values.set([-2, 4, 1], (1 * 6 + 2) * 3); // row 1, column 2 of the three maps
  const ramp = Uint32Array.from({ length: 511 }, (_, k) => k);
  const pixels = new Uint32Array(169);
  paintSheet(level, values, sheet, ramp, pixels);
  assert.deepEqual([pixels[1 * 13 + 2], pixels[1 * 13 + 9], pixels[8 * 13 + 2], pixels[0], pixels[6]], [128, 510, 319, 255, 0]);
  const small = { ...level, height: 3, width: 3, channels: 1 };
  const larger = sheetOf(small, 3);
  const painted = new Uint32Array(36);
  paintSheet(small, Float32Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0), larger, ramp, painted); // row 1, column 2
  assert.equal(larger.zoom, 2);
  assert.deepEqual([painted.indexOf(510), painted.lastIndexOf(510), painted.filter((colour) => colour === 510).length], [16, 23, 4]);
  assert.equal(largest(new Float32Array(3)), 1);
});

test("colours go from stop to stop", () => {
  const ramp = rampOf([[0, 0, 255], [100, 100, 255], [200, 200, 200], [255, 100, 0], [255, 0, 0]]); // prettier-ignore
  assert.equal(ramp[0], 0xffff0000); // alpha, blue, green, red
  assert.equal(ramp[255], 0xffc8c8c8);
  assert.equal(ramp[510], 0xff0000ff);
});

test("a strip leads from its one end to the other, and stands upright", () => {
  const { length, matrix } = strip([10, 20, 30], [13, 20, 34]);
  assert.equal(length, 5);
  const at = (/** @type {number} */ x, /** @type {number} */ y) => [0, 1, 2].map((axis) => matrix[axis] * x + matrix[4 + axis] * y + matrix[12 + axis]);
  close(at(0, 0), [10, 20, 30], 1e-9);
  close(at(5, 0), [13, 20, 34], 1e-9);
  close(at(0, 1), [10, 21, 30], 1e-9);
  for (const to of [[3, 9, 1], [0, 50, 0]]) { // prettier-ignore
    const turned = strip([0, 0, 0], /** @type {import("./inside_cnn.js").Point} */ (to));
    close([Math.hypot(...turned.matrix.slice(4, 7))], [1], 1e-9);
    close([[0, 1, 2].reduce((sum, axis) => sum + turned.matrix[axis] * turned.matrix[4 + axis], 0)], [0], 1e-9);
    close([turned.length * turned.matrix[0], turned.length * turned.matrix[1], turned.length * turned.matrix[2]], to, 1e-9);
  }
});

test("a kernel's weights by hand: five by five of the first layer, for each map", () => {
  const kernel = network[0].kernel ?? new Float32Array();
  assert.equal(weightsOf(levels, { layer: 1, map: 4, row: 0, column: 0 }, 0)[7], kernel[7 * 12 + 4]);
});

test("turned, tilted and seen in perspective, by hand", () => {
  const seen = (/** @type {[number, number, number]} */ point, turn = 0, tilt = 0) => Object.values(onScreen(point, { turn, tilt }, 1000));
  close(seen([10, 20, 0]), [10, 20], 1e-9);
  close(seen([10, 20, 500]), [20, 40], 1e-9); // half as far away, twice as large
  close(seen([0, 0, 100], 90), [100, 0], 1e-9); // what was near is at the right
  close(seen([100, 0, 0], 90), [0, 0], 1e-9);
  close(seen([0, 0, 100], 0, 90), [0, -100], 1e-9); // and tilted by 90 degrees, at the top
});

test("a scene fills its frame, and stays in its middle", () => {
  const { scale, x, y } = fitted([{ x: -10, y: 0 }, { x: 30, y: 5 }], { width: 80, height: 100 }); // prettier-ignore
  assert.deepEqual([scale, x, y], [2, 20, 5]);
});

test("a 1 that becomes a 7: its scores slide long before its probabilities jump, as the chapter says", () => {
  const read = (/** @type {number} */ bar) => {
    const strokes = [[165, 50, 130, 230], ...(bar ? [[165, 50, 165 - bar, 52]] : [])];
    const pad = drawStrokes(strokes, 20);
    const [scores, probabilities] = mapsOf(network, toInput(centre(pad))).slice(-2);
    return { apart: scores[1] - scores[7], one: probabilities[1], seven: probabilities[7] };
  };
  const [plain, short, long] = [0, 20, 60].map(read);
  assert.ok(short.one > 0.99 && short.apart < plain.apart - 2, JSON.stringify([plain, short]));
  assert.ok(long.seven > 0.9);
});

test("what is written on a colour can be read: 4.5 to 1 at least, on every grey", () => {
  for (let level = 0; level < 256; level++) {
    const share = level / 255;
    const luminance = share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    const contrast = inkOn([level, level, level]) === "#000000" ? (luminance + 0.05) / 0.05 : 1.05 / (luminance + 0.05);
    assert.ok(contrast >= 4.5, `${level}: ${contrast}`);
  }
});
