/** Pooling and ReLU on real feature maps: what goes in, what is left of it, and where the gradient goes. */
import { computed } from "@preact/signals-core";
import { figure } from "../lib/figure.js";
import { button, choice, slider, tick, walk } from "../lib/controls.js";
import { h } from "../lib/dom.js";
import { pointing } from "../lib/pointing.js";
import { sizeFault, wrongWhole } from "../conv_shape/conv_shape.js";
import { CURES_CSS, cures, nearestCures } from "../conv_shape/cures.js";
import { css as colour, ink, paint, shade, shown } from "../convolution/shades.js";
import { byHand, digitOf, featureMap, learned } from "./maps.js";
import { change, pool, poolGradient, relu, roll, windowOf } from "./pooling.js";
import { sheet } from "./sheet.js";
import digits from "./digits.bin";
import kernels from "./filters.bin";

/**
 * @typedef {import("../lib/figure.js").Stage} Stage @typedef {number[][]} Rows @typedef {import("./maps.js").Filter} Filter
 * @typedef {{ digit: number, filters: "hand" | "learned", map: number, relu: boolean, kind: "max" | "average", size: number,
 *   stride: number, floor: boolean, shift: number, place: number[] }} Setting
 */

const defaults = {
  digit: 7,
  filters: "hand",
  map: 2,
  relu: true,
  kind: "max",
  size: 2,
  stride: 2,
  floor: false,
  shift: 0,
  place: [4, 5],
};
/** @type {Record<string, Filter[]>} */
const FILTERS = { hand: byHand(), learned: learned(kernels) };
const PICTURES = Array.from({ length: 10 }, (_, d) => digitOf(digits, d));
const MOST = 28; // pixels of a digit's side

// ---- what may be asked ------------------------------------------------------------------------------------------

function malformed(/** @type {Record<string, any>} */ state) {
  const { digit, filters, map, kind, size, stride, shift, place } = state;
  const oneOf = (/** @type {unknown} */ value, /** @type {string} */ name, /** @type {string[]} */ list) =>
    list.includes(String(value)) && typeof value === "string" ? null : `${name} must be ${list.join(" or ")}: choose one from the list.`;
  return (
    wrongWhole(digit, "The digit", 0, 9) ??
    oneOf(filters, "filters", Object.keys(FILTERS)) ??
    wrongWhole(map, "The number of the map, counted from 0,", 0, FILTERS[filters].length - 1) ??
    oneOf(kind, "kind", ["max", "average"]) ??
    wrongWhole(size, "The window's size F", 1, MOST) ??
    wrongWhole(stride, "The stride S", 1, MOST) ??
    wrongWhole(shift, "The shift of the digit", -3, 3) ??
    (typeof state.relu === "boolean" && typeof state.floor === "boolean" ? null : "relu and floor are true or false: tick the box or not.") ??
    (Array.isArray(place) && place.length === 2 ? null : "place is [row, column] of a window: two whole numbers.") ??
    wrongWhole(place[0], "The window's row", 0, MOST) ??
    wrongWhole(place[1], "The window's column", 0, MOST)
  );
}

/** The error of a size that does not come out, in the words of cvlessons.conv_shape. */
function poolingFault(/** @type {Setting} */ { filters, map, size: F, stride: S, floor }) {
  const { kernel, P } = FILTERS[filters][map];
  const side = MOST - kernel.length + 2 * P + 1;
  return sizeFault({ layer: "POOL", F, S }, [side, side, 1], floor);
}

function check(/** @type {Record<string, any>} */ state) {
  return malformed(state) ?? poolingFault(/** @type {Setting} */ (state))?.message;
}

// ---- from the digit to the pooled map ---------------------------------------------------------------------------

/** Everything that is shown: the map, what ReLU leaves of it, what pooling leaves of that, and the way back. */
function through(/** @type {Setting} */ state) {
  const { digit, filters, map, kind, size: F, stride: S, shift } = state;
  const filter = FILTERS[filters][map];
  const windows = { F, S };
  const made = (/** @type {number} */ right) => {
    const raw = featureMap(roll(PICTURES[digit], right), filter);
    const active = state.relu ? relu(raw) : raw;
    return { raw, active, pooled: pool(active, kind, windows) };
  };
  const { raw, active, pooled } = made(shift);
  const next = made(shift + 1);
  const gradient = poolGradient(active, pooled.map((row) => row.map(() => 1)), kind, windows); // prettier-ignore
  return {
    ...state, filter, windows, raw, active, pooled, gradient, next,
    limit: Math.max(...raw.flat().map(Math.abs)) || 1,
  }; // prettier-ignore
}

/** @typedef {{ made: () => ReturnType<typeof through>, at: () => number[] }} View an effect that asks follows it */

/** Everything but the window's place is computed once for all parts, and not again when only the window moves. @returns {View} */
function viewOf(/** @type {Stage} */ stage) {
  const names = Object.keys(defaults).filter((name) => name !== "place");
  const made = computed(() => through(/** @type {Setting} */ (Object.fromEntries(names.map((name) => [name, stage.get(name)])))));
  return { made: () => made.value, at: () => within(stage.get("place"), made.value.pooled) };
}

/** The place, or the nearest that there is. */
function within(/** @type {number[]} */ place, /** @type {Rows} */ pooled) {
  return place.map((where, axis) => Math.max(0, Math.min([pooled.length, pooled[0].length][axis] - 1, where)));
}

// ---- the maps ---------------------------------------------------------------------------------------------------

/**
 * A map as a picture, with a frame on it. Pointing at it moves the window.
 * @param {Stage} stage @param {View} view @param {string} label
 * @param {(place: number[], all: ReturnType<typeof through>) => number[]} windowAt which window a pixel belongs to
 */
function mapView(stage, view, label, windowAt) {
  const canvas = h("canvas", { class: "pixels" });
  const frame = h("div", { class: "frame" });
  const rest = [h("div", { class: "rest" }), h("div", { class: "rest" })];
  const holder = h("div", { class: "map" }, canvas, ...rest, frame);
  const title = h("div", { class: "title" });
  const point = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    const pixel = [
      Math.floor(((event.clientY - box.top) / box.height) * canvas.height),
      Math.floor(((event.clientX - box.left) / box.width) * canvas.width),
    ];
    const all = view.made();
    const at = within(windowAt(pixel, all), all.pooled);
    if (String(at) !== String(view.at())) stage.put({ place: at });
  };
  pointing(holder, point);
  const percent = (/** @type {number} */ part, /** @type {number} */ all) => `${(100 * part) / all}%`;
  return {
    panel: h("div", {}, title, holder),
    holder,
    show: (/** @type {string} */ said, /** @type {Rows} */ rows, /** @type {import("../convolution/shades.js").Scale} */ scale) => {
      title.replaceChildren(label, h("span", {}, `${rows.length} × ${rows[0].length}`));
      paint(canvas, rows, scale);
      if (said) {
        holder.setAttribute("role", "img");
        holder.setAttribute("aria-label", said);
      }
    },
    mark: (/** @type {number[]} */ [top, left], /** @type {number} */ extent, /** @type {number} */ side) => {
      Object.assign(frame.style, { top: percent(top, side), left: percent(left, side), width: percent(extent, side), height: percent(extent, side) });
    },
    cross: (/** @type {number} */ reached, /** @type {number} */ side) => {
      Object.assign(rest[0].style, { inset: `0 0 0 ${percent(reached, side)}` });
      Object.assign(rest[1].style, { inset: `${percent(reached, side)} 0 0 0` });
      for (const strip of rest) strip.hidden = reached === side;
    },
  };
}

/** The digit, its map, what ReLU and pooling leave, and the gradient: five pictures, the window on each. */
function maps(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const inMap = (/** @type {number[]} */ pixel, /** @type {ReturnType<typeof through>} */ { size, stride }) =>
    pixel.map((where) => Math.floor((where - Math.max(0, size - stride) / 2) / stride));
  const before = mapView(stage, view, "feature map", inMap);
  const after = mapView(stage, view, "after ReLU", inMap);
  const small = mapView(stage, view, "pooled", (pixel) => pixel);
  const back = mapView(stage, view, "gradient back", inMap);
  steer(stage, view, small.holder);
  stage.follow(() => {
    const { raw, active, pooled, gradient, windows, limit, relu: on } = view.made();
    const scale = { signed: true, limit };
    const side = raw.length;
    before.show("The feature map of the digit", raw, scale);
    after.panel.hidden = !on;
    after.show("The same with its negative numbers set to 0", active, scale);
    small.show("", pooled, scale);
    back.show("How much gradient each pixel gets when each window gets 1", gradient, { signed: true, limit: Math.max(...gradient.flat()) || 1 });
    const reached = (pooled.length - 1) * windows.S + windows.F;
    for (const one of [before, after, back]) one.cross(reached, side);
    small.cross(1, 1);
  });
  stage.follow(() => {
    const { raw, pooled, windows, kind } = view.made();
    const at = view.at();
    const corner = at.map((where) => where * windows.S);
    for (const one of [before, after, back]) one.mark(corner, windows.F, raw.length);
    small.mark(at, 1, pooled.length);
    small.holder.setAttribute("aria-valuetext", `row ${at[0]}, column ${at[1]}: ${kind} ${shown(pooled[at[0]][at[1]])}`);
    small.holder.setAttribute("aria-valuemax", String(pooled.length * pooled[0].length - 1));
    small.holder.setAttribute("aria-valuenow", String(at[0] * pooled[0].length + at[1]));
  });
  return h("div", { class: "maps" }, before.panel, after.panel, small.panel, back.panel);
}

/** The arrow keys move the window from the pooled map. */
function steer(/** @type {Stage} */ stage, /** @type {View} */ view, /** @type {HTMLElement} */ holder) {
  for (const [name, value] of Object.entries({ role: "slider", tabindex: "0", "aria-label": "Window: the arrow keys move it", "aria-valuemin": "0" })) {
    holder.setAttribute(name, value);
  }
  /** @type {Record<string, number[]>} */
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  holder.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const at = view.at();
    const to = within(at.map((where, axis) => where + step[axis]), view.made().pooled); // prettier-ignore
    if (String(to) !== String(at)) stage.put({ place: to });
  });
}

// ---- one window -------------------------------------------------------------------------------------------------

const READABLE = 5; // the largest window whose numbers are written

function oneWindow(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const cells = h("div", { class: "cells" });
  const says = h("p");
  stage.follow(() => {
    const { active, kind, windows, pooled, limit } = view.made();
    const at = view.at();
    const pixels = windowOf(active, kind, at, windows);
    const { F } = windows;
    cells.style.setProperty("--columns", String(F));
    cells.hidden = F > READABLE;
    const made = F > READABLE ? [] : pixels;
    cells.replaceChildren(
      ...made.map(({ value, share }) => {
        const paper = shade(value, { signed: true, limit });
        const won = kind === "max" && share === 1;
        return h(
          "div",
          { class: `cell${won ? " won" : ""}`, style: `background: ${colour(paper)}; color: ${ink(paper)}` },
          h("b", {}, shown(value)),
          h("small", {}, kind === "max" ? (won ? "gets 1" : "gets 0") : `gets 1/${F * F}`),
        );
      }),
    );
    const value = shown(pooled[at[0]][at[1]]);
    const numbers = pixels.map((pixel) => shown(pixel.value));
    const sum = shown(pixels.reduce((all, pixel) => all + pixel.value, 0));
    const list = F > READABLE ? `${F * F} numbers` : numbers.join("; ");
    const how = kind === "max" ? `The largest of ${list} is ${value}.` : `The mean of ${list}: ${sum} / ${F * F} = ${value}.`;
    const ties = pixels.filter((pixel) => pixel.value === Math.max(...pixels.map((one) => one.value))).length;
    const way =
      kind === "max"
        ? `Backwards, the pixel that won gets the whole gradient${ties > 1 ? ` (${ties} are the largest: the first of them)` : ""}; a change of the others would change nothing.`
        : "Backwards, all get an equal share.";
    says.textContent = `${how} ${way}`;
    stage.say(`Window row ${at[0]}, column ${at[1]}. ${how}`);
  });
  return h("div", { class: "stack" }, h("div", { class: "title" }, "the window, and who gets its gradient"), cells, says);
}

/** What pooling loses, in numbers of this very map. */
function lost(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const list = h("ul");
  stage.follow(() => {
    const { active, raw, pooled, gradient, next, kind, windows, relu: on } = view.made();
    const [before, after] = [active.flat().length, pooled.flat().length];
    const percent = (/** @type {number} */ part) => `${Math.round(100 * part)} %`;
    const asked = gradient.flat().filter(Boolean).length;
    const cut = gradient.flat().filter((value, i) => value && raw.flat()[i] <= 0).length;
    const swapped = change(pool(relu(raw), kind, windows), relu(pool(raw, kind, windows)));
    const facts = [
      `${before} numbers become ${after}: ${percent(after / before)} are left.`,
      kind === "max"
        ? `${asked} of the ${before} pixels decide all of it. The others may be anything smaller.`
        : `All ${asked} pixels that a window covers count, but only together: which of them was bright is lost.`,
      on && `${cut} of the pixels that get a gradient are not above 0 in the feature map: ReLU lets nothing through there.`,
      `The digit moves by one pixel: ${percent(change(active, next.active))} of the map changes, ${percent(change(pooled, next.pooled))} of the pooled map.`,
      swapped < 1e-12 ? "Pool first, then ReLU: the very same numbers." : `Pool first, then ReLU: ${percent(swapped)} of the numbers' size differs.`,
    ];
    list.replaceChildren(...facts.filter(Boolean).map((fact) => h("li", {}, fact)));
  });
  return h("div", { class: "stack" }, h("div", { class: "title" }, "what is lost, and what is gained"), list);
}

// ---- the knobs --------------------------------------------------------------------------------------------------

/** The maps of the layer as small pictures to choose from. */
function gallery(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const row = h("div", { class: "gallery", role: "group", "aria-label": "The maps of this layer" });
  /** @type {HTMLCanvasElement[]} */
  let canvases = [];
  let shownFilters = "";
  stage.follow(() => {
    const { filters, digit, shift, map, relu: on } = view.made();
    if (filters !== shownFilters) {
      shownFilters = filters;
      canvases = FILTERS[filters].map(() => h("canvas", { class: "pixels" }));
      row.replaceChildren(
        ...FILTERS[filters].map(({ name }, i) => button("", () => stage.put({ map: i }), { "aria-label": name, title: name })),
      );
      [...row.children].forEach((one, i) => one.append(canvases[i]));
      walk(row, "button", () => FILTERS[filters].length);
    }
    FILTERS[filters].forEach((filter, i) => {
      const raw = featureMap(roll(PICTURES[digit], shift), filter);
      paint(canvases[i], on ? relu(raw) : raw, { signed: true, limit: Math.max(...raw.flat().map(Math.abs)) || 1 });
      row.children[i].setAttribute("aria-pressed", String(i === map));
    });
  });
  return row;
}

function knobs(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const filters = h("select", { onchange: () => stage.put({ filters: filters.value, map: 0 }) },
    h("option", { value: "hand" }, "four Sobel filters, by hand"), h("option", { value: "learned" }, "twelve that the digits' CNN learned")); // prettier-ignore
  stage.follow(() => (filters.value = stage.get("filters")));
  const original = h("canvas", { class: "pixels digit", role: "img" });
  stage.follow(() => {
    paint(original, roll(PICTURES[stage.get("digit")], stage.get("shift")), { signed: false, limit: 1 });
    original.setAttribute("aria-label", `A handwritten ${stage.get("digit")}`);
  });
  const name = h("span", { class: "legend" });
  stage.follow(() => (name.textContent = `this map: ${view.made().filter.name}; blue is below zero, orange above`));
  return [
    h(
      "div",
      { class: "row" },
      original,
      h("div", { class: "stack" }, h("div", { class: "row" }, slider(stage, "digit", { label: "digit", min: 0, max: 9 }), slider(stage, "shift", { label: "shift", min: -3, max: 3 })), h("label", {}, "filters", filters)),
    ),
    h("div", { class: "stack" }, gallery(stage, view), name),
    h(
      "div",
      { class: "row" },
      tick(stage, "relu", { label: "ReLU" }),
      choice(stage, "kind", { label: "pooling", choices: { max: "the maximum", average: "the mean" } }),
      slider(stage, "size", { label: "size F", min: 1, max: 8 }),
      slider(stage, "stride", { label: "stride S", min: 1, max: 8 }),
      tick(stage, "floor", { label: "floor=True" }),
    ),
    cures(stage, () => {
      const state = /** @type {Setting} */ (Object.fromEntries(Object.keys(defaults).map((key) => [key, stage.asked(key)])));
      const fault = malformed(state) ? null : poolingFault(state);
      if (!fault?.nearest) return [];
      const put = (/** @type {string} */ _, /** @type {number} */ value) => stage.put({ stride: value });
      return [...nearestCures(fault.nearest, put, { sized: false }), { label: "floor=True", act: () => stage.put({ floor: true }) }];
    }),
  ];
}

const css = `
.figure { container-type: inline-size }
.title { font-size: .9rem; font-weight: 600; margin-bottom: .25rem }
.title span { display: block; font-weight: 400; font-variant-numeric: tabular-nums }
.digit { width: 76px; height: 76px; border: 1px solid var(--line) }
.gallery { display: flex; flex-wrap: wrap; gap: .35rem }
.gallery button { padding: 3px; min-height: 0; width: 46px; height: 46px; border-width: 2px }
.gallery button[aria-pressed="true"] { border-color: var(--strong); background: var(--strong) }
.gallery canvas { width: 100%; height: 100% }
.legend { font-size: .85rem; color: var(--muted) }
.maps { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem 1rem }
@container (min-width: 34rem) { .maps { grid-template-columns: repeat(4, 1fr) } }
.map { position: relative; overflow: hidden; border: 1px solid var(--muted); cursor: crosshair }
.map canvas { width: 100%; aspect-ratio: 1 }
.frame { position: absolute; border: 3px solid #009e73; outline: 1px solid #fff; pointer-events: none; margin: -2px; box-sizing: content-box }
.rest { position: absolute; background: repeating-linear-gradient(45deg, #444 0 2px, #f0e442 2px 5px); pointer-events: none }
.lower { display: grid; gap: .9rem 1.5rem; align-items: start }
@container (min-width: 34rem) { .lower { grid-template-columns: 1fr 1fr } }
.cells { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 4.2rem)); max-width: 100% }
.cell { display: grid; place-items: center; align-content: center; min-height: 3.2rem; box-shadow: inset 0 0 0 .5px #8888; font-variant-numeric: tabular-nums; line-height: 1.2; font-size: .95rem }
.cell small { font-size: .72rem }
.cell.won { box-shadow: inset 0 0 0 3px #009e73, inset 0 0 0 4px #fff }
.lower p, .lower li { font-size: .92rem }
.lower ul { margin: 0; padding-inline-start: 1.1rem; display: grid; gap: .25rem }
label:has(select) { max-width: 100%; min-width: 0 } select { min-width: 0; max-width: 100% }
${CURES_CSS}`;

export default figure({
  defaults,
  check,
  css,
  draw(stage) {
    const view = viewOf(stage);
    stage.root.append(...knobs(stage, view), maps(stage, view), h("div", { class: "lower" }, oneWindow(stage, view), lost(stage, view)));
  },
  still: (state, tools) => {
    const made = through(/** @type {Setting} */ (state));
    return sheet({ ...made, at: within(state.place, made.pooled) }, tools);
  },
});
