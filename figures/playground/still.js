/** The playground on paper: the network with its pictures, the surface with its points, and the loss. */
import { text } from "../lib/dom.js";
import { LIMIT, SIGNS, css, gridOf, layout, look, lossChart, marker, palette, regions, scale, surfacePicture, thickness, unitPicture } from "./picture.js";
import { DATA, follow, softmax, training } from "./playground.js";

/** @typedef {import("./playground.js").Run} Run */
/** @typedef {ReturnType<typeof follow>} Followed */
/** @typedef {(width: number, height: number, rgba: Uint8ClampedArray) => string} Png */

const WIDTH = 640;
const NET = 330;
const PLOT = 290;
const colours = palette(false);
const signed = scale(colours);

/**
 * @param {Record<string, any>} state
 * @param {{ png: Png }} tools
 */
export function still(state, { png }) {
  const run = /** @type {Run} */ (state);
  const trained = follow(training(run));
  for (let k = 0; k < run.steps && !trained.broken(); k++) trained.step();
  const outs = look(trained.network, run.features);
  const net = network(trained, run, outs, png);
  const middle = Math.max(net.height, PLOT);
  const chart = lossChart(trained.curve(), run.before + run.steps, { width: WIDTH - 20, height: 150, font: 18, ink: "#1a1a1a", muted: "#777", test: "#0a6b87" });
  const inside = [
    text("rect", { width: WIDTH, height: middle + 190, fill: "#fff" }),
    `<g transform="translate(8 ${8 + (middle - net.height) / 2})">${net.svg}</g>`,
    `<g transform="translate(${WIDTH - PLOT - 8} ${8 + (middle - PLOT) / 2})">${surface(trained, run, outs[outs.length - 1], png)}</g>`,
    `<g transform="translate(8 ${middle + 28})" font-size="18">${chart}</g>`,
  ];
  const attributes = { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${WIDTH} ${middle + 190}`, "font-family": "sans-serif" };
  return text("svg", attributes, ...inside);
}

/** @param {Followed} trained @param {Run} run @param {Float32Array[]} outs @param {Png} png */
function network({ network: { sizes, weights } }, run, outs, png) {
  const plan = layout(sizes, NET);
  const grid = gridOf(sizes);
  const middle = plan.side / 2;
  const lines = sizes.slice(1).flatMap((size, k) =>
    [...weights.arrays[2 * k]].map((weight, i) => {
      const [x0, y0] = [plan.x(k) + plan.side, plan.y(k, i % sizes[k]) + middle];
      const [x1, y1] = [plan.x(k + 1), plan.y(k + 1, Math.floor(i / sizes[k])) + middle];
      const bend = (x1 - x0) / 2;
      return text("path", {
        d: `M${x0},${y0}C${x0 + bend},${y0} ${x1 - bend},${y1} ${x1},${y1}`,
        fill: "none",
        stroke: css(weight < 0 ? colours.below : colours.above),
        "stroke-width": thickness(weight).toFixed(2),
        "stroke-dasharray": weight < 0 ? "6 4" : null,
      });
    }),
  );
  const units = sizes.flatMap((size, layer) =>
    Array.from({ length: size }, (_, unit) => {
      const [x, y] = [plan.x(layer), plan.y(layer, unit)];
      const href = png(grid, grid, unitPicture(outs[layer], unit, size, signed));
      const frame = text("rect", { x, y, width: plan.side, height: plan.side, fill: "none", stroke: "#555", "stroke-width": 1.5 });
      return text("image", { x, y, width: plan.side, height: plan.side, href }) + frame + badge(run, sizes, layer, unit, x, y, plan.side);
    }),
  );
  return { svg: lines.join("") + units.join(""), height: plan.height };
}

/** @param {Run} run @param {number[]} sizes @param {number} layer @param {number} unit @param {number} x @param {number} y @param {number} side */
function badge(run, sizes, layer, unit, x, y, side) {
  if (layer === sizes.length - 1) {
    return text("path", { d: marker(unit, 7), transform: `translate(${x + side} ${y})`, fill: css(colours.classes[unit]), stroke: "#fff", "stroke-width": 1.5 });
  }
  if (layer > 0) return "";
  const name = SIGNS[run.features[unit]];
  const plate = text("rect", { x: x - 2, y: y - 2, width: 9 * name.length + 6, height: 21, rx: 3, fill: "#fff" });
  return plate + text("text", { x: x + 1, y: y + 14, "font-size": 17, fill: "#1a1a1a" }, name);
}

/** @param {Followed} trained @param {Run} run @param {Float32Array} scores @param {Png} png */
function surface({ sets, network }, run, scores, png) {
  const { classes } = DATA[run.data];
  const grid = gridOf(network.sizes);
  const href = png(grid, grid, surfacePicture(softmax(scores, classes), classes, colours));
  const borders = Array.from({ length: classes - 1 }, (_, k) => {
    const rings = regions(scores, classes, k + 1).map((ring) => `M${ring.map(([x, y]) => `${(x * PLOT).toFixed(1)},${(y * PLOT).toFixed(1)}`).join("L")}z`);
    return text("path", { d: rings.join(""), fill: "none", stroke: "#1a1a1a", "stroke-width": 2.5 });
  });
  const marks = Array.from(sets.labels, (label, k) => {
    const [x, y] = [sets.x[2 * k], -sets.x[2 * k + 1]].map((v) => ((v + LIMIT) / (2 * LIMIT)) * PLOT);
    if (Math.min(x, y) < 3 || Math.max(x, y) > PLOT - 3) return "";
    const colour = css(colours.classes[label]);
    const look = k < sets.learned ? { fill: colour, stroke: "#fff" } : { fill: "#fff", stroke: colour };
    return text("path", { d: marker(label, k < sets.learned ? 4 : 3.2), transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, "stroke-width": 1, ...look });
  });
  const frame = text("rect", { width: PLOT, height: PLOT, fill: "none", stroke: "#555" });
  const clip = `<clipPath id="plot"><rect width="${PLOT}" height="${PLOT}"/></clipPath>`;
  return `${clip}${text("image", { width: PLOT, height: PLOT, href })}<g clip-path="url(#plot)">${borders.join("")}</g>${marks.join("")}${frame}`;
}
