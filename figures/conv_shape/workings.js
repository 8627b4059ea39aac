/** The sums behind one row of the table, with the layer's own numbers. */
import { leftOut } from "./conv_shape.js";

/** @typedef {import("./conv_shape.js").Layer} Layer @typedef {import("./conv_shape.js").Row} Row */

export const counted = (/** @type {number} */ n) => n.toLocaleString("en-GB");
export const sizes = (/** @type {number[]} */ shape) => shape.join(" × ");

/** What a layer's settings are, in short. */
export function settings(/** @type {Layer} */ layer) {
  if (layer.layer === "FC") return counted(layer.n);
  if (layer.layer === "POOL") return `${layer.F} × ${layer.F}${layer.S === layer.F ? "" : `, S ${layer.S}`}`;
  if (layer.layer !== "CONV") return "";
  return `${layer.K} of ${layer.F} × ${layer.F}${layer.S > 1 ? `, S ${layer.S}` : ""}${layer.P ? `, P ${layer.P}` : ""}`;
}

/**
 * Pairs of what is computed and how.
 * @param {Layer} layer @param {Row} before @param {Row} row @param {number[]} input
 */
export function workings(layer, before, row, input) {
  const lines = [...sizeLines(layer, before.shape, row.shape), ...costLines(layer, before.shape, row)];
  const [high, wide] = row.window;
  const all = high === input[0] && wide === input[1];
  return [...lines, ["one number sees", `${high} × ${wide} pixels of the picture${all ? ": all of it" : ""}`]];
}

function sizeLines(/** @type {Layer} */ layer, /** @type {number[]} */ shape, /** @type {number[]} */ made) {
  if (layer.layer === "RELU") return [["output", `${sizes(made)}: each number for itself, so the shape stays`]];
  if (layer.layer === "FLATTEN") return [["output", `${shape.join(" · ")} = ${counted(made[0])} numbers in one row`]];
  if (layer.layer === "FC") return [["output", `${counted(made[0])} numbers, one for each neuron`]];
  const along = (/** @type {number} */ axis) => sizeSum(layer, shape[axis], made[axis]);
  const both = shape[0] === shape[1] ? [["H₂ = W₂", along(0)]] : [["H₂", along(0)], ["W₂", along(1)]]; // prettier-ignore
  return [...both, ["D₂", layer.layer === "CONV" ? `K = ${made[2]}` : `D₁ = ${made[2]}`]];
}

function sizeSum(/** @type {Layer} */ layer, /** @type {number} */ size, /** @type {number} */ places) {
  if (layer.layer !== "CONV" && layer.layer !== "POOL") return "";
  const P = layer.layer === "CONV" ? layer.P : 0;
  const rest = leftOut(size, layer.F, layer.S, P);
  const sum = `(${size} − ${layer.F}${layer.layer === "CONV" ? ` + 2 · ${P}` : ""}) / ${layer.S}`;
  if (!rest) return `${sum} + 1 = ${places}`;
  return `⌊${sum}⌋ + 1 = ${places}; rounded down, the last ${rest} of ${size + 2 * P} pixels are not looked at`;
}

function costLines(/** @type {Layer} */ layer, /** @type {number[]} */ shape, /** @type {Row} */ row) {
  const { weights, multiplications } = row;
  if (layer.layer === "CONV") {
    const { F, K } = layer;
    return [
      ["weights", `F·F·D₁·K + K = ${F} · ${F} · ${shape[2]} · ${K} + ${K} = ${counted(weights)}`],
      ["multiplications", `W₂·H₂·K·F·F·D₁ = ${row.shape[1]} · ${row.shape[0]} · ${K} · ${F} · ${F} · ${shape[2]} = ${counted(multiplications)}`],
    ]; // prettier-ignore
  }
  if (layer.layer === "FC") {
    return [
      ["weights", `n·q + q = ${shape[0]} · ${layer.n} + ${layer.n} = ${counted(weights)}`],
      ["multiplications", `n·q = ${shape[0]} · ${layer.n} = ${counted(multiplications)}`],
    ];
  }
  return [["weights", "none: there is nothing to learn"]];
}
