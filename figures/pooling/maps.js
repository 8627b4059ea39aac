/** Real feature maps: ten digits of MNIST under filters written by hand, and under those that the book's CNN learned. */
import { convolve } from "../convolution/convolution.js";
import { KERNELS } from "../convolution/catalogue.js";

/** @typedef {number[][]} Rows @typedef {{ name: string, kernel: Rows, bias: number, P: number }} Filter */

/** Digit d as rows of numbers from 0 to 1. */
export function digitOf(/** @type {Uint8Array} */ bytes, /** @type {number} */ d) {
  return Array.from({ length: 28 }, (_, m) => Array.from(bytes.subarray(784 * d + 28 * m, 784 * d + 28 * (m + 1)), (byte) => byte / 255));
}

/** The four of the chapter, with a padding of 1. @returns {Filter[]} */
export function byHand() {
  const { SOBEL_X_KERNEL: x, SOBEL_Y_KERNEL: y } = KERNELS;
  const minus = (/** @type {Rows} */ rows) => rows.map((row) => row.map((weight) => 0 - weight));
  return [
    ["brighter to the right", x.rows],
    ["brighter to the left", minus(x.rows)],
    ["brighter downwards", y.rows],
    ["brighter upwards", minus(y.rows)],
  ].map(([name, kernel]) => ({ name: String(name), kernel: /** @type {Rows} */ (kernel), bias: 0, P: 1 }));
}

/** The first layer of the digits' CNN: kernels of shape (5, 5, 1, 12), the filter fastest, then 12 biases. @returns {Filter[]} */
export function learned(/** @type {Uint8Array} */ bytes) {
  const numbers = new Float32Array(Uint8Array.from(bytes).buffer);
  return Array.from({ length: 12 }, (_, k) => ({
    name: `filter ${k + 1}`,
    kernel: Array.from({ length: 5 }, (_, u) => Array.from({ length: 5 }, (_, v) => numbers[(5 * u + v) * 12 + k])),
    bias: numbers[300 + k],
    P: 0,
  }));
}

/** What a filter makes of a picture, before ReLU. */
export function featureMap(/** @type {Rows} */ picture, /** @type {Filter} */ { kernel, bias, P }) {
  return convolve(picture, kernel, { P }).map((row) => row.map((value) => value + bias));
}
