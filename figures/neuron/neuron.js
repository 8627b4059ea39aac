/** One neuron, as in cvlessons.neuron: its sum, its answer, and where in the plane it changes its mind. */

/** @typedef {import("../lib/plane.js").Point} Point */

/**
 * z = w1 x1 + w2 x2 + ... + b, one term after the other.
 * @param {number[]} x
 * @param {number[]} w
 * @param {number} b
 */
export function weightedSum(x, w, b) {
  return w.reduce((z, weight, i) => z + weight * x[i], b);
}

/** @type {Record<string, (z: number) => number>} */
export const ACTIVATIONS = {
  step: (z) => (z > 0 ? 1 : 0),
  sigmoid: (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))),
};

/**
 * y = g(w . x + b)
 * @param {number[]} x
 * @param {number[]} w
 * @param {number} b
 * @param {(z: number) => number} activation
 */
export function neuron(x, w, b, activation) {
  return activation(weightedSum(x, w, b));
}

/** All inputs of n switches that are off or on, counted in binary: 00, 01, 10, 11. @param {number} n */
export function corners(n) {
  return Array.from({ length: 2 ** n }, (_, k) => Array.from({ length: n }, (_, i) => (k >> (n - 1 - i)) & 1));
}

/** Questions about how many of n inputs are on. @type {Record<string, (on: number, n: number) => boolean>} */
export const QUESTIONS = {
  and: (on, n) => on === n,
  or: (on) => on > 0,
  nand: (on, n) => on < n,
  most: (on, n) => on > n / 2,
  xor: (on) => on % 2 === 1,
};

/**
 * The right answer at each corner. Of a question of one's own, `own` holds the eight for three inputs; two inputs
 * take those where the third is off.
 * @param {string} question
 * @param {number} n
 * @param {string} own
 */
export function wanted(question, n, own) {
  const ask = QUESTIONS[question];
  if (ask) return corners(n).map((x) => ask(x.reduce((on, value) => on + value, 0), n));
  return corners(n).map(([x1, x2, x3 = 0]) => own[4 * x1 + 2 * x2 + x3] === "1");
}

/** The same answers, and one of them turned: written as a question of one's own. @param {boolean[]} answers @param {number} at */
export function turnedAnswer(answers, at, own = "00000000") {
  const signs = [...own];
  const wide = 8 / answers.length; // two inputs write at every second place
  answers.forEach((yes, k) => (signs[k * wide] = (k === at ? !yes : yes) ? "1" : "0"));
  return signs.join("");
}

/**
 * At which corners does the neuron answer as it should?
 * @param {number[]} w
 * @param {number} b
 * @param {boolean[]} answers
 */
export function right(w, b, answers) {
  return corners(w.length).map((x, k) => weightedSum(x, w, b) > 0 === answers[k]);
}

/**
 * The most corners that any neuron of n inputs gets right. For two and three inputs these few whole weights
 * and half biases draw every cut through the corners that there is: 14 and 104 of them.
 * @param {boolean[]} answers
 */
export function bestPossible(answers) {
  const n = Math.log2(answers.length);
  return Math.max(...cuts(n).map((cut) => cut.filter((yes, k) => yes === answers[k]).length));
}

/** @type {Map<number, boolean[][]>} */
const known = new Map();

/** What neurons of n inputs can say about the corners. @param {number} n */
export function cuts(n) {
  const found = known.get(n) ?? [...different(n).values()];
  known.set(n, found);
  return found;
}

/** @param {number} n */
function different(n) {
  const weights = tuples(n, [-2, -1, 0, 1, 2]);
  const biases = Array.from({ length: 14 }, (_, i) => i - 6.5);
  const all = weights.flatMap((w) => biases.map((b) => corners(n).map((x) => weightedSum(x, w, b) > 0)));
  return new Map(all.map((cut) => [cut.join(), cut]));
}

/** @param {number} n @param {number[]} values @returns {number[][]} */
function tuples(n, values) {
  return n === 0 ? [[]] : tuples(n - 1, values).flatMap((some) => values.map((value) => [...some, value]));
}

/**
 * The part of the square from low to high where the sum is above zero, as the corners of a polygon.
 * @param {number[]} w
 * @param {number} b
 * @param {number} low
 * @param {number} high
 * @returns {Point[]}
 */
export function yesRegion(w, b, low, high) {
  const square = /** @type {Point[]} */ ([[low, low], [high, low], [high, high], [low, high]]);
  return square.flatMap((p, k) => {
    const q = square[(k + 1) % 4];
    const [zp, zq] = [weightedSum(p, w, b), weightedSum(q, w, b)];
    const cut = zp > 0 !== zq > 0 ? [between(p, q, zp / (zp - zq))] : [];
    return zp > 0 ? [p, ...cut] : cut;
  });
}

/**
 * The part of the line z = 0 inside the square, or null where it does not pass through.
 * @param {number[]} w
 * @param {number} b
 * @param {number} low
 * @param {number} high
 * @returns {[Point, Point] | null}
 */
export function segment(w, b, low, high) {
  const length = Math.hypot(...w);
  if (length === 0) return null;
  const foot = w.map((weight) => -((weightedSum([(low + high) / 2, (low + high) / 2], w, b) * weight) / length ** 2));
  const middle = foot.map((value) => value + (low + high) / 2);
  const along = [w[1] / length, -w[0] / length];
  let [from, to] = [-Infinity, Infinity];
  for (const i of [0, 1]) {
    if (along[i] === 0 && (middle[i] < low || middle[i] > high)) return null;
    if (along[i] === 0) continue;
    const ends = [(low - middle[i]) / along[i], (high - middle[i]) / along[i]];
    from = Math.max(from, Math.min(...ends));
    to = Math.min(to, Math.max(...ends));
  }
  const at = (/** @type {number} */ t) => /** @type {Point} */ ([middle[0] + t * along[0], middle[1] + t * along[1]]);
  return from < to ? [at(from), at(to)] : null;
}

/** @param {Point} p @param {Point} q @param {number} share @returns {Point} */
export function between(p, q, share) {
  return [p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share];
}

/** The bias that moves the line, without turning it, through a point. @param {number[]} w @param {Point} point */
export function biasThrough(w, point) {
  return -weightedSum(point, w, 0);
}

/**
 * The weights, as long as they were, of the line from one point to another; yes is on the left hand of who walks there.
 * @param {number[]} w
 * @param {Point} from
 * @param {Point} to
 */
export function weightsAlong(w, from, to) {
  const [across, up] = [to[0] - from[0], to[1] - from[1]];
  const scale = Math.hypot(...w) / Math.hypot(across, up);
  return Number.isFinite(scale) ? [-up * scale, across * scale] : w;
}

/**
 * The same line with smaller numbers, where one of them would be beyond its knob.
 * @param {number[]} w
 * @param {number} b
 * @param {{ w: number, b: number }} most
 */
export function fitted(w, b, most) {
  const over = Math.max(1, ...w.map((weight) => Math.abs(weight) / most.w), Math.abs(b) / most.b);
  return { w: w.map((weight) => weight / over), b: b / over };
}
