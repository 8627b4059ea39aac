import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { storedNpz } from "../npz.mjs";
import { answer, centre, centreOfMass, digitNetwork, forward, inkBox, PAD, shrunk, toInput } from "./digits.js";
import { movedStrokes } from "./pad.js";
import { drawStrokes, FOUR, penDigit, seeded } from "./pen.js";

const root = new URL("../../", import.meta.url);
const CASES = JSON.parse(readFileSync(new URL("tests/cases/digits_drawings.json", root), "utf8"));
const network = digitNetwork(storedNpz(new URL("src/cvlessons/data/weights/digits.npz", root).pathname));
const bytes = (/** @type {string} */ packed) => new Uint8Array(inflateSync(Buffer.from(packed, "base64")));

/** How far the farthest of all numbers is. @param {ArrayLike<number>} given @param {ArrayLike<number>} expected */
function farthest(given, expected) {
  assert.equal(given.length, expected.length);
  return Math.max(...Array.from(given, (value, k) => Math.abs(value - expected[k])));
}

test("a drawing comes into the form of MNIST as the package brings it there", () => {
  for (const { height, width, picture, centred } of CASES.form) {
    const box = inkBox({ height, width, bytes: bytes(picture) });
    const given = centre({ height, width, bytes: bytes(picture) }).bytes;
    // OpenCV makes a tiny drawing larger in whole numbers, which may differ by one grey level.
    assert.ok(farthest(given, bytes(centred)) <= (height === PAD ? 0 : 1), JSON.stringify(box));
  }
});

test("the rule draws the same strokes as the package, from the same random numbers", () => {
  for (const { digit, numbers, strokes, width } of CASES.pen) {
    const rest = [...numbers];
    const take = () => rest.shift();
    const drawn = penDigit(digit, { uniform: take, normal: take });
    assert.equal(rest.length, 0);
    assert.equal(drawn.width, width);
    assert.equal(drawn.strokes.length, strokes.length);
    drawn.strokes.forEach((stroke, k) => {
      const every = stroke.filter((_, at) => Math.floor(at / 2) % 6 === 0);
      assert.ok(farthest(every, strokes[k]) < 0.01, `${digit}`);
    });
  }
});

test("the pen leaves what OpenCV's leaves, as far as the network can see", () => {
  for (const { digit, numbers, width, centred } of CASES.pen) {
    const rest = [...numbers];
    const take = () => rest.shift();
    const given = centre(drawStrokes(penDigit(digit, { uniform: take, normal: take }).strokes, width));
    const expected = { ...given, bytes: bytes(centred) };
    const [ours, theirs] = [given, expected].map((picture) => forward(network, toInput(picture)).at(-1) ?? []);
    assert.ok(farthest(ours, theirs) < 0.05, `${digit}: ${ours} and ${theirs}`);
    const [light, bold] = [given, expected].map((picture) => picture.bytes.reduce((a, b) => a + b, 0));
    assert.ok(Math.abs(light / bold - 1) < 0.15, `${digit}: ${light} and ${bold}`);
  }
});

test("a line and a dot are as wide as the pen, and round", () => {
  const { bytes: line } = drawStrokes([[50, 100, 150, 100]], 20);
  const level = (/** @type {number} */ x, /** @type {number} */ y) => line[y * PAD + x];
  assert.deepEqual([level(100, 89), level(100, 90), level(100, 111), level(100, 112)], [128, 255, 128, 0]);
  assert.deepEqual([level(39, 100), level(40, 93), level(161, 100)], [128, 0, 128]);
  const dot = drawStrokes([[60, 70]], 9);
  assert.deepEqual(centreOfMass(dot), { x: 60, y: 70 });
  assert.deepEqual(inkBox(dot), { left: 55, right: 66, top: 65, bottom: 76 });
});

test("of drawings by rule at least 95 % are read in MNIST's form, and far fewer from the shrunk pad", () => {
  const random = seeded(1);
  const right = { centred: 0, shrunk: 0 };
  const count = 500;
  for (let k = 0; k < count; k++) {
    const { strokes, width } = penDigit(k % 10, random);
    const pad = drawStrokes(strokes, width);
    for (const [name, form] of /** @type {const} */ ([["centred", centre], ["shrunk", shrunk]]))
      right[name] += Number(answer(forward(network, toInput(form(pad))).at(-1) ?? new Float32Array()) === k % 10);
  }
  assert.ok(right.centred >= 0.95 * count, `${right.centred} of ${count}`);
  assert.ok(right.shrunk < 0.7 * count, `${right.shrunk} of ${count}`);
});

test("the same seed gives the same numbers, another one others; evenly spread, and normal", () => {
  const [one, two, other] = [seeded(3), seeded(3), seeded(4)];
  const uniform = Array.from({ length: 4000 }, () => one.uniform(0, 1));
  assert.deepEqual(Array.from({ length: 4000 }, () => two.uniform(0, 1)), uniform);
  assert.notEqual(other.uniform(0, 1), uniform[0]);
  const normal = Array.from({ length: 4000 }, () => one.normal());
  const mean = (/** @type {number[]} */ numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  assert.ok(Math.abs(mean(uniform) - 0.5) < 0.02);
  assert.ok(Math.abs(mean(normal)) < 0.06);
  assert.ok(Math.abs(mean(normal.map((value) => value ** 2)) - 1) < 0.1);
});

test("the 4 of the figure is read from the shrunk pad as whatever its place makes it, and in form as a 4: the chapter says so", () => {
  const places = { "0,0": 7, "140,10": 5, "0,130": 1, "130,130": 1, "70,70": 4 };
  for (const [place, expected] of Object.entries(places)) {
    const [x, y] = place.split(",").map(Number);
    const pad = drawStrokes(movedStrokes(FOUR, x, y), 14);
    const read = (/** @type {typeof centre} */ form) => answer(forward(network, toInput(form(pad))).at(-1) ?? new Float32Array());
    assert.deepEqual([read(shrunk), read(centre)], [expected, 4], place);
  }
});
