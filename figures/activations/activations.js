/** The activations of cvlessons.activations with their slopes, and what two layers collapse into without one. */

/** @param {number} z */
function sigmoid(z) {
  const e = Math.exp(-Math.abs(z)); // never above 1, so it cannot overflow
  return (z >= 0 ? 1 : e) / (1 + e);
}

/** @typedef {{ g: (z: number) => number, slope: (z: number) => number }} Activation an activation and its derivative */

/** @type {Record<string, Activation>} */
export const ACTIVATIONS = {
  step: { g: (z) => (z > 0 ? 1 : 0), slope: () => 0 },
  linear: { g: (z) => z, slope: () => 1 },
  sigmoid: { g: sigmoid, slope: (z) => sigmoid(z) * sigmoid(-z) },
  tanh: { g: Math.tanh, slope: (z) => 4 * sigmoid(2 * z) * sigmoid(-2 * z) },
  relu: { g: (z) => Math.max(0, z), slope: (z) => (z > 0 ? 1 : 0) },
  leaky_relu: { g: (z) => (z > 0 ? z : 0.01 * z), slope: (z) => (z > 0 ? 1 : 0.01) },
};

/**
 * Where a slope is below a bound: intervals of z, their ends found to a millionth.
 * @param {(z: number) => number} slope
 * @param {number} low
 * @param {number} high
 * @returns {[number, number][]}
 */
export function flatParts(slope, low, high, below = 0.01) {
  const isFlat = (/** @type {number} */ z) => slope(z) < below;
  const steps = 320;
  const at = (/** @type {number} */ k) => low + ((high - low) * k) / steps;
  /** @type {[number, number][]} */
  const parts = [];
  let start = isFlat(low) ? low : NaN;
  for (let k = 1; k <= steps; k++) {
    if (isFlat(at(k)) === isFlat(at(k - 1))) continue;
    const edge = bisect(isFlat, at(k - 1), at(k));
    if (isFlat(at(k))) start = edge;
    else parts.push([start, edge]);
  }
  if (isFlat(high)) parts.push([start, high]);
  return parts;
}

/** Where a property changes between two places. @param {(z: number) => boolean} has @param {number} a @param {number} b */
function bisect(has, a, b) {
  const before = has(a);
  while (b - a > 1e-6) {
    const middle = (a + b) / 2;
    if (has(middle) === before) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

/** What is left of a gradient after each of n layers that all have this slope. @param {number} slope @param {number} n */
export function leftAfter(slope, n) {
  return Array.from({ length: n }, (_, k) => slope ** (k + 1));
}

/** @typedef {{ W: number[][], b: number[] }} Layer W has a row for each neuron */

/**
 * One input through two layers: what the hidden neurons give, and the answer.
 * @param {number} x
 * @param {[Layer, Layer]} layers
 * @param {(z: number) => number} between the activation of the first layer; the second has none
 */
export function throughTwo(x, [first, second], between) {
  const hidden = first.W.map((row, i) => between(row[0] * x + first.b[i]));
  return { hidden, answer: hidden.reduce((z, h, i) => z + second.W[0][i] * h, second.b[0]) };
}

/**
 * The one layer that does what a stack of layers without activation does: W = W2 W1, b = W2 b1 + b2, and so on.
 * @param {Layer[]} layers
 * @returns {Layer}
 */
export function collapseLinear([first, ...rest]) {
  return rest.reduce(
    (all, { W, b }) => ({
      W: W.map((row) => all.W[0].map((_, j) => row.reduce((sum, weight, i) => sum + weight * all.W[i][j], 0))),
      b: W.map((row, k) => row.reduce((sum, weight, i) => sum + weight * all.b[i], b[k])),
    }),
    first,
  );
}
