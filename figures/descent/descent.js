/** Gradient descent on a few landscapes whose slopes are known: the arithmetic of cvlessons.descent. */

/**
 * @typedef {number[]} Point one number on a curve, two on a surface
 * @typedef {{ at: Point, curvature: number }} Bottom where a dip ends, and how sharply it bends there at most
 * @typedef {object} Landscape
 * @property {string} called
 * @property {string} formula
 * @property {(w: Point) => number} loss
 * @property {(w: Point) => Point} gradient
 * @property {Bottom[]} bottoms none where the ground only gets flatter and flatter
 * @property {boolean} quadratic is it a parabola in every direction? Then the largest learning rate is known exactly
 * @property {[number, number]} across the values of w (of w1) that are shown
 * @property {[number, number]} [up] those of w2; on a curve the height follows from the loss
 * @property {{ w1: number, w2: number, rate: number, momentum: number, steps: number }} start a walk worth seeing
 */

/** @param {number} z */
const sigmoid = (z) => 1 / (1 + Math.exp(-z));

/** @type {Record<string, Landscape>} */
export const LANDSCAPES = {
  parabola: {
    called: "curve: the parabola w²",
    formula: "w²",
    loss: ([w]) => w ** 2,
    gradient: ([w]) => [2 * w],
    bottoms: [{ at: [0], curvature: 2 }],
    quadratic: true,
    across: [-10, 10],
    start: { w1: 8, w2: 0, rate: 0.25, momentum: 0, steps: 3 },
  },
  dips: {
    called: "curve: two dips",
    formula: "w⁴ − 4w² + w",
    loss: ([w]) => w ** 4 - 4 * w ** 2 + w,
    gradient: ([w]) => [4 * w ** 3 - 8 * w + 1],
    bottoms: curveBottoms([-1.5, 1.3], (w) => 4 * w ** 3 - 8 * w + 1, (w) => 12 * w ** 2 - 8),
    quadratic: false,
    across: [-2.4, 2.4],
    start: { w1: 0.2, w2: 0, rate: 0.05, momentum: 0, steps: 12 },
  },
  plain: {
    called: "curve: a plain (squared error of a sigmoid)",
    formula: "(σ(w) − 1)²",
    loss: ([w]) => (sigmoid(w) - 1) ** 2,
    gradient: ([w]) => [2 * (sigmoid(w) - 1) * sigmoid(w) * (1 - sigmoid(w))],
    bottoms: [],
    quadratic: false,
    across: [-9, 9],
    start: { w1: -6, w2: 0, rate: 1, momentum: 0, steps: 100 },
  },
  bowl: {
    called: "surface: a round bowl",
    formula: "w₁² + w₂²",
    loss: ([w1, w2]) => w1 ** 2 + w2 ** 2,
    gradient: ([w1, w2]) => [2 * w1, 2 * w2],
    bottoms: [{ at: [0, 0], curvature: 2 }],
    quadratic: true,
    across: [-10, 10],
    up: [-7.5, 7.5],
    start: { w1: -8, w2: 5, rate: 0.15, momentum: 0, steps: 12 },
  },
  valley: {
    called: "surface: a long valley",
    formula: "0.05 w₁² + w₂²",
    loss: ([w1, w2]) => 0.05 * w1 ** 2 + w2 ** 2,
    gradient: ([w1, w2]) => [0.1 * w1, 2 * w2],
    bottoms: [{ at: [0, 0], curvature: 2 }],
    quadratic: true,
    across: [-10, 10],
    up: [-7.5, 7.5],
    start: { w1: -9, w2: 5, rate: 0.9, momentum: 0, steps: 20 },
  },
  saddle: {
    called: "surface: two dips and a saddle",
    formula: "0.1 w₁⁴ + 0.04 w₁³ − w₁² + 0.5 w₂²",
    loss: ([w1, w2]) => 0.1 * w1 ** 4 + 0.04 * w1 ** 3 - w1 ** 2 + 0.5 * w2 ** 2,
    gradient: ([w1, w2]) => [0.4 * w1 ** 3 + 0.12 * w1 ** 2 - 2 * w1, w2],
    bottoms: curveBottoms([-2.4, 2.1], (w) => 0.4 * w ** 3 + 0.12 * w ** 2 - 2 * w, (w) => 1.2 * w ** 2 + 0.24 * w - 2, [0]),
    quadratic: false,
    across: [-4, 4],
    up: [-3, 3],
    start: { w1: 0.05, w2: 2.6, rate: 0.15, momentum: 0, steps: 30 },
  },
  bend: {
    called: "surface: a bent valley (Rosenbrock’s)",
    formula: "(1 − w₁)² + 10 (w₂ − w₁²)²",
    loss: ([w1, w2]) => (1 - w1) ** 2 + 10 * (w2 - w1 ** 2) ** 2,
    gradient: ([w1, w2]) => [-2 * (1 - w1) - 40 * w1 * (w2 - w1 ** 2), 20 * (w2 - w1 ** 2)],
    bottoms: [{ at: [1, 1], curvature: 51 + Math.sqrt(31 ** 2 + 40 ** 2) }], // of the table (82, −40; −40, 20)
    quadratic: false,
    across: [-2, 2],
    up: [-1, 2],
    start: { w1: -1.5, w2: 1.5, rate: 0.01, momentum: 0, steps: 60 },
  },
};

/**
 * The bottoms of a curve, from rough places by Newton's method.
 * @param {number[]} rough @param {(w: number) => number} slope @param {(w: number) => number} bend
 * @param {number[]} [rest] the other numbers of the point
 * @returns {Bottom[]}
 */
function curveBottoms(rough, slope, bend, rest = []) {
  return rough.map((w) => {
    for (let n = 0; n < 20; n++) w -= slope(w) / bend(w);
    return { at: [w, ...rest], curvature: bend(w) };
  });
}

/** How many numbers a point of this landscape has. @param {Landscape} landscape */
export const dimensions = ({ up }) => (up ? 2 : 1);

/** Further away than this no walk of these landscapes comes back. */
export const TOO_FAR = 1e6;

/**
 * @typedef {{ w: Point, dW: Point, V: Point, loss: number }} Stop V is the step that led here
 * @typedef {{ stops: Stop[], gone: boolean }} Walk gone: it ended early, too far away to come back
 */

/**
 * The whole walk: V ← μ V − α dW, then W ← W + V. With μ = 0 that is W ← W − α dW.
 * @param {Landscape} landscape
 * @param {{ start: Point, rate: number, momentum: number, steps: number }} how
 * @returns {Walk}
 */
export function descend({ loss, gradient }, { start, rate, momentum, steps }) {
  const stop = (/** @type {Point} */ w, /** @type {Point} */ V) => ({ w, dW: gradient(w), V, loss: loss(w) });
  const stops = [stop(start, start.map(() => 0))];
  const away = () => stops[stops.length - 1].w.some((value) => Math.abs(value) > TOO_FAR);
  while (stops.length <= steps && !away()) {
    const { w, dW, V } = stops[stops.length - 1];
    const next = V.map((v, k) => momentum * v - rate * dW[k]);
    stops.push(stop(w.map((value, k) => value + next[k]), next));
  }
  return { stops, gone: away() };
}

/** The dip that a point lies in: the nearest bottom. @param {Landscape} landscape @param {Point} w */
export function nearestBottom({ bottoms }, w) {
  const far = (/** @type {Bottom} */ { at }) => Math.hypot(...at.map((value, k) => value - w[k]));
  return bottoms.reduce((/** @type {Bottom | null} */ best, bottom) => (best && far(best) <= far(bottom) ? best : bottom), null);
}

/**
 * The learning rate that a walk must stay below to settle at a bottom: 2 (1 + μ) / a.
 * @param {number} curvature a, the most that the ground bends there
 * @param {number} momentum
 */
export function largestRate(curvature, momentum) {
  return (2 * (1 + momentum)) / curvature;
}

/** The height of the lowest ground; where there is no bottom, the height that it comes down to. @param {Landscape} landscape */
export function lowest({ bottoms, loss }) {
  return bottoms.length ? Math.min(...bottoms.map(({ at }) => loss(at))) : 0;
}

/** A walk has arrived once the loss stays within this of a bottom. */
export const NEAR = 0.001;

/** So far ahead we look, to tell whether it stays. */
const AHEAD = 600;

/**
 * After how many steps a walk has arrived, or null: a look ahead, for with momentum it may roll past the bottom.
 * @param {Landscape} landscape
 * @param {{ start: Point, rate: number, momentum: number }} how
 */
export function arrival(landscape, how) {
  const { stops, gone } = descend(landscape, { ...how, steps: AHEAD });
  if (gone) return null;
  const bottom = nearestBottom(landscape, stops[AHEAD].w);
  const ground = bottom ? landscape.loss(bottom.at) : 0;
  const n = stops.findLastIndex(({ loss }) => !(loss - ground < NEAR)) + 1;
  return n <= AHEAD ? n : null;
}

/**
 * What has become of the walk.
 * @param {Landscape} landscape
 * @param {Walk} walk
 * @param {number | null} arrives after how many steps it arrives
 * @returns {"start" | "gone" | "arrived" | "flat" | "swings" | "climbs" | "stuck" | "falls"}
 */
export function verdict(landscape, { stops, gone }, arrives) {
  const [first, last] = [stops[0], stops[stops.length - 1]];
  if (gone) return "gone";
  const slope = Math.hypot(...last.dW);
  if (arrives !== null && stops.length > arrives) return "arrived";
  if (slope < 1e-9) return "stuck";
  if (stops.length === 1) return "start";
  if (!landscape.bottoms.length && slope < 0.05) return "flat";
  if (swings(stops)) return "swings";
  return last.loss > first.loss ? "climbs" : "falls";
}

/** For ever between the same two points? @param {Stop[]} stops */
function swings(stops) {
  if (stops.length < 3) return false;
  const [before, middle, last] = stops.slice(-3).map(({ w }) => w);
  const apart = (/** @type {Point} */ u, /** @type {Point} */ v) => Math.hypot(...u.map((value, k) => value - v[k]));
  return apart(last, before) < 1e-9 * (1 + Math.hypot(...last)) && apart(last, middle) > 1e-3;
}
