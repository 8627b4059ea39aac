/** Values over steps on an axis in powers of ten, as SVG text, for pages and stills alike. */
import { text } from "./dom.js";
import { written } from "./numbers.js";

/** @typedef {{ values: number[], colour: string, dashed?: boolean }} Series */

export const SIZE = { width: 320, height: 130 };
const AREA = { left: 54, right: 310, top: 12, bottom: 104 };
const LEAST = 1e-6; // below this it is as good as nothing, and its logarithm would squeeze all others

/**
 * @param {Series[]} series
 * @param {{ words: string, line: string, muted: string, steps?: number }} look what is drawn, in words; the axis
 *   goes at least as far as `steps`
 */
export function logChart(series, { words, line, muted, steps = 10 }) {
  const logs = series.map(({ values }) => values.map((value) => Math.log10(Math.max(value, LEAST))));
  const top = Math.ceil(Math.max(...logs.flat()) + 1e-9);
  const bottom = Math.min(Math.floor(Math.min(...logs.flat())), top - 2);
  const most = Math.max(steps, ...series.map(({ values }) => values.length - 1));
  const x = (/** @type {number} */ n) => AREA.left + (n * (AREA.right - AREA.left)) / most;
  const y = (/** @type {number} */ log) => AREA.top + ((top - log) * (AREA.bottom - AREA.top)) / (top - bottom);
  const look = `font-size: 12px; fill: ${muted}`;
  const ticks = [];
  for (let power = bottom; power <= top; power += Math.ceil((top - bottom) / 4))
    ticks.push(
      text("line", { x1: AREA.left, x2: AREA.right, y1: y(power), y2: y(power), stroke: line }),
      text("text", { x: AREA.left - 6, y: y(power) + 4, "text-anchor": "end", style: look }, power < -2 || power > 3 ? written(Number(`1e${power}`)).replace("1·", "") : String(10 ** power)),
    );
  const drawn = series.map(({ colour, dashed }, k) => {
    const points = logs[k].map((log, n) => [x(n).toFixed(1), y(log).toFixed(1)]);
    const dots = points.length > 40 || dashed ? [] : points.map(([cx, cy]) => text("circle", { cx, cy, r: 3.5, fill: colour }));
    return text("polyline", { points: points.map((at) => at.join(",")).join(" "), fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": dashed ? "5 4" : null }) + dots.join("");
  });
  const ends = [0, most].map((n) => text("text", { x: x(n), y: 124, "text-anchor": n ? "end" : "start", style: look }, n ? `step ${most}` : "0"));
  return [...ticks, ...drawn, ...ends, text("text", { x: (AREA.left + AREA.right) / 2 - 12, y: 124, "text-anchor": "middle", style: look }, words)].join("");
}
