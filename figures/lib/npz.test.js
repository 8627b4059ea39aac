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

test("numbers in another order or of another size are refused", () => {
  const npy = (/** @type {string} */ header) => {
    const bytes = new Uint8Array(10 + header.length + 2);
    bytes[8] = header.length;
    bytes.set(new TextEncoder().encode(header), 10);
    bytes.set([0x00, 0x3c], 10 + header.length); // 1
    return bytes;
  };
  const zipped = (/** @type {Uint8Array} */ bytes) => {
    const zip = new Uint8Array(30 + bytes.length);
    const view = new DataView(zip.buffer);
    view.setUint32(0, 0x04034b50, true);
    view.setUint32(14, crc32(bytes), true);
    view.setUint32(18, bytes.length, true);
    zip.set(bytes, 30);
    return zip;
  };
  const right = "{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }";
  assert.deepEqual(Object.values(readNpz(zipped(npy(right)))), [{ shape: [1], values: Float32Array.of(1) }]);
  for (const wrong of [right.replace("False", "True"), right.replace("<f2", "<f4")])
    assert.throws(() => readNpz(zipped(npy(wrong))), /must be 16-bit floats, the last index fastest/);
});
