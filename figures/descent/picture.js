/** The landscape with the walk on it, as SVG text: a curve from the side, a surface from above. */
import { contours } from "d3-contour";
import { text } from "../lib/dom.js";
import { written } from "../lib/numbers.js";
import { label } from "../lib/plane.js";
import { lowest } from "./descent.js";

/** @typedef {import("./descent.js").Landscape} Landscape @typedef {import("./descent.js").Stop} Stop */
/** @typedef {Record<string, string>} Palette */

export const SIZE = { width: 460, height: 356 };
const AREA = { left: 50, right: 450, top: 10, bottom: 310 };

/**
 * How far the picture must be zoomed out, in powers of two, so that every stop is in it.
 * @param {Landscape} landscape @param {Stop[]} stops
 */
export function zoomFor({ across, up }, stops) {
  const share = (/** @type {number} */ value, /** @type {[number, number]} */ [from, to]) => Math.abs(value - (from + to) / 2) / ((to - from) / 2);
  const most = Math.max(...stops.map(({ w }) => Math.max(share(w[0], across), up ? share(w[1], up) : 0)));
  return most <= 1 ? 1 : 2 ** Math.ceil(Math.log2(most));
}

/** @param {[number, number]} range @param {number} zoom @returns {[number, number]} */
function widened([from, to], zoom) {
  const [middle, half] = [(from + to) / 2, ((to - from) / 2) * zoom];
  return [middle - half, middle + half];
}

/**
 * From w to the picture and back. On a curve the height is the loss.
 * @param {Landscape} landscape @param {number} zoom
 */
export function scales(landscape, zoom) {
  const across = widened(landscape.across, zoom);
  const ground = lowest(landscape);
  const top = Math.max(landscape.loss([across[0]]), landscape.loss([across[1]]), ground + 1e-9);
  const up = landscape.up ? widened(landscape.up, zoom) : /** @type {[number, number]} */ ([ground - 0.06 * (top - ground), top]);
  const share = (/** @type {number} */ value, /** @type {[number, number]} */ [from, to]) => (value - from) / (to - from);
  return {
    across,
    up,
    x: (/** @type {number} */ w) => AREA.left + share(w, across) * (AREA.right - AREA.left),
    y: (/** @type {number} */ value) => AREA.bottom - share(value, up) * (AREA.bottom - AREA.top),
    /** @param {number} x @param {number} y @returns {[number, number]} */
    back: (x, y) => [
      across[0] + ((x - AREA.left) / (AREA.right - AREA.left)) * (across[1] - across[0]),
      up[0] + ((AREA.bottom - y) / (AREA.bottom - AREA.top)) * (up[1] - up[0]),
    ],
  };
}

/** @typedef {ReturnType<typeof scales>} Scales */

/** Where a point of the walk stands. @param {Landscape} landscape @param {Scales} to @param {{ w: number[], loss: number }} stop */
export function place({ up }, to, { w, loss }) {
  return { x: to.x(w[0]), y: to.y(up ? w[1] : loss) };
}

/**
 * @param {Landscape} landscape
 * @param {{ stops: Stop[], plain: Stop[] | null, zoom: number }} view plain: the walk without momentum, to compare
 * @param {Palette} palette
 */
export function picture(landscape, { stops, plain, zoom }, palette) {
  const to = scales(landscape, zoom);
  const inside = [
    ground(landscape, to, palette),
    bottoms(landscape, to, palette),
    plain ? trail(landscape, to, plain, palette.muted, true) : "",
    trail(landscape, to, stops, palette.above, false),
    slope(landscape, to, stops[stops.length - 1], palette),
  ];
  const { left, right, top, bottom } = AREA;
  const clip = text("clipPath", { id: "area" }, text("rect", { x: left, y: top, width: right - left, height: bottom - top }));
  const frame = text("rect", { x: left, y: top, width: right - left, height: bottom - top, fill: "none", stroke: palette.muted });
  const away = zoom > 1 ? zoomed(zoom, palette) : "";
  return clip + text("g", { "clip-path": "url(#area)" }, ...inside) + frame + axes(landscape, to, palette) + shadow(landscape, to, stops, palette) + away;
}

/** @param {number} zoom @param {Palette} palette */
function zoomed(zoom, palette) {
  const words = `seen from ${written(zoom)} times as far, to keep the walk in sight`;
  return text("rect", { x: 54, y: 14, width: 7 * words.length, height: 22, rx: 5, fill: palette.page, opacity: 0.9 }) + label(text, 60, 30, words, { size: 13, anchor: "start", fill: palette.text });
}

/** @param {Landscape} landscape @param {Scales} to @param {Palette} palette */
function ground(landscape, to, palette) {
  if (landscape.up) return lines(landscape, to, palette);
  const places = Array.from({ length: 241 }, (_, k) => to.across[0] + (k / 240) * (to.across[1] - to.across[0]));
  const points = places.map((w) => `${to.x(w).toFixed(1)},${to.y(landscape.loss([w])).toFixed(1)}`);
  return text("polyline", { points: points.join(" "), fill: "none", stroke: palette.below, "stroke-width": 2.5 });
}

const [COLUMNS, ROWS, LEVELS] = [97, 73, 13];

/** The contour lines last drawn: they change only with the landscape and the zoom. */
const drawn = { of: "", markup: "" };

/** @param {Landscape} landscape @param {Scales} to @param {Palette} palette */
function lines(landscape, to, palette) {
  const of = `${landscape.formula} ${to.across} ${palette.page}`;
  if (drawn.of !== of) Object.assign(drawn, { of, markup: contourLines(landscape, to, palette) });
  return drawn.markup;
}

/** Closer together near the ground, where the losses differ little. @param {Landscape} landscape @param {Scales} to @param {Palette} palette */
function contourLines(landscape, { across, up }, palette) {
  const at = (/** @type {number} */ k, /** @type {number} */ n, /** @type {[number, number]} */ [from, to]) => from + (k / (n - 1)) * (to - from);
  const heights = [];
  for (let r = 0; r < ROWS; r++) for (let c = 0; c < COLUMNS; c++) heights.push(landscape.loss([at(c, COLUMNS, across), at(r, ROWS, up)]));
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const levels = Array.from({ length: LEVELS }, (_, k) => low + (high - low) * ((k + 0.6) / LEVELS) ** 2.5);
  const x = (/** @type {number} */ c) => AREA.left + ((c - 0.5) / (COLUMNS - 1)) * (AREA.right - AREA.left);
  const y = (/** @type {number} */ r) => AREA.bottom - ((r - 0.5) / (ROWS - 1)) * (AREA.bottom - AREA.top);
  const shapes = contours().size([COLUMNS, ROWS]).thresholds(levels)(heights);
  const rings = shapes.map(({ coordinates }) => coordinates.flat().map((ring) => ring.map(([c, r]) => [x(c), y(r)])));
  const areas = rings.map((all) => {
    const d = all.map((ring) => `M${ring.map((point) => point.map((value) => value.toFixed(1)).join(" ")).join("L")}Z`).join("");
    return text("path", { d, fill: palette.below, "fill-opacity": 0.06, stroke: palette.below, "stroke-opacity": 0.55, "fill-rule": "evenodd" });
  });
  return areas.join("") + rings.map((all, k) => (k % 3 === 2 ? named(all, levels[k], palette) : "")).join("");
}

/** Write the loss of a contour line where it is farthest to the right, inside. @param {number[][][]} rings @param {number} level @param {Palette} palette */
function named(rings, level, palette) {
  const free = rings.flat().filter(([x, y]) => x > AREA.left + 22 && x < AREA.right - 22 && y > AREA.top + 14 && y < AREA.bottom - 14);
  if (!free.length) return "";
  const [x, y] = free.reduce((best, point) => (point[0] - 0.4 * point[1] > best[0] - 0.4 * best[1] ? point : best));
  const words = written(level, 2);
  return text("rect", { x: x - 4 * words.length - 2, y: y - 8, width: 8 * words.length + 4, height: 16, rx: 4, fill: palette.page, opacity: 0.85 }) + label(text, x, y + 4, words, { size: 12, fill: palette.text });
}

/** A cross where a dip ends. @param {Landscape} landscape @param {Scales} to @param {Palette} palette */
function bottoms(landscape, to, palette) {
  return landscape.bottoms
    .map(({ at }) => place(landscape, to, { w: at, loss: landscape.loss(at) }))
    .map(({ x, y }) => text("path", { d: `M${x - 6} ${y - 6}l12 12M${x - 6} ${y + 6}l12 -12`, stroke: palette.mark, "stroke-width": 3 }))
    .join("");
}

const MOST_DOTS = 80;

/** @param {Landscape} landscape @param {Scales} to @param {Stop[]} stops @param {string} colour @param {boolean} quiet */
function trail(landscape, to, stops, colour, quiet) {
  const places = stops.map((stop) => place(landscape, to, stop));
  const points = places.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const line = text("polyline", { points, fill: "none", stroke: colour, "stroke-width": quiet ? 1.5 : 2, "stroke-dasharray": quiet ? "5 4" : null, "stroke-linejoin": "round" });
  const size = stops.length > 40 ? 2.5 : 4;
  const shown = places.length > MOST_DOTS ? places.slice(-1) : places; // a long walk is a line
  const dots = shown.map(({ x, y }, n) => text("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: n === shown.length - 1 && !quiet ? 7 : quiet ? 2 : size, fill: colour }));
  return line + dots.join("");
}

/** The slope where the walk stands: the tangent of a curve, the steepest way down on a surface. @param {Landscape} landscape @param {Scales} to @param {Stop} stop @param {Palette} palette */
function slope(landscape, to, stop, palette) {
  const { x, y } = place(landscape, to, stop);
  const steep = landscape.up
    ? [-stop.dW[0], stop.dW[1]] // up on the picture is a smaller y
    : [to.x(1) - to.x(0), (to.y(1) - to.y(0)) * stop.dW[0]];
  const length = Math.hypot(...steep);
  if (!(length > 1e-9)) return "";
  const [dx, dy] = steep.map((part) => (part / length) * 52);
  if (!landscape.up) return text("line", { x1: x - dx, y1: y - dy, x2: x + dx, y2: y + dy, stroke: palette.mark, "stroke-width": 3 });
  const turn = (Math.atan2(dy, dx) * 180) / Math.PI;
  return (
    text("line", { x1: x, y1: y, x2: x + dx, y2: y + dy, stroke: palette.mark, "stroke-width": 3 }) +
    text("path", { d: "M0 0L-11 -6L-11 6Z", transform: `translate(${x + dx} ${y + dy}) rotate(${turn.toFixed(1)})`, fill: palette.mark }) +
    label(text, x + dx * 1.25, y + dy * 1.25 + 4, "−dW", { size: 13, fill: palette.text })
  );
}

/** On a curve the weight moves only left and right: its stops again on the axis. @param {Landscape} landscape @param {Scales} to @param {Stop[]} stops @param {Palette} palette */
function shadow(landscape, to, stops, palette) {
  if (landscape.up) return "";
  const shown = stops.length > MOST_DOTS ? stops.slice(-1) : stops;
  const dots = shown.map(({ w }, n) => text("circle", { cx: to.x(w[0]).toFixed(1), cy: AREA.bottom, r: n === shown.length - 1 ? 6 : 3.5, fill: palette.above }));
  const { x, y } = place(landscape, to, stops[stops.length - 1]);
  return text("line", { x1: x, x2: x, y1: y, y2: AREA.bottom, stroke: palette.above, "stroke-dasharray": "3 4" }) + dots.join("");
}

/** @param {Landscape} landscape @param {Scales} to @param {Palette} palette */
function axes(landscape, { across, up, x, y }, palette) {
  const look = { size: 13, fill: palette.muted };
  const below = ticks(across).map((value) => label(text, x(value), 330, written(value), look));
  const beside = ticks(up).map((value) => label(text, AREA.left - 5, y(value) + 4, written(value), { ...look, anchor: "end", size: written(value).length > 4 ? 10 : 13 }));
  const names = landscape.up ? ["w₁", "w₂"] : ["w", "loss"];
  return [
    ...below,
    ...beside,
    label(text, (AREA.left + AREA.right) / 2, 350, names[0], { ...look, fill: palette.text }),
    text("g", { transform: `translate(10 ${(AREA.top + AREA.bottom) / 2}) rotate(-90)` }, label(text, 0, 0, names[1], { ...look, fill: palette.text })),
  ].join("");
}

/** Round numbers, four or so. @param {[number, number]} range */
function ticks([from, to]) {
  const rough = (to - from) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? rough;
  const found = [];
  for (let k = Math.ceil(from / step); k * step <= to; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}
