/**
 * The sizes inside a CNN, as cvlessons.conv_shape has them: the same numbers, and the same words where a size does
 * not divide. The letters are those of the slides: W1 (or H1) in, W2 out, filters of F × F, K of them, stride S, and
 * P zeros on each side. A shape is [height, width, channels], or [n] for a vector.
 */

/**
 * @typedef {{ layer: "CONV", K: number, F: number, S: number, P: number } | { layer: "POOL", F: number, S: number }
 *   | { layer: "RELU" } | { layer: "FLATTEN" } | { layer: "FC", n: number }} Layer
 * @typedef {{ S?: number, P?: number, floor?: boolean }} Options
 * @typedef {{ inputs: number[], paddings: number[], strides: number[] }} NearestSizes
 * @typedef {{ name: string, shape: number[], weights: number, multiplications: number, window: number[] }} Row
 *   `window`: how many rows and columns of the picture one number depends on
 * @typedef {{ layer: number, message: string, axis?: string, nearest?: NearestSizes }} Fault
 */

export const KINDS = /** @type {const} */ (["CONV", "RELU", "POOL", "FLATTEN", "FC"]);

/** A size that cannot be: the message is that of the Python function, `nearest` are the sizes that it names. */
export class SizeError extends Error {
  /** @param {string} message @param {{ nearest?: NearestSizes, axis?: string }} [more] */
  constructor(message, { nearest, axis } = {}) {
    super(message);
    this.nearest = nearest;
    this.axis = axis;
  }
}

// ---- one axis ---------------------------------------------------------------------------------------------------

/** How many places a filter has along one axis: W2 = (W1 - F + 2P) / S + 1. */
export function convOutputSize(/** @type {number} */ W1, /** @type {number} */ F, /** @type {Options} */ options = {}) {
  const { S = 1, P = 0, floor = false } = options;
  if (W1 + 2 * P < F) throw new SizeError(tooLarge("filter", W1, F, P));
  if (!floor && !divides(W1, F, S, P)) {
    const nearest = nearestSizes(W1, F, { S, P });
    throw new SizeError(explain(`a filter of ${F} with stride ${S} and padding ${P}`, W1, F, S, P, nearest), { nearest });
  }
  return Math.floor((W1 - F + 2 * P) / S) + 1;
}

/** How many windows a pooling layer has along one axis: W2 = (W1 - F) / S + 1. */
export function poolOutputSize(/** @type {number} */ W1, /** @type {number} */ F, /** @type {Options} */ options = {}) {
  const { S = F, floor = false } = options;
  if (W1 < F) throw new SizeError(tooLarge("window", W1, F, 0));
  if (!floor && !divides(W1, F, S, 0)) {
    const nearest = { ...nearestSizes(W1, F, { S }), paddings: [] };
    throw new SizeError(explain(`a window of ${F} with stride ${S}`, W1, F, S, 0, nearest), { nearest });
  }
  return Math.floor((W1 - F) / S) + 1;
}

/**
 * The nearest inputs, paddings and strides, below and above, for which W1 - F + 2P is a multiple of S.
 * A padding as large as the filter is never named: it would see nothing but zeros.
 */
export function nearestSizes(/** @type {number} */ W1, /** @type {number} */ F, /** @type {Options} */ options = {}) {
  const { S = 1, P = 0 } = options;
  const inputs = range(Math.max(1, W1 - S + 1), W1 + S - 1); // the remainder repeats itself every S pixels
  const strides = range(1, Math.max(W1 - F + 2 * P, S));
  return {
    inputs: nearest(W1, inputs.filter((size) => divides(size, F, S, P))),
    paddings: nearest(P, range(0, F - 1).filter((pixels) => divides(W1, F, S, pixels))),
    strides: nearest(S, strides.filter((step) => divides(W1, F, step, P))),
  };
}

function divides(/** @type {number} */ W1, /** @type {number} */ F, /** @type {number} */ S, /** @type {number} */ P) {
  const room = W1 - F + 2 * P;
  return room >= 0 && room % S === 0;
}

/** How many pixels of the padded row the last step does not reach. */
export function leftOut(/** @type {number} */ W1, /** @type {number} */ F, /** @type {number} */ S, /** @type {number} */ P) {
  return (W1 - F + 2 * P) % S;
}

/**
 * @param {string} what @param {number} W1 @param {number} F @param {number} S @param {number} P
 * @param {NearestSizes} nearest
 */
function explain(what, W1, F, S, P, { inputs, paddings, strides }) {
  const formula = P ? `(${W1} - ${F} + 2*${P}) / ${S} + 1` : `(${W1} - ${F}) / ${S} + 1`;
  const places = Number(((W1 - F + 2 * P) / S + 1).toPrecision(6));
  const choices = Object.entries({ input: inputs, padding: paddings, stride: strides });
  const these = choices.filter(([, sizes]) => sizes.length).map(([name, sizes]) => `${name} ${sizes.join(" or ")}`);
  return (
    `${what} does not end at the edge of an input of ${W1}: ${formula} = ${places}. These do: ${these.join("; ")}. ` +
    `Or pass floor=True, as the frameworks do, to leave out the last ${leftOut(W1, F, S, P)} of ${W1 + 2 * P} pixels`
  );
}

function tooLarge(/** @type {string} */ what, /** @type {number} */ W1, /** @type {number} */ F, /** @type {number} */ P) {
  const around = what === "filter" ? ` with padding ${P} on each side` : "";
  const more = what === "filter" ? `, or a padding of at least ${Math.ceil((F - W1) / 2)}` : "";
  return `a ${what} of ${F} does not fit into an input of ${W1}${around}: use a ${what} of at most ${W1 + 2 * P}${more}`;
}

/** The candidates next to `wanted`: itself, or the closest on either side. */
function nearest(/** @type {number} */ wanted, /** @type {number[]} */ candidates) {
  if (candidates.includes(wanted)) return [wanted];
  const below = candidates.filter((size) => size < wanted).slice(-1);
  return [...below, ...candidates.filter((size) => size > wanted).slice(0, 1)];
}

function range(/** @type {number} */ first, /** @type {number} */ last) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

// ---- whole layers -----------------------------------------------------------------------------------------------

/** The shape of a layer's output. */
export function outputShape(/** @type {Layer} */ layer, /** @type {number[]} */ shape, floor = false) {
  if (layer.layer === "RELU") return shape;
  if (layer.layer === "FLATTEN") return [product(shape)];
  if (layer.layer === "FC") {
    if (shape.length !== 1) throw new SizeError(`Dense takes a vector of shape (n,), got ${tuple(shape)}: put Flatten before it`);
    return [layer.n];
  }
  if (shape.length !== 3) {
    throw new SizeError(`this layer takes (height, width, channels), got ${tuple(shape)}: put it before Flatten`);
  }
  const [height, width, channels] = shape;
  const size = layer.layer === "CONV" ? convOutputSize : poolOutputSize;
  const both = bothAxes([height, width], (length) => size(length, layer.F, { ...layer, floor }));
  return [...both, layer.layer === "CONV" ? layer.K : channels];
}

/** The size formula for height and width; its errors say which of them is meant. */
function bothAxes(/** @type {number[]} */ sizes, /** @type {(size: number) => number} */ outputSize) {
  return sizes.map((size, axis) => {
    try {
      return outputSize(size);
    } catch (error) {
      const name = ["height", "width"][axis];
      const { message, nearest } = /** @type {SizeError} */ (error);
      throw new SizeError(`${name}: ${message}`, { nearest, axis: name });
    }
  });
}

/** The numbers that a layer learns: F F D1 K + K, or n q + q; the others have none. */
export function nWeights(/** @type {Layer} */ layer, /** @type {number[]} */ shape) {
  if (layer.layer === "CONV") return layer.F * layer.F * shape[2] * layer.K + layer.K;
  if (layer.layer === "FC") return shape[0] * layer.n + layer.n;
  return 0;
}

/** The error of a size that does not come out, in the words of cvlessons.conv_shape; or nothing. @returns {SizeError | null} */
export function sizeFault(/** @type {Layer} */ layer, /** @type {number[]} */ shape, floor = false) {
  try {
    outputShape(layer, shape, floor);
    return null;
  } catch (error) {
    return /** @type {SizeError} */ (error);
  }
}

/** How often a layer multiplies for one picture: W2 H2 K F F D1, or n q; the others do not. */
export function nMultiplications(/** @type {Layer} */ layer, /** @type {number[]} */ shape, floor = false) {
  if (layer.layer === "CONV") return product(outputShape(layer, shape, floor)) * layer.F * layer.F * shape[2];
  if (layer.layer === "FC") return shape[0] * layer.n;
  return 0;
}

function product(/** @type {number[]} */ sizes) {
  return sizes.reduce((all, size) => all * size, 1);
}

/** As Python writes it: (5, 5, 1) or (5,). */
export function tuple(/** @type {number[]} */ shape) {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

// ---- what a number sees of the picture --------------------------------------------------------------------------

/** @typedef {{ from: number, to: number }[]} Sights for each number along one axis, its first and its last pixel */

/**
 * What the numbers of a layer see, by what the numbers before it see. A window that lies on padding alone sees nothing.
 * @param {Sights} before
 * @param {Layer} layer
 * @param {number} places
 */
function sightsThrough(before, layer, places) {
  const last = before.length - 1;
  if (layer.layer === "FC") return [{ from: before[0].from, to: before[last].to }];
  if (layer.layer !== "CONV" && layer.layer !== "POOL") return before;
  const P = layer.layer === "CONV" ? layer.P : 0;
  return range(0, places - 1).map((place) => {
    const first = place * layer.S - P;
    const end = first + layer.F - 1;
    if (end < 0) return { from: before[0].from, to: before[0].from - 1 };
    if (first > last) return { from: before[last].to + 1, to: before[last].to };
    return { from: before[Math.max(0, first)].from, to: before[Math.min(last, end)].to };
  });
}

/** The most pixels of the picture that one number sees along an axis. */
function mostPixels(/** @type {Sights} */ sights) {
  return sights.reduce((most, { from, to }) => Math.max(most, to - from + 1), 0);
}

// ---- a whole network --------------------------------------------------------------------------------------------

/**
 * One row for the input and one for each layer, as far as the sizes come out; and the fault, if one does not.
 * @param {number[]} input [height, width, channels]
 * @param {Layer[]} layers
 * @returns {{ rows: Row[], fault?: Fault }}
 */
export function cnnTable(input, layers, floor = false) {
  const rows = [{ name: "INPUT", shape: input, weights: 0, multiplications: 0, window: [1, 1] }];
  let sights = input.slice(0, 2).map((size) => range(0, size - 1).map((pixel) => ({ from: pixel, to: pixel })));
  for (const [index, layer] of layers.entries()) {
    const before = rows[index].shape;
    try {
      const shape = outputShape(layer, before, floor);
      sights = sights.map((axis, i) => sightsThrough(axis, layer, shape[i]));
      rows.push({
        name: layer.layer,
        shape,
        weights: nWeights(layer, before),
        multiplications: nMultiplications(layer, before, floor),
        window: sights.map(mostPixels),
      });
    } catch (error) {
      const { message, nearest, axis } = /** @type {SizeError} */ (error);
      return { rows, fault: { layer: index, message: `layer ${index + 1}: ${message}`, nearest, axis } };
    }
  }
  return { rows };
}

// ---- what may be asked ------------------------------------------------------------------------------------------

/** In words, what is wrong with a number that must be whole and within bounds; or nothing. */
export function wrongWhole(/** @type {unknown} */ value, /** @type {string} */ name, /** @type {number} */ least, /** @type {number} */ most) {
  const given = JSON.stringify(value)?.slice(0, 40);
  if (!Number.isInteger(value)) return `${name} must be a whole number, got ${given}: use one from ${least} to ${most}.`;
  if (Number(value) < least) return `${name} must be at least ${least}, got ${given}.`;
  return Number(value) > most ? `${name} is at most ${most} in this figure, got ${given}.` : null;
}
