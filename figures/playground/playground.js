/**
 * The arithmetic of the playground: points, a network, a step of training. The same rules as in
 * src/cvlessons/playground.py, engine.py and optimizers.py; tests/cases/playground.json holds both to the same numbers.
 */

/**
 * @typedef {object} Run what there is to know of a training; the figure's state holds it
 * @property {string} data
 * @property {number} points
 * @property {number} noise
 * @property {number} test the share of the points that is only for judging
 * @property {number} draw seed of the points
 * @property {string[]} features
 * @property {number[]} units of each hidden layer
 * @property {string[]} activations of each hidden layer
 * @property {number} dropout
 * @property {string} optimizer
 * @property {number} rate
 * @property {number} batch
 * @property {string} penalty
 * @property {number} strength
 * @property {number} seed of the first weights, the order of the points and the dropout
 * @property {string} start weights to begin with in place of drawn ones
 * @property {number} before how many steps went before those
 * @property {number} steps
 *
 * @typedef {{ x: Float32Array, labels: Uint8Array, n: number }} Examples
 * @typedef {{ all: Float32Array, arrays: Float32Array[] }} Weights all in one row, and the same as W, b, W, b, …
 * @typedef {{ loss: number, accuracy: number }} Judged
 * @typedef {{ sizes: number[], activations: string[], weights: Weights }} Network
 */

/** The data sets: what each is called, and how many classes it has. */
export const DATA = /** @type {Record<string, { called: string, classes: number }>} */ ({
  blobs: { called: "Two blobs", classes: 2 },
  moons: { called: "Two moons", classes: 2 },
  circles: { called: "Circles", classes: 2 },
  xor: { called: "XOR", classes: 2 },
  spiral: { called: "Spiral", classes: 2 },
  arms: { called: "Three arms", classes: 3 },
});

/** What a network may be given of a point. */
export const FEATURES = /** @type {Record<string, (x1: number, x2: number) => number>} */ ({
  x1: (x1) => x1,
  x2: (x1, x2) => x2,
  "x1^2": (x1) => x1 * x1,
  "x2^2": (x1, x2) => x2 * x2,
  "x1 x2": (x1, x2) => x1 * x2,
  "sin x1": (x1) => Math.sin(x1),
  "sin x2": (x1, x2) => Math.sin(x2),
});

/** Each activation, and its slope told by its value y. */
export const ACTIVATIONS = /** @type {Record<string, { f: (z: number) => number, slope: (y: number) => number }>} */ ({
  linear: { f: (z) => z, slope: () => 1 },
  relu: { f: (z) => (z > 0 ? z : 0), slope: (y) => (y > 0 ? 1 : 0) },
  "leaky relu": { f: (z) => (z > 0 ? z : 0.01 * z), slope: (y) => (y > 0 ? 1 : 0.01) },
  tanh: { f: tanh, slope: (y) => 1 - y * y },
  sigmoid: { f: (z) => 1 / (1 + Math.exp(-z)), slope: (y) => y * (1 - y) },
});

/** Twice as fast as Math.tanh, and as exact as 32 bits can hold. @param {number} z */
function tanh(z) {
  return 1 - 2 / (1 + Math.exp(2 * z));
}

export const OPTIMIZERS = ["sgd", "momentum", "rmsprop", "adam"];
export const PENALTIES = ["none", "l1", "l2"];

const ORDERS = 1000; // the order of epoch e is drawn with seed + 1000 (e + 1)
const MASKS = 2 ** 31; // the dropout of step s with 2^31 + seed + 1000 s

/**
 * The stream of numpy.random.RandomState(seed): the Mersenne Twister (Matsumoto and Nishimura 1998).
 * @param {number} seed
 */
export function stream(seed) {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let k = 1; k < 624; k++) state[k] = Math.imul(1812433253, state[k - 1] ^ (state[k - 1] >>> 30)) + k;
  let at = 624;
  let spare = /** @type {number | null} */ (null);

  const twist = () => {
    for (let k = 0; k < 624; k++) {
      const y = (state[k] & 0x80000000) | (state[(k + 1) % 624] & 0x7fffffff);
      state[k] = state[(k + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    at = 0;
  };
  const whole = () => {
    if (at === 624) twist();
    let y = state[at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  /** From 0, below 1, with 53 bits. */
  const uniform = () => ((whole() >>> 5) * 67108864 + (whole() >>> 6)) / 9007199254740992;
  /** Normally distributed: two at a time, by Marsaglia's polar method. */
  const normal = () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    let a, b, square;
    do {
      a = 2 * uniform() - 1;
      b = 2 * uniform() - 1;
      square = a * a + b * b;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    spare = factor * a;
    return factor * b;
  };
  /** A whole number from 0 to top. */
  const upTo = (/** @type {number} */ top) => {
    const mask = 2 ** (32 - Math.clz32(top)) - 1;
    let value;
    do value = whole() & mask;
    while (value > top);
    return value;
  };
  /** 0 to n - 1 in a drawn order. */
  const permutation = (/** @type {number} */ n) => {
    const order = Uint16Array.from({ length: n }, (_, k) => k);
    for (let k = n - 1; k > 0; k--) {
      const j = upTo(k);
      [order[k], order[j]] = [order[j], order[k]];
    }
    return order;
  };
  return { uniform, normal, permutation };
}

/** @type {Record<string, (u: number, v: number, label: number) => [number, number]>} */
const PLACES = {
  blobs: (u, v, label) => {
    const [x, y] = onRing(1.4 * Math.sqrt(u), 2 * Math.PI * v);
    const side = label === 0 ? -1.5 : 1.5;
    return [x + side, y + side];
  },
  moons: (u, v, label) => {
    const [x, y] = onRing(2, Math.PI * u);
    return label === 0 ? [x - 1, y - 0.5] : [1 - x, 0.5 - y];
  },
  circles: (u, v, label) => onRing(label === 0 ? 1.4 * Math.sqrt(u) : 2.1 + 0.9 * u, 2 * Math.PI * v),
  xor: (u, v) => /** @type {[number, number]} */ ([2 * u - 1, 2 * v - 1].map((side) => 3 * side + (side < 0 ? -0.2 : 0.2))),
  spiral: (u, v, label) => onRing(0.2 + 2.8 * u, 3.5 * Math.PI * u + Math.PI * label),
  arms: (u, v, label) => onRing(0.2 + 2.8 * u, 4 * u + ((2 * Math.PI) / 3) * label),
};

/** @param {number} radius @param {number} angle @returns {[number, number]} */
function onRing(radius, angle) {
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/**
 * Draw points of the plane, and the class of each.
 * @param {string} data
 * @param {{ n: number, noise: number, seed: number }} options
 */
export function points(data, { n, noise, seed }) {
  const { uniform, normal } = stream(seed);
  const { classes } = DATA[data];
  const places = Array.from({ length: n }, () => [uniform(), uniform()]);
  const labels = Uint8Array.from({ length: n }, (_, k) => k % classes);
  const x = new Float64Array(2 * n);
  places.forEach(([u, v], k) => {
    const [x1, x2] = PLACES[data](u, v, labels[k]);
    if (data === "xor") labels[k] = x1 * x2 < 0 ? 1 : 0;
    x[2 * k] = x1 + noise * normal();
    x[2 * k + 1] = x2 + noise * normal();
  });
  return { x, labels };
}

/**
 * What a network is given of points: a row for each, a column for each feature.
 * @param {ArrayLike<number>} x pairs
 * @param {string[]} names
 */
export function features(x, names) {
  const rows = new Float32Array((x.length / 2) * names.length);
  for (let k = 0; 2 * k < x.length; k++) {
    names.forEach((name, j) => (rows[k * names.length + j] = FEATURES[name](x[2 * k], x[2 * k + 1])));
  }
  return rows;
}

/**
 * The points of a run, divided into those to learn from and those to judge by.
 * @param {Pick<Run, "data" | "points" | "noise" | "test" | "draw" | "features">} run
 */
export function examples({ data, points: n, noise, test, draw, features: names }) {
  const { x, labels } = points(data, { n, noise, seed: draw });
  const learned = n - Math.floor(test * n + 0.5);
  const part = (/** @type {number} */ from, /** @type {number} */ to) => ({
    x: features(x.subarray(2 * from, 2 * to), names),
    labels: labels.subarray(from, to),
    n: to - from,
  });
  return { x, labels, learned, train: part(0, learned), test: part(learned, n) };
}

/** How many numbers go in, through the hidden layers, and out. @param {Pick<Run, "data" | "features" | "units">} run */
export function sizesOf({ data, features: names, units }) {
  return [names.length, ...units, DATA[data].classes];
}

/** How many weights and biases there are. @param {number[]} sizes */
export function count(sizes) {
  return sizes.slice(1).reduce((sum, size, k) => sum + size * (sizes[k] + 1), 0);
}

/**
 * Room for the weights of a network, all in one row: W1, b1, W2, b2, …, a row of W for each unit.
 * @param {number[]} sizes
 * @returns {Weights}
 */
export function room(sizes) {
  const all = new Float32Array(count(sizes));
  const arrays = [];
  let at = 0;
  for (let k = 1; k < sizes.length; k++) {
    for (const length of [sizes[k] * sizes[k - 1], sizes[k]]) arrays.push(all.subarray(at, (at += length)));
  }
  return { all, arrays };
}

/** He's first weights. @param {number[]} sizes @param {number} seed */
export function firstWeights(sizes, seed) {
  const weights = room(sizes);
  const { normal } = stream(seed);
  sizes.slice(0, -1).forEach((inputs, k) => {
    const W = weights.arrays[2 * k];
    for (let i = 0; i < W.length; i++) W[i] = normal() * Math.sqrt(2 / inputs);
  });
  return weights;
}

/**
 * What goes out of each layer for n examples; the last holds the scores.
 * @param {Network} network
 * @param {Float32Array} x
 * @param {number} n
 * @param {(Float32Array | null)[]} [masks] of dropout, one for each hidden layer
 * @returns {{ values: Float32Array[], outs: Float32Array[] }} values before dropout and after it
 */
export function forward({ sizes, activations, weights }, x, n, masks = []) {
  const values = [];
  const outs = [x];
  for (let k = 1; k < sizes.length; k++) {
    const y = dense(outs[k - 1], weights.arrays[2 * k - 2], weights.arrays[2 * k - 1], n);
    const { f } = ACTIVATIONS[activations[k - 1] ?? "linear"]; // the last layer gives scores
    for (let i = 0; i < y.length; i++) y[i] = f(y[i]);
    values.push(y);
    const mask = masks[k - 1];
    outs.push(mask ? y.map((value, i) => value * mask[i]) : y);
  }
  return { values, outs };
}

/** y = x W.T + b, an example a row. @param {Float32Array} x @param {Float32Array} W @param {Float32Array} b @param {number} n */
function dense(x, W, b, n) {
  const units = b.length;
  const inputs = W.length / units;
  const y = new Float32Array(n * units);
  for (let i = 0; i < n; i++) {
    for (let u = 0; u < units; u++) {
      const [own, row] = [u * inputs, i * inputs];
      let sum = b[u];
      for (let k = 0; k < inputs; k++) sum += W[own + k] * x[row + k];
      y[i * units + u] = sum;
    }
  }
  return y;
}

/**
 * Turn each row of scores into softmax probabilities.
 * @param {Float32Array} scores
 * @param {number} classes
 */
export function softmax(scores, classes) {
  const out = new Float32Array(scores.length);
  for (let i = 0; i < scores.length; i += classes) {
    let top = -Infinity;
    let sum = 0;
    for (let c = 0; c < classes; c++) top = Math.max(top, scores[i + c]);
    for (let c = 0; c < classes; c++) sum += Math.exp(scores[i + c] - top);
    for (let c = 0; c < classes; c++) out[i + c] = Math.exp(scores[i + c] - top) / sum;
  }
  return out;
}

/** Mean cross-entropy and accuracy. @param {Network} network @param {Examples} examples */
export function judge(network, { x, labels, n }) {
  const scores = forward(network, x, n).outs.at(-1) ?? x;
  const classes = network.sizes.at(-1) ?? 2;
  let loss = 0;
  let right = 0;
  for (let i = 0; i < n; i++) {
    const row = scores.subarray(i * classes, (i + 1) * classes);
    const top = Math.max(...row);
    loss += top + Math.log(row.reduce((sum, score) => sum + Math.exp(score - top), 0)) - row[labels[i]];
    right += row.indexOf(top) === labels[i] ? 1 : 0;
  }
  return { loss: loss / n, accuracy: right / n };
}

/**
 * The slopes of the mean cross-entropy by every weight.
 * @param {Network} network
 * @param {Examples} batch
 * @param {(Float32Array | null)[]} [masks]
 * @returns {Weights}
 */
export function backward(network, { x, labels, n }, masks = []) {
  const { sizes, activations, weights } = network;
  const { values, outs } = forward(network, x, n, masks);
  const gradients = room(sizes);
  let slopes = softmax(outs[sizes.length - 1], sizes[sizes.length - 1]);
  labels.forEach((label, i) => (slopes[i * sizes[sizes.length - 1] + label] -= 1));
  slopes = slopes.map((slope) => slope / n);
  for (let k = sizes.length - 1; k > 0; k--) {
    const mask = masks[k - 1];
    const { slope } = ACTIVATIONS[activations[k - 1] ?? "linear"];
    const y = values[k - 1];
    for (let i = 0; i < y.length; i++) slopes[i] *= (mask ? mask[i] : 1) * slope(y[i]);
    slopes = denseBack(slopes, outs[k - 1], weights.arrays[2 * k - 2], gradients.arrays.slice(2 * k - 2, 2 * k), n);
  }
  return gradients;
}

/**
 * Fill the slopes by W and b, and return those by what came in.
 * @param {Float32Array} dy @param {Float32Array} x @param {Float32Array} W @param {Float32Array[]} gradients @param {number} n
 */
function denseBack(dy, x, W, [dW, db], n) {
  const units = db.length;
  const inputs = W.length / units;
  const dx = new Float32Array(n * inputs);
  for (let i = 0; i < n; i++) {
    for (let u = 0; u < units; u++) {
      const slope = dy[i * units + u];
      db[u] += slope;
      for (let k = 0; k < inputs; k++) {
        dW[u * inputs + k] += slope * x[i * inputs + k];
        dx[i * inputs + k] += slope * W[u * inputs + k];
      }
    }
  }
  return dx;
}

/**
 * Make the cost steeper by each weight that is to be paid for; biases go free.
 * @param {Weights} weights @param {Weights} gradients @param {string} penalty @param {number} strength
 */
export function penalize(weights, gradients, penalty, strength) {
  if (penalty === "none") return;
  weights.arrays.forEach((W, k) => {
    if (k % 2 === 1) return;
    const dW = gradients.arrays[k];
    for (let i = 0; i < W.length; i++) dW[i] += strength * (penalty === "l1" ? Math.sign(W[i]) : W[i]);
  });
}

/**
 * How a step is made of the slopes. Returns a function that changes the weights in place.
 * @param {string} name
 * @param {number} rate
 * @param {number} length how many weights there are
 * @returns {(w: Float32Array, g: Float32Array) => void}
 */
export function optimizer(name, rate, length) {
  const mean = new Float32Array(length);
  const squares = new Float32Array(length);
  const mix = (/** @type {Float32Array} */ old, /** @type {number} */ i, /** @type {number} */ now, /** @type {number} */ share) =>
    (old[i] = share * old[i] + (1 - share) * now);
  let steps = 0;
  const kinds = /** @type {Record<string, (w: Float32Array, g: Float32Array, i: number) => void>} */ ({
    sgd: (w, g, i) => (w[i] -= rate * g[i]),
    momentum: (w, g, i) => (w[i] += mean[i] = 0.9 * mean[i] - rate * g[i]),
    rmsprop: (w, g, i) => (w[i] -= (rate * g[i]) / Math.sqrt(mix(squares, i, g[i] * g[i], 0.9) + 1e-7)),
    adam: (w, g, i) => {
      const corrected = (rate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
      w[i] -= (corrected * mix(mean, i, g[i], 0.9)) / (Math.sqrt(mix(squares, i, g[i] * g[i], 0.999)) + 1e-7);
    },
  });
  const change = kinds[name];
  return (w, g) => {
    steps++;
    for (let i = 0; i < w.length; i++) change(w, g, i);
  };
}

/**
 * What dropout multiplies each hidden value with in a step: 0 for a share of them, a little more than 1 for the others.
 * @param {number[]} units
 * @param {number} n
 * @param {number} rate
 * @param {number} seed
 */
function dropoutMasks(units, n, rate, seed) {
  if (!rate) return [];
  const { uniform } = stream(seed);
  const limit = Math.fround(rate);
  const kept = Math.fround(1 / (1 - rate));
  return units.map((size) => Float32Array.from({ length: n * size }, () => (Math.fround(uniform()) >= limit ? kept : 0)));
}

/** @param {Float32Array} numbers 4 bytes each, in base 64 */
export function encode(numbers) {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** @param {string} text @returns {Float32Array | null} null if it holds no weights */
export function decode(text) {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const numbers = new Float32Array(bytes.buffer);
    return numbers.every(Number.isFinite) ? numbers : null;
  } catch {
    return null;
  }
}

/**
 * A training, at its first step.
 * @param {Run} run
 */
export function training(run) {
  const sizes = sizesOf(run);
  const weights = run.start ? room(sizes) : firstWeights(sizes, run.seed);
  if (run.start) weights.all.set(decode(run.start) ?? []);
  /** @type {Network} */
  const network = { sizes, activations: run.activations, weights };
  const sets = examples(run);
  const { n, x, labels } = sets.train;
  const change = optimizer(run.optimizer, run.rate, weights.all.length);
  const batches = Math.ceil(n / run.batch);
  let done = 0;
  let order = new Uint16Array(0);
  let ordered = -1;

  const step = () => {
    const at = run.before + done++;
    const epoch = Math.floor(at / batches);
    if (epoch !== ordered) order = stream(run.seed + ORDERS * ((ordered = epoch) + 1)).permutation(n);
    const place = (at % batches) * run.batch;
    const batch = pick(x, labels, order.subarray(place, place + run.batch), sizes[0]);
    const masks = dropoutMasks(run.units, batch.n, run.dropout, MASKS + run.seed + ORDERS * at);
    const gradients = backward(network, batch, masks);
    penalize(weights, gradients, run.penalty, run.strength);
    change(weights.all, gradients.all);
  };
  return { network, sets, batches, before: run.before, step, done: () => done };
}

/** @param {Float32Array} x @param {Uint8Array} labels @param {Uint16Array} which @param {number} width @returns {Examples} */
function pick(x, labels, which, width) {
  const rows = new Float32Array(which.length * width);
  which.forEach((row, k) => rows.set(x.subarray(row * width, (row + 1) * width), k * width));
  return { x: rows, labels: Uint8Array.from(which, (row) => labels[row]), n: which.length };
}

/**
 * A training whose losses are written down: once an epoch at first, more rarely as it gets long.
 * @param {ReturnType<typeof training>} trained
 */
export function follow(trained) {
  const { network, sets, batches, before, step, done } = trained;
  /** @type {{ at: number, train: number, test: number }[]} */
  let curve = [];
  let every = batches;
  let last = /** @type {{ at: number, train: Judged, test: Judged } | null} */ (null);

  const judged = () => {
    if (last?.at !== done()) last = { at: done(), train: judge(network, sets.train), test: judge(network, sets.test) };
    return last;
  };
  const note = () => {
    const { train, test } = judged();
    curve.push({ at: before + done(), train: train.loss, test: test.loss });
    if (curve.length < 240) return;
    curve = curve.filter((_, k) => k % 2 === 0);
    every *= 2;
  };
  note();
  return {
    network,
    sets,
    batches,
    done,
    judged,
    curve: () => [...curve, { at: before + done(), train: judged().train.loss, test: judged().test.loss }],
    broken: () => !network.weights.all.every(Number.isFinite),
    step: () => {
      step();
      if (done() % every === 0) note();
    },
    /** Go on with the curve of the training before. @param {{ curve: () => typeof curve }} other */
    takeCurve: (other) => {
      curve = [...other.curve(), ...curve];
    },
  };
}
