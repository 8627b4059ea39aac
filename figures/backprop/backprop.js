/**
 * Forward through the layers, backward through the layers, and the update: the arithmetic of slide 42.
 * A matrix is a list of rows, and one example is one column. Names as in cvlessons.backprop.
 */

/**
 * @typedef {number[][]} Matrix
 * @typedef {{ W: Matrix, b: number[] }} Layer
 * @typedef {{ A_prev: Matrix, Z: Matrix, A: Matrix }} LayerCache
 * @typedef {{ dA: Matrix, dZ: Matrix, dW: Matrix, db: number[] }} Slopes
 * @typedef {"linear" | "sigmoid" | "tanh" | "relu" | "leaky_relu"} Name
 */

/** @type {Record<Name, { g: (z: number) => number, slope: (z: number) => number }>} */
export const ACTIVATIONS = {
  linear: { g: (z) => z, slope: () => 1 },
  sigmoid: { g: sigmoid, slope: (z) => sigmoid(z) * sigmoid(-z) },
  tanh: { g: Math.tanh, slope: (z) => 4 * sigmoid(2 * z) * sigmoid(-2 * z) },
  relu: { g: (z) => Math.max(0, z), slope: (z) => (z > 0 ? 1 : 0) },
  leaky_relu: { g: (z) => (z > 0 ? z : 0.01 * z), slope: (z) => (z > 0 ? 1 : 0.01) },
};

/** @param {number} z */
function sigmoid(z) {
  const e = Math.exp(-Math.abs(z)); // never above 1, so it cannot overflow
  return (z >= 0 ? 1 : e) / (1 + e);
}

/** @param {Matrix} M @returns {Matrix} */
export function transposed(M) {
  return M[0].map((_, column) => M.map((row) => row[column]));
}

/** @param {number[]} u @param {number[]} v */
export function dot(u, v) {
  return u.reduce((sum, value, i) => sum + value * v[i], 0);
}

/** @param {Matrix} M @param {Matrix} N @returns {Matrix} */
export function product(M, N) {
  const columns = transposed(N);
  return M.map((row) => columns.map((column) => dot(row, column)));
}

/**
 * Send a batch through all layers and keep what each of them saw.
 * @param {Matrix} X
 * @param {Layer[]} layers
 * @param {Name[]} activations
 * @returns {LayerCache[]}
 */
export function forward(X, layers, activations) {
  let A = X;
  return layers.map(({ W, b }, layer) => {
    const A_prev = A;
    const Z = product(W, A_prev).map((row, neuron) => row.map((sum) => sum + b[neuron]));
    A = Z.map((row) => row.map(ACTIVATIONS[activations[layer]].g));
    return { A_prev, Z, A };
  });
}

/** dZ = dA * g'(Z), entry by entry. @param {Matrix} dA @param {Matrix} Z @param {Name} activation @returns {Matrix} */
export function preactivationGradient(dA, Z, activation) {
  return dA.map((row, j) => row.map((slope, i) => slope * ACTIVATIONS[activation].slope(Z[j][i])));
}

/** dW = (1/m) dZ A_prevᵀ. @param {Matrix} dZ @param {Matrix} A_prev @returns {Matrix} */
export function weightGradient(dZ, A_prev) {
  const m = dZ[0].length;
  return dZ.map((slopes) => A_prev.map((inputs) => dot(slopes, inputs) / m));
}

/** db = (1/m) Σ dZ, over the examples. @param {Matrix} dZ */
export function biasGradient(dZ) {
  return dZ.map((slopes) => slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length);
}

/** dA_prev = Wᵀ dZ. @param {Matrix} W @param {Matrix} dZ */
export function inputGradient(W, dZ) {
  return product(transposed(W), dZ);
}

/**
 * The slopes of every layer, the first layer first.
 * @param {Matrix} dA_last the slopes of the single losses: no 1/m in them
 * @param {LayerCache[]} cache
 * @param {Layer[]} layers
 * @param {Name[]} activations
 * @returns {Slopes[]}
 */
export function backward(dA_last, cache, layers, activations) {
  /** @type {Slopes[]} */
  const slopes = [];
  let dA = dA_last;
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    const { A_prev, Z } = cache[layer];
    const dZ = preactivationGradient(dA, Z, activations[layer]);
    slopes.unshift({ dA, dZ, dW: weightGradient(dZ, A_prev), db: biasGradient(dZ) });
    dA = inputGradient(layers[layer].W, dZ);
  }
  return slopes;
}

/** W - α dW and b - α db for every layer. @param {Layer[]} layers @param {Slopes[]} slopes @param {number} rate @returns {Layer[]} */
export function update(layers, slopes, rate) {
  return layers.map(({ W, b }, layer) => {
    const { dW, db } = slopes[layer];
    return {
      W: W.map((row, j) => row.map((weight, k) => weight - rate * dW[j][k])),
      b: b.map((bias, j) => bias - rate * db[j]),
    };
  });
}

/** L_i = (ŷ_i - y_i)², the mean over the outputs if there are several. @param {Matrix} A @param {Matrix} target */
export function losses(A, target) {
  return A[0].map((_, i) => mean(A.map((row, j) => (row[i] - target[j][i]) ** 2)));
}

/** 2 (ŷ - y): the slope of each L_i with its own output. @param {Matrix} A @param {Matrix} target @returns {Matrix} */
export function lossGradient(A, target) {
  return A.map((row, j) => row.map((output, i) => (2 * (output - target[j][i])) / A.length));
}

/** @param {number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * A task: a batch with its targets, and the network that is to learn it.
 * @typedef {{ X: Matrix, target: Matrix, layers: Layer[], activations: Name[] }} Task
 */

/** J, the mean loss. @param {Task} task */
export function cost({ X, target, layers, activations }) {
  return mean(losses(/** @type {LayerCache} */ (forward(X, layers, activations).at(-1)).A, target));
}

/** Everything that one run forward and one run backward compute. @param {Task} task */
export function run({ X, target, layers, activations }) {
  const cache = forward(X, layers, activations);
  const output = /** @type {LayerCache} */ (cache.at(-1)).A;
  const L = losses(output, target);
  return { cache, L, J: mean(L), slopes: backward(lossGradient(output, target), cache, layers, activations) };
}

/** Beyond this a loss comes back no more, and its digits say nothing. */
export const TOO_LARGE = 1e9;

/**
 * Update after update: the layers before each and their cost. It ends early where the loss flies off.
 * @param {Task} task
 * @param {number} rate
 * @param {number} updates
 */
export function train(task, rate, updates) {
  const trail = [{ layers: task.layers, J: cost(task) }];
  for (let n = 0; n < updates; n++) {
    const layers = update(trail[n].layers, run({ ...task, layers: trail[n].layers }).slopes, rate);
    const J = cost({ ...task, layers });
    if (!(J <= Math.max(TOO_LARGE, 10 * trail[0].J))) break;
    trail.push({ layers, J });
  }
  return trail;
}

/**
 * The slope of f at x, measured: a little step to both sides.
 * @param {(x: number) => number} f
 * @param {number} x
 */
export function measured(f, x) {
  const h = 1e-5 * Math.max(1, Math.abs(x));
  return (f(x + h) - f(x - h)) / (2 * h);
}
