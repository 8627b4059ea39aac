/** The network as blocks, and a row of pixels under a filter: SVG as text, for the page and for print. */
import { text } from "../lib/dom.js";
import { leftOut } from "./conv_shape.js";
import { counted } from "./workings.js";

/**
 * @typedef {import("./conv_shape.js").Layer} Layer @typedef {import("./conv_shape.js").Row} Row
 * @typedef {Record<"text" | "muted" | "line" | "face" | "side" | "picked" | "mark" | "page", string>} Colours
 */

/** @type {Colours} on a page */
export const ON_PAGE = {
  text: "var(--text)", muted: "var(--muted)", line: "var(--muted)", face: "var(--face)", side: "var(--side)",
  picked: "var(--strong)", mark: "var(--above)", page: "var(--page)",
}; // prettier-ignore
/** @type {Colours} on paper */
export const ON_PAPER = {
  text: "#1a1a1a", muted: "#555", line: "#555", face: "#d8ebf5", side: "#a9cfe3", picked: "#0a6b87", mark: "#b84e00", page: "#fff",
}; // prettier-ignore

const LARGEST = 74; // px: the face of the largest volume
const HEIGHT = 158;
const BASE = 118;

/**
 * A face of height × width (their square roots, or a map of 7 × 7 could not be seen beside one of 224 × 224), drawn
 * out to the right by its depth (its logarithm).
 */
function blockOf(/** @type {Row} */ row, /** @type {number} */ largest) {
  if (row.shape.length === 1) return { high: Math.min(100, 20 + 8 * Math.log2(row.shape[0])), wide: 12, deep: 0 };
  const [high, wide] = row.shape.map((size) => 6 + (LARGEST - 6) * Math.sqrt(size / largest));
  return { high, wide, deep: 3 + 2.6 * Math.log2(row.shape[2]) };
}

/**
 * The blocks from left to right. Each carries `data-layer`, its place in the stack (−1: the picture).
 * @param {Row[]} rows @param {Layer[]} layers @param {number} picked
 * @param {{ colours: Colours, failed?: boolean }} options
 */
export function blocks(rows, layers, picked, { colours, failed }) {
  const largest = Math.max(...rows[0].shape.slice(0, 2), 1);
  const parts = [];
  let x = 10;
  for (const [index, row] of rows.entries()) {
    const on = index === picked + 1;
    const stroke = { stroke: on ? colours.picked : colours.line, "stroke-width": on ? 2.5 : 1, "stroke-linejoin": "round" };
    if (row.name === "RELU") {
      parts.push(pill(x, index - 1, colours, on));
      x += 28;
      continue;
    }
    const { high, wide, deep } = blockOf(row, largest);
    const room = Math.max(wide + deep, 46);
    const left = x + (room - wide - deep) / 2;
    const seen = index === 0 ? picturePart(rows, picked, left, { high, wide }, colours) : "";
    const cover = index === picked && layers[picked] ? filterOn(layers[picked], row, left, { high, wide }, colours) : "";
    const label = row.shape.length === 1 ? counted(row.shape[0]) : row.shape.join("×");
    parts.push(
      text(
        "g",
        { "data-layer": index - 1, class: "block" },
        box(left, high, wide, deep, stroke, colours),
        row.shape.length === 1 ? dots(left, high, colours) : "",
        seen,
        cover,
        words(x + room / 2, BASE + 17, row.name, { colours, bold: on, size: 11.5 }),
        words(x + room / 2, BASE + 32, label, { colours, bold: on, size: 10.5 }),
      ),
    );
    x += room + 14;
  }
  if (failed) {
    parts.push(
      text("rect", { x, y: BASE - 60, width: 46, height: 60, fill: "none", stroke: colours.mark, "stroke-width": 2, "stroke-dasharray": "5 4" }),
      words(x + 23, BASE - 22, "?", { colours, bold: true, size: 26 }),
      words(x + 23, BASE + 17, layers[rows.length - 1].layer, { colours, bold: true, size: 11.5 }),
    );
    x += 60;
  }
  return { markup: parts.join(""), width: x, height: HEIGHT };
}

function box(/** @type {number} */ x, /** @type {number} */ high, /** @type {number} */ wide, /** @type {number} */ deep, /** @type {object} */ stroke, /** @type {Colours} */ colours) {
  const top = BASE - high;
  const lift = deep * 0.6;
  const points = (/** @type {number[][]} */ corners) => corners.map((corner) => corner.map(round).join(",")).join(" ");
  const roof = points([[x, top], [x + deep, top - lift], [x + wide + deep, top - lift], [x + wide, top]]); // prettier-ignore
  const side = points([[x + wide, top], [x + wide + deep, top - lift], [x + wide + deep, BASE - lift], [x + wide, BASE]]); // prettier-ignore
  return [
    deep && text("polygon", { points: roof, fill: colours.side, ...stroke }),
    deep && text("polygon", { points: side, fill: colours.side, ...stroke }),
    text("rect", { x: round(x), y: round(top), width: round(wide), height: round(high), fill: colours.face, ...stroke }),
  ]
    .filter(Boolean)
    .join("");
}

/** A vector is a column of neurons. */
function dots(/** @type {number} */ x, /** @type {number} */ high, /** @type {Colours} */ colours) {
  const count = Math.floor(high / 9);
  return Array.from({ length: count }, (_, i) =>
    text("circle", { cx: round(x + 6), cy: round(BASE - high + (high * (i + 0.5)) / count), r: 2.6, fill: colours.picked }),
  ).join("");
}

/** The filter of the picked layer, at its true size, in the corner of what it reads. */
function filterOn(/** @type {Layer} */ layer, /** @type {Row} */ row, /** @type {number} */ x, /** @type {{ high: number, wide: number }} */ face, /** @type {Colours} */ colours) {
  if ((layer.layer !== "CONV" && layer.layer !== "POOL") || row.shape.length !== 3) return "";
  const share = row.shape.slice(0, 2).map((size) => Math.min(1, layer.F / size));
  return text("rect", {
    x: round(x), y: round(BASE - face.high), width: round(face.wide * share[1]), height: round(face.high * share[0]),
    fill: colours.picked, "fill-opacity": 0.35, stroke: colours.picked, "stroke-width": 1.5,
  }); // prettier-ignore
}

/** How much of the picture one number of the picked layer sees: dashed, in its middle. */
function picturePart(/** @type {Row[]} */ rows, /** @type {number} */ picked, /** @type {number} */ x, /** @type {{ high: number, wide: number }} */ face, /** @type {Colours} */ colours) {
  const row = rows[picked + 1];
  if (!row || picked < 0) return "";
  const high = (face.high * row.window[0]) / rows[0].shape[0];
  const wide = (face.wide * row.window[1]) / rows[0].shape[1];
  return text("rect", {
    x: round(x + (face.wide - wide) / 2), y: round(BASE - (face.high + high) / 2), width: round(wide), height: round(high),
    fill: "none", stroke: colours.mark, "stroke-width": 2, "stroke-dasharray": "4 3",
  }); // prettier-ignore
}

function pill(/** @type {number} */ x, /** @type {number} */ layer, /** @type {Colours} */ colours, /** @type {boolean} */ on) {
  const stroke = { stroke: on ? colours.picked : colours.line, "stroke-width": on ? 2.5 : 1 };
  return text(
    "g",
    { "data-layer": layer, class: "block" },
    text("rect", { x: x - 6, y: BASE - 52, width: 22, height: 52, rx: 8, fill: colours.page, ...stroke }),
    text("text", { transform: `translate(${x + 9} ${BASE - 26}) rotate(-90)`, "text-anchor": "middle", fill: colours.text, style: "font: 11px sans-serif" }, "RELU"),
  );
}

function words(/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ said, /** @type {{ colours: Colours, bold?: boolean, size: number, anchor?: string }} */ { colours, bold, size, anchor = "middle" }) {
  const style = `font: ${bold ? "bold " : ""}${size}px sans-serif`;
  return text("text", { x: round(x), y, "text-anchor": anchor, fill: colours.text, style }, said);
}

const SHOWN = 44; // pixels of the row

/**
 * The end of a row of pixels (the whole of it, where it is short) and the places of the filter: the last one marked,
 * pixels that it does not reach crossed out.
 * @param {Layer & { F: number, S: number }} layer @param {number} size @param {Colours} colours
 */
export function ruler(layer, size, colours) {
  const { F, S } = layer;
  const P = layer.layer === "CONV" ? layer.P : 0;
  const all = size + 2 * P;
  const places = Math.max(0, Math.floor((all - F) / S) + 1);
  const rest = all < F ? all : leftOut(size, F, S, P);
  const from = Math.max(0, all - SHOWN);
  const cell = Math.min(24, 640 / Math.min(all, SHOWN));
  const lanes = Math.min(6, Math.ceil(F / S));
  const at = (/** @type {number} */ pixel) => round(2 + (pixel - from) * cell);
  const parts = [];
  for (let pixel = from; pixel < all; pixel++) {
    const padded = pixel < P || pixel >= P + size;
    parts.push(text("rect", { x: at(pixel), y: 2, width: round(cell), height: 20, fill: padded ? colours.page : colours.face, stroke: colours.line, "stroke-dasharray": padded ? "2 2" : null }));
    if (pixel >= all - rest) parts.push(cross(at(pixel), cell, colours));
  }
  for (let place = Math.max(0, Math.ceil(from / S)); place < places; place++) {
    const last = place === places - 1;
    const y = 27 + (place % lanes) * 9;
    parts.push(text("rect", { x: at(place * S) + 1, y, width: round(F * cell - 2), height: 6, rx: 3, fill: last ? colours.mark : colours.picked }));
  }
  return { markup: parts.join(""), width: round(4 + Math.min(all, SHOWN) * cell), height: 30 + lanes * 9, cut: from > 0 };
}

function cross(/** @type {number} */ x, /** @type {number} */ cell, /** @type {Colours} */ colours) {
  const d = `M${x + 2} 4 L${round(x + cell - 2)} 20 M${round(x + cell - 2)} 4 L${x + 2} 20`;
  return text("path", { d, stroke: colours.mark, "stroke-width": 2.5, fill: "none" });
}

function round(/** @type {number} */ value) {
  return Math.round(value * 10) / 10;
}

/** Everything on one sheet: the blocks, and the table under them. */
export function sheet(/** @type {Row[]} */ rows, /** @type {Layer[]} */ layers, /** @type {(layer: Layer) => string} */ settings) {
  const colours = ON_PAPER;
  const drawing = blocks(rows, layers, -2, { colours });
  const scale = Math.min(1.15, 620 / drawing.width);
  const top = round(drawing.height * scale + 18);
  const columns = [14, 270, 420, 530, 626];
  const line = (/** @type {string[]} */ cells, /** @type {number} */ y, bold = false) =>
    cells.map((cell, i) => words(columns[i], y, cell, { colours, bold, size: 14, anchor: i ? "end" : "start" })).join("");
  const body = rows.map((row, i) =>
    line(
      [
        i ? `${row.name} ${settings(layers[i - 1])}` : "INPUT",
        row.shape.map(counted).join(" × "),
        counted(row.weights),
        counted(row.multiplications),
        row.window.join(" × "),
      ],
      top + 26 + i * 20,
    ),
  );
  const total = (/** @type {"weights" | "multiplications"} */ what) => counted(rows.reduce((sum, row) => sum + row[what], 0));
  const foot = top + 30 + rows.length * 20;
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 640 ${foot + 12}`, width: 640, height: foot + 12 },
    text("rect", { width: 640, height: foot + 12, fill: "#fff" }),
    text("g", { transform: `translate(8 4) scale(${round(scale * 10) / 10})` }, drawing.markup),
    line(["layer", "output", "weights", "multiplied", "sees"], top, true),
    text("path", { d: `M10 ${top + 7} H630 M10 ${foot - 15} H630`, stroke: colours.line }),
    ...body,
    line(["total", "", total("weights"), total("multiplications"), ""], foot, true),
  );
}
