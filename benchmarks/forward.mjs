/** How long the book's CNN takes for one digit, every layer's maps kept: the median of 300 passes, in milliseconds. */
import { fileURLToPath } from "node:url";
import { digitNetwork, forward, SIDE, toInput } from "../figures/digits/digits.js";
import { storedNpz } from "../figures/npz.mjs";

const weights = fileURLToPath(new URL("../src/cvlessons/data/weights/digits.npz", import.meta.url));
const network = digitNetwork(storedNpz(weights));
const bytes = Uint8Array.from({ length: SIDE * SIDE }, (_, k) => (k % SIDE > 11 && k % SIDE < 16 ? 255 : 0)); // a one
const input = toInput({ height: SIDE, width: SIDE, bytes });
const times = Array.from({ length: 300 }, () => {
  const start = performance.now();
  forward(network, input);
  return performance.now() - start;
});
console.log(times.sort((a, b) => a - b)[150].toFixed(2));
