/** The networks against what the package and Keras compute (tests/cases/shift_networks.json), and the shift by hand. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SIDE } from "../digits/digits.js";
import { storedNpz } from "../npz.mjs";
import { FARTHEST, inkLeft, NAMES, place, PLACES, probabilities, readingsOf, shade, shift, shiftNetworks } from "./mlp_limits.js";
import { check, says, where } from "./words.js";

const file = (/** @type {string} */ path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const networks = shiftNetworks(storedNpz(file("src/cvlessons/data/weights/shift.npz")));
const sheet = readFileSync(file("figures/digits/test_digits.bin"));
const digit = (/** @type {number} */ k) => Float32Array.from(sheet.subarray(k * SIDE * SIDE, (k + 1) * SIDE * SIDE), (level) => level / 255);

test("shifted digits get the probabilities that the package and Keras compute", () => {
  const cases = JSON.parse(readFileSync(file("tests/cases/shift_networks.json"), "utf8"));
  assert.ok(cases.length >= 20);
  for (const one of cases)
    for (const name of Object.keys(NAMES)) {
      const given = probabilities(networks[name], shift(digit(one.digit), one.down, one.right));
      given.forEach((value, k) => assert.ok(Math.abs(value - one[name][k]) < 1e-4, `${name}, ${one.digit}, ${one.down}, ${one.right}: ${value} and ${one[name][k]}`));
    }
});

test("a shift by hand", () => {
  const picture = new Float32Array(SIDE * SIDE);
  picture[0] = 1;
  picture[SIDE - 1] = 2;
  const moved = shift(picture, 1, 2);
  assert.equal(moved[SIDE + 2], 1);
  assert.equal(moved.reduce((sum, value) => sum + value, 0), 1, "what leaves is lost");
  assert.ok(Math.abs(inkLeft(picture, moved) - 1 / 3) < 1e-7);
  assert.deepEqual(shift(picture, 0, 0), picture);
});

test("the readings of a digit come in the order of the map", () => {
  const known = [...readingsOf(networks.mlp, digit(4), 4)];
  assert.equal(known.length, PLACES * PLACES);
  assert.equal(known[place(0, 0)], true);
  assert.equal(known[place(0, 4)], false);
  assert.deepEqual([place(-FARTHEST, -FARTHEST), place(-FARTHEST, FARTHEST), place(1 - FARTHEST, -FARTHEST)], [0, PLACES - 1, PLACES]);
});

test("more is lighter", () => {
  const light = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => {
    const [r, g, b] = shade(share);
    return 0.299 * r + 0.587 * g + 0.114 * b;
  });
  assert.deepEqual([...light].sort((a, b) => a - b), light);
});

test("the words say where it is and who errs", () => {
  assert.equal(where(0, 0), "in the middle");
  assert.equal(where(-3, 2), "moved 3 to the left and 2 down");
  assert.equal(says({ digit: 4, right: 1, down: 0 }, { mlp: 4, cnn: 4, cnn_global: 4 }, 1), "The 4, moved 1 to the right: all three read it.");
  assert.match(says({ digit: 4, right: 0, down: -8 }, { mlp: 1, cnn: 4, cnn_global: 4 }, 0.8), /MLP says 1, which is wrong; CNN says 4; .* 20 % of its ink/);
});

test("each wrong setting is explained", () => {
  const right = { digit: 4, right: 0, down: 0, map: "all" };
  assert.equal(check(right), null);
  assert.match(check({ ...right, digit: 10 }) ?? "", /digit must be a whole number from 0 to 9, got 10/);
  assert.match(check({ ...right, right: -9 }) ?? "", /right must be a whole number from -8 to 8, got -9: move the digit/);
  assert.match(check({ ...right, map: "toString" }) ?? "", /map must be all or one/);
});
