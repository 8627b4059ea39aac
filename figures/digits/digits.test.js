import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { storedNpz } from "../npz.mjs";
import { inWords, percent } from "./answers.js";
import { answer, centre, centreOfMass, digitNetwork, forward, ink, inkBox, resized, softmax, toInput } from "./digits.js";
import { strokesFault } from "./pad.js";

const root = new URL("../../", import.meta.url);
const read = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, root), "utf8"));
const network = digitNetwork(storedNpz(new URL("src/cvlessons/data/weights/digits.npz", root).pathname));
const CASES = read("tests/cases/digits_activations.json");

/** @param {ArrayLike<number>} given @param {ArrayLike<number>} expected @param {number} tolerance */
function close(given, expected, tolerance, what = "") {
  assert.equal(given.length, expected.length, what);
  for (let k = 0; k < given.length; k++)
    assert.ok(Math.abs(given[k] - expected[k]) <= tolerance, `${what}: ${given[k]} is not ${expected[k]} at ${k}`);
}

test("every layer gives what Keras and the package give, for three digits", () => {
  const kept = network.map(({ kind }, k) => (kind === "convolution" ? -1 : k)).filter((k) => k >= 0);
  assert.equal(kept.length, CASES.layers.length);
  for (const { pixels, activations, label } of CASES.digits) {
    const maps = forward(network, toInput({ height: 28, width: 28, bytes: Uint8Array.from(pixels) }));
    kept.forEach((k, n) => {
      const { height, width, channels, name } = network[k];
      assert.equal(height * width * channels, CASES.layers[n].shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1));
      close(maps[k], activations[n].flat(3), 1e-4, name);
    });
    assert.equal(answer(maps.at(-1) ?? new Float32Array()), label);
  }
});

test("a ReLU takes nothing else away from its convolution than what is below zero", () => {
  const maps = forward(network, Float32Array.from({ length: 784 }, (_, k) => (k % 29) / 28));
  for (const k of [0, 3, 6]) {
    assert.ok(maps[k].some((value) => value < 0));
    close(maps[k + 1], maps[k].map((value) => (value > 0 ? value : 0)), 0);
  }
});

test("probabilities are those of softmax, and add up to 1", () => {
  close(softmax(Float32Array.of(0, Math.log(3))), [0.25, 0.75], 1e-7);
  close(softmax(Float32Array.of(1000, 1000)), [0.5, 0.5], 1e-7);
});

test("ink worked by hand: the paper is 210, 40 of 200 levels are 51 of 255, less is paper", () => {
  const bytes = new Uint8Array(25).fill(210);
  bytes.set([200, 170, 10], 11);
  const expected = new Uint8Array(25);
  expected.set([0, 51, 255], 11);
  assert.deepEqual(ink({ height: 5, width: 5, bytes }).bytes, expected);
});

test("what is made smaller keeps its mean, what is made larger is mixed: by hand", () => {
  const row = (/** @type {number[]} */ ...bytes) => ({ height: 1, width: bytes.length, bytes: Uint8Array.from(bytes) });
  assert.deepEqual([...resized(row(0, 30, 60, 90), 1, 2).bytes], [15, 75]);
  assert.deepEqual([...resized(row(0, 60, 120), 1, 2).bytes], [20, 100]); // (0 + 60 / 2) / 1.5, (60 / 2 + 120) / 1.5
  assert.deepEqual([...resized(row(0, 90), 1, 4).bytes], [0, 0, 90, 90]); // as OpenCV does it: each pixel is wider
  assert.deepEqual([...resized(row(7, 8, 9), 1, 3).bytes], [7, 8, 9]);
  assert.deepEqual([...resized(row(0, 1, 1, 2), 1, 2).bytes], [0, 2]); // a half goes to the even neighbour
});

test("an empty drawing and a faint one are refused in words", () => {
  const paper = { height: 9, width: 9, bytes: new Uint8Array(81).fill(200) };
  assert.throws(() => centre(paper), /draw something/);
  paper.bytes[40] = 180;
  assert.throws(() => centre(paper), /draw something/);
  assert.equal(inkBox({ height: 2, width: 2, bytes: new Uint8Array(4) }), null);
  assert.equal(centreOfMass({ height: 2, width: 2, bytes: new Uint8Array(4) }), null);
});

test("percentages never say 100 where it is less, nor 0 where it is more", () => {
  const written = [0, 0.0001, 0.02, 0.974, 0.9971, 0.99996, 1].map((share) => percent(share).replace("\u00a0", " "));
  assert.deepEqual(written, ["0 %", "< 1 %", "2 %", "97 %", "99.7 %", "> 99.9 %", "100 %"]);
  assert.equal(inWords(Float32Array.of(0.25, 0.7, 0.05)).replaceAll("\u00a0", " "), "1 with 70 %, then 0 with 25 %");
});

test("strokes from a link are refused in words unless they are numbers near the pad, and not too many", () => {
  assert.equal(strokesFault([], 10), null);
  assert.equal(strokesFault([[1, 2], [3, 4, 5, 6]], 10), null); // prettier-ignore
  for (const bad of [null, "4", {}, [[]], [[1]], [[1, "2"]], [[1, NaN]], [[1, 1e9]], [4]]) assert.match(strokesFault(bad, 10) ?? "", /must be a list/);
  assert.match(strokesFault([Array(7000).fill(1)], 10) ?? "", /takes 3000 points and there are 3500/);
  for (const pen of [null, 0, 61, "9", []]) assert.match(strokesFault([], pen) ?? "", /must be from 1 to 60/);
});
