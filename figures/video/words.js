/** What the figure says: the names of the filters, their lines in OpenCV, what they show, and what is wrong. */
import { quoted } from "../lib/quoted.js";
import { LENGTH } from "./film.js";
import { MOST_APART } from "./video.js";

/** @typedef {import("./video.js").Settings} Settings */

export const FILTERS = /** @type {Record<string, string>} */ ({
  grey: "Grey",
  blur: "Blur",
  sobel: "Sobel",
  canny: "Canny",
  hue: "Hue mask",
  difference: "What moves",
});
export const DIRECTIONS = { both: "both ways", right: "to the right", down: "downwards" };
export const FRAMES = { two: "two", three: "three" };

/** [least, most] of each number. */
export const LIMITS = /** @type {Record<string, [number, number]>} */ ({
  blur: [1, 15],
  low: [0, 1000],
  high: [0, 1000],
  hue: [0, 359],
  tolerance: [0, 180],
  saturation: [0, 255],
  value: [0, 255],
  apart: [1, MOST_APART],
  threshold: [0, 255],
});
const CHOICES = /** @type {Record<string, Record<string, string>>} */ ({ filter: FILTERS, direction: DIRECTIONS, frames: FRAMES });

/**
 * In words, what is wrong with a state.
 * @param {Record<string, any>} state
 */
export function check(state) {
  for (const [name, choices] of Object.entries(CHOICES))
    if (typeof state[name] !== "string" || !Object.hasOwn(choices, state[name]))
      return `${name} must be one of ${Object.keys(choices).join(", ")}, got ${quoted(state[name])}: choose one above.`;
  for (const [name, [least, most]] of Object.entries(LIMITS))
    if (!Number.isInteger(state[name]) || state[name] < least || state[name] > most)
      return `${name} must be a whole number from ${least} to ${most}, got ${quoted(state[name])}: move its slider.`;
  if (state.blur % 2 === 0)
    return `blur must be odd, so that the window has a middle, got ${state.blur}: take ${state.blur - 1} or ${state.blur + 1}.`;
  if (state.low > state.high)
    return `Canny's low threshold must not be above the high one, got ${state.low} and ${state.high}: lower the first or raise the second.`;
  if (state.frame !== null && !(Number.isInteger(state.frame) && state.frame >= 0 && state.frame < LENGTH))
    return `frame must be a whole number from 0 to ${LENGTH - 1}, or null to play, got ${quoted(state.frame)}: press Play.`;
  return null;
}

/**
 * The same filter in Python.
 * @param {Settings} s
 */
export function line(s) {
  const smooth = s.blur === 1 ? "grey" : `cv2.GaussianBlur(grey, (${s.blur}, ${s.blur}), 0)`;
  const sobel = (/** @type {string} */ way) => `cv2.convertScaleAbs(cv2.Sobel(smooth, cv2.CV_16S, ${way}))`;
  const set = smooth === "grey" ? "smooth = grey\n" : `smooth = ${smooth}\n`;
  const lines = /** @type {Record<string, () => string>} */ ({
    grey: () => "grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)",
    blur: () => `smooth = ${smooth}`,
    sobel: () =>
      s.direction === "both"
        ? `${set}dx = ${sobel("1, 0")}\ndy = ${sobel("0, 1")}\nsteep = cv2.addWeighted(dx, 0.5, dy, 0.5, 0)`
        : `${set}steep = ${sobel(s.direction === "right" ? "1, 0" : "0, 1")}`,
    canny: () => `${set}edges = cv2.Canny(smooth, ${s.low}, ${s.high})`,
    hue: () =>
      `H, S, V = cv2.split(cv2.cvtColor(frame, cv2.COLOR_RGB2HSV))\n` +
      `apart = np.abs(2 * H.astype(int) - ${s.hue})\n` +
      `mask = (np.minimum(apart, 360 - apart) <= ${s.tolerance}) & (S >= ${s.saturation}) & (V >= ${s.value})`,
    difference: () =>
      s.frames === "three"
        ? `# smooth[t] is ${smooth.replace("grey", "grey[t]")}\n` +
          `mask = difference_mask(smooth[t - ${2 * s.apart}], smooth[t - ${s.apart}], smooth[t], threshold=${s.threshold})`
        : `# smooth[t] is ${smooth.replace("grey", "grey[t]")}\nmask = cv2.absdiff(smooth[t], smooth[t - ${s.apart}]) > ${s.threshold}`,
  });
  return lines[s.filter]();
}

/**
 * What there is to see.
 * @param {Settings} s
 * @param {number} share of the pixels that are white
 */
export function sees(s, share) {
  const part = `${(100 * share).toFixed(1)} %`;
  const words = /** @type {Record<string, string>} */ ({
    grey: "One number for each pixel in place of three. Green counts most: to the eye it is the brightest.",
    blur:
      s.blur === 1
        ? "A window of one pixel changes nothing. Move the slider: the noise goes first, then the outlines."
        : `Each pixel is the weighted mean of ${s.blur} × ${s.blur} pixels. The noise goes first, then the outlines.`,
    sobel: "White is where the grey changes steeply from pixel to pixel. What is evenly lit, light or dark, is black.",
    canny: `Thin lines: ${part} of the pixels are edges. Raise the low threshold, and the lines break; lower it, and noise draws some.`,
    hue: `${part} of the pixels have the colour. Click a thing in the left picture to look for its colour.`,
    difference:
      s.frames === "three"
        ? `${part} of the pixels move. Whoever stands still is not seen, nor is the middle of an even surface. The answer is ${s.apart} ${s.apart === 1 ? "frame" : "frames"} late: it waits for the frame after.`
        : `${part} of the pixels differ. Each thing that moves is seen twice: where it was and where it is.`,
  });
  return words[s.filter];
}

export const PRIVATE = "Your picture stays in this page: none is sent, none is kept.";
export const STOPPED = "The camera is off.";
