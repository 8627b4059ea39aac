/** The shift experiment: three networks that never saw a shifted digit, and a digit that is moved. */
import { readNpz } from "../lib/npz.js";
import { answer, forward, SIDE } from "../digits/digits.js";

/** @typedef {import("../digits/digits.js").Layer} Layer */

export const FARTHEST = 8; // pixels, to each side
export const PLACES = 2 * FARTHEST + 1; // along one direction
export const NAMES = /** @type {Record<string, string>} */ ({ mlp: "MLP", cnn: "CNN", cnn_global: "CNN, global" });

/**
 * The three networks with their weights, layer by layer.
 * @param {Uint8Array} npz what `import weights from "….npz"` gives
 * @returns {Record<string, Layer[]>}
 */
export function shiftNetworks(npz) {
  const arrays = readNpz(npz);
  const of = (/** @type {string} */ name, /** @type {number} */ k) => ({ kernel: arrays[`${name}.${k}.kernel`].values, bias: arrays[`${name}.${k}.bias`].values });
  const units = (/** @type {string} */ name, /** @type {number} */ k) => of(name, k).bias.length;
  // A dense layer is a convolution whose window is all that comes in.
  const dense = (/** @type {string} */ name, /** @type {number} */ k, /** @type {number} */ size) =>
    /** @type {Layer} */ ({ name: `dense ${k}`, kind: "dense", height: 1, width: 1, channels: units(name, k), size, stride: 1, padding: 0, ...of(name, k) });
  const stage = (/** @type {string} */ name, /** @type {number} */ k, /** @type {number} */ side, pool = 2) => {
    const whole = { height: side, width: side, channels: units(name, k), stride: 1, padding: 0 };
    return /** @type {Layer[]} */ ([
      { ...whole, name: `convolution ${k}`, kind: "convolution", size: 3, padding: 1, ...of(name, k) },
      { ...whole, name: `ReLU ${k}`, kind: "ReLU", size: 1 },
      { ...whole, name: `pooling ${k}`, kind: "pooling", height: side / pool, width: side / pool, size: pool, stride: pool },
    ]);
  };
  const softmax = /** @type {Layer} */ ({ name: "softmax", kind: "softmax", height: 1, width: 1, channels: 10, size: 1, stride: 1, padding: 0 });
  const relu = /** @type {Layer} */ ({ ...softmax, name: "ReLU", kind: "ReLU", channels: units("mlp", 1) });
  return {
    mlp: [dense("mlp", 1, SIDE), relu, dense("mlp", 2, 1), softmax],
    cnn: [...stage("cnn", 1, 28), ...stage("cnn", 2, 14), dense("cnn", 3, 7), softmax],
    cnn_global: [...stage("cnn_global", 1, 28), ...stage("cnn_global", 2, 14), ...stage("cnn_global", 3, 7, 7), dense("cnn_global", 4, 1), softmax],
  };
}

/**
 * The picture moved by whole pixels: what leaves is lost, and zeros come in.
 * @param {Float32Array} picture 28 × 28
 * @param {number} down
 * @param {number} right
 */
export function shift(picture, down, right) {
  const moved = new Float32Array(picture.length);
  for (let row = 0; row < SIDE; row++)
    for (let column = 0; column < SIDE; column++) {
      const [from, at] = [row - down, column - right];
      if (from >= 0 && from < SIDE && at >= 0 && at < SIDE) moved[row * SIDE + column] = picture[from * SIDE + at];
    }
  return moved;
}

/** The probabilities that a network gives. @param {Layer[]} network @param {Float32Array} picture */
export function probabilities(network, picture) {
  const layers = forward(network, picture);
  return layers[layers.length - 1];
}

/** Which share of the ink is left in the picture. @param {Float32Array} picture @param {Float32Array} moved */
export function inkLeft(picture, moved) {
  const sum = (/** @type {Float32Array} */ of) => of.reduce((total, value) => total + value, 0);
  return sum(moved) / sum(picture);
}

/**
 * Where a network reads a digit rightly: place by place, as long as somebody asks for the next.
 * @param {Layer[]} network
 * @param {Float32Array} picture
 * @param {number} label
 * @returns {Generator<boolean>} for each shift down and, within, each to the right, from -FARTHEST to FARTHEST
 */
export function* readingsOf(network, picture, label) {
  for (let down = -FARTHEST; down <= FARTHEST; down++)
    for (let right = -FARTHEST; right <= FARTHEST; right++) yield answer(probabilities(network, shift(picture, down, right))) === label;
}

/** Where a shift stands in a list of all. @param {number} down @param {number} right */
export const place = (down, right) => (down + FARTHEST) * PLACES + right + FARTHEST;

/** From dark to light, for a share from 0 to 1: more is lighter, in print as well. @param {number} share */
export function shade(share) {
  const stops = [[48, 18, 59], [66, 64, 134], [38, 130, 142], [110, 206, 88], [253, 231, 37]];
  const at = Math.min(0.9999, Math.max(0, share)) * (stops.length - 1);
  const k = Math.floor(at);
  return stops[k].map((value, channel) => Math.round(value + (at - k) * (stops[k + 1][channel] - value)));
}
