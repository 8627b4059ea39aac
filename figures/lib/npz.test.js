import assert from "node:assert/strict";
import { test } from "node:test";
import { storedNpz } from "../npz.mjs";
import { crc32, fromHalf, readNpz } from "./npz.js";

const DIGITS = new URL("../../src/cvlessons/data/weights/digits.npz", import.meta.url).pathname;

test("halves by hand: sign, exponent, fraction", () => {
  for (const [bits, value] of [
    [0x3c00, 1], [0xc000, -2], [0x3555, 0.333251953125], [0x7bff, 65504], [0x0001, 2 ** -24], [0x0400, 2 ** -14], [0x8000, -0],
  ]) assert.equal(fromHalf(bits), value); // prettier-ignore
  assert.equal(fromHalf(0x7c00), Infinity);
  assert.ok(Number.isNaN(fromHalf(0x7c01)));
});

test("the checksum of the zip format, its published check value", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

test("a changed byte anywhere in the weights is found out", () => {
  const whole = storedNpz(DIGITS);
  assert.ok(readNpz(whole)["1.kernel"]);
  for (const at of [200, 5000, 20000, whole.length - 1]) {
    const damaged = Uint8Array.from(whole);
    damaged[at] ^= 1;
    assert.throws(() => readNpz(damaged), /arrived damaged/);
  }
  assert.throws(() => readNpz(whole.subarray(0, 30000)), /arrived damaged/);
});
