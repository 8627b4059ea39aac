/** What a state must be: every fault in words, with the value, the rule and the cure. */
import { ACTIVATIONS, DATA, FEATURES, OPTIMIZERS, PENALTIES, count, decode, sizesOf } from "./playground.js";

/** @typedef {import("./playground.js").Run} Run */

export const LAYERS = 6;
export const UNITS = 16;
export const STEPS = 200000;

const BOUNDS = /** @type {Record<string, { called: string, min: number, max: number, whole?: boolean }>} */ ({
  points: { called: "The number of points", min: 20, max: 500, whole: true },
  noise: { called: "The noise", min: 0, max: 1 },
  test: { called: "The test share", min: 0.1, max: 0.9 },
  draw: { called: "The number of the draw", min: 0, max: 999, whole: true },
  dropout: { called: "Dropout", min: 0, max: 0.8 },
  rate: { called: "The learning rate", min: 1e-5, max: 10 },
  batch: { called: "The batch size", min: 1, max: 500, whole: true },
  strength: { called: "The price of the weights", min: 0, max: 1 },
  seed: { called: "The seed", min: 0, max: 999, whole: true },
  before: { called: "The number of steps before", min: 0, max: 1e6, whole: true },
  steps: { called: "The number of steps", min: 0, max: STEPS, whole: true },
});
/**
 * In words, what is wrong with a run.
 * @param {Run} run
 * @returns {string | null}
 */
export function fault(run) {
  for (const [name, bounds] of Object.entries(BOUNDS)) {
    const wrong = outside(run[/** @type {keyof Run} */ (name)], bounds);
    if (wrong) return wrong;
  }
  return (
    notAmong(run.data, "data set", Object.keys(DATA)) ??
    notAmong(run.optimizer, "optimiser", OPTIMIZERS) ??
    notAmong(run.penalty, "penalty", PENALTIES) ??
    wrongFeatures(run.features) ??
    wrongLayers(run) ??
    wrongStart(run)
  );
}

/** @param {unknown} value @param {{ called: string, min: number, max: number, whole?: boolean }} bounds */
function outside(value, { called, min, max, whole }) {
  const kind = whole ? "a whole number" : "a number";
  const fits = typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));
  return fits ? null : `${called} must be ${kind} from ${min} to ${max}, and ${said(value)} is not: type another one.`;
}

/** @param {unknown} value @param {string} what @param {string[]} known */
function notAmong(value, what, known) {
  return known.includes(/** @type {string} */ (value)) ? null : `There is no ${what} ${said(value)}: choose ${known.join(", ")}.`;
}

/** @param {unknown} names */
function wrongFeatures(names) {
  const known = Object.keys(FEATURES);
  if (!Array.isArray(names) || !names.length) return `The network needs at least one feature: switch on ${known.slice(0, 2).join(" or ")}.`;
  if (new Set(names).size < names.length) return "A feature is there twice: once is enough.";
  for (const name of names) if (!known.includes(name)) return notAmong(name, "feature", known);
  return null;
}

/** @param {Run} run */
function wrongLayers({ units, activations }) {
  if (!Array.isArray(units) || units.length > LAYERS) return `The hidden layers must be a list of at most ${LAYERS} numbers: take fewer.`;
  for (const size of units) {
    const wrong = outside(size, { called: "The number of units in a layer", min: 1, max: UNITS, whole: true });
    if (wrong) return wrong;
  }
  if (!Array.isArray(activations) || activations.length !== units.length) {
    return `Each of the ${units.length} hidden layers needs an activation: give a list of ${units.length}.`;
  }
  for (const name of activations) {
    const wrong = notAmong(name, "activation", Object.keys(ACTIVATIONS));
    if (wrong) return wrong;
  }
  return null;
}

/** @param {Run} run */
function wrongStart(run) {
  if (run.start === "") return null;
  const numbers = typeof run.start === "string" ? decode(run.start) : null;
  const wanted = count(sizesOf(run));
  if (numbers?.length === wanted) return null;
  return `The weights to start from must be ${wanted} numbers of 4 bytes in base 64, or nothing: import the file again.`;
}

/** @param {unknown} value */
function said(value) {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value ? `“${value.slice(0, 20)}”` : "this";
}
