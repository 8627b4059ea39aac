/** Pooling and ReLU on one feature map, as cvlessons.pooling has them: windows of F × F, S pixels apart. */

/** @typedef {number[][]} Rows @typedef {"max" | "average"} Kind @typedef {{ F: number, S: number }} Windows */
/** @typedef {{ row: number, column: number, value: number, share: number }} Pixel of a window: `share` of its gradient */

/** max(0, x), for each number by itself. */
export function relu(/** @type {Rows} */ map) {
  return map.map((row) => row.map((value) => Math.max(0, value)));
}

/** The largest number or the mean of each window; a rest that no window reaches is left out. */
export function pool(/** @type {Rows} */ map, /** @type {Kind} */ kind, /** @type {Windows} */ { F, S }) {
  const places = [map.length, map[0].length].map((size) => Math.max(0, Math.floor((size - F) / S) + 1));
  return Array.from({ length: places[0] }, (_, m) => Array.from({ length: places[1] }, (_, n) => pooled(map, kind, F, S * m, S * n)));
}

function pooled(/** @type {Rows} */ map, /** @type {Kind} */ kind, /** @type {number} */ F, /** @type {number} */ top, /** @type {number} */ left) {
  let largest = -Infinity;
  let sum = 0;
  for (let u = 0; u < F; u++) {
    for (let v = 0; v < F; v++) {
      const value = map[top + u][left + v];
      sum += value;
      if (value > largest) largest = value;
    }
  }
  return kind === "max" ? largest : sum / (F * F);
}

/**
 * The pixels of window (m, n), and which share of its gradient each gets: the first of the largest all of it, row by
 * row from the top left; with the mean, all the same.
 * @param {Rows} map @param {Kind} kind @param {number[]} place @param {Windows} windows
 * @returns {Pixel[]}
 */
export function windowOf(map, kind, [m, n], { F, S }) {
  const pixels = Array.from({ length: F * F }, (_, i) => {
    const [row, column] = [S * m + Math.floor(i / F), S * n + (i % F)];
    return { row, column, value: map[row][column], share: 1 / (F * F) };
  });
  if (kind === "average") return pixels;
  const winner = pixels.reduce((best, pixel) => (pixel.value > best.value ? pixel : best));
  return pixels.map((pixel) => ({ ...pixel, share: pixel === winner ? 1 : 0 }));
}

/** What comes back to each pixel of the map, if `upstream` comes back to the windows. */
export function poolGradient(/** @type {Rows} */ map, /** @type {Rows} */ upstream, /** @type {Kind} */ kind, /** @type {Windows} */ windows) {
  const gradient = map.map((row) => row.map(() => 0));
  upstream.forEach((row, m) =>
    row.forEach((value, n) => {
      for (const pixel of windowOf(map, kind, [m, n], windows)) gradient[pixel.row][pixel.column] += pixel.share * value;
    }),
  );
  return gradient;
}

/** By which share of its numbers one map differs from another. */
export function change(/** @type {Rows} */ there, /** @type {Rows} */ other) {
  const size = (/** @type {number} */ sum, /** @type {number} */ value) => sum + Math.abs(value);
  const whole = there.flat().reduce(size, 0);
  const differences = there.flat().map((value, i) => value - other.flat()[i]);
  return whole ? differences.reduce(size, 0) / whole : 0;
}

/** A picture moved to the right; what leaves it comes in again on the left, as with numpy.roll. */
export function roll(/** @type {Rows} */ picture, /** @type {number} */ right) {
  return picture.map((row) => row.map((_, n) => row[(n - right + 2 * row.length) % row.length]));
}
