/** Numbers as colours: a grey, or signed, blue below zero and orange above; and numbers as words. */

/** @typedef {{ signed: boolean, limit: number }} Scale black to white is 0 to `limit`; signed, it ends at ± `limit` */

const BELOW = [0, 114, 178];
const ABOVE = [201, 92, 10];

/** @returns {number[]} red, green and blue */
export function shade(/** @type {number} */ value, /** @type {Scale} */ { signed, limit }) {
  const share = Math.max(-1, Math.min(1, value / limit));
  if (!signed) return Array(3).fill(Math.round(255 * Math.max(0, share)));
  const end = share < 0 ? BELOW : ABOVE;
  return end.map((part) => Math.round(255 + (part - 255) * Math.abs(share)));
}

export const css = (/** @type {number[]} */ colour) => `rgb(${colour.join(",")})`;

/** Black or white, whichever stands out more. */
export function ink(/** @type {number[]} */ colour) {
  const [red, green, blue] = colour.map((part) => ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff";
}

/**
 * How a kernel's map is shown: where the weights add up to something, flat areas keep their grey; where they add up to
 * nothing, what comes out has two signs. `white` is the largest number of the picture.
 * @param {number[][]} kernel @param {number} sum of the weights @param {number} divisor @param {number} white
 * @returns {Scale}
 */
export function scaleOf(kernel, sum, divisor, white) {
  if (sum > 1e-9) return { signed: false, limit: white * sum };
  const size = kernel.flat().reduce((all, weight) => all + Math.abs(weight / divisor), 0);
  return { signed: true, limit: (white * size) / 4 || 1 };
}

const LEVELS = 255; // shades on either side of zero: a picture has thousands of numbers, but no more shades than that

/** Red, green, blue and alpha of rows of numbers. */
export function pixelsOf(/** @type {number[][]} */ rows, /** @type {Scale} */ scale) {
  const shades = Array.from({ length: 2 * LEVELS + 1 }, (_, i) => shade(((i - LEVELS) / LEVELS) * scale.limit, scale));
  const bytes = new Uint8ClampedArray(4 * rows.length * rows[0].length).fill(255);
  let at = 0;
  for (const row of rows) {
    for (const value of row) {
      const share = Math.max(-1, Math.min(1, value / scale.limit));
      const [red, green, blue] = shades[Math.round(share * LEVELS) + LEVELS];
      bytes[at] = red;
      bytes[at + 1] = green;
      bytes[at + 2] = blue;
      at += 4;
    }
  }
  return bytes;
}

/** Paint rows onto a canvas, one pixel for each number. */
export function paint(/** @type {HTMLCanvasElement} */ canvas, /** @type {number[][]} */ rows, /** @type {Scale} */ scale) {
  if (!rows.length || !rows[0].length) return;
  canvas.width = rows[0].length;
  canvas.height = rows.length;
  const picture = new ImageData(canvas.width, canvas.height);
  picture.data.set(pixelsOf(rows, scale));
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}

/** At most two decimals, and a minus that is one. */
export function shown(/** @type {number} */ value) {
  return String(Math.round(value * 100) / 100 + 0).replace("-", "−");
}

/** As a factor: a negative one stands in brackets. */
export function factor(/** @type {number} */ value) {
  return value < 0 ? `(${shown(value)})` : shown(value);
}
