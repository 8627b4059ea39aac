/**
 * All maps of all levels: one sheet for each level, with a button for each map; below each other on the page, or one
 * behind the other in space.
 */
import { walk } from "../lib/controls.js";
import { h, s, set } from "../lib/dom.js";
import { inkOn, paintSheet, receptiveField, seesAll, sheetOf, sources, strip, strongest, termsOf, windowOf } from "./inside_cnn.js";
import { sizeOf, titleOf } from "./words.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("./inside_cnn.js").Level} Level */
/** @typedef {import("./inside_cnn.js").Unit} Unit */
/** @typedef {import("./inside_cnn.js").Sheet} Sheet */
/** @typedef {import("./inside_cnn.js").Point} Point */

/**
 * What is drawn: an effect follows each.
 * @typedef {object} View
 * @property {Level[]} levels
 * @property {() => Float32Array[]} maps
 * @property {() => Unit} unit the chosen one
 * @property {() => Uint32Array} ramp
 * @property {() => boolean} space in space, not on the page
 * @property {(unit: Unit) => void} choose
 */

const DEEP = { wide: 80, narrow: 48 }; // pixels between two sheets in space
const NARROW = 520; // pixels: below this the page is a phone's
const MAP_WIDTH = /** @type {Record<number, number>} */ ({ 28: 132, 24: 50, 12: 32, 6: 22, 3: 15, 1: 22 }); // in space, by pixels of the map
const STRONGEST_STRIP = 5; // pixels

/** How many maps stand side by side. @param {Level} level @param {"space" | "wide" | "narrow"} where */
function columnsOf({ channels }, where) {
  if (channels === 1) return 1;
  if (where === "space") return channels === 10 ? 1 : channels === 12 ? 4 : 8;
  if (where === "narrow") return channels === 10 ? 10 : channels === 12 ? 6 : channels === 32 ? 11 : 12;
  return channels === 10 ? 10 : channels === 12 ? 12 : 16;
}

/**
 * @param {Stage} stage
 * @param {View} view
 * @param {() => void} arranged called when the sheets have other places
 */
export function makeSheets(stage, view, arranged) {
  const world = h("div", { class: "world" });
  const sheets = view.levels.map((level, layer) => makeSheet(stage, view, level, layer));
  world.append(...sheets.map(({ element }) => element));
  /** @type {"space" | "wide" | "narrow"} */
  let where = "wide";
  let narrow = false;
  const arrange = () => {
    where = view.space() ? "space" : narrow ? "narrow" : "wide";
    world.dataset.where = where;
    sheets.forEach((sheet) => sheet.arrange(where, narrow ? DEEP.narrow : DEEP.wide));
    strips.redraw();
    arranged();
  };
  const strips = makeStrips(stage, view, world, sheets);
  stage.follow(() => {
    view.space();
    arrange();
  });
  const watch = new ResizeObserver(() => {
    const now = stage.root.clientWidth < NARROW;
    if (now === narrow) return;
    narrow = now;
    arrange();
  });
  watch.observe(stage.root);
  stage.onLeave(() => watch.disconnect());
  return { world, sheets };
}

/**
 * @param {Stage} stage
 * @param {View} view
 * @param {Level} level
 * @param {number} layer
 */
function makeSheet(stage, view, level, layer) {
  const canvas = h("canvas", { class: "pixels", "aria-hidden": "true" });
  const marks = s("svg", { class: "marks", "aria-hidden": "true", preserveAspectRatio: "none" });
  const buttons = Array.from({ length: level.channels }, (_, map) =>
    h("button", { type: "button", class: "map", "aria-label": mapName(level, map), onclick: (/** @type {MouseEvent} */ event) => press(event, map) }, level.height === 1 ? map : null),
  );
  const atlas = h("div", { class: "atlas", role: "group", "aria-label": `${titleOf(level)}: ${sizeOf(level)}` }, canvas, ...buttons, marks);
  const title = h("p", { class: "title" }, h("strong", {}, titleOf(level)), h("span", {}, sizeOf(level)));
  const element = h("section", { class: "sheet", "data-layer": layer }, title, atlas);
  let sheet = sheetOf(level, columnsOf(level, "wide"));
  let image = new ImageData(sheet.width, sheet.height);
  let far = 0; // its place in space, towards the reader
  walk(atlas, ".map", () => sheet.across);

  const press = (/** @type {MouseEvent} */ event, /** @type {number} */ map) => {
    const { height, width } = level;
    const box = /** @type {HTMLElement} */ (event.currentTarget);
    const at = (/** @type {number} */ offset, /** @type {number} */ size, /** @type {number} */ count) => Math.min(Math.max(Math.floor((offset / size) * count), 0), count - 1);
    // By keyboard there is no place: the strongest unit of the map is the one to look at.
    const best = strongest(Array.from({ length: height * width }, (_, k) => view.maps()[layer][k * level.channels + map]));
    const [row, column] = event.detail ? [at(event.offsetY, box.offsetHeight, height), at(event.offsetX, box.offsetWidth, width)] : [Math.floor(best / width), best % width];
    view.choose({ layer, map, row, column });
  };
  const paint = () => {
    paintSheet(level, view.maps()[layer], sheet, view.ramp(), new Uint32Array(image.data.buffer));
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    if (level.height > 1) return;
    buttons.forEach((button, digit) => {
      const { x, y } = sheet.corner(digit);
      button.style.setProperty("--ink", inkOn(image.data.subarray(4 * (y * sheet.width + x))));
    });
  };
  const mark = () => {
    const unit = view.unit();
    marks.replaceChildren(...marksOf(view.levels, unit, layer, sheet));
    buttons.forEach((button, map) => button.setAttribute("aria-pressed", String(unit.layer === layer && unit.map === map)));
  };
  stage.follow(() => {
    if (layer === view.unit().layer) element.dataset.chosen = "";
    else delete element.dataset.chosen;
  });
  const arrange = (/** @type {"space" | "wide" | "narrow"} */ where, /** @type {number} */ deep) => {
    sheet = sheetOf(level, columnsOf(level, where));
    image = new ImageData(sheet.width, sheet.height);
    Object.assign(canvas, { width: sheet.width, height: sheet.height });
    set(marks, { viewBox: `0 0 ${sheet.width} ${sheet.height}` });
    const [across, down] = [100 / sheet.width, 100 / sheet.height];
    buttons.forEach((button, map) => {
      const { x, y } = sheet.corner(map);
      const size = { width: level.width * sheet.zoom * across, height: level.height * sheet.zoom * down };
      Object.assign(button.style, { left: `${x * across}%`, top: `${y * down}%`, width: `${size.width}%`, height: `${size.height}%` });
    });
    const wide = (MAP_WIDTH[level.width] * sheet.width) / (level.width * sheet.zoom);
    far = (5.5 - layer) * deep;
    atlas.style.width = where === "space" ? `${wide}px` : "";
    atlas.style.aspectRatio = `${sheet.width} / ${sheet.height}`;
    element.style.transform = where === "space" ? `translate(-50%, -50%) translateZ(${far}px)` : "";
    paint();
    mark();
  };
  stage.follow(paint);
  stage.follow(mark);
  return {
    element,
    atlas,
    arrange,
    /** Its corners in space. @returns {Point[]} */
    corners: () => {
      const half = (MAP_WIDTH[level.width] * sheet.width) / (level.width * sheet.zoom) / 2;
      const high = (half * sheet.height) / sheet.width;
      return [-half, Math.max(half, 85)].flatMap((x) => [-high - 20, high].map((y) => /** @type {Point} */ ([x, y, far]))); // with room for the title
    },
    /** Where the middle of a square of a map is in space. @param {number} map @param {{ top: number, left: number, size: number }} square @returns {Point} */
    point: (map, { top, left, size }) => {
      const scale = MAP_WIDTH[level.width] / (level.width * sheet.zoom);
      const { x, y } = sheet.corner(map);
      const inside = (/** @type {number} */ at, /** @type {number} */ count) => Math.min(Math.max(at, 0), count) * sheet.zoom;
      return [
        (x + inside(left + size / 2, level.width) - sheet.width / 2) * scale,
        (y + inside(top + size / 2, level.height) - sheet.height / 2) * scale,
        far,
      ];
    },
  };
}

/** @param {Level} level @param {number} map */
function mapName(level, map) {
  if (level.kind === "picture") return "Picture: what the network gets";
  return `${titleOf(level)}, ${level.height === 1 ? "digit" : "map"} ${map}`;
}

/**
 * The chosen unit, its windows in the layer before, and its receptive field in the picture.
 * @param {Level[]} levels
 * @param {Unit} unit
 * @param {number} layer
 * @param {Sheet} sheet
 */
function marksOf(levels, unit, layer, sheet) {
  const rectangle = (/** @type {number} */ map, /** @type {{ top: number, left: number, height: number, width: number }} */ box, /** @type {string} */ kind) => {
    const { x, y } = sheet.corner(map);
    const at = { x: x + box.left * sheet.zoom, y: y + box.top * sheet.zoom, width: box.width * sheet.zoom, height: box.height * sheet.zoom };
    return [s("rect", { ...at, class: `halo ${kind}` }), s("rect", { ...at, class: kind })];
  };
  const marks = [];
  if (layer === 0 && unit.layer > 1) marks.push(...rectangle(0, receptiveField(levels, unit), "field"));
  if (layer === unit.layer - 1) {
    const { top, left, size } = windowOf(levels[unit.layer], unit);
    const { height, width } = levels[layer];
    const [bottom, right] = [Math.min(top + size, height), Math.min(left + size, width)];
    const inside = { top: Math.max(top, 0), left: Math.max(left, 0), height: bottom - Math.max(top, 0), width: right - Math.max(left, 0) };
    for (const map of sources(levels, unit)) marks.push(...rectangle(map, inside, "window"));
  }
  if (layer === unit.layer) {
    const { height, width } = levels[layer];
    if (height > 1) marks.push(...rectangle(unit.map, { top: 0, left: 0, height, width }, "chosen"));
    marks.push(...rectangle(unit.map, { top: unit.row, left: unit.column, height: 1, width: 1 }, "unit"));
  }
  return marks;
}

/**
 * In space: from each window to the unit a strip, the broader the more it counts; in the colours of below and above zero.
 * @param {Stage} stage
 * @param {View} view
 * @param {HTMLElement} world
 * @param {ReturnType<typeof makeSheet>[]} sheets
 */
function makeStrips(stage, view, world, sheets) {
  const redraw = () => {
    world.querySelectorAll(".strip").forEach((old) => old.remove());
    const unit = view.unit();
    if (!view.space() || unit.layer === 0) return;
    const level = view.levels[unit.layer];
    const from = sources(view.levels, unit);
    const terms = seesAll(level) && level.kernel ? termsOf(view.levels, view.maps(), unit).terms : from.map(() => 1);
    const most = Math.max(...terms.map(Math.abs)) || 1;
    const end = sheets[unit.layer].point(unit.map, { top: unit.row, left: unit.column, size: 1 });
    const square = windowOf(level, unit);
    world.append(
      ...from.map((map, k) => {
        const { length, matrix } = strip(sheets[unit.layer - 1].point(map, square), end);
        const thick = Math.max(0.7, (STRONGEST_STRIP * Math.abs(terms[k])) / most);
        const style = `width:${length}px;height:${thick}px;margin-top:${-thick / 2}px;transform:matrix3d(${matrix.join()})`;
        return h("span", { class: `strip ${terms[k] < 0 ? "below" : "above"}`, style, "aria-hidden": "true" });
      }),
    );
  };
  stage.follow(redraw);
  return { redraw };
}

export const SHEETS_STYLE = `
.world[data-where="wide"], .world[data-where="narrow"] { display: grid; gap: .6rem }
.sheet { min-width: 0 }
[data-where="wide"] .sheet { display: grid; grid-template-columns: 8.2rem minmax(0, 1fr); gap: .75rem; align-items: start }
.title { display: grid; font-size: .9rem; line-height: 1.25; margin: 0 0 .2rem }
[data-where="narrow"] .title { display: flex; gap: .5rem }
.title span { color: var(--muted); font-size: .85rem; font-variant-numeric: tabular-nums }
.atlas { position: relative }
.atlas canvas, .marks { position: absolute; inset: 0; width: 100%; height: 100% }
[data-where="wide"] [data-layer="0"] .atlas, [data-where="narrow"] [data-layer="0"] .atlas { width: 140px }
[data-where="wide"] [data-layer="10"] .atlas, [data-where="wide"] [data-layer="11"] .atlas { max-width: 22rem }
.marks { pointer-events: none; overflow: visible }
.marks rect { fill: none; stroke: var(--mark-line); stroke-width: 1.5; vector-effect: non-scaling-stroke }
.marks .halo { stroke: var(--mark-halo); stroke-width: 3.5 }
.marks .unit { stroke-width: 2.5 }
.marks .unit.halo { stroke-width: 5 }
.marks .field { stroke-dasharray: 5 4 }
.marks .field.halo { stroke-dasharray: none; opacity: .35 }
.map { position: absolute; min-width: 0; min-height: 0; padding: 0; background: none; border: 0; border-radius: 0; font-size: .8rem; line-height: 1; color: var(--ink); display: grid; place-items: center; cursor: crosshair }
.map:hover { background: none; outline: 2px solid var(--strong); z-index: 1 }
.map:focus-visible { z-index: 2; outline-offset: 1px }
button.map[aria-pressed="true"] { background: none; color: var(--ink) }
`;
