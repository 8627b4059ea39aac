/** Kernels of the chapter (cvlessons.convolution has them under the same names) and small pictures. */

/** @typedef {number[][]} Rows */

const ones = [[1, 1, 1], [1, 1, 1], [1, 1, 1]]; // prettier-ignore

/** The kernel is `rows`, divided by `divisor`. @type {Record<string, { called: string, rows: Rows, divisor: number }>} */
export const KERNELS = {
  EDGE_KERNEL: { called: "edges, all ways (slide 51)", rows: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], divisor: 1 },
  SOBEL_X_KERNEL: { called: "Sobel x", rows: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], divisor: 1 },
  SOBEL_Y_KERNEL: { called: "Sobel y", rows: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]], divisor: 1 },
  SHARPEN_KERNEL: { called: "sharpen", rows: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]], divisor: 1 },
  BOX_BLUR_KERNEL: { called: "box blur", rows: ones, divisor: 9 },
  GAUSSIAN_BLUR_KERNEL: { called: "Gaussian blur", rows: [[1, 2, 1], [2, 4, 2], [1, 2, 1]], divisor: 16 },
}; // prettier-ignore

/** Others to try. @type {typeof KERNELS} */
export const MORE = {
  same: { called: "changes nothing", rows: [[0, 0, 0], [0, 1, 0], [0, 0, 0]], divisor: 1 },
  arrow: { called: "an arrow head", rows: [[5, 0, 0], [0, 0, 5], [5, 0, 0]], divisor: 1 },
  nothing: { called: "empty", rows: [[0, 0, 0], [0, 0, 0], [0, 0, 0]], divisor: 1 },
}; // prettier-ignore

const drawn = (/** @type {string} */ lines) => lines.split(" ").map((line) => [...line].map(Number));
const again = (/** @type {string} */ line) => drawn(Array(8).fill(line).join(" "));

/** @type {Record<string, { called: string, rows: Rows }>} */
export const PICTURES = {
  square: { called: "a square", rows: drawn("00000000 00000000 00999900 00999900 00999900 00999900 00000000 00000000") },
  arrow: { called: "an arrow", rows: drawn("00000000 00005000 00009500 09999950 09999950 00009500 00005000 00000000") },
  seven: { called: "a seven", rows: drawn("00000000 06999980 05666990 00000960 00007900 00009500 00069000 00084000") },
  edge: { called: "an upright edge", rows: again("00009999") },
  stripes: { called: "upright stripes", rows: again("99009900") },
  ramp: { called: "a ramp", rows: again("12345678") },
  dot: { called: "a dot of 1", rows: drawn("00000000 00000000 00000000 00001000 00000000 00000000 00000000 00000000") },
  flat: { called: "a bright wall", rows: again("99999999") },
  blank: { called: "blank: draw", rows: again("00000000") },
};

/** The name of the entry with these rows, if there is one. */
export function nameOf(/** @type {Record<string, { rows: Rows, divisor?: number }>} */ list, /** @type {unknown} */ rows, /** @type {unknown} */ divisor) {
  const same = (/** @type {unknown} */ other) => JSON.stringify(other) === JSON.stringify(rows);
  return Object.keys(list).find((name) => same(list[name].rows) && (list[name].divisor ?? divisor) === divisor) ?? "";
}
