/** The size calculator: a stack of layers, what each makes, what it costs and what it sees. */
import { computed } from "@preact/signals-core";
import { figure } from "../lib/figure.js";
import { h } from "../lib/dom.js";
import { button, tick } from "../lib/controls.js";
import { KINDS, cnnTable, wrongWhole } from "./conv_shape.js";
import { CURES_CSS, cures, nearestCures } from "./cures.js";
import { ON_PAGE, blocks, ruler, sheet } from "./drawing.js";
import { PRESETS, pythonCall } from "./presets.js";
import { counted, settings, sizes, workings } from "./workings.js";

/**
 * @typedef {import("./conv_shape.js").Layer} Layer @typedef {import("../lib/figure.js").Stage} Stage
 * @typedef {{ input: number[], layers: Layer[], floor: boolean }} Network
 */

const MOST_LAYERS = 40;
/** What each letter is called, and its bounds. @type {Record<string, { label: string, least: number, most: number }>} */
const LETTERS = {
  K: { label: "K filters", least: 1, most: 4096 },
  F: { label: "F size", least: 1, most: 512 },
  S: { label: "S stride", least: 1, most: 512 },
  P: { label: "P padding", least: 0, most: 256 },
  n: { label: "neurons", least: 1, most: 100000 },
};
const SIDES = ["height", "width", "channels"];
/** What a layer of a kind starts with. @type {Record<string, Layer>} */
const NEW = {
  CONV: { layer: "CONV", K: 8, F: 3, S: 1, P: 1 },
  RELU: { layer: "RELU" },
  POOL: { layer: "POOL", F: 2, S: 2 },
  FLATTEN: { layer: "FLATTEN" },
  FC: { layer: "FC", n: 10 },
};
const letters = (/** @type {Layer} */ layer) => Object.keys(NEW[layer.layer]).filter((name) => name !== "layer");

// ---- what may be asked ------------------------------------------------------------------------------------------

/** What cannot be read at all; a size that does not come out is another matter (`cnnTable`). */
function malformed(/** @type {Record<string, any>} */ { input, layers, floor, selected }) {
  if (!Array.isArray(input) || input.length !== 3) return "input is a picture's shape [height, width, channels], three whole numbers.";
  if (!Array.isArray(layers) || !layers.length) return "layers is a list of at least one layer: add one, or press Reset.";
  if (layers.length > MOST_LAYERS) return `This figure takes at most ${MOST_LAYERS} layers, got ${layers.length}.`;
  if (typeof floor !== "boolean") return "floor is true or false: whether a size that does not divide is rounded down.";
  return (
    input.map((size, axis) => wrongWhole(size, `The picture's ${SIDES[axis]}`, 1, 4096)).find(Boolean) ??
    layers.map(wrongLayer).find(Boolean) ??
    wrongPick(selected)
  );
}

function wrongPick(/** @type {unknown} */ selected) {
  return wrongWhole(selected, "selected, the number of the picked layer, counted from 0,", 0, MOST_LAYERS);
}

function wrongLayer(/** @type {any} */ layer, /** @type {number} */ index) {
  if (!layer || !Object.hasOwn(NEW, layer.layer)) return `Layer ${index + 1} is none of ${KINDS.join(", ")}.`;
  const wrong = letters(layer).map((name) =>
    wrongWhole(layer[name], `Layer ${index + 1}: ${LETTERS[name].label}`, LETTERS[name].least, LETTERS[name].most),
  );
  return wrong.find(Boolean);
}

function check(/** @type {Record<string, any>} */ state) {
  const wrong = malformed(state);
  if (wrong) return wrong;
  return cnnTable(state.input, state.layers, state.floor).fault?.message;
}

// ---- the parts --------------------------------------------------------------------------------------------------

/**
 * @typedef {ReturnType<typeof network>} Made @typedef {{ made: () => Made, all: () => Made & { selected: number } }} View
 *   what is shown; an effect that asks follows it: `made` not when another layer is picked
 */

/** @returns {View} */
function viewOf(/** @type {Stage} */ stage) {
  const made = computed(() => network(stage));
  const selected = () => {
    const asked = stage.asked("selected");
    return Math.min(wrongPick(asked) ? stage.get("selected") : asked, made.value.layers.length - 1);
  };
  return { made: () => made.value, all: () => ({ ...made.value, selected: selected() }) };
}

/** The network that can be read, with its table: a stack that does not come out is shown as far as it does. */
function network(/** @type {Stage} */ stage) {
  const read = (/** @type {(name: string) => any} */ from) => ({ input: from("input"), layers: from("layers"), floor: from("floor") });
  const asked = read(stage.asked);
  const shown = /** @type {Network} */ (malformed({ ...asked, selected: 0 }) ? read(stage.get) : asked);
  return { ...shown, ...cnnTable(shown.input, shown.layers, shown.floor) };
}

/** A field for a number of a layer or of the picture. */
function field(/** @type {string} */ label, /** @type {number} */ value, /** @type {[number, number]} */ bounds, /** @type {(value: number | null) => void} */ put) {
  const [min, max] = bounds;
  const input = h("input", { type: "number", min, max, step: 1, inputmode: "numeric", value });
  input.addEventListener("input", () => put(Number.isNaN(input.valueAsNumber) ? null : input.valueAsNumber));
  return h("label", {}, label, input);
}

/** The picture and the list of networks. */
function top(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const same = () => Object.keys(PRESETS).find((key) => JSON.stringify(PRESETS[key].layers) === JSON.stringify(stage.asked("layers")) && JSON.stringify(PRESETS[key].input) === JSON.stringify(stage.asked("input"))); // prettier-ignore
  const options = Object.entries(PRESETS).map(([value, { called }]) => h("option", { value }, called));
  const own = h("option", { value: "" }, "your own");
  const select = h(
    "select",
    { onchange: () => select.value && stage.put({ input: PRESETS[select.value].input, layers: PRESETS[select.value].layers, selected: 0 }) },
    ...options,
    own,
  );
  const fields = SIDES.map((side, axis) => {
    const made = field(side, 1, [1, 4096], (value) => {
      const input = [...view.made().input];
      input[axis] = /** @type {number} */ (value);
      stage.put({ input });
    });
    stage.follow(() => setValue(made, stage.asked("input")?.[axis]));
    return made;
  });
  stage.follow(() => (select.value = same() ?? ""));
  return h(
    "div",
    { class: "row" },
    h("label", {}, "network", select),
    h("span", { class: "row picture", role: "group", "aria-label": "The picture" }, ...fields),
    tick(stage, "floor", { label: "floor=True (round down)" }),
  );
}

function setValue(/** @type {HTMLElement} */ label, /** @type {unknown} */ value) {
  const input = /** @type {HTMLInputElement} */ (label.querySelector("input"));
  if (Number.isFinite(value) && input.valueAsNumber !== value) input.value = String(value);
}

/** The blocks; a click on one picks it (the table does so by keyboard). */
function drawing(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const holder = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The network as blocks" });
  holder.addEventListener("click", (event) => {
    const block = /** @type {Element} */ (event.target).closest("[data-layer]");
    const layer = Number(block?.getAttribute("data-layer") ?? -1);
    if (layer >= 0) stage.put({ selected: layer });
  });
  stage.follow(() => {
    const { rows, layers, selected, fault } = view.all();
    const { markup, width, height } = blocks(rows, layers, selected, { colours: ON_PAGE, failed: Boolean(fault) });
    const told = rows.map((row) => `${row.name} ${sizes(row.shape)}`).join(", ");
    holder.innerHTML = `<svg role="img" aria-label="${told}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${markup}</svg>`;
  });
  return holder;
}

/** The table; each layer's name is the button that picks it. */
function table(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const body = h("tbody");
  const foot = h("tfoot");
  const heads = ["layer", "output", "weights", "multiplications", "sees"].map((name) => h("th", { scope: "col" }, name));
  const whole = h("table", { class: "layers" }, h("thead", {}, h("tr", {}, ...heads)), body, foot);
  const pick = (/** @type {number} */ index) => stage.put({ selected: index });
  stage.follow(() => {
    const { rows, layers, fault } = view.made();
    const sums = { weights: sumOf(rows, "weights"), multiplications: sumOf(rows, "multiplications") };
    const held = /** @type {ShadowRoot} */ (body.getRootNode()).activeElement?.getAttribute?.("data-pick");
    body.replaceChildren(line(rows[0], "INPUT", sums));
    layers.forEach((layer, i) => {
      const name = h("button", { type: "button", "data-pick": i, onclick: () => pick(i) }, `${layer.layer} ${settings(layer)}`);
      body.append(rows[i + 1] ? line(rows[i + 1], name, sums) : missing(name, i + 1 === rows.length));
    });
    if (held) /** @type {HTMLElement | null} */ (body.querySelector(`[data-pick="${held}"]`))?.focus();
    const totals = Object.values(sums).map((sum) => h("td", {}, counted(sum)));
    foot.replaceChildren(h("tr", {}, h("th", { scope: "row" }, "total"), h("td"), ...totals, h("td")));
    const made = `the last makes ${sizes(rows[rows.length - 1].shape)}; ${counted(sums.weights)} weights, ${counted(sums.multiplications)} multiplications`;
    stage.say(fault ? `Layer ${fault.layer + 1} does not come out.` : `${layers.length} layers, ${made}.`);
  });
  stage.follow(() => {
    const { selected } = view.all();
    [...body.children].forEach((row, i) => {
      row.classList.toggle("on", i === selected + 1);
      row.querySelector("button")?.setAttribute("aria-pressed", String(i === selected + 1));
    });
  });
  return h("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": "The table of the layers" }, whole);
}

/** @typedef {import("./conv_shape.js").Row} Row */

function sumOf(/** @type {Row[]} */ rows, /** @type {"weights" | "multiplications"} */ what) {
  return rows.reduce((sum, row) => sum + row[what], 0);
}

function line(/** @type {Row} */ row, /** @type {Node | string} */ name, /** @type {{ weights: number, multiplications: number }} */ sums) {
  const cost = (/** @type {number} */ value, /** @type {number} */ all) =>
    h("td", { style: `--share: ${all ? (100 * value) / all : 0}%` }, counted(value));
  const costs = [cost(row.weights, sums.weights), cost(row.multiplications, sums.multiplications)];
  return h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, sizes(row.shape)), ...costs, h("td", {}, sizes(row.window)));
}

/** The line of a layer whose size does not come out, or that comes after it. */
function missing(/** @type {Node} */ name, /** @type {boolean} */ first) {
  return h("tr", {}, h("th", { scope: "row" }, name), h("td", { colspan: 4, class: "none" }, first ? "⚠ does not come out" : "…"));
}

/** The picked layer: its settings, its sums, and its place in the stack. */
function editor(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const legend = h("legend");
  const fields = h("div", { class: "row" });
  const sums = h("dl", { class: "sums" });
  const places = h("div", { class: "stack" });
  let shown = "";
  const put = (/** @type {Layer[]} */ layers, /** @type {number} */ selected) => stage.put({ layers, selected });
  const change = (/** @type {object} */ changes) => {
    const { layers, selected } = view.all();
    put(layers.with(selected, /** @type {Layer} */ ({ ...layers[selected], ...changes })), selected);
  };
  stage.follow(() => {
    const { layers, selected } = view.all();
    const layer = /** @type {Record<string, any>} */ (layers[selected]);
    legend.textContent = `Layer ${selected + 1} of ${layers.length}: ${layer.layer}`;
    const key = `${selected} ${layer.layer} ${layers.length}`;
    if (key !== shown) {
      shown = key; // the fields stay while their numbers change, and keep the reader's cursor
      const names = letters(layers[selected]);
      fields.replaceChildren(
        ...names.map((name) => field(LETTERS[name].label, layer[name], [LETTERS[name].least, LETTERS[name].most], (value) => change({ [name]: value }))),
        ...(names.length ? [] : ["It has nothing to set."]),
      );
    }
    letters(layers[selected]).forEach((name, i) => setValue(/** @type {HTMLElement} */ (fields.children[i]), layer[name]));
  });
  stage.follow(() => {
    const { rows, layers, selected, input, fault } = view.all();
    const layer = layers[selected];
    const [before, row] = [rows[selected], rows[selected + 1]];
    const lines = before && row ? workings(layer, before, row, input) : [];
    sums.replaceChildren(...lines.flatMap(([what, how]) => [h("dt", {}, what), h("dd", {}, how)]));
    const slides = (layer.layer === "CONV" || layer.layer === "POOL") && before?.shape.length === 3;
    places.hidden = !slides;
    if (!slides) return;
    const axis = fault?.layer === selected && fault.axis === "height" ? 0 : 1;
    const { markup, width, height, cut } = ruler(layer, before.shape[axis], ON_PAGE);
    const what = `${cut ? "The end of a" : "A"} ${axis ? "row" : "column"} of pixels (dashed: padding), and where the filter lies`;
    places.innerHTML = `<span class="label">${what}:</span><svg role="img" aria-label="${what}" viewBox="0 0 ${width} ${height}" width="${width}">${markup}</svg>`;
  });
  return h("fieldset", { class: "stack" }, legend, fields, moves(stage, view, put), mending(stage, view), sums, places);
}

/** Add, move and remove. */
function moves(/** @type {Stage} */ stage, /** @type {View} */ view, /** @type {(layers: Layer[], selected: number) => void} */ put) {
  const swap = (/** @type {number} */ step) => {
    const { layers, selected } = view.all();
    const to = selected + step;
    if (to < 0 || to >= layers.length) return;
    put(layers.with(selected, layers[to]).with(to, layers[selected]), to);
  };
  const earlier = button("◀ Earlier", () => swap(-1), { "aria-label": "Move this layer one place earlier" });
  const later = button("Later ▶", () => swap(1), { "aria-label": "Move this layer one place later" });
  const remove = button("Remove", () => {
    const { layers, selected } = view.all();
    if (layers.length > 1) put(layers.toSpliced(selected, 1), Math.max(0, selected - 1));
  });
  const add = KINDS.map((kind) =>
    button(
      `+ ${kind}`,
      () => {
        const { layers, selected } = view.all();
        if (layers.length < MOST_LAYERS) put(layers.toSpliced(selected + 1, 0, NEW[kind]), selected + 1);
      },
      { "aria-label": `Add ${kind} after this layer` },
    ),
  );
  stage.follow(() => {
    const { layers, selected } = view.all();
    earlier.disabled = selected === 0;
    later.disabled = selected === layers.length - 1;
    remove.disabled = layers.length === 1;
    for (const one of add) one.disabled = layers.length >= MOST_LAYERS;
  });
  return h("div", { class: "row tight" }, earlier, later, remove, h("span", { class: "label" }, "Add after it:"), ...add);
}

/** Buttons for what the message names. */
function mending(/** @type {Stage} */ stage, /** @type {View} */ view) {
  return cures(stage, () => {
    const { fault, layers, input } = view.all();
    if (!fault?.nearest) return [];
    const axis = SIDES.indexOf(fault.axis ?? "height");
    const first = layers.slice(0, fault.layer).every((layer) => layer.layer === "RELU");
    const mend = (/** @type {string} */ letter, /** @type {number} */ value) => {
      if (letter === "size") return stage.put({ input: input.map((size, i) => (i < 2 && (i === axis || size === input[axis]) ? value : size)) });
      stage.put({ layers: layers.with(fault.layer, /** @type {Layer} */ ({ ...layers[fault.layer], [letter]: value })), selected: fault.layer });
    };
    return [...nearestCures(fault.nearest, mend, { sized: first }), { label: "floor=True", act: () => stage.put({ floor: true }) }];
  });
}

function code(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const written = h("pre", { class: "scroll", tabindex: 0 });
  stage.follow(() => {
    const { input, layers, floor } = view.made();
    written.textContent = `from cvlessons.conv_shape import Conv, Dense, Flatten, Pool, ReLU, cnn_table\n\n${pythonCall(input, layers, floor)}`;
  });
  return h("details", {}, h("summary", {}, "The same in Python"), written);
}

const css = `
.all { --face: #d8ebf5; --side: #a9cfe3 }
.all.dark { --face: #1d4254; --side: #143140 }
label:has(select) { min-width: 0; max-width: 100% }
select { min-width: 0; max-width: 100% }
.picture input { width: 4.6rem }
.block { cursor: pointer }
svg { max-width: none }
fieldset svg { max-width: 100%; height: auto }
.layers { width: 100%; font-size: .88rem; border-collapse: separate; border-spacing: 0 }
.layers th { text-align: left; font-weight: 600; padding: .1rem .4rem; white-space: nowrap }
.layers td, .layers thead th:not(:first-child) { text-align: right; padding: .1rem .4rem; white-space: nowrap }
.layers td { background: linear-gradient(var(--strong), var(--strong)) right bottom / var(--share, 0%) 4px no-repeat }
.layers td.none { text-align: left; color: var(--above); font-weight: 600 }
.layers tr.on { background-color: var(--soft) }
.layers thead th, .layers tfoot th, .layers tfoot td { position: sticky; background: var(--page); border-block: 1px solid var(--line); z-index: 1 }
.layers thead th { top: 0 } .layers tfoot th, .layers tfoot td { bottom: 0 }
.layers tfoot td { font-weight: 600 }
.layers button { border-color: transparent; background: none; padding: 0 .5rem; text-align: left; min-height: 1.75rem; margin-left: -.5rem }
.layers button:hover { background: var(--soft) }
.layers button[aria-pressed="true"] { background: var(--strong); color: var(--page) }
.tall { max-height: 25rem; overflow-y: auto }
.tight { gap: .4rem }
.sums { display: grid; grid-template-columns: auto 1fr; gap: .1rem .8rem; margin: 0; font-size: .9rem; font-variant-numeric: tabular-nums }
.sums dt { font-weight: 600 } .sums dd { margin: 0; overflow-wrap: anywhere }
pre { margin: .4rem 0 0; padding: .6rem; background: var(--soft); font-size: .82rem }
summary { cursor: pointer; min-height: 1.75rem }
@media (max-width: 500px) { .picture input { width: 4rem } .picture { gap: .4rem .6rem } .sums { grid-template-columns: 1fr } }
${CURES_CSS}`;

export default figure({
  defaults: { input: PRESETS.slide53.input, layers: PRESETS.slide53.layers, floor: false, selected: 3 },
  check,
  css,
  draw(stage) {
    const view = viewOf(stage);
    stage.root.append(...[top, drawing, table, editor, code].map((part) => part(stage, view)));
  },
  still: ({ input, layers, floor }) => sheet(cnnTable(input, layers, floor).rows, layers, settings),
});
