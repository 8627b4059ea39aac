/** What the figure says about a shift, and about settings that cannot be. */
import { quoted } from "../lib/quoted.js";
import { FARTHEST, NAMES } from "./mlp_limits.js";

export const MAPS = { all: "many digits: how many are right", one: "this digit: where it is right" };

/** @param {Record<string, any>} state */
export function check(state) {
  const whole = (/** @type {string} */ name, /** @type {number} */ least, /** @type {number} */ most, /** @type {string} */ cure) =>
    Number.isInteger(state[name]) && state[name] >= least && state[name] <= most
      ? null
      : `${name} must be a whole number from ${least} to ${most}, got ${quoted(state[name])}: ${cure}.`;
  const map = typeof state.map === "string" && Object.hasOwn(MAPS, state.map) ? null : `map must be all or one, got ${quoted(state.map)}: choose in the list.`;
  return (
    whole("digit", 0, 9, "choose one above") ??
    whole("right", -FARTHEST, FARTHEST, "move the digit") ??
    whole("down", -FARTHEST, FARTHEST, "move the digit") ??
    map
  );
}

/** @param {number} share */
export const percent = (share) => `${Math.round(100 * share)} %`;

/** @param {number} right @param {number} down */
export function where(right, down) {
  const parts = [
    right && `${Math.abs(right)} to the ${right > 0 ? "right" : "left"}`,
    down && `${Math.abs(down)} ${down > 0 ? "down" : "up"}`,
  ].filter(Boolean);
  return parts.length ? `moved ${parts.join(" and ")}` : "in the middle";
}

/**
 * What the three networks make of it.
 * @param {{ digit: number, right: number, down: number }} state
 * @param {Record<string, number>} answers
 * @param {number} left share of the ink
 */
export function says({ digit, right, down }, answers, left) {
  const names = Object.keys(NAMES);
  const wrong = names.filter((name) => answers[name] !== digit);
  const lost = left < 0.995 ? ` ${percent(1 - left)} of its ink has left the picture.` : "";
  const begin = `The ${digit}, ${where(right, down)}:`;
  if (!wrong.length) return `${begin} all three read it.${lost}`;
  const told = names.map((name) => `${NAMES[name]} says ${answers[name]}${answers[name] === digit ? "" : ", which is wrong"}`);
  return `${begin} ${told.join("; ")}.${lost}`;
}
