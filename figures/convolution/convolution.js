/**
 * The convolution of a CNN, as cvlessons.convolution has it: a kernel H slid over a picture A, not turned, with P
 * zeros on each side and S pixels from one place to the next. Pictures and kernels are lists of rows.
 */

/** @typedef {number[][]} Rows @typedef {{ S?: number, P?: number, turned?: boolean, divisor?: number }} Options */
/** @typedef {{ row: number, column: number, pixel: number, weight: number, product: number, padded: boolean }} Term */

/**
 * C[m][n] = sum over u, v of A[S m + u − P][S n + v − P] H[u][v], divided by `divisor`. A rest that the last step does
 * not reach is left out. With `turned`, the kernel is turned by 180° first: true convolution.
 * @param {Rows} picture @param {Rows} kernel @param {Options} [options]
 */
export function convolve(picture, kernel, { S = 1, P = 0, turned = false, divisor = 1 } = {}) {
  const H = turned ? turn(kernel) : kernel;
  const A = pad(picture, P);
  const height = places(A.length, H.length, S);
  const width = places(A[0].length, H[0].length, S);
  return Array.from({ length: height }, (_, m) =>
    Array.from({ length: width }, (_, n) => weightedSum(A, H, S * m, S * n) / divisor),
  );
}

function places(/** @type {number} */ size, /** @type {number} */ F, /** @type {number} */ S) {
  return Math.max(0, Math.floor((size - F) / S) + 1);
}

function weightedSum(/** @type {Rows} */ A, /** @type {Rows} */ H, /** @type {number} */ top, /** @type {number} */ left) {
  let sum = 0;
  for (let u = 0; u < H.length; u++) for (let v = 0; v < H[u].length; v++) sum += A[top + u][left + v] * H[u][v];
  return sum;
}

/** P zeros around a picture, on each side. */
export function pad(/** @type {Rows} */ picture, /** @type {number} */ P) {
  const width = picture[0].length + 2 * P;
  const zeros = () => Array.from({ length: P }, () => Array(width).fill(0));
  return [...zeros(), ...picture.map((row) => [...Array(P).fill(0), ...row, ...Array(P).fill(0)]), ...zeros()];
}

/** Turned by 180°. */
export function turn(/** @type {Rows} */ kernel) {
  return kernel.map((row) => row.toReversed()).reverse();
}

/**
 * What is multiplied for output [m][n], one term for each weight, in the kernel's rows.
 * @param {Rows} picture @param {Rows} kernel @param {number[]} place @param {Options} [options]
 * @returns {Term[][]}
 */
export function terms(picture, kernel, [m, n], { S = 1, P = 0, turned = false } = {}) {
  return (turned ? turn(kernel) : kernel).map((weights, u) =>
    weights.map((weight, v) => {
      const [row, column] = [S * m + u - P, S * n + v - P];
      const inside = picture[row]?.[column];
      const pixel = inside ?? 0;
      return { row, column, pixel, weight, product: pixel * weight, padded: inside === undefined };
    }),
  );
}

// ---- what a kernel does, by its weights -------------------------------------------------------------------------

/** The sum of the weights: what a flat area of ones becomes. */
export function total(/** @type {Rows} */ kernel, divisor = 1) {
  return kernel.flat().reduce((sum, weight) => sum + weight, 0) / divisor;
}

/** Does it turn everything into 0, although neither the kernel is nothing nor the picture flat? */
export function vanishes(/** @type {Rows} */ picture, /** @type {Rows} */ kernel, /** @type {Rows} */ output) {
  const flat = picture.flat().every((pixel) => pixel === picture[0][0]);
  return !flat && kernel.flat().some(Boolean) && output.flat().every((value) => Math.abs(value) < 1e-9);
}

/**
 * How far a kernel moves a picture and does nothing else, as [down, right]; null if it does anything else.
 * A single weight of 1 takes the pixel under it: where it stands above the middle, the picture moves down.
 * @param {Rows} kernel @param {{ divisor?: number, turned?: boolean }} [options]
 */
export function shift(kernel, { divisor = 1, turned = false } = {}) {
  const weights = kernel.flat();
  const at = weights.findIndex(Boolean);
  const F = kernel.length;
  if (F % 2 === 0 || at < 0 || weights[at] !== divisor || weights.filter(Boolean).length > 1) return null;
  const way = turned ? -1 : 1;
  const middle = (F - 1) / 2;
  return [middle - Math.floor(at / F), middle - (at % F)].map((steps) => way * steps + 0);
}

/**
 * Upright edges and nothing else: where no row differs from the next, only the sums of the kernel's columns count, and
 * one of them must; where no column differs from the next, only the sums of its rows count, and none may.
 */
export function findsUprightEdges(/** @type {Rows} */ kernel) {
  const sum = (/** @type {number[]} */ weights) => weights.reduce((all, weight) => all + weight, 0);
  const columns = kernel[0].map((_, v) => sum(kernel.map((row) => row[v])));
  const nothing = (/** @type {number} */ value) => Math.abs(value) < 1e-9;
  return kernel.every((row) => nothing(sum(row))) && !columns.every(nothing);
}

/** Is it the same, the opposite or another kernel when turned by 180°? */
export function whenTurned(/** @type {Rows} */ kernel) {
  const turned = turn(kernel).flat();
  const weights = kernel.flat();
  if (weights.every((weight, i) => weight === turned[i])) return "same";
  return weights.every((weight, i) => weight === -turned[i]) ? "opposite" : "other";
}
