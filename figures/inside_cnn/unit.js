/** One unit: its window, its weights and the sum, written out. */
import { button, walk } from "../lib/controls.js";
import { h, s, set } from "../lib/dom.js";
import { inkOn, largest, paintSheet, seen, seesAll, sheetOf, sources, strongest, termsOf, valueAt, weightsOf, windowOf } from "./inside_cnn.js";
import { lesson, placeOf, signed, spokenUnit, titleOf, written } from "./words.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("./inside_cnn.js").Level} Level */
/** @typedef {import("./inside_cnn.js").Unit} Unit */
/** @typedef {import("./sheets.js").View & { part: () => number, take: (part: number) => void }} View `part`: the map that is written out, -1 for the strongest */

/**
 * @param {Stage} stage
 * @param {View} view
 */
export function makePanel(stage, view) {
  const heading = h("p", { class: "heading" });
  const body = h("div", { class: "stack" });
  const teaches = h("p", { class: "small-print" });
  const back = button("◀ Into the layer before", () => view.choose(inward(view)));
  const on = button("On to the next layer ▶", () => view.choose(onward(view)));
  const element = h("section", { class: "unit-panel stack", "aria-label": "The chosen unit" }, heading, body, teaches, h("div", { class: "row" }, back, on));
  /** @type {Map<number, { element: HTMLElement, update: () => void }>} */
  const parts = new Map();
  let shown = -1;
  stage.follow(() => {
    const unit = view.unit();
    const level = view.levels[unit.layer];
    const value = valueAt(level, view.maps()[unit.layer], unit);
    heading.replaceChildren(h("strong", {}, `${titleOf(level)}, ${placeOf(level, unit)}`), " = ", h("strong", { class: "number" }, written(value, level.height === 1 ? 3 : 2)));
    teaches.textContent = lesson(view.levels, unit);
    back.disabled = unit.layer === 0;
    on.disabled = unit.layer === view.levels.length - 1;
    if (!parts.has(unit.layer)) parts.set(unit.layer, partsOf(stage, view, unit.layer));
    const part = /** @type {{ element: HTMLElement, update: () => void }} */ (parts.get(unit.layer));
    if (shown !== unit.layer) body.replaceChildren(part.element);
    shown = unit.layer;
    part.update();
  });
  stage.follow(() => {
    const unit = view.unit();
    stage.say(spokenUnit(view.levels, unit, valueAt(view.levels[unit.layer], view.maps()[unit.layer], unit)));
  });
  return element;
}

/** The map of the layer before that is written out. @param {View} view */
function sourceOf(view) {
  const unit = view.unit();
  const level = view.levels[unit.layer];
  if (!seesAll(level)) return unit.map;
  if (view.part() >= 0) return view.part();
  return level.kernel ? strongest(termsOf(view.levels, view.maps(), unit).terms) : unit.map;
}

/** The unit in the middle of the window. @param {View} view @returns {Unit} */
function inward(view) {
  const unit = view.unit();
  const before = view.levels[unit.layer - 1];
  const { top, left, size } = windowOf(view.levels[unit.layer], unit);
  const views = seen(view.levels, view.maps(), unit, sourceOf(view));
  const best = unit.layer && view.levels[unit.layer].kind === "pooling" ? strongest(views) : Math.floor((size * size) / 2);
  const within = (/** @type {number} */ at, /** @type {number} */ count) => Math.min(Math.max(at, 0), count - 1);
  return {
    layer: unit.layer - 1,
    map: sourceOf(view),
    row: within(top + Math.floor(best / size), before.height),
    column: within(left + (best % size), before.width),
  };
}

/** The unit of the next layer that makes most of this one. @param {View} view @returns {Unit} */
function onward(view) {
  const { layer, map, row, column } = view.unit();
  const next = view.levels[layer + 1];
  const place = (/** @type {number} */ at, /** @type {number} */ count) => Math.min(Math.max(Math.floor((at + next.padding - (next.kind === "convolution" ? (next.size - 1) / 2 : 0)) / next.stride), 0), count - 1);
  const unit = { layer: layer + 1, map, row: place(row, next.height), column: place(column, next.width) };
  if (!next.kernel) return unit;
  const products = Array.from({ length: next.channels }, (_, k) => termsOf(view.levels, view.maps(), { ...unit, map: k }).terms[map]);
  return { ...unit, map: strongest(products) };
}

/**
 * What is shown for the units of one layer.
 * @param {Stage} stage
 * @param {View} view
 * @param {number} layer
 */
function partsOf(stage, view, layer) {
  const { kind } = view.levels[layer];
  const near = layer > 0 && kind !== "softmax" ? largeMap(stage, view, layer - 1, false) : null;
  const own = view.levels[layer].height > 1 ? largeMap(stage, view, layer, true) : null;
  const sum = kind === "softmax" ? powers(view, layer) : layer ? arithmetic(stage, view, layer) : null;
  const maps = h("div", { class: "large-maps" }, near?.element, near && own ? h("span", { class: "arrow", "aria-hidden": "true" }, "→") : null, own?.element);
  return {
    element: h("div", { class: "stack" }, near || own ? maps : null, sum?.element),
    update: () => [near, own, sum].forEach((part) => part?.update()),
  };
}

/**
 * A map, large enough to point at its units; `own`: the one of the chosen unit, where another may be chosen.
 * @param {Stage} stage
 * @param {View} view
 * @param {number} layer
 * @param {boolean} own
 */
function largeMap(stage, view, layer, own) {
  const level = view.levels[layer];
  const one = { ...level, channels: 1 };
  const sheet = { ...sheetOf(one, 1), zoom: 1, width: level.width, height: level.height };
  const canvas = h("canvas", { class: "pixels", width: level.width, height: level.height });
  const frame = s("rect", { class: own ? "unit" : "window" });
  const halo = s("rect", { class: `halo ${own ? "unit" : "window"}` });
  const marks = s("svg", { class: "marks", viewBox: `0 0 ${level.width} ${level.height}`, "aria-hidden": "true" }, halo, frame);
  const image = new ImageData(level.width, level.height);
  const caption = h("figcaption");
  const field = h("div", { class: "large", role: own ? "application" : "img", tabindex: own ? 0 : null }, canvas, marks);
  if (own) pointAt(stage, field, view, level);
  const update = () => {
    const unit = view.unit();
    const map = own ? unit.map : sourceOf(view);
    const all = view.maps()[layer];
    const values = Float32Array.from({ length: level.height * level.width }, (_, k) => all[k * level.channels + map]);
    // In the colours of the whole layer, as on its sheet: a map must not look stronger here.
    paintSheet(one, values, sheet, view.ramp(), new Uint32Array(image.data.buffer), largest(all));
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    const window = windowOf(view.levels[unit.layer], unit);
    const box = own ? { x: unit.column, y: unit.row, width: 1, height: 1 } : { x: window.left, y: window.top, width: window.size, height: window.size };
    [halo, frame].forEach((rect) => set(rect, box));
    const name = level.kind === "picture" ? "Picture" : `${titleOf(level)}, map ${map}`;
    caption.textContent = own ? `${name}: choose a unit` : `${name}: its window`;
    field.setAttribute("aria-label", own ? `${name}, enlarged. Arrow keys choose another unit.` : `${name}, enlarged, with the window of the unit.`);
  };
  return { element: h("figure", { class: "large-map" }, field, caption), update };
}

/**
 * Choose a unit by pointer or by arrow keys.
 * @param {Stage} stage
 * @param {HTMLElement} field
 * @param {View} view
 * @param {Level} level
 */
function pointAt(stage, field, view, { height, width }) {
  const choose = (/** @type {number} */ row, /** @type {number} */ column) => {
    const unit = view.unit();
    if (row < 0 || column < 0 || row >= height || column >= width || (row === unit.row && column === unit.column)) return;
    view.choose({ ...unit, row, column });
  };
  const toPointer = (/** @type {PointerEvent} */ event) => {
    const box = field.getBoundingClientRect();
    choose(Math.floor(((event.clientY - box.top) / box.height) * height), Math.floor(((event.clientX - box.left) / box.width) * width));
  };
  field.addEventListener("pointerdown", (event) => {
    field.setPointerCapture(event.pointerId);
    toPointer(event);
  });
  field.addEventListener("pointermove", (event) => field.hasPointerCapture(event.pointerId) && toPointer(event));
  const steps = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] });
  field.addEventListener("keydown", (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    const [down, across] = steps[event.key];
    choose(view.unit().row + down, view.unit().column + across);
  });
}

/**
 * A square of numbers, each on the colour that it has on the map.
 * @param {number} size
 * @param {string} caption
 */
function grid(size, caption) {
  const cells = Array.from({ length: size * size }, () => h("span"));
  const square = h("div", { class: `grid of-${size}`, role: "img", style: `--size:${size}` }, ...cells);
  const set = (/** @type {number[]} */ values, /** @type {number} */ scale, /** @type {Uint32Array} */ ramp, /** @type {number} */ best = -1) => {
    cells.forEach((cell, k) => {
      const colour = ramp[255 + Math.round(255 * Math.min(Math.max(values[k] / scale, -1), 1))];
      const bytes = [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
      cell.textContent = written(values[k]);
      cell.style.background = `rgb(${bytes.join(" ")})`;
      cell.style.color = inkOn(bytes);
      cell.classList.toggle("most", k === best);
    });
    const rows = Array.from({ length: size }, (_, row) => values.slice(row * size, (row + 1) * size).map((value) => written(value)).join(", "));
    square.setAttribute("aria-label", `${caption}: ${rows.join("; ")}`);
  };
  return { element: h("figure", { class: "numbers" }, square, h("figcaption", {}, caption)), set };
}

/**
 * Window × weights, and the sum over all maps; or the largest of four; or what is left of a number below zero.
 * @param {Stage} stage
 * @param {View} view
 * @param {number} layer
 */
function arithmetic(stage, view, layer) {
  const level = view.levels[layer];
  if (!level.kernel) return largestOf(view, layer);
  const before = view.levels[layer - 1];
  const [window, weights, products] = ["window", "its weights", "products"].map((caption) => grid(level.size, caption));
  const subtotal = h("p", { class: "subtotal number" });
  const sign = (/** @type {string} */ what) => h("span", { class: "sign", "aria-hidden": "true" }, what);
  const chips = before.channels > 1 ? Array.from({ length: before.channels }, (_, map) => button("", () => view.take(map), { class: "chip number" })) : [];
  const total = h("span", { class: "total number" });
  const sum = h("div", { class: "sum", role: "group", "aria-label": "The sum" }, ...chips, total);
  if (chips.length) walk(sum, ".chip", () => 1);
  const update = () => {
    const unit = view.unit();
    const source = sourceOf(view);
    const views = seen(view.levels, view.maps(), unit, source);
    const kernel = weightsOf(view.levels, unit, source);
    const multiplied = views.map((value, k) => value * kernel[k]);
    const { terms, bias } = termsOf(view.levels, view.maps(), unit);
    const ramp = view.ramp();
    window.set(views, largest(view.maps()[layer - 1]), ramp);
    weights.set(kernel, Math.max(...kernel.map(Math.abs)), ramp);
    products.set(multiplied, Math.max(...multiplied.map(Math.abs)) || 1, ramp);
    const value = valueAt(level, view.maps()[layer], unit);
    const added = `the ${multiplied.length} products add up to ${written(terms[source])}`;
    subtotal.textContent = chips.length ? `Map ${source} of ${titleOf(before)}: ${added}. Its part of the sum:` : `All ${added.slice(4)}. With the bias:`;
    chips.forEach((chip, map) => {
      chip.textContent = signed(terms[map]);
      chip.setAttribute("aria-pressed", String(map === source));
      chip.setAttribute("aria-label", `Map ${map}: ${signed(terms[map])}`);
      chip.classList.toggle("below", terms[map] < 0);
    });
    total.textContent = `${chips.length ? "" : written(terms[0], 3)} ${bias < 0 ? "−" : "+"} ${written(Math.abs(bias), 3)} (bias) = ${written(value, 3)}`;
  };
  return { element: h("div", { class: "stack" }, h("div", { class: "equation" }, window.element, sign("×"), weights.element, sign("="), products.element), subtotal, sum), update };
}

/** @param {View} view @param {number} layer */
function largestOf(view, layer) {
  const level = view.levels[layer];
  const numbers = grid(level.size, level.kind === "ReLU" ? "the number before" : "the four numbers");
  const result = h("p", { class: "result number" });
  const update = () => {
    const unit = view.unit();
    const views = seen(view.levels, view.maps(), unit, unit.map);
    numbers.set(views, largest(view.maps()[layer - 1]), view.ramp(), level.kind === "pooling" ? views.indexOf(Math.max(...views)) : -1);
    const all = [...(level.kind === "ReLU" ? ["0"] : []), ...views.map((value) => written(value))];
    result.textContent = `the largest of ${all.slice(0, -1).join(", ")} and ${all.at(-1)} = ${written(valueAt(level, view.maps()[layer], unit))}`;
  };
  return { element: h("div", { class: "equation" }, numbers.element, result), update };
}

/**
 * Scores, e to their power, and the shares.
 * @param {View} view
 * @param {number} layer
 */
function powers(view, layer) {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const cells = Array.from({ length: 3 }, () => h("td"));
    return { cells, element: h("tr", {}, h("th", { scope: "row" }, digit), ...cells) };
  });
  const head = ["digit", "score s", "e to the power s", "probability"].map((words) => h("th", { scope: "col" }, words));
  const sum = h("p", { class: "subtotal number" });
  const table = h("table", { class: "powers" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows.map(({ element }) => element)));
  const update = () => {
    const scores = view.maps()[layer - 1];
    const { map } = view.unit();
    const all = scores.reduce((total, score) => total + Math.exp(score), 0);
    rows.forEach(({ cells, element }, digit) => {
      [written(scores[digit]), short(Math.exp(scores[digit])), written(view.maps()[layer][digit], 4)].forEach((words, k) => (cells[k].textContent = words));
      element.classList.toggle("chosen", digit === map);
    });
    sum.textContent = `${short(Math.exp(scores[map]))} of ${short(all)}, the sum of all ten: ${written(view.maps()[layer][map], 4)}`;
  };
  return { element: h("div", { class: "stack" }, table, sum), update };
}

/** A number of any size with three digits. @param {number} value */
function short(value) {
  if (value >= 1000) return Math.round(value).toLocaleString("en").replaceAll(",", "\u2009");
  return value < 0.001 ? value.toExponential(1).replace("-", "−") : String(Number(value.toPrecision(3)));
}

export const PANEL_STYLE = `
.unit-panel { border: 1px solid var(--line); border-inline-start: 4px solid var(--mark-line); border-radius: 6px; padding: .75rem; background: var(--page) }
.large-maps { display: grid; grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr); gap: .5rem; align-items: center; max-width: 26rem }
.large-map { margin: 0; min-width: 0; max-width: 12rem }
.large { position: relative; aspect-ratio: 1 }
.large canvas { width: 100%; height: 100% }
.large .marks { position: absolute; inset: 0; width: 100%; height: 100% }
.large[tabindex] { cursor: crosshair; touch-action: none }
.arrow { font-size: 1.3rem }
figcaption { font-size: .85rem; color: var(--muted) }
.equation { display: flex; flex-wrap: wrap; gap: .5rem .6rem; align-items: center }
.numbers { margin: 0 }
.grid { display: grid; grid-template-columns: repeat(var(--size), minmax(0, 1fr)); gap: 1px; width: calc(var(--size) * 2.2rem); max-width: 100%; border: 1px solid var(--line) }
.grid span { display: grid; place-items: center; aspect-ratio: 1; font-size: .7rem; font-variant-numeric: tabular-nums }
.grid .most { outline: 3px solid var(--mark-line); outline-offset: -3px; font-weight: 700 }
.of-1, .of-2, .of-3 { width: calc(var(--size) * 2.6rem) }
.of-1 span, .of-2 span, .of-3 span { font-size: .8rem }
.sign { font-size: 1.2rem; padding-bottom: 1.4rem }
.sum { display: flex; flex-wrap: wrap; gap: .25rem; align-items: center }
.chip { min-height: 1.75rem; min-width: 3.1rem; padding: 0 .3rem; font-size: .82rem; border-color: var(--above) }
.chip.below { border-color: var(--below); border-style: dashed }
.total { font-weight: 600; padding-inline-start: .25rem }
.subtotal, .result { font-size: .95rem }
.small-print { font-size: .9rem; color: var(--muted) }
.powers { font-size: .9rem; max-width: 26rem; width: 100% }
.powers th, .powers td { text-align: end; padding: .15rem .5rem; border-bottom: 1px solid var(--line) }
.powers .chosen { background: var(--soft); outline: 2px solid var(--mark-line); font-weight: 700 }
`;
