/**
 * The network of the chapter, `cvlessons.digits.digit_network`, layer by layer; and what a drawing needs before it is
 * read: `ink` and `centre`, equal to the package's by test.
 *
 * Maps are Float32Arrays, row by row, pixel by pixel, channel by channel (height, width, channels).
 */
import { readNpz } from "../lib/npz.js";

/**
 * @typedef {"convolution" | "ReLU" | "pooling" | "dense" | "softmax"} Kind
 * @typedef {object} Layer
 * @property {string} name
 * @property {Kind} kind
 * @property {number} height of what goes out
 * @property {number} width
 * @property {number} channels
 * @property {number} size the side of a unit's window in the layer before
 * @property {number} stride how far the windows of two neighbours are apart
 * @property {number} padding pixels of nothing around the layer before
 * @property {Float32Array} [kernel] (row, column, channel in, channel out)
 * @property {Float32Array} [bias] one number for each channel out
 *
 * @typedef {{ height: number, width: number, bytes: Uint8Array }} Picture grey levels, row by row
 */

export const SIDE = 28; // of the picture that the network takes
export const PAD = 280; // of the pad that is drawn on
const FAINT = 0.2; // of the strongest ink: what is weaker is paper
const LEAST_CONTRAST = 25; // grey levels between the paper and the ink: below that, there is only noise

// ---- the network ----------------------------------------------------------------------------------

/**
 * The network with its weights; throws if a checksum says that they are not whole.
 * @param {Uint8Array} npz what `import weights from "….npz"` gives
 * @returns {Layer[]}
 */
export function digitNetwork(npz) {
  const arrays = readNpz(npz);
  const block = (/** @type {number} */ k, /** @type {number} */ side, /** @type {number} */ padding) => {
    const kernel = arrays[`${k}.kernel`];
    const [size, , , channels] = kernel.shape;
    const after = side + 2 * padding - size + 1;
    const whole = { height: after, width: after, channels, padding: 0 };
    const half = { ...whole, height: after / 2, width: after / 2 };
    return /** @type {Layer[]} */ ([
      { ...whole, name: `convolution ${k}`, kind: "convolution", size, stride: 1, padding, kernel: kernel.values, bias: arrays[`${k}.bias`].values },
      { ...whole, name: `ReLU ${k}`, kind: "ReLU", size: 1, stride: 1 },
      { ...half, name: `pooling ${k}`, kind: "pooling", size: 2, stride: 2 },
    ]);
  };
  // A dense layer on 3 × 3 maps is a convolution whose window is all of them.
  const ten = { height: 1, width: 1, channels: 10, stride: 1, padding: 0 };
  return [
    ...block(1, SIDE, 0),
    ...block(2, 12, 1),
    ...block(3, 6, 1),
    { ...ten, name: "dense", kind: "dense", size: 3, kernel: arrays["4.kernel"].values, bias: arrays["4.bias"].values },
    { ...ten, name: "softmax", kind: "softmax", size: 1 },
  ];
}

/**
 * What each layer gives for a picture; the last are the probabilities of the ten digits.
 * @param {Layer[]} network
 * @param {Float32Array} picture 28 × 28 numbers from 0 to 1
 */
export function forward(network, picture) {
  let maps = picture;
  let shape = { height: SIDE, width: SIDE, channels: 1 };
  return network.map((layer) => {
    maps = apply(layer, maps, shape);
    shape = layer;
    return maps;
  });
}

/** @typedef {{ height: number, width: number, channels: number }} Shape */

/**
 * @param {Layer} layer
 * @param {Float32Array} maps of the layer before
 * @param {Shape} shape of these
 */
function apply(layer, maps, shape) {
  if (layer.kind === "ReLU") return maps.map((value) => Math.max(0, value));
  if (layer.kind === "softmax") return softmax(maps);
  if (layer.kind === "pooling") return maxPool(layer, maps, shape);
  return convolve(layer, maps, shape);
}

/**
 * Each number that goes in is multiplied with its weights and added to the units that see it. Half of the numbers are
 * zeros (ReLU has made them so): those are left out.
 * @param {Layer} layer
 * @param {Float32Array} maps
 * @param {Shape} before
 */
function convolve({ height, width, channels, size, padding, kernel = new Float32Array(), bias = new Float32Array() }, maps, before) {
  const out = new Float32Array(height * width * channels);
  for (let unit = 0; unit < out.length; unit += channels) out.set(bias, unit);
  for (let row = 0, at = 0; row < before.height; row++)
    for (let column = 0; column < before.width; column++)
      for (let channel = 0; channel < before.channels; channel++, at++) {
        const value = maps[at];
        if (value === 0) continue;
        for (let i = Math.max(0, row + padding - height + 1); i < Math.min(size, row + padding + 1); i++)
          for (let j = Math.max(0, column + padding - width + 1); j < Math.min(size, column + padding + 1); j++) {
            const unit = ((row + padding - i) * width + column + padding - j) * channels;
            const weight = ((i * size + j) * before.channels + channel) * channels;
            for (let k = 0; k < channels; k++) out[unit + k] += value * kernel[weight + k];
          }
      }
  return out;
}

/**
 * The largest of each 2 × 2.
 * @param {Layer} layer
 * @param {Float32Array} maps
 * @param {Shape} before
 */
function maxPool({ height, width, channels, size }, maps, before) {
  const out = new Float32Array(height * width * channels).fill(-Infinity);
  for (let row = 0; row < height * size; row++)
    for (let column = 0; column < width * size; column++)
      for (let k = 0; k < channels; k++) {
        const unit = (Math.floor(row / size) * width + Math.floor(column / size)) * channels + k;
        out[unit] = Math.max(out[unit], maps[(row * before.width + column) * channels + k]);
      }
  return out;
}

/** @param {Float32Array} scores */
export function softmax(scores) {
  const largest = Math.max(...scores); // taken off, which changes nothing but that e to its power stays a number
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The digit with the largest probability. @param {Float32Array} probabilities */
export function answer(probabilities) {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** Grey levels as the network takes them. @param {Picture} picture */
export function toInput({ bytes }) {
  return Float32Array.from(bytes, (level) => level / 255);
}

// ---- from a drawing to a digit --------------------------------------------------------------------

/**
 * What differs from the paper, the strongest of it as 255: white ink on black. The paper is what most of the border
 * shows. Throws in words if there is hardly any contrast.
 * @param {Picture} drawing
 * @returns {Picture}
 */
export function ink({ height, width, bytes }) {
  const paper = Math.floor(median(border({ height, width, bytes })));
  const levels = Uint8Array.from({ length: 256 }, (_, level) => Math.abs(level - paper)); // of ink, for each brightness
  let strongest = 0;
  for (const level of bytes) if (levels[level] > strongest) strongest = levels[level];
  if (strongest < LEAST_CONTRAST) throw new Error("There is nothing to be read yet: draw something.");
  const table = levels.map((level) => (level < FAINT * strongest ? 0 : halfEven((level * 255) / strongest)));
  const inked = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) inked[at] = table[bytes[at]];
  return { height, width, bytes: inked };
}

/** @param {Picture} picture */
function border({ height, width, bytes }) {
  const last = (height - 1) * width;
  const sides = Array.from({ length: height }, (_, row) => [bytes[row * width], bytes[row * width + width - 1]]);
  return [...bytes.subarray(0, width), ...bytes.subarray(last), ...sides.flat()];
}

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = numbers.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Rounded as NumPy and OpenCV do it: a half goes to the even neighbour. @param {number} number */
function halfEven(number) {
  const low = Math.floor(number);
  if (number - low !== 0.5) return Math.round(number);
  return low % 2 ? low + 1 : low;
}

/**
 * Where the ink is: right and bottom are the first beyond it; null where there is none.
 * @param {Picture} picture
 */
export function inkBox({ height, width, bytes }) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let row = 0, at = 0; row < height; row++)
    for (let column = 0; column < width; column++, at++)
      if (bytes[at]) {
        if (column < left) left = column;
        if (column >= right) right = column + 1;
        if (row < top) top = row;
        bottom = row + 1;
      }
  return right ? { left, top, right, bottom } : null;
}

/**
 * The drawing in the form of MNIST: 20 pixels at its longer side, its centre of mass in the middle of 28 × 28.
 * @param {Picture} drawing dark on light or light on dark, of any size and in any place
 * @returns {Picture}
 */
export function centre(drawing) {
  const inked = ink(drawing);
  const box = inkBox(inked);
  if (!box) throw new Error("There is nothing to be read yet: draw something.");
  const cut = cutOut(inked, box);
  const ratio = 20 / Math.max(cut.height, cut.width);
  const side = (/** @type {number} */ length) => Math.max(1, halfEven(ratio * length));
  const small = resized(cut, side(cut.height), side(cut.width));
  const mass = centreOfMass(small);
  if (!mass) throw new Error("The strokes are so thin that nothing is left of them: take a wider pen.");
  const place = (/** @type {number} */ at, /** @type {number} */ length) => Math.min(Math.max(halfEven(14 - at), 0), SIDE - length);
  const [left, top] = [place(mass.x, small.width), place(mass.y, small.height)];
  const bytes = new Uint8Array(SIDE * SIDE);
  for (let row = 0; row < small.height; row++)
    bytes.set(small.bytes.subarray(row * small.width, (row + 1) * small.width), (top + row) * SIDE + left);
  return { height: SIDE, width: SIDE, bytes };
}

/** The whole pad, made small: what a page does that knows nothing of MNIST's form. @param {Picture} drawing */
export function shrunk(drawing) {
  return resized(drawing, SIDE, SIDE);
}

/**
 * Where a picture would balance, if brightness were weight; null if it is black.
 * @param {Picture} picture
 */
export function centreOfMass({ width, bytes }) {
  let [total, x, y] = [0, 0, 0];
  bytes.forEach((level, at) => {
    const column = at % width;
    total += level;
    x += level * column;
    y += (level * (at - column)) / width;
  });
  return total ? { x: x / total, y: y / total } : null;
}

/**
 * @param {Picture} picture
 * @param {{ left: number, top: number, right: number, bottom: number }} box
 */
function cutOut({ width, bytes }, { left, top, right, bottom }) {
  const cut = new Uint8Array((bottom - top) * (right - left));
  for (let row = top; row < bottom; row++)
    cut.set(bytes.subarray(row * width + left, row * width + right), (row - top) * (right - left));
  return { height: bottom - top, width: right - left, bytes: cut };
}

/**
 * Each new pixel is the mean of what lies under it; made larger, what lies between two is mixed from them.
 * As OpenCV's INTER_AREA does it, first along the rows, in 32 bits.
 * @param {Picture} picture
 * @param {number} height
 * @param {number} width
 * @returns {Picture}
 */
export function resized(picture, height, width) {
  const rows = shares(picture.height, height);
  const columns = shares(picture.width, width);
  const narrow = Array.from({ length: picture.height }, (_, row) => {
    const line = picture.bytes.subarray(row * picture.width, (row + 1) * picture.width);
    return columns.map((share) => weighted(share, line));
  });
  const bytes = new Uint8Array(height * width);
  for (let column = 0; column < width; column++) {
    const line = narrow.map((row) => row[column]);
    rows.forEach((share, row) => (bytes[row * width + column] = halfEven(weighted(share, line))));
  }
  return { height, width, bytes };
}

/**
 * @typedef {{ first: number, parts: Float32Array }} Share from the first pixel on, with which weights they count
 *
 * @param {Share} share
 * @param {ArrayLike<number>} line
 */
function weighted({ first, parts }, line) {
  let sum = 0;
  for (let k = 0; k < parts.length; k++) sum = Math.fround(sum + Math.fround(parts[k] * line[first + k]));
  return sum;
}

/**
 * Which old pixels go into each new one of a row.
 * @param {number} before
 * @param {number} after
 * @returns {Share[]}
 */
function shares(before, after) {
  const scale = before / after;
  return Array.from({ length: after }, (_, k) => (scale < 1 ? mixed(k, scale, before) : covered(k, scale, before)));
}

/** What lies under new pixel k, with the share of it that does. @param {number} k @param {number} scale @param {number} before */
function covered(k, scale, before) {
  const [start, end] = [k * scale, Math.min((k + 1) * scale, before)];
  const under = (/** @type {number} */ pixel) => Math.min(pixel + 1, end) - Math.max(pixel, start);
  const first = Math.floor(start) + (under(Math.floor(start)) > 1e-3 ? 0 : 1);
  const last = Math.ceil(end) - (under(Math.ceil(end) - 1) > 1e-3 ? 1 : 2);
  return { first, parts: Float32Array.from({ length: last - first + 1 }, (_, n) => under(first + n) / (end - start)) };
}

/** Two neighbours, mixed. @param {number} k @param {number} scale @param {number} before */
function mixed(k, scale, before) {
  const first = Math.floor(k * scale);
  const beyond = k + 1 - (first + 1) / scale;
  const share = beyond <= 0 ? 0 : beyond - Math.floor(beyond);
  return { first, parts: Float32Array.from(first + 1 < before ? [1 - share, share] : [1]) };
}
