/**
 * What every figure is made with. `figure({ defaults, check, draw, still })` gives an AFM module: a page hosts it
 * through host.js, a notebook through anywidget; both give it a model that holds its state.
 *
 * The state is a flat object of plain JSON values. `draw` builds the figure once and describes by effects how it
 * follows the state; whoever changes the state (a slider, the address of the page, Python) is followed alike.
 */
import { batch, computed, effect, signal } from "@preact/signals-core";
import { h } from "./dom.js";
import { CSS } from "./style.js";

/**
 * @typedef {Record<string, any>} State
 * @typedef {{ get(name: string): any, set(name: string, value: any): void, save_changes(): void,
 *   on(event: string, listener: () => void): void, off(event: string, listener: () => void): void }} Model
 */

/**
 * What `draw` is given.
 * @typedef {object} Stage
 * @property {HTMLElement} root where the figure's elements go
 * @property {<T = any>(name: string) => T} get a value of the state that `check` found right; an effect that asks follows it
 * @property {<T = any>(name: string) => T} asked the value as it was asked for, right or wrong: what controls show
 * @property {(changes: State) => void} put change the state
 * @property {(run: () => void) => void} follow run now, and again whenever a value that it asked for changes
 * @property {(words: string) => void} say tell a screen reader what has changed
 * @property {(undo: () => void) => void} onLeave what to stop when the figure goes away
 * @property {() => boolean} calm true where the reader wants no motion
 * @property {() => boolean} dark true on a dark page; an effect that asks follows it. Only a canvas need ask: the style has variables
 */

/**
 * @typedef {object} Parts
 * @property {State} defaults every name of the state, with the value that already teaches
 * @property {(state: State) => string | null | undefined} [check] in words, what is wrong with a state; then the last right one stays drawn
 * @property {(stage: Stage) => void} draw
 * @property {string} [css]
 * @property {(state: State, tools: { png: (width: number, height: number, rgba: Uint8Array | Uint8ClampedArray) => string }) => string} still
 *   the same as an SVG text, without a browser; `png` gives a picture's data address
 */

/** @param {Parts} parts */
export function figure(parts) {
  return {
    defaults: parts.defaults,
    check: parts.check ?? (() => null),
    still: parts.still,
    render: (/** @type {{ model: Model, el: HTMLElement }} */ place) => render(parts, place),
  };
}

/**
 * @param {Parts} parts
 * @param {{ model: Model, el: HTMLElement }} place
 */
function render({ defaults, check = () => null, draw, css = "" }, { model, el }) {
  /** @type {(() => void)[]} */
  const undo = [];
  // JupyterLab has shortcuts on plain keys, arrows among them: inside a figure the keys are the figure's.
  const holder = h("div", { "data-lm-suppress-shortcuts": "true" });
  const inside = holder.attachShadow({ mode: "open" }); // the page's own style must not leak in
  const root = h("div", { class: "figure" });
  const dark = theme(undo);
  const wrong = h("p", { class: "wrong", role: "alert" });
  const spoken = h("p", { class: "spoken", role: "status" });
  const all = h("div", { class: "all" }, root, wrong, spoken);
  inside.append(h("style", {}, CSS + css), all);
  undo.push(effect(() => void all.classList.toggle("dark", dark.value)));
  el.append(holder);

  const asked = signals(defaults, model, undo);
  const fault = computed(() => problem(check, Object.fromEntries(names(asked).map((n) => [n, asked[n].value]))));
  const right = Object.fromEntries(names(asked).map((name) => [name, signal(defaults[name])]));
  undo.push(
    effect(() => {
      wrong.textContent = fault.value;
      wrong.hidden = !fault.value;
      const values = names(asked).map((name) => /** @type {const} */ ([name, asked[name].value]));
      if (!fault.value) batch(() => values.forEach(([name, value]) => (right[name].value = value)));
    }),
  );
  draw({
    root,
    get: (name) => right[name].value,
    asked: (name) => asked[name].value,
    put: (changes) => {
      batch(() => Object.entries(changes).forEach(([name, value]) => model.set(name, value)));
      model.save_changes();
    },
    follow: (run) => undo.push(effect(run)),
    say: speaker(spoken, undo),
    onLeave: (stop) => undo.push(stop),
    dark: () => dark.value,
    calm: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  return () => {
    undo.reverse().forEach((stop) => stop());
    holder.remove();
  };
}

/** @param {Record<string, unknown>} map */
function names(map) {
  return Object.keys(map);
}

/**
 * One signal for each value of the state, set by the model's changes.
 * @param {State} defaults
 * @param {Model} model
 * @param {(() => void)[]} undo
 */
function signals(defaults, model, undo) {
  /** @type {Record<string, import("@preact/signals-core").Signal<any>>} */
  const made = {};
  for (const name of names(defaults)) {
    const read = () => (model.get(name) === undefined ? defaults[name] : model.get(name));
    const value = signal(read());
    const update = () => (value.value = read());
    model.on(`change:${name}`, update);
    undo.push(() => model.off(`change:${name}`, update));
    made[name] = value;
  }
  return made;
}

/**
 * Is the page dark? The book and JupyterLab each say so in an attribute, and may change it at any time.
 * @param {(() => void)[]} undo
 */
function theme(undo) {
  const isDark = () =>
    document.documentElement.dataset.theme === "dark" || document.body.dataset.jpThemeLight === "false";
  const dark = signal(isDark());
  const watch = new MutationObserver(() => (dark.value = isDark()));
  const options = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] };
  watch.observe(document.documentElement, options);
  watch.observe(document.body, options);
  undo.push(() => watch.disconnect());
  return dark;
}

/**
 * A check that itself stumbles over a strange value says so too: a link may carry anything.
 * @param {(state: State) => string | null | undefined} check
 * @param {State} state
 */
function problem(check, state) {
  try {
    return check(state) || "";
  } catch {
    return "This setting cannot be read; Reset brings the figure back.";
  }
}

/**
 * Speak once the changes have come to rest: a slider sends twenty in a second.
 * @param {HTMLElement} spoken
 * @param {(() => void)[]} undo
 */
function speaker(spoken, undo) {
  let timer = 0;
  undo.push(() => clearTimeout(timer));
  return (/** @type {string} */ words) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => (spoken.textContent = words), 400);
  };
}
