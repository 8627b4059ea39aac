/** What the figure says: names, sentences, and what is wrong with a state. */
import { strokesFault } from "../digits/pad.js";
import { quoted } from "../lib/quoted.js";
import { receptiveField, seesAll, sources } from "./inside_cnn.js";

/** @typedef {import("./inside_cnn.js").Level} Level */
/** @typedef {import("./inside_cnn.js").Unit} Unit */

export const DIGITS = 13; // of the test set, in digits/test_digits.bin
export const MISREAD = 10; // from this on they are misread
export const LIMITS = /** @type {Record<string, [number, number]>} */ ({ turn: [-85, 85], tilt: [-60, 60], near: [50, 250] });

/** A number as it is written, with a true minus. @param {number} value @param {number} [digits] */
export function written(value, digits = 2) {
  return value.toFixed(digits).replace(/^-(0\.0*)$/, "$1").replace("-", "−");
}

/** The same with its sign. @param {number} value @param {number} [digits] */
export function signed(value, digits = 2) {
  const plain = written(value, digits);
  return plain.startsWith("−") ? plain : `+${plain}`;
}

/** @param {Level} level */
export function titleOf({ name, kind }) {
  if (kind === "dense") return "Scores";
  if (kind === "softmax") return "Probabilities";
  return name[0].toUpperCase() + name.slice(1);
}

/** @param {Level} level */
export function sizeOf({ kind, height, width, channels }) {
  if (kind === "picture") return `${height} × ${width}`;
  return height === 1 ? "one for each digit" : `${channels} maps of ${height}\u00a0×\u00a0${width}`;
}

/** @param {Level} level @param {Unit} unit */
export function placeOf(level, { map, row, column }) {
  if (level.kind === "picture") return `row ${row}, column ${column}`;
  return level.height === 1 ? `digit ${map}` : `map ${map}, row ${row}, column ${column}`;
}

/**
 * What a unit does.
 * @param {Level[]} levels
 * @param {Unit} unit
 */
export function lesson(levels, unit) {
  const { kind, size, height, width } = levels[unit.layer];
  const before = levels[unit.layer - 1];
  const { height: rows, width: columns } = receptiveField(levels, unit);
  const sees = unit.layer > 1 ? `In the picture it sees ${rows} × ${columns} pixels (dashed frame).` : "";
  if (kind === "picture") return "A pixel of what the network gets: its brightness over 255.";
  if (kind === "convolution") {
    const where = before.channels === 1 ? `${size} × ${size} pixels of the picture` : `${size} × ${size} numbers in each of ${before.channels} maps`;
    return `The unit looks at ${where}, multiplies each with a weight, and adds everything up. All ${height * width} units of its map have the same weights. ${sees}`.trim();
  }
  if (kind === "ReLU") return `What is below zero becomes zero; the rest stays. ${sees}`;
  if (kind === "pooling") return `Only the largest of four numbers goes on. Where exactly it was, the next layer does not learn. ${sees}`;
  if (kind === "dense") return `One weight for every number of the last maps: ${before.channels} maps of ${before.height} × ${before.width}. What speaks for the digit is added, what speaks against it taken off.`;
  return "Each score becomes e to its power; divided by the sum of all ten, it is a probability. Ten of them always make 1, also for a picture that is no digit.";
}

/**
 * In words, what is wrong with a state.
 * @param {Level[]} levels
 * @param {Record<string, any>} state
 */
export function faultOf(levels, state) {
  const { source, view, digit, strokes, pen, layer, map, row, column, part } = state;
  const whole = (/** @type {string} */ name, /** @type {any} */ value, /** @type {number} */ low, /** @type {number} */ high, cure = "press a unit") =>
    Number.isInteger(value) && value >= low && value <= high ? "" : `${name} must be a whole number from ${low} to ${high}, got ${quoted(value)}: ${cure}.`;
  if (!["test", "drawing", "camera"].includes(source)) return `source must be test, drawing or camera, got ${quoted(source)}: choose a digit.`;
  if (view !== "sheets" && view !== "space") return `view must be sheets or space, got ${quoted(view)}: choose one.`;
  const early = whole("digit", digit, 0, DIGITS - 1, "choose one of the test set") || strokesFault(strokes, pen) || whole("layer", layer, 0, levels.length - 1);
  if (early) return early;
  const level = levels[layer];
  const title = titleOf(level);
  const into = seesAll(level) ? levels[layer - 1].channels : 1;
  const limits = Object.entries(LIMITS).find(([name, [low, high]]) => !(Number.isFinite(state[name]) && state[name] >= low && state[name] <= high));
  return (
    whole(`map of ${title}`, map, 0, level.channels - 1) ||
    whole(`row of ${title}`, row, 0, level.height - 1) ||
    whole(`column of ${title}`, column, 0, level.width - 1) ||
    (part === -1 ? "" : whole("part, the map that is written out,", part, 0, into - 1, "choose one of the sum, or -1 for the strongest")) ||
    (limits ? `${limits[0]} must be from ${limits[1][0]} to ${limits[1][1]}, got ${quoted(state[limits[0]])}: move its slider.` : null)
  );
}

/** What is read out when a unit is chosen. @param {Level[]} levels @param {Unit} unit @param {number} value */
export function spokenUnit(levels, unit, value) {
  const level = levels[unit.layer];
  const count = sources(levels, unit).length * level.size ** 2;
  const made = level.kind === "convolution" || level.kind === "dense" ? ` The sum of ${count} products and a bias.` : "";
  return `${titleOf(level)}, ${placeOf(level, unit)}: ${written(value)}.${made}`;
}
