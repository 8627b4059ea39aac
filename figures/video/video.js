/**
 * The filters of the camera, number for number as OpenCV computes them on pictures of 8 bits.
 *
 * A grey picture is one byte for each pixel, row by row; a mask holds 0 and 255; a colour picture has four bytes for
 * each pixel (red, green, blue, opacity), as a canvas gives it. Sixty times a second there is no time to ask for
 * memory: each function writes into an array that it is given.
 */

/** @typedef {Uint8Array | Uint8ClampedArray} Bytes */

/**
 * cv2.cvtColor(image, cv2.COLOR_RGB2GRAY): the luma of BT.601, its weights as whole 32768ths.
 * @param {Bytes} rgba
 * @param {Uint8Array} out
 */
export function grey(rgba, out) {
  for (let pixel = 0, at = 0; pixel < out.length; pixel++, at += 4)
    out[pixel] = (rgba[at] * 9798 + rgba[at + 1] * 19235 + rgba[at + 2] * 3735 + 16384) >> 15;
  return out;
}

/** The bell curves that cv2.GaussianBlur keeps in a table, as 256ths: from the middle outwards. */
const TABLE = /** @type {Record<number, number[]>} */ ({ 1: [256], 3: [128, 64], 5: [96, 64, 16], 7: [72, 56, 28, 8] });

/**
 * The weights of cv2.GaussianBlur(image, (size, size), 0) as 256ths, from the middle outwards. Beyond size 7 they are
 * computed: what rounding takes from one weight is given to the next, and the middle gets what is left.
 * @param {number} size odd
 */
export function gaussianWeights(size) {
  if (TABLE[size]) return TABLE[size];
  const half = (size - 1) / 2;
  const sigma = 0.3 * (half - 1) + 0.8;
  const bell = Array.from({ length: size }, (_, k) => Math.exp(-((k - half) ** 2) / (2 * sigma * sigma)));
  const total = bell.reduce((sum, weight) => sum + weight);
  const outer = [];
  let rest = 0;
  for (const weight of bell.slice(0, half)) {
    const exact = (256 * weight) / total + rest;
    outer.push(roundHalfEven(exact));
    rest = exact - outer[outer.length - 1];
  }
  return [256 - 2 * outer.reduce((sum, weight) => sum + weight, 0), ...outer.reverse()];
}

/** @param {number} value */
function roundHalfEven(value) {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2) ? below + 1 : below;
}

/** Beyond the edge the picture is mirrored, and the edge itself is not repeated. @param {number} at @param {number} length */
function mirrored(at, length) {
  if (length === 1) return 0;
  const turn = 2 * (length - 1);
  const k = ((at % turn) + turn) % turn;
  return k < length ? k : turn - k;
}

/**
 * cv2.GaussianBlur(image, (size, size), 0): first along the rows, then along the columns.
 * @param {Uint8Array} image
 * @param {number} width
 * @param {number} height
 * @param {number} size odd
 * @param {Uint8Array} out
 * @param {Uint16Array} rows room for one number for each pixel
 */
export function blur(image, width, height, size, out, rows) {
  const weights = gaussianWeights(size);
  const half = weights.length - 1;
  const line = new Uint8Array(width + 2 * half);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    for (let x = -half; x < width + half; x++)
      line[x + half] = image[start + (x >= 0 && x < width ? x : mirrored(x, width))];
    for (let x = 0; x < width; x++) {
      let sum = weights[0] * line[x + half];
      for (let k = 1; k <= half; k++) sum += weights[k] * (line[x + half - k] + line[x + half + k]);
      rows[start + x] = sum;
    }
  }
  const sums = new Int32Array(width);
  for (let y = 0; y < height; y++) {
    addRow(sums, rows, y * width, weights[0], true);
    for (let k = 1; k <= half; k++) {
      addRow(sums, rows, mirrored(y - k, height) * width, weights[k], false);
      addRow(sums, rows, mirrored(y + k, height) * width, weights[k], false);
    }
    for (let x = 0; x < width; x++) out[y * width + x] = (sums[x] + 32768) >> 16;
  }
  return out;
}

/**
 * @param {Int32Array} sums @param {Uint16Array} rows @param {number} start @param {number} weight @param {boolean} first
 */
function addRow(sums, rows, start, weight, first) {
  const width = sums.length;
  if (first) for (let x = 0; x < width; x++) sums[x] = weight * rows[start + x];
  else for (let x = 0; x < width; x++) sums[x] += weight * rows[start + x];
}

/**
 * cv2.Sobel with 16 bits: how steeply the grey rises to the right (dx) and downwards (dy).
 * @param {Uint8Array} image
 * @param {number} width
 * @param {number} height
 * @param {{ dx: Int16Array, dy: Int16Array }} out
 * @param {(at: number, length: number) => number} [border] where a pixel beyond the edge is taken from
 */
export function sobel(image, width, height, { dx, dy }, border = mirrored) {
  const smooth = new Int16Array(width + 2);
  const steep = new Int16Array(width + 2);
  const [before, after] = [border(-1, width) + 1, border(width, width) + 1];
  for (let y = 0; y < height; y++) {
    const here = y * width;
    const above = border(y - 1, height) * width;
    const below = border(y + 1, height) * width;
    for (let x = 0; x < width; x++) {
      smooth[x + 1] = image[above + x] + 2 * image[here + x] + image[below + x];
      steep[x + 1] = image[below + x] - image[above + x];
    }
    [smooth[0], steep[0]] = [smooth[before], steep[before]];
    [smooth[width + 1], steep[width + 1]] = [smooth[after], steep[after]];
    for (let x = 0; x < width; x++) {
      dx[here + x] = smooth[x + 2] - smooth[x];
      dy[here + x] = steep[x] + 2 * steep[x + 1] + steep[x + 2];
    }
  }
}

/**
 * How steep it is in each pixel: cv2.addWeighted(abs(dx), 0.5, abs(dy), 0.5, 0), each cut off at 255.
 * @param {Int16Array} dx
 * @param {Int16Array} dy
 * @param {Uint8Array} out
 */
export function steepness(dx, dy, out) {
  for (let k = 0; k < out.length; k++) {
    const sum = Math.min(255, Math.abs(dx[k])) + Math.min(255, Math.abs(dy[k]));
    out[k] = (sum >> 1) + (sum & 1 & (sum >> 1)); // a half goes to the even number
  }
  return out;
}

const TAN_22_5 = 13573; // tan 22.5°, as 32768ths
/** Beyond the edge the picture's last pixel is repeated. @param {number} at @param {number} length */
const repeated = (at, length) => Math.max(0, Math.min(length - 1, at));

/**
 * cv2.Canny(image, low, high): pixels where the grey rises most steeply across an edge. Above `high` a pixel is an edge; above
 * `low`, only if it hangs together with one that is.
 * @param {Uint8Array} image
 * @param {number} width
 * @param {number} height
 * @param {number} low
 * @param {number} high
 * @param {Uint8Array} out
 * @param {{ dx: Int16Array, dy: Int16Array, steep: Int32Array, stack: Int32Array }} room
 *   `steep` has a margin of one pixel all around, which stays zero
 */
export function canny(image, width, height, low, high, out, room) {
  sobel(image, width, height, room, repeated);
  const { dx, dy, steep, stack } = room;
  const wide = width + 2;
  for (let y = 0; y < height; y++)
    for (let x = 0, k = y * width, at = (y + 1) * wide + 1; x < width; x++, k++, at++)
      steep[at] = Math.abs(dx[k]) + Math.abs(dy[k]);
  let found = 0;
  out.fill(0);
  for (let y = 0; y < height; y++)
    for (let x = 0, k = y * width, at = (y + 1) * wide + 1; x < width; x++, k++, at++) {
      if (steep[at] <= low || !isRidge(steep, at, wide, dx[k], dy[k])) continue;
      out[k] = 1; // perhaps
      if (steep[at] > high) {
        out[k] = 255;
        stack[found++] = k;
      }
    }
  follow(out, width, height, stack, found);
  for (let k = 0; k < out.length; k++) if (out[k] === 1) out[k] = 0;
  return out;
}

/**
 * Is this pixel steeper than its two neighbours across the edge? Their direction is rounded to one of four.
 * @param {Int32Array} steep @param {number} at @param {number} wide @param {number} dx @param {number} dy
 */
function isRidge(steep, at, wide, dx, dy) {
  const m = steep[at];
  const rise = Math.abs(dy) << 15;
  const run = Math.abs(dx) * TAN_22_5;
  if (rise < run) return m > steep[at - 1] && m >= steep[at + 1];
  if (rise > run + (Math.abs(dx) << 16)) return m > steep[at - wide] && m >= steep[at + wide];
  const side = (dx ^ dy) < 0 ? -1 : 1;
  return m > steep[at - wide - side] && m > steep[at + wide + side];
}

/**
 * From each sure pixel on, the neighbours that are perhaps edges are edges, too.
 * @param {Uint8Array} marks @param {number} width @param {number} height @param {Int32Array} stack @param {number} count
 */
function follow(marks, width, height, stack, count) {
  while (count) {
    const k = stack[--count];
    const x = k % width;
    const y = (k - x) / width;
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        if (marks[v * width + u] !== 1) continue;
        marks[v * width + u] = 255;
        stack[count++] = v * width + u;
      }
  }
}

/**
 * cv2.cvtColor(pixel, cv2.COLOR_RGB2HSV): hue in steps of two degrees (0 to 179), saturation and value from 0 to 255.
 * @param {number} r
 * @param {number} g
 * @param {number} b
 */
export function hsv(r, g, b) {
  const value = Math.max(r, g, b);
  const range = value - Math.min(r, g, b);
  const place = value === r ? g - b : value === g ? b - r + 2 * range : r - g + 4 * range;
  const hue = (place * HUE[range] + 2048) >> 12;
  return [hue < 0 ? hue + 180 : hue, (range * SATURATION[value] + 2048) >> 12, value];
}

/** Divisions as a table of 4096ths, as OpenCV has it. @param {number} numerator */
const divisions = (numerator) =>
  Int32Array.from({ length: 256 }, (_, k) => (k ? roundHalfEven((numerator * 4096) / k) : 0));
const SATURATION = divisions(255);
const HUE = divisions(30);

/**
 * The pixels whose hue is at most `tolerance` degrees from `hue`, around the circle, and that are strong and light enough.
 * @param {Bytes} rgba
 * @param {{ hue: number, tolerance: number, saturation: number, value: number }} wanted
 * @param {Uint8Array} out
 */
export function hueMask(rgba, { hue, tolerance, saturation, value }, out) {
  for (let k = 0, at = 0; k < out.length; k++, at += 4) {
    const r = rgba[at];
    const g = rgba[at + 1];
    const b = rgba[at + 2];
    const most = r > g ? (r > b ? r : b) : g > b ? g : b;
    const range = most - (r < g ? (r < b ? r : b) : g < b ? g : b);
    out[k] = 0;
    if (most < value || (range * SATURATION[most] + 2048) >> 12 < saturation) continue;
    const place = most === r ? g - b : most === g ? b - r + 2 * range : r - g + 4 * range;
    const apart = Math.abs(2 * ((place * HUE[range] + 2048) >> 12) - hue) % 360;
    if (apart <= tolerance || 360 - apart <= tolerance) out[k] = 255;
  }
  return out;
}

/**
 * cv2.absdiff and cv2.threshold: where two frames differ by more than `threshold` grey levels.
 * @param {Uint8Array} before
 * @param {Uint8Array} now
 * @param {number} threshold
 * @param {Uint8Array} out
 */
export function changed(before, now, threshold, out) {
  for (let k = 0; k < out.length; k++) out[k] = Math.abs(now[k] - before[k]) > threshold ? 255 : 0;
  return out;
}

/**
 * The three-frame difference of the chapter: where a frame differs from the one before and from the one after.
 * @param {Uint8Array} before
 * @param {Uint8Array} now
 * @param {Uint8Array} after
 * @param {number} threshold
 * @param {Uint8Array} out
 */
export function moved(before, now, after, threshold, out) {
  for (let k = 0; k < out.length; k++) {
    const both = Math.abs(now[k] - before[k]) > threshold && Math.abs(after[k] - now[k]) > threshold;
    out[k] = both ? 255 : 0;
  }
  return out;
}

/** How many pixels of a mask are white. @param {Uint8Array} mask */
export function count(mask) {
  let white = 0;
  for (let k = 0; k < mask.length; k++) white += mask[k] >> 7;
  return white;
}

/**
 * @typedef {{ filter: string, blur: number, direction: string, low: number, high: number, hue: number, tolerance: number,
 *   saturation: number, value: number, frames: string, apart: number, threshold: number }} Settings
 */

/** How many frames back the three-frame difference may reach. */
export const MOST_APART = 10;

/** The arrays for pictures of one size, made once. @param {number} width @param {number} height */
export function makeRoom(width, height) {
  const n = width * height;
  return {
    width,
    height,
    grey: new Uint8Array(n),
    rows: new Uint16Array(n),
    dx: new Int16Array(n),
    dy: new Int16Array(n),
    steep: new Int32Array((width + 2) * (height + 2)),
    stack: new Int32Array(n),
    out: new Uint8Array(n),
    past: /** @type {Uint8Array[]} */ ([]), // the smoothed frames before this one, the newest first
  };
}

/** @typedef {ReturnType<typeof makeRoom>} Room */

/**
 * Take in the next frame: grey, smoothed, and the newest of the past.
 * @param {Room} room
 * @param {Bytes} rgba
 * @param {number} size of the blur
 */
export function take(room, rgba, size) {
  const { width, height, past } = room;
  const smooth = past.length > 2 * MOST_APART ? /** @type {Uint8Array} */ (past.pop()) : new Uint8Array(width * height);
  grey(rgba, room.grey);
  if (size === 1) smooth.set(room.grey);
  else blur(room.grey, width, height, size, smooth, room.rows);
  past.unshift(smooth);
}

/**
 * What a filter makes of the newest frame. The differences need older ones: null until they are there.
 * @param {Room} room
 * @param {Bytes} rgba the frame that was taken in last
 * @param {Settings} settings
 * @returns {Uint8Array | null}
 */
export function filtered(room, rgba, settings) {
  const { width, height, past, out } = room;
  switch (settings.filter) {
    case "grey":
      return room.grey;
    case "blur":
      return past[0];
    case "sobel":
      sobel(past[0], width, height, room);
      return gradient(room, settings.direction);
    case "canny":
      return canny(past[0], width, height, settings.low, settings.high, out, room);
    case "hue":
      return hueMask(rgba, settings, out);
    default:
      return difference(room, settings);
  }
}

/** @param {Room} room @param {string} direction */
function gradient({ dx, dy, out }, direction) {
  if (direction === "both") return steepness(dx, dy, out);
  const rise = direction === "right" ? dx : dy;
  for (let k = 0; k < out.length; k++) out[k] = Math.min(255, Math.abs(rise[k]));
  return out;
}

/** @param {Room} room @param {Settings} settings */
function difference({ past, out }, { frames, apart, threshold }) {
  const oldest = past[frames === "three" ? 2 * apart : apart];
  if (!oldest) return null;
  if (frames === "two") return changed(oldest, past[0], threshold, out);
  return moved(oldest, past[apart], past[0], threshold, out);
}
