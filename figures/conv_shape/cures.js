/** Where a setting does not come out: a row of buttons, each of which mends it. */
import { h } from "../lib/dom.js";
import { button } from "../lib/controls.js";

/** @typedef {{ label: string, act: () => void }} Cure @typedef {import("./conv_shape.js").NearestSizes} NearestSizes */

/**
 * @param {import("../lib/figure.js").Stage} stage
 * @param {() => Cure[]} wanted asks for the state; none where nothing is wrong
 */
export function cures(stage, wanted) {
  const row = h("div", { class: "row cures", role: "group", "aria-label": "What would do" });
  stage.follow(() => {
    const all = wanted();
    row.hidden = !all.length;
    row.replaceChildren("These would do: ", ...all.map(({ label, act }) => button(label, act)));
  });
  return row;
}

/**
 * The nearest sizes as buttons. `put` takes the letter of the size and its value.
 * @param {NearestSizes} nearest
 * @param {(letter: "size" | "P" | "S", value: number) => void} put
 * @param {{ sized: boolean }} options whether the size of what goes in can be chosen
 * @returns {Cure[]}
 */
export function nearestCures({ inputs, paddings, strides }, put, { sized }) {
  const make = (/** @type {"size" | "P" | "S"} */ letter, /** @type {string} */ name, /** @type {number[]} */ values) =>
    values.map((value) => ({ label: `${name} ${value}`, act: () => put(letter, value) }));
  return [...(sized ? make("size", "input", inputs) : []), ...make("P", "padding", paddings), ...make("S", "stride", strides)];
}

export const CURES_CSS = `.cures { font-size: .9rem } .cures button { border-color: var(--strong) }`;
