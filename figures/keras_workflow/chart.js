/** The two curves of a log, drawn with whatever makes SVG: elements on a page, text for a still. */
import { bestEpoch, earlyStopping, lossTop, ticks } from "./keras_workflow.js";
import { short, percent } from "./words.js";

/**
 * @typedef {(tag: any, attributes?: Record<string, any>, ...children: any[]) => any} Make
 * @typedef {{ text: string, muted: string, line: string, training: string, validation: string, after: string }} Palette
 * @typedef {import("./keras_workflow.js").History} History
 */

export const WIDTH = 316;
export const HEIGHT = 236;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 12, 26, 36];

export const CHARTS = /** @type {const} */ ([
  { title: "loss", train: "loss", validation: "val_loss" },
  { title: "accuracy", train: "accuracy", validation: "val_accuracy" },
]);

/**
 * One chart: training solid with dots, validation dashed with squares.
 * @param {Make} make
 * @param {Palette} palette
 * @param {(typeof CHARTS)[number]} chart
 * @param {{ history: History, epoch: number, patience: number, id: string }} what
 */
export function chart(make, palette, { title, train, validation }, { history, epoch, patience, id }) {
  const n = history.loss.length;
  const top = title === "loss" ? lossTop(history) : 1;
  const x = (/** @type {number} */ at) => LEFT + ((at - 1) / Math.max(1, n - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const words = (/** @type {number} */ atX, /** @type {number} */ atY, /** @type {string} */ text, more = {}) =>
    make("text", { x: atX, y: atY, "font-family": "sans-serif", "font-size": 13, fill: palette.text, style: `fill:${palette.text};font-size:13px`, ...more }, text);
  const line = (/** @type {number} */ x1, /** @type {number} */ y1, /** @type {number} */ x2, /** @type {number} */ y2, more = {}) =>
    make("line", { x1, y1, x2, y2, stroke: palette.line, "stroke-width": 1, ...more });
  const grid = ticks(top).flatMap((value) => [
    line(LEFT, y(value), WIDTH - RIGHT, y(value)),
    words(LEFT - 6, y(value) + 4, title === "loss" ? String(value) : `${Math.round(100 * value)} %`, { "text-anchor": "end" }),
  ]);
  const epochs = [1, ...[0.25, 0.5, 0.75, 1].map((part) => Math.round(part * n))].map((value) =>
    words(x(value), HEIGHT - BOTTOM + 18, String(value), { "text-anchor": "middle" }),
  );
  const end = earlyStopping(history.val_loss, patience);
  const after =
    end && epoch > end.stopped
      ? [
          make("rect", { x: x(end.stopped), y: TOP, width: x(epoch) - x(end.stopped), height: HEIGHT - BOTTOM - TOP, fill: palette.after, "fill-opacity": 0.14 }),
          line(x(end.stopped), TOP, x(end.stopped), HEIGHT - BOTTOM, { stroke: palette.text, "stroke-dasharray": "2 3" }),
          ...(x(epoch) - x(end.stopped) > 85 ? [words(x(end.stopped) + 5, title === "loss" ? TOP + 14 : HEIGHT - BOTTOM - 8, "not reached")] : []),
        ]
      : [];
  const best = epoch ? bestEpoch(history.val_loss.slice(0, epoch)) : 0;
  const clip = make("clipPath", { id }, make("rect", { x: LEFT - 6, y: TOP, width: WIDTH - LEFT - RIGHT + 12, height: HEIGHT - BOTTOM - TOP + 5 }));
  const curves = make(
    "g",
    { "clip-path": `url(#${id})` },
    ...curve(make, history[train].slice(0, epoch), x, y, palette.training, false),
    ...curve(make, history[validation].slice(0, epoch), x, y, palette.validation, true),
  );
  return [
    make("defs", {}, clip),
    ...grid,
    ...epochs,
    words((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 3, "epoch", { "text-anchor": "middle" }),
    words(LEFT, 15, title, { "font-weight": "bold", style: `fill:${palette.text};font-size:13px;font-weight:bold` }),
    ...legend(make, palette, words),
    ...after,
    curves,
    ...(best ? ring(make, palette, words, { x: x(best), y: y(Math.min(top, history[validation][best - 1])), best, last: best > n - 4 }) : []),
  ];
}

/**
 * A ring around the best epoch, and its number.
 * @param {Make} make @param {Palette} palette @param {(x: number, y: number, text: string, more?: object) => any} words
 * @param {{ x: number, y: number, best: number, last: boolean }} at
 */
function ring(make, palette, words, { x, y, best, last }) {
  const below = y + 22 < HEIGHT - BOTTOM - 4;
  return [
    make("circle", { cx: x, cy: y, r: 7, fill: "none", stroke: palette.text, "stroke-width": 1.5 }),
    words(last ? x + 6 : x - 4, below ? y + 22 : y - 12, `best: ${best}`, { "text-anchor": last ? "end" : "start" }),
  ];
}

/** @param {Make} make @param {Palette} palette @param {(x: number, y: number, text: string) => any} words */
function legend(make, palette, words) {
  return [
    make("line", { x1: 122, y1: 11, x2: 146, y2: 11, stroke: palette.training, "stroke-width": 2.5 }),
    make("circle", { cx: 134, cy: 11, r: 3, fill: palette.training }),
    words(151, 15, "training"),
    make("line", { x1: 214, y1: 11, x2: 238, y2: 11, stroke: palette.validation, "stroke-width": 2.5, "stroke-dasharray": "6 4" }),
    make("rect", { x: 223, y: 8, width: 6, height: 6, fill: palette.validation }),
    words(243, 15, "validation"),
  ];
}

/**
 * @param {Make} make @param {number[]} values @param {(epoch: number) => number} x @param {(value: number) => number} y
 * @param {string} colour @param {boolean} dashed
 */
function curve(make, values, x, y, colour, dashed) {
  if (!values.length) return [];
  const points = values.map((value, k) => [x(k + 1), y(value)]);
  const path = points.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" ");
  const mark = ([a, b] = points[points.length - 1], r = 3) =>
    dashed ? make("rect", { x: a - r, y: b - r, width: 2 * r, height: 2 * r, fill: colour }) : make("circle", { cx: a, cy: b, r, fill: colour });
  return [
    make("polyline", { points: path, fill: "none", stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dashed ? "6 4" : null, "stroke-linejoin": "round" }),
    ...points.map((point) => mark(point, 2)),
    mark(points[points.length - 1], 4.5),
  ];
}

/** The numbers of an epoch, for who cannot see the curves. @param {History} history @param {number} epoch */
export function numbers(history, epoch) {
  if (!epoch) return "before the first epoch";
  const k = epoch - 1;
  return `epoch ${epoch}: loss ${short(history.loss[k])}, validation ${short(history.val_loss[k])}; accuracy ${percent(history.accuracy[k])}, validation ${percent(history.val_accuracy[k])}`;
}
