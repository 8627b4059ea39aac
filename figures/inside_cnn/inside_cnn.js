/**
 * Inside the network: which numbers a unit looks at, what it makes of them, which pixels it sees at all; and where the
 * sheets of maps stand in space. The network itself is figures/digits/digits.js.
 */
import { forward, SIDE } from "../digits/digits.js";

/** @typedef {import("../digits/digits.js").Layer} Layer */
/** @typedef {Omit<Layer, "kind"> & { kind: Layer["kind"] | "picture" }} Level a layer, or the picture before all of them */
/** @typedef {{ layer: number, map: number, row: number, column: number }} Unit its level, and its place in it */

/** The picture, then the layers. @param {Layer[]} network @returns {Level[]} */
export function levelsOf(network) {
  const picture = { name: "picture", kind: /** @type {const} */ ("picture"), height: SIDE, width: SIDE, channels: 1, size: 0, stride: 1, padding: 0 };
  return [picture, ...network];
}

/**
 * The maps of every level.
 * @param {Layer[]} network
 * @param {Float32Array} picture
 */
export function mapsOf(network, picture) {
  return [picture, ...forward(network, picture)];
}

/**
 * The number of a unit.
 * @param {Level} level
 * @param {Float32Array} maps
 * @param {{ map: number, row: number, column: number }} place
 */
export function valueAt({ height, width, channels }, maps, { map, row, column }) {
  const outside = row < 0 || column < 0 || row >= height || column >= width; // the padding: zeros
  return outside ? 0 : maps[(row * width + column) * channels + map];
}

/**
 * The window of a unit in the layer before: its first row and column (below 0 in the padding) and its side.
 * @param {Level} level
 * @param {{ row: number, column: number }} unit
 */
export function windowOf({ stride, padding, size }, { row, column }) {
  return { top: row * stride - padding, left: column * stride - padding, size };
}

/** Does a unit look at all maps of the layer before, or only at its own? @param {Level} level */
export function seesAll({ kind }) {
  return kind === "convolution" || kind === "dense" || kind === "softmax";
}

/** The maps of the layer before that a unit looks at. @param {Level[]} levels @param {Unit} unit */
export function sources(levels, { layer, map }) {
  if (layer === 0) return [];
  if (!seesAll(levels[layer])) return [map];
  return Array.from({ length: levels[layer - 1].channels }, (_, k) => k);
}

/**
 * What a unit sees of one map of the layer before, row by row.
 * @param {Level[]} levels
 * @param {Float32Array[]} maps
 * @param {Unit} unit
 * @param {number} source the map
 */
export function seen(levels, maps, unit, source) {
  const { top, left, size } = windowOf(levels[unit.layer], unit);
  return Array.from({ length: size * size }, (_, k) => {
    const place = { map: source, row: top + Math.floor(k / size), column: left + (k % size) };
    return valueAt(levels[unit.layer - 1], maps[unit.layer - 1], place);
  });
}

/**
 * Its weights for this map, row by row; the same for all units of a map.
 * @param {Level[]} levels
 * @param {Unit} unit
 * @param {number} source
 */
export function weightsOf(levels, { layer, map }, source) {
  const { kernel = new Float32Array(), size, channels } = levels[layer];
  const into = levels[layer - 1].channels;
  return Array.from({ length: size * size }, (_, k) => kernel[(k * into + source) * channels + map]);
}

/**
 * The sum of a unit of a convolution or a dense layer: for each map of the layer before the sum of its products, then
 * the bias.
 * @param {Level[]} levels
 * @param {Float32Array[]} maps
 * @param {Unit} unit
 */
export function termsOf(levels, maps, unit) {
  const terms = sources(levels, unit).map((source) => {
    const weights = weightsOf(levels, unit, source);
    return seen(levels, maps, unit, source).reduce((sum, value, k) => sum + value * weights[k], 0);
  });
  return { terms, bias: levels[unit.layer].bias?.[unit.map] ?? 0 };
}

/** The map that counts most, for or against. @param {number[]} terms */
export function strongest(terms) {
  return terms.reduce((best, term, k) => (Math.abs(term) > Math.abs(terms[best]) ? k : best), 0);
}

/**
 * The only pixels of the picture that can change a unit: its receptive field, as far as it lies in the picture.
 * @param {Level[]} levels
 * @param {Unit} unit
 */
export function receptiveField(levels, { layer, row, column }) {
  let [top, left, bottom, right] = [row, column, row, column]; // of the units that count, level by level
  for (let at = layer; at > 0; at--) {
    const { stride, padding, size } = levels[at];
    const before = levels[at - 1];
    top = Math.max(0, top * stride - padding);
    left = Math.max(0, left * stride - padding);
    bottom = Math.min(before.height - 1, bottom * stride - padding + size - 1);
    right = Math.min(before.width - 1, right * stride - padding + size - 1);
  }
  return { top, left, height: bottom - top + 1, width: right - left + 1 };
}

// ---- sheets ---------------------------------------------------------------------------------------

/**
 * The maps of a level side by side on one sheet, in pixels of the sheet: one pixel is left free between two, and maps of
 * few pixels are drawn larger.
 * @param {Level} level
 * @param {number} columns
 */
export function sheetOf({ height, width, channels }, columns) {
  const zoom = Math.ceil(6 / width);
  const across = Math.min(columns, channels);
  const down = Math.ceil(channels / across);
  const step = { x: width * zoom + 1, y: height * zoom + 1 };
  return {
    zoom,
    across,
    down,
    width: across * step.x - 1,
    height: down * step.y - 1,
    /** Where a map begins. @param {number} map */
    corner: (map) => ({ x: (map % across) * step.x, y: Math.floor(map / across) * step.y }),
  };
}

/** @typedef {ReturnType<typeof sheetOf>} Sheet */

/**
 * Colours of the maps of a level: what is below zero in one colour, above in another, the largest of the level in full.
 * @param {Level} level
 * @param {Float32Array} maps
 * @param {Sheet} sheet
 * @param {Uint32Array} ramp 511 colours, from the most negative to the most positive
 * @param {Uint32Array} pixels of the sheet
 * @param {number} [most] the number that has the full colour
 */
export function paintSheet({ height, width, channels }, maps, { zoom, width: pitch, corner }, ramp, pixels, most = largest(maps)) {
  const scale = 255 / most;
  for (let map = 0; map < channels; map++) {
    const { x, y } = corner(map);
    for (let row = 0; row < height * zoom; row++)
      for (let column = 0; column < width * zoom; column++) {
        const value = maps[(Math.floor(row / zoom) * width + Math.floor(column / zoom)) * channels + map];
        pixels[(y + row) * pitch + x + column] = ramp[255 + Math.round(value * scale)];
      }
  }
}

/** The largest number, whatever its sign; 1 where all are zero. @param {Float32Array} maps */
export function largest(maps) {
  let most = 0;
  for (const value of maps) most = Math.max(most, Math.abs(value));
  return most || 1;
}

/**
 * 511 colours from one through the one for zero to the other, as the bytes of a canvas.
 * @param {[number, number, number][]} stops five colours: most negative, half, zero, half, most positive
 */
export function rampOf(stops) {
  return Uint32Array.from({ length: 511 }, (_, k) => {
    const at = (k / 510) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    const [red, green, blue] = stops[low].map((from, c) => Math.round(from + (at - low) * (stops[low + 1][c] - from)));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/**
 * Black or white, whichever is easier to read on a colour: by its relative luminance, as WCAG 2 counts it. On the
 * border both have a contrast of 4.58 to 1.
 * @param {ArrayLike<number>} colour red, green, blue
 */
export function inkOn(colour) {
  const light = Array.from({ length: 3 }, (_, k) => {
    const share = colour[k] / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] > 0.1791 ? "#000000" : "#ffffff";
}

/** @typedef {[number, number, number]} Point in space: right, down, towards the reader */

/**
 * How a flat strip must be turned to lead from one point to another: a matrix for CSS, and its length. Its broad side
 * stands upright, so that it is seen from the side.
 * @param {Point} from
 * @param {Point} to
 */
export function strip(from, to) {
  const along = from.map((value, axis) => to[axis] - value);
  const length = Math.hypot(...along);
  const u = along.map((value) => value / length);
  const upright = Math.abs(u[1]) > 0.99 ? [1, 0, 0] : [0, 1, 0];
  const lean = u.reduce((sum, value, axis) => sum + value * upright[axis], 0);
  const across = upright.map((value, axis) => value - lean * u[axis]);
  const v = across.map((value) => value / Math.hypot(...across));
  const normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  return { length, matrix: [...u, 0, ...v, 0, ...normal, 0, ...from, 1] };
}

/**
 * Points, turned around the upright axis and tilted, seen in perspective from a distance: where they are on the screen.
 * As CSS does it with `perspective`, `rotateX(tilt)` and `rotateY(turn)`.
 * @param {Point} point
 * @param {{ turn: number, tilt: number }} angles in degrees
 * @param {number} distance
 */
export function onScreen([x, y, z], { turn, tilt }, distance) {
  const [a, b] = [(turn * Math.PI) / 180, (tilt * Math.PI) / 180];
  const [across, deep] = [x * Math.cos(a) + z * Math.sin(a), z * Math.cos(a) - x * Math.sin(a)];
  const [down, near] = [y * Math.cos(b) - deep * Math.sin(b), y * Math.sin(b) + deep * Math.cos(b)];
  const larger = distance / (distance - near);
  return { x: across * larger, y: down * larger };
}

/**
 * How much larger a scene may be drawn so that it fills a frame, and where its middle is then.
 * @param {{ x: number, y: number }[]} points
 * @param {{ width: number, height: number }} frame
 */
export function fitted(points, { width, height }) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right, top, foot] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(width / (right - left), height / (foot - top));
  return { scale, x: (scale * (left + right)) / 2, y: (scale * (top + foot)) / 2 };
}
