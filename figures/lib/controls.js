/** Knobs that are bound to one value of the state. Each has a visible name, works by keyboard and shows its value. */
import { h } from "./dom.js";

/** @typedef {import("./figure.js").Stage} Stage */

let made = 0;

/**
 * A slider with its number beside it.
 * @param {Stage} stage
 * @param {string} name
 * @param {{ label: string, min: number, max: number, step?: number, show?: (value: number) => string }} options
 */
export function slider(stage, name, { label, min, max, step = 1, show = String }) {
  const input = h("input", { type: "range", min, max, step, id: `range-${name}-${++made}` });
  const output = h("output", { for: input.id });
  input.addEventListener("input", () => stage.put({ [name]: input.valueAsNumber }));
  stage.follow(() => {
    const value = stage.asked(name);
    if (!Number.isFinite(value)) return; // what it was asked for is no number: `check` says so
    input.value = value;
    output.textContent = show(value);
    input.setAttribute("aria-valuetext", show(value));
  });
  return h("label", {}, label, input, output);
}

/**
 * A slider for a number above 0 that may be small or large: each stop multiplies it, and two digits are kept.
 * @param {Stage} stage
 * @param {string} name
 * @param {{ label: string, min: number, max: number, stops?: number, show?: (value: number) => string }} options
 *   stops: how many there are between a number and ten times it
 */
export function logSlider(stage, name, { label, min, max, stops = 25, show = String }) {
  const at = (/** @type {number} */ value) => Math.round(Math.log10(value) * stops);
  const input = h("input", { type: "range", min: at(min), max: at(max), step: 1, id: `range-${name}-${++made}` });
  const output = h("output", { for: input.id });
  input.addEventListener("input", () => stage.put({ [name]: Number((10 ** (input.valueAsNumber / stops)).toPrecision(2)) }));
  stage.follow(() => {
    const value = stage.asked(name);
    if (!(Number.isFinite(value) && value > 0)) return; // `check` says so
    if (at(value) !== input.valueAsNumber) input.value = String(at(value));
    output.textContent = show(value);
    input.setAttribute("aria-valuetext", show(value));
  });
  return h("label", {}, label, input, output);
}

/**
 * A number to type. What is no number is passed on as null, and `check` says what to do about it.
 * @param {Stage} stage
 * @param {string} name
 * @param {{ label: string, min?: number, max?: number, step?: number | "any" }} options
 */
export function number(stage, name, { label, min, max, step = 1 }) {
  const input = h("input", { type: "number", min, max, step, inputmode: "decimal" });
  input.addEventListener("input", () => {
    const value = input.valueAsNumber;
    stage.put({ [name]: Number.isNaN(value) ? null : value });
  });
  stage.follow(() => {
    const value = stage.asked(name);
    if (Number.isFinite(value) && input.valueAsNumber !== value) input.value = String(value);
  });
  return h("label", {}, label, input);
}

/**
 * A choice among a few: a list to pull down.
 * @param {Stage} stage
 * @param {string} name
 * @param {{ label: string, choices: Record<string, string> }} options value -> what it is called
 */
export function choice(stage, name, { label, choices }) {
  const options = Object.entries(choices).map(([value, called]) => h("option", { value }, called));
  const select = h("select", { onchange: () => stage.put({ [name]: select.value }) }, ...options);
  stage.follow(() => {
    select.value = stage.asked(name);
  });
  return h("label", {}, label, select);
}

/**
 * On or off.
 * @param {Stage} stage
 * @param {string} name
 * @param {{ label: string }} options
 */
export function tick(stage, name, { label }) {
  const input = h("input", { type: "checkbox", onchange: () => stage.put({ [name]: input.checked }) });
  stage.follow(() => {
    input.checked = Boolean(stage.asked(name));
  });
  return h("label", {}, input, label);
}

/**
 * @param {string} label
 * @param {() => void} act
 * @param {import("./dom.js").Attributes} [attributes] e.g. an aria-label where the label is a sign
 */
export function button(label, act, attributes = {}) {
  return h("button", { type: "button", onclick: act, ...attributes }, label);
}

/**
 * Arrow keys walk through the cells of a grid; one of them at a time is a stop of the Tab key.
 * @param {HTMLElement} grid holds rows × columns elements that match `cells`
 * @param {string} cells
 * @param {() => number} columns
 */
export function walk(grid, cells, columns) {
  const all = () => /** @type {HTMLElement[]} */ ([...grid.querySelectorAll(cells)]);
  const stop = (/** @type {HTMLElement} */ at) => all().forEach((cell) => (cell.tabIndex = cell === at ? 0 : -1));
  grid.addEventListener("focusin", (event) => {
    const cell = /** @type {HTMLElement} */ (event.target).closest(cells);
    if (cell) stop(/** @type {HTMLElement} */ (cell));
  });
  grid.addEventListener("keydown", (event) => {
    const list = all();
    const here = list.indexOf(/** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.target).closest(cells)));
    const wide = columns();
    const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: wide, ArrowUp: -wide });
    const to = here + steps[event.key];
    if (here < 0 || !(event.key in steps) || to < 0 || to >= list.length) return;
    event.preventDefault();
    list[to].focus();
  });
  const first = all()[0];
  if (first) stop(first);
}

/**
 * Play and pause: calls `step` again and again; where the reader wants no motion, once a second at most.
 * @param {Stage} stage
 * @param {() => void | false} step returns false at the end
 * @param {{ label?: string, pause?: number }} [options] milliseconds between two steps; 0 is every frame
 */
export function player(stage, step, { label = "Play", pause = 400 } = {}) {
  let playing = false;
  let timer = 0;
  const again = () => {
    if (!playing) return;
    if (step() === false) return stop();
    const wait = stage.calm() ? Math.max(1000, pause) : pause;
    timer = wait ? window.setTimeout(again, wait) : requestAnimationFrame(again);
  };
  const stop = () => {
    playing = false;
    clearTimeout(timer);
    cancelAnimationFrame(timer);
    show();
  };
  const toggle = () => {
    if (playing) return stop();
    playing = true;
    show();
    again();
  };
  const made = button("", toggle, { class: "play" });
  const show = () => {
    made.textContent = playing ? "‖ Pause" : `▶ ${label}`;
  };
  show();
  stage.onLeave(stop);
  return { button: made, stop };
}
