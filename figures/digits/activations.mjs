/**
 * What every layer gives, for a judge that is not written in JavaScript (tests/test_digits.py): takes pictures of 28 × 28
 * bytes from its input, and writes all numbers of all layers as 32-bit floats, picture by picture, layer by layer.
 */
import { readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { storedNpz } from "../npz.mjs";
import { digitNetwork, forward, SIDE, toInput } from "./digits.js";

const weights = fileURLToPath(new URL("../../src/cvlessons/data/weights/digits.npz", import.meta.url));
const network = digitNetwork(storedNpz(weights));
const pictures = readFileSync(0);
for (let at = 0; at < pictures.length; at += SIDE * SIDE) {
  const picture = { height: SIDE, width: SIDE, bytes: pictures.subarray(at, at + SIDE * SIDE) };
  for (const maps of forward(network, toInput(picture))) {
    const bytes = Buffer.from(maps.buffer, maps.byteOffset, maps.byteLength);
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(1, bytes, sent);
  }
}
