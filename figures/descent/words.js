/** What a walk does, in words and in its own numbers. */
import { equals, factor, written } from "../lib/numbers.js";
import { dimensions, LANDSCAPES, largestRate, lowest, NEAR, nearestBottom, verdict } from "./descent.js";

/** @typedef {import("./descent.js").Landscape} Landscape @typedef {import("./descent.js").Walk} Walk @typedef {import("./descent.js").Stop} Stop */
/** @typedef {{ rate: number, momentum: number }} How */

/** @param {number[]} w @param {(value: number) => string} [write] */
export function point(w, write = (value) => written(value)) {
  return w.length === 1 ? write(w[0]) : `(${w.map(write).join(", ")})`;
}

/** For a table: three places at most; what they cannot show is 0.000, with its sign. @param {number} value */
export function short(value) {
  if (value !== 0 && Math.abs(value) < 0.0005) return value < 0 ? "−0.000" : "0.000";
  return written(Number(value.toFixed(3)), 3);
}

/** The names of the numbers of a point. @param {Landscape} landscape */
export const names = (landscape) => (dimensions(landscape) === 1 ? ["w"] : ["w₁", "w₂"]);

/** @param {Landscape} landscape @param {number[]} w */
function where(landscape, w) {
  return `${dimensions(landscape) === 1 ? "w" : "(w₁, w₂)"} = ${point(w, short)}`;
}

/** What has become of the walk. @param {Landscape} landscape @param {Walk} walk @param {How} how @param {number | null} arrives */
export function account(landscape, walk, how, arrives) {
  const { stops } = walk;
  const n = stops.length - 1;
  const [first, last] = [stops[0], stops[n]];
  const after = `After ${n} step${n === 1 ? "" : "s"}`;
  const here = `${where(landscape, last.w)}, loss ${written(last.loss)}`;
  switch (verdict(landscape, walk, arrives)) {
    case "start":
      return `At the start: ${here}, slope dW = ${point(last.dW, short)}. Go against it: press Step.`;
    case "arrived":
      return `Arrived: ${here}, within ${NEAR} of the bottom${arrives ? ` since step ${arrives}` : ""}.${shallow(landscape, last)}`;
    case "gone":
      return `Diverged. ${after} ${here}: each step overshot further than the one before. The walk is stopped here, for it never comes back.`;
    case "stuck":
      return `${after}: ${here}. The slope here is 0, so the walk stays; yet this is no minimum, it only balances on a ridge.`;
    case "flat":
      return `${after}: ${here}. The steps are tiny because the slope is (dW = ${point(last.dW, short)}), not because a bottom is near.`;
    case "swings":
      return `${after}: ${here}. Every second step comes back to the same point: the walk swings for ever and never gets lower.`;
    case "climbs":
      return `${after}: ${here}, up from ${written(first.loss)}. ${climbing(landscape, first, how)}`;
    default:
      return `${after}: ${here}, down from ${written(first.loss)}. Slope dW = ${point(last.dW, short)}.`;
  }
}

/** @param {Landscape} landscape @param {Stop} stop */
function shallow(landscape, { w }) {
  const bottom = nearestBottom(landscape, w);
  if (!bottom || landscape.loss(bottom.at) < lowest(landscape) + 1e-9) return "";
  return ` It is a local minimum: another dip is deeper (${written(lowest(landscape))}), and nothing here tells the walk of it.`;
}

/** @param {Landscape} landscape @param {Stop} first @param {How} how */
function climbing(landscape, { w }, { rate, momentum }) {
  const bottom = nearestBottom(landscape, w);
  const below = landscape.quadratic && bottom && rate < largestRate(bottom.curvature, momentum);
  return below ? "It has overshot, but the learning rate is small enough: it will come back." : "It overshoots: go on, and it flies off.";
}

/** The largest learning rate that works, where it is known. @param {Landscape} landscape @param {number[]} start @param {How} how */
export function limit(landscape, start, { rate, momentum }) {
  const bottom = nearestBottom(landscape, start);
  if (!bottom) return "No largest learning rate is known here: there is no bottom to overshoot, the ground only gets flatter.";
  const most = largestRate(bottom.curvature, momentum);
  const near = Math.abs(rate / most - 1) < 1e-9;
  const side = near ? "exactly at" : rate < most ? "below" : "above";
  const formula = momentum ? "2 (1 + μ) / a" : "2 / a";
  const rule = `${formula} ${equals(most)} ${written(most)}, with a ${equals(bottom.curvature)} ${written(bottom.curvature)} for the sharpest bend`;
  if (landscape.quadratic) return `The learning rate must stay below ${rule}. α = ${written(rate)} is ${side} it.`;
  return `To settle in the dip nearest to the start, α must stay below ${rule}. α = ${written(rate)} is ${side} it. Where the ground is steeper, further up, even less may be too much.`;
}

/** By how much a step multiplies the distance from the bottom, where that is one number. @param {Landscape} landscape @param {How} how */
export function factors(landscape, { rate, momentum }) {
  if (!landscape.quadratic || momentum) return "";
  const axes = names(landscape);
  const bends = axes.map((_, k) => landscape.gradient(axes.map((__, i) => Number(i === k)))[k]);
  const told = bends.map((a, k) => `${axes.length > 1 ? `${axes[k]} by ` : ""}1 − ${written(rate)} · ${written(a)} ${equals(1 - rate * a, rate)} ${written(Number((1 - rate * a).toPrecision(12)))}`);
  return `Each step multiplies ${axes.length > 1 ? "" : "the distance from the bottom by "}${told.join(", ")}.`;
}

/**
 * The last step, written out: a line for each number.
 * @param {Landscape} landscape @param {Walk} walk @param {How} how
 */
export function lastStep(landscape, { stops }, { rate, momentum }) {
  if (stops.length < 2) return [];
  const [before, now] = stops.slice(-2);
  return names(landscape).flatMap((name, k) => {
    const [w, dW, V, old] = [before.w[k], before.dW[k], now.V[k], before.V[k]];
    if (!momentum) return [`${name} ← ${written(w)} − ${written(rate)} · ${factor(dW)} ${equals(now.w[k], w, dW, rate)} ${written(now.w[k])}`];
    const speed = name.replace("w", "V");
    return [
      `${speed} ← ${written(momentum)} · ${factor(old)} − ${written(rate)} · ${factor(dW)} ${equals(V, old, dW, rate)} ${written(V)}`,
      `${name} ← ${written(w)} + ${factor(V)} ${equals(now.w[k], w, V)} ${written(now.w[k])}`,
    ];
  });
}

/** The choices, curves first. */
export const CHOICES = Object.fromEntries(Object.entries(LANDSCAPES).map(([name, { called }]) => [name, called]));
