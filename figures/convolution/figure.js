/** The convolution stepper: a picture to draw, a kernel to edit, and every sum written out. */
import { computed, signal } from "@preact/signals-core";
import { figure } from "../lib/figure.js";
import { button, choice, player, slider, tick, walk } from "../lib/controls.js";
import { h } from "../lib/dom.js";
import { pointing } from "../lib/pointing.js";
import { sizeFault, wrongWhole } from "../conv_shape/conv_shape.js";
import { CURES_CSS, cures, nearestCures } from "../conv_shape/cures.js";
import { ruler } from "../conv_shape/drawing.js";
import { KERNELS, MORE, PICTURES, nameOf } from "./catalogue.js";
import { convolve, findsUprightEdges, shift, terms, total, turn, vanishes, whenTurned } from "./convolution.js";
import { css as colour, factor, ink, paint, scaleOf, shade, shown } from "./shades.js";
import { sheet } from "./sheet.js";
import tower from "./tower_96x96.bin";

/**
 * @typedef {import("../lib/figure.js").Stage} Stage @typedef {number[][]} Rows
 * @typedef {{ picture: Rows, kernel: Rows, divisor: number, stride: number, padding: number, turned: boolean,
 *   floor: boolean, place: number[] }} Setting
 */

const WHITE = 9; // the brightest pixel that the pen has
const MOST = { picture: 14, kernel: 7, stride: 8, padding: 4 };
const NAMES = ["picture", "kernel", "divisor", "stride", "padding", "turned", "floor", "place"];
const ALL_KERNELS = { ...KERNELS, ...MORE };
const PHOTO = Array.from({ length: 96 }, (_, m) => [...tower.subarray(96 * m, 96 * (m + 1))]);

// ---- what may be asked ------------------------------------------------------------------------------------------

/** What cannot be read at all; a size that does not come out is another matter. */
function malformed(/** @type {Record<string, any>} */ { picture, kernel, divisor, stride, padding, turned, floor, place }) {
  return (
    wrongRows(picture, "picture", MOST.picture) ??
    wrongRows(kernel, "kernel", MOST.kernel) ??
    (kernel.length === kernel[0].length ? null : "The kernel of this figure is as wide as high.") ??
    (Number.isFinite(divisor) && divisor !== 0 ? null : "The kernel cannot be divided by this: type a number that is not 0.") ??
    wrongWhole(stride, "The stride S", 1, MOST.stride) ??
    wrongWhole(padding, "The padding P", 0, MOST.padding) ??
    (typeof turned === "boolean" && typeof floor === "boolean" ? null : "turned and floor are true or false: tick the box or not.") ??
    (Array.isArray(place) && place.length === 2 ? null : "place is [row, column] of an output: two whole numbers.") ??
    wrongWhole(place[0], "The output's row", 0, 99) ??
    wrongWhole(place[1], "The output's column", 0, 99)
  );
}

function wrongRows(/** @type {any} */ rows, /** @type {string} */ name, /** @type {number} */ most) {
  const isGrid = Array.isArray(rows) && rows.length > 0 && rows.every((row) => Array.isArray(row) && row.length > 0 && row.length === rows[0].length);
  if (!isGrid) return `The ${name} is a list of rows of numbers, all of one length.`;
  if (rows.length > most || rows[0].length > most) return `The ${name} has at most ${most} × ${most} numbers in this figure.`;
  for (const [m, row] of rows.entries()) {
    const n = row.findIndex((/** @type {unknown} */ value) => !Number.isFinite(value) || Math.abs(Number(value)) > 999);
    if (n >= 0) return `The ${name} needs a number from −999 to 999 in row ${m}, column ${n}: type one.`;
  }
  return null;
}

/** The error of a size that does not come out, in the words of cvlessons.conv_shape. */
function outputFault(/** @type {Setting} */ { picture, kernel, stride: S, padding: P, floor }) {
  return sizeFault({ layer: "CONV", K: 1, F: kernel.length, S, P }, [picture.length, picture[0].length, 1], floor);
}

function check(/** @type {Record<string, any>} */ state) {
  return malformed(state) ?? outputFault(/** @type {Setting} */ (state))?.message;
}

// ---- what is shown ----------------------------------------------------------------------------------------------

/** @typedef {{ made: () => ReturnType<typeof made>, at: () => number[] }} View an effect that asks follows it */

/** The state that is drawn and the output that it makes: computed once for all parts, and not when only the place moves. @returns {View} */
function viewOf(/** @type {Stage} */ stage) {
  const names = NAMES.filter((name) => name !== "place");
  const all = computed(() => made(/** @type {Setting} */ (Object.fromEntries(names.map((name) => [name, stage.get(name)])))));
  return { made: () => all.value, at: () => within(stage.get("place"), all.value.size) };
}

function made(/** @type {Setting} */ state) {
  const { picture, kernel, stride: S, padding: P, turned, divisor } = state;
  const options = { S, P, turned, divisor };
  const output = convolve(picture, kernel, options);
  const size = [output.length, output[0].length];
  return { ...state, options, output, size, scale: scaleOf(kernel, total(kernel, divisor), divisor, WHITE) };
}

/** The place, or the nearest that there is. */
function within(/** @type {number[]} */ place, /** @type {number[]} */ size) {
  return place.map((where, axis) => Math.min(where, size[axis] - 1));
}

/** A grid of cells, made anew when its size changes. The frame is the kernel's window. */
function grid(/** @type {string} */ label, /** @type {string} */ kind) {
  const cells = h("div", { class: `cells ${kind}`, role: "group", "aria-label": label });
  const title = h("div", { class: "title" });
  let size = "";
  return {
    cells,
    title,
    panel: h("div", { class: "panel" }, title, cells),
    build: (/** @type {number} */ rows, /** @type {number} */ columns, /** @type {string} */ key, /** @type {(m: number, n: number) => HTMLElement} */ make) => {
      if (key === size) return false;
      size = key;
      cells.style.setProperty("--columns", String(columns));
      cells.replaceChildren(...Array.from({ length: rows * columns }, (_, i) => make(Math.floor(i / columns), i % columns)));
      return true;
    },
  };
}

function entitle(/** @type {HTMLElement} */ title, /** @type {string} */ name, /** @type {string} */ size) {
  title.replaceChildren(name, h("span", {}, size));
}

function colourCell(/** @type {HTMLElement} */ cell, /** @type {number} */ value, /** @type {import("./shades.js").Scale} */ scale) {
  const paper = shade(value, scale);
  cell.style.background = colour(paper);
  cell.style.color = ink(paper);
}

/** The picture with its zeros around, the window on it, and a pen. */
function pictureGrid(/** @type {Stage} */ stage, /** @type {View} */ view, /** @type {() => number} */ pen) {
  const { cells, title, panel, build } = grid("The picture: arrow keys walk, a digit sets a pixel, Enter draws with the pen", "picture");
  const frame = h("div", { class: "frame", "aria-hidden": "true" });
  const write = (/** @type {number} */ m, /** @type {number} */ n, /** @type {number} */ value) => {
    const rows = /** @type {Rows} */ (stage.get("picture"));
    if (rows[m][n] !== value) stage.put({ picture: rows.with(m, rows[m].with(n, value)) });
  };
  drawing(cells, stage, pen, write);
  /** @type {HTMLElement[]} */
  let all = [];
  /** @type {string[]} */
  let drawn = []; // what each cell shows: only those that change are touched
  stage.follow(() => {
    const { picture, kernel, padding: P, stride: S, options } = view.made();
    const at = view.at();
    const [height, width] = [picture.length + 2 * P, picture[0].length + 2 * P];
    const made = build(height, width, [height, width, P].join(), (m, n) => {
      const inside = m >= P && n >= P && m < height - P && n < width - P;
      const value = h("span", { class: "value" });
      if (!inside) return h("div", { class: "cell zero" }, value);
      return h("button", { type: "button", class: "cell", "data-at": `${m - P} ${n - P}` }, value);
    });
    if (made) {
      drawn = [];
      all = /** @type {HTMLElement[]} */ ([...cells.children]);
      cells.append(frame);
      walk(cells, "button", () => view.made().picture[0].length);
    }
    entitle(title, "picture", `${picture.length} × ${picture[0].length}${P ? `, padded ${height} × ${width}` : ""}`);
    const under = new Map(terms(picture, kernel, at, options).flat().map((term) => [`${term.row} ${term.column}`, term.weight]));
    const reached = [height, width].map((size) => size - ((size - kernel.length) % S));
    const signed = picture.flat().some((pixel) => pixel < 0);
    all.forEach((cell, i) => {
      const [m, n] = [Math.floor(i / width), i % width];
      const value = picture[m - P]?.[n - P];
      const weight = under.get(`${m - P} ${n - P}`);
      const unseen = m >= reached[0] || n >= reached[1];
      const show = `${value} ${weight} ${unseen} ${signed}`;
      if (drawn[i] === show) return;
      drawn[i] = show;
      /** @type {HTMLElement} */ (cell.firstChild).textContent = shown(value ?? 0);
      if (weight === undefined) cell.removeAttribute("data-weight");
      else cell.dataset.weight = `×${shown(weight)}`;
      cell.classList.toggle("unseen", unseen);
      if (value === undefined) return;
      colourCell(cell, value, { signed, limit: WHITE });
      cell.setAttribute("aria-label", `row ${m - P}, column ${n - P}: ${shown(value)}`);
    });
    const share = (/** @type {number} */ pixels, /** @type {number} */ all) => `${(100 * pixels) / all}%`;
    Object.assign(frame.style, {
      left: share(S * at[1], width), top: share(S * at[0], height),
      width: share(kernel.length, width), height: share(kernel.length, height),
    }); // prettier-ignore
  });
  return panel;
}

/** Click and drag draw with the pen, or rub out what has its shade already; so do Enter and the digits. */
function drawing(/** @type {HTMLElement} */ cells, /** @type {Stage} */ stage, /** @type {() => number} */ pen, /** @type {(m: number, n: number, value: number) => void} */ write) {
  const pixelOf = (/** @type {Element | null} */ element) => element?.closest?.("[data-at]")?.getAttribute("data-at")?.split(" ").map(Number);
  /** @type {number | null} */
  let stroke = null;
  const mark = (/** @type {number[] | undefined} */ at) => {
    if (!at || stroke === null) return;
    write(at[0], at[1], stroke);
  };
  const begin = (/** @type {number[] | undefined} */ at) => {
    if (at) stroke = stage.get("picture")[at[0]][at[1]] === pen() ? 0 : pen();
    mark(at);
  };
  cells.addEventListener("pointerdown", (event) => {
    if (event.button === 0) begin(pixelOf(/** @type {Element} */ (event.target)));
  });
  cells.addEventListener("pointermove", (event) => {
    const root = /** @type {ShadowRoot} */ (cells.getRootNode());
    if (stroke !== null && event.buttons) mark(pixelOf(root.elementFromPoint(event.clientX, event.clientY)));
  });
  const end = () => (stroke = null);
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end);
  stage.onLeave(() => ["pointerup", "pointercancel"].forEach((name) => window.removeEventListener(name, end)));
  cells.addEventListener("keydown", (event) => {
    const at = pixelOf(/** @type {Element} */ (event.target));
    if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9]$/.test(event.key)) write(at[0], at[1], Number(event.key));
    else if (event.key === "Enter" || event.key === " ") begin(at);
    else return;
    end();
    event.preventDefault();
  });
}

/** The kernel's fields, and, where it is turned, how it lies on the picture. */
function kernelGrid(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const { cells, title, panel, build } = grid("The kernel's weights", "kernel");
  const lying = grid("The kernel turned by 180°", "kernel turned");
  lying.title.textContent = "turned, it lies so";
  lying.cells.setAttribute("role", "img");
  const divide = h("input", { type: "number", step: "any", inputmode: "decimal", class: "divisor" });
  divide.addEventListener("input", () => stage.put({ divisor: Number.isNaN(divide.valueAsNumber) ? null : divide.valueAsNumber }));
  const field = (/** @type {number} */ u, /** @type {number} */ v) => {
    const input = h("input", { type: "number", step: "any", inputmode: "decimal", "aria-label": `weight in row ${u}, column ${v}` });
    input.addEventListener("input", () => {
      const rows = /** @type {Rows} */ (stage.asked("kernel"));
      stage.put({ kernel: rows.with(u, rows[u].with(v, /** @type {number} */ (Number.isNaN(input.valueAsNumber) ? null : input.valueAsNumber))) });
    });
    return h("div", { class: "cell" }, input);
  };
  stage.follow(() => {
    const { kernel: right, turned } = view.made();
    const asked = stage.asked("kernel");
    // a field that was emptied is wrong, and stays empty; anything else that is wrong is not shown
    const kernel = Array.isArray(asked) && asked.length === right.length && asked.every((row) => Array.isArray(row) && row.length === right.length) ? asked : right; // prettier-ignore
    build(kernel.length, kernel.length, String(kernel.length), field);
    entitle(title, "kernel", `${kernel.length} × ${kernel.length}`);
    [...cells.querySelectorAll("input")].forEach((input, i) => {
      const weight = kernel.flat()[i];
      if (Number.isFinite(weight) && input.valueAsNumber !== weight) input.value = String(weight);
      input.classList.toggle("below", weight < 0);
      input.classList.toggle("above", weight > 0);
    });
    const divisor = stage.asked("divisor");
    if (Number.isFinite(divisor) && divide.valueAsNumber !== divisor) divide.value = String(divisor);
    lying.panel.hidden = !turned;
    lying.build(kernel.length, kernel.length, String(kernel.length), () => h("div", { class: "cell" }));
    turn(right).flat().forEach((weight, i) => (lying.cells.children[i].textContent = shown(weight))); // prettier-ignore
  });
  panel.append(h("label", { class: "divide" }, "all divided by", divide), lying.panel);
  return panel;
}

/** The output: pointing at a number, or walking to it, moves the window. */
function outputGrid(/** @type {Stage} */ stage, /** @type {View} */ view, /** @type {import("@preact/signals-core").Signal<boolean>} */ filling) {
  const { cells, title, panel, build } = grid("The output: arrow keys move the window", "output");
  const go = (/** @type {Element | null} */ cell) => {
    const at = cell?.closest?.("[data-at]")?.getAttribute("data-at")?.split(" ").map(Number);
    if (!at) return;
    filling.value = false;
    if (String(at) !== String(view.at())) stage.put({ place: at });
  };
  pointing(cells, ({ target }) => go(/** @type {Element} */ (target)));
  for (const event of ["focusin", "click"]) cells.addEventListener(event, ({ target }) => go(/** @type {Element} */ (target)));
  /** @type {string[]} */
  let drawn = [];
  stage.follow(() => {
    const { output, size, scale } = view.made();
    const at = view.at();
    const made = build(size[0], size[1], size.join(), (m, n) => h("button", { type: "button", class: "cell", "data-at": `${m} ${n}` }));
    if (made) {
      drawn = [];
      walk(cells, "button", () => view.made().size[1]);
    }
    entitle(title, "output", size.join(" × "));
    const now = at[0] * size[1] + at[1];
    output.flat().forEach((value, i) => {
      const said = shown(value);
      const todo = filling.value && i > now;
      const show = `${said} ${todo} ${i === now} ${scale.limit} ${scale.signed}`;
      if (drawn[i] === show) return;
      drawn[i] = show;
      const cell = /** @type {HTMLElement} */ (cells.children[i]);
      cell.textContent = todo ? "" : said;
      cell.style.setProperty("--long", String(Math.max(1, said.length / 3)));
      colourCell(cell, value, scale);
      cell.classList.toggle("todo", todo);
      cell.classList.toggle("now", i === now);
      cell.setAttribute("aria-label", `row ${Math.floor(i / size[1])}, column ${i % size[1]}: ${said}`);
      cell.setAttribute("aria-current", String(i === now));
    });
  });
  return panel;
}

/** Step back and forth, play, and the sum of the place. */
function sum(/** @type {Stage} */ stage, /** @type {View} */ view, /** @type {import("@preact/signals-core").Signal<boolean>} */ filling) {
  const step = (/** @type {number} */ by) => {
    const [at, { size }] = [view.at(), view.made()];
    const to = at[0] * size[1] + at[1] + by;
    if (to < 0 || to >= size[0] * size[1]) return false;
    stage.put({ place: [Math.floor(to / size[1]), to % size[1]] });
  };
  const play = player(stage, () => {
    const [at, { size }] = [view.at(), view.made()];
    const atEnd = at[0] === size[0] - 1 && at[1] === size[1] - 1;
    if (!filling.value && atEnd) stage.put({ place: [0, 0] });
    else if (step(1) === false) return false;
    filling.value = true;
  });
  const written = h("div", { class: "says sum" });
  stage.follow(() => {
    const { picture, kernel, options, output, divisor } = view.made();
    const at = view.at();
    const rows = terms(picture, kernel, at, options);
    const value = output[at[0]][at[1]];
    const undivided = rows.flat().reduce((all, { product }) => all + product, 0);
    const spans = rows.flat().map(({ pixel, weight, product, padded }, i) =>
      h(
        "span",
        { class: `term ${product > 0 ? "above" : product < 0 ? "below" : "none"}${padded ? " padded" : ""}` },
        `${i ? "+ " : ""}${shown(pixel)} · ${factor(weight)}`,
      ),
    );
    const end = divisor === 1 ? `= ${shown(value)}` : `= ${shown(undivided)}, divided by ${shown(divisor)}: ${shown(value)}`;
    written.replaceChildren(
      h("b", {}, `C[${at[0]}][${at[1]}] =`),
      h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "The sum" }, h("div", { class: "terms", style: `--columns: ${kernel.length}` }, ...spans)),
      h("b", {}, end),
      rows.flat().some(({ padded }) => padded) ? h("span", { class: "legend" }, "(dotted: zeros of the padding)") : "",
    );
    stage.say(`Output row ${at[0]}, column ${at[1]}: ${shown(value)}.`);
  });
  const buttons = h(
    "div",
    { class: "row" },
    button("◀", () => void step(-1), { "aria-label": "Previous output" }),
    play.button,
    button("▶", () => void step(1), { "aria-label": "Next output" }),
  );
  return h("div", { class: "stack" }, buttons, written);
}

// ---- the knobs --------------------------------------------------------------------------------------------------

function choose(/** @type {string} */ label, /** @type {Record<string, { called: string }>} */ list, /** @type {(name: string) => void} */ take) {
  const options = Object.entries(list).map(([value, { called }]) => h("option", { value }, called));
  const select = h("select", { onchange: () => select.value && take(select.value) }, ...options, h("option", { value: "" }, "your own"));
  return { select, label: h("label", {}, label, select) };
}

function knobs(/** @type {Stage} */ stage, /** @type {HTMLElement} */ pen) {
  const picture = choose("picture", PICTURES, (name) => stage.put({ picture: PICTURES[name].rows, place: [0, 0] }));
  const kernel = choose("kernel", ALL_KERNELS, (name) => stage.put({ kernel: ALL_KERNELS[name].rows, divisor: ALL_KERNELS[name].divisor }));
  stage.follow(() => {
    picture.select.value = nameOf(PICTURES, stage.asked("picture"), undefined);
    kernel.select.value = nameOf(ALL_KERNELS, stage.asked("kernel"), stage.asked("divisor"));
  });
  return [
    h("div", { class: "row" }, picture.label, pen, resizer(stage, "picture", "size", 3, 12)),
    h("div", { class: "row" }, kernel.label, resizer(stage, "kernel", "F", 1, 5), tick(stage, "turned", { label: "true convolution" })),
    h(
      "div",
      { class: "row" },
      slider(stage, "stride", { label: "stride S", min: 1, max: 4 }),
      slider(stage, "padding", { label: "padding P", min: 0, max: 2 }),
      tick(stage, "floor", { label: "floor=True" }),
    ),
  ];
}

/** More or fewer rows and columns: what stays keeps its numbers, what is new is 0. A kernel keeps its middle. */
export function resized(/** @type {Rows} */ rows, /** @type {number} */ size, centred = false) {
  const first = (/** @type {number} */ length) => (centred ? Math.floor((length - size) / 2) : 0);
  const [top, left] = [first(rows.length), first(rows[0].length)];
  return Array.from({ length: size }, (_, m) => Array.from({ length: size }, (_, n) => rows[m + top]?.[n + left] ?? 0));
}

function resizer(/** @type {Stage} */ stage, /** @type {"picture" | "kernel"} */ name, /** @type {string} */ label, /** @type {number} */ least, /** @type {number} */ most) {
  const sizes = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  const select = h("select", { "aria-label": `side of the ${name}` }, ...sizes.map((size) => h("option", { value: size }, `${size} × ${size}`)));
  select.addEventListener("change", () => stage.put({ [name]: resized(stage.get(name), Number(select.value), name === "kernel") }));
  stage.follow(() => (select.value = String(stage.get(name).length)));
  return h("label", {}, label, select);
}

/** How many places the kernel has: the formula, a row of pixels, and what would do where it does not come out. */
function sizes(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const formula = h("p", { class: "formula" });
  const row = h("div");
  const asked = () => {
    const names = NAMES.filter((name) => name !== "place"); // no size depends on it
    const state = /** @type {Setting} */ (Object.fromEntries(names.map((name) => [name, stage.asked(name)])));
    return malformed({ ...state, place: [0, 0] }) ? view.made() : state;
  };
  stage.follow(() => {
    const state = asked();
    const { picture, kernel, stride: S, padding: P } = state;
    const [W, F] = [picture[0].length, kernel.length];
    const places = (W - F + 2 * P) / S + 1;
    const fault = outputFault(state);
    const floored = Number.isInteger(places) ? shown(places) : `${shown(places)}${state.floor ? `, rounded down ${Math.floor(places)}` : ": no whole number"}`;
    formula.textContent = `W₂ = (W₁ − F + 2P) / S + 1 = (${W} − ${F} + 2 · ${P}) / ${S} + 1 = ${floored}`;
    const plain = S === 1 && P === 0 && !fault;
    row.hidden = plain;
    if (plain) return;
    const colours = { text: "var(--text)", muted: "var(--muted)", line: "var(--muted)", face: "var(--soft)", side: "", picked: "var(--strong)", mark: "var(--above)", page: "var(--page)" }; // prettier-ignore
    const { markup, width, height } = ruler({ layer: "CONV", K: 1, F, S, P }, W, colours);
    row.innerHTML = `<svg role="img" aria-label="A row of the picture and the places of the kernel" viewBox="0 0 ${width} ${height}" width="${width}">${markup}</svg>`;
  });
  const mend = cures(stage, () => {
    const state = asked();
    const fault = outputFault(state);
    if (!fault?.nearest) return [];
    const put = (/** @type {string} */ letter, /** @type {number} */ value) =>
      stage.put(letter === "size" ? { picture: resized(state.picture, value) } : { [letter === "S" ? "stride" : "padding"]: value });
    const square = state.picture.length === state.picture[0].length;
    const offered = { ...fault.nearest, strides: fault.nearest.strides.filter((S) => S <= MOST.stride), inputs: fault.nearest.inputs.filter((size) => size <= MOST.picture) };
    return [...nearestCures(offered, put, { sized: square }), { label: "floor=True", act: () => stage.put({ floor: true }) }];
  });
  return h("div", { class: "stack" }, formula, row, mend);
}

// ---- the photograph, what the kernel does, and the goals --------------------------------------------------------

function photograph(/** @type {Stage} */ stage) {
  const before = h("canvas", { class: "pixels", role: "img", "aria-label": "A photograph: a tower against the sky" });
  const after = h("canvas", { class: "pixels", role: "img" });
  const legend = h("p", { class: "legend" });
  paint(before, PHOTO, { signed: false, limit: 255 });
  stage.follow(() => {
    const [kernel, divisor] = [stage.get("kernel"), stage.get("divisor")]; // not the place: it would paint all anew
    const options = { S: stage.get("stride"), P: stage.get("padding"), turned: stage.get("turned"), divisor };
    const sum = total(kernel, divisor);
    const scale = scaleOf(kernel, sum, divisor, 255);
    if (scale.signed) scale.limit /= 2.5; // neighbours in a photograph differ little
    const map = convolve(PHOTO, kernel, options);
    paint(after, map, scale);
    after.style.width = `${(100 * map[0].length) / 96}%`;
    after.setAttribute("aria-label", `The same photograph after the kernel: ${map.length} × ${map[0].length} numbers`);
    legend.textContent = scale.signed
      ? "Blue is below zero, orange above, white is zero."
      : `Black is zero or below, white is ${shown(sum)} times the white of the picture or more.`;
  });
  return h("div", { class: "stack" }, h("div", { class: "title" }, "the same kernel on a photograph"), h("div", { class: "photos" }, h("div", {}, before), h("div", {}, after)), legend);
}

function brightness(/** @type {number} */ sum) {
  const start = `The weights add up to ${shown(sum)}`;
  if (Math.abs(sum) < 1e-9) return `${start}: a flat area becomes 0, however bright.`;
  if (Math.abs(sum - 1) < 1e-9) return `${start}: a flat area keeps its brightness.`;
  return `${start}: a flat area is multiplied by that.`;
}

const TURNED = {
  same: "Turned by 180° the kernel is the same: cross-correlation and true convolution agree.",
  opposite: "Turned by 180° it is its own opposite: true convolution gives the same numbers with the other sign.",
  other: "Turned by 180° it is another kernel: true convolution gives other numbers than cross-correlation.",
};

function direction(/** @type {number[]} */ [down, right]) {
  const along = (/** @type {number} */ by, /** @type {string} */ plus, /** @type {string} */ minus) => (by ? `${Math.abs(by)} ${by > 0 ? plus : minus}` : "");
  return [along(down, "down", "up"), along(right, "to the right", "to the left")].filter(Boolean).join(", ");
}

function goals(/** @type {Stage} */ stage, /** @type {View} */ view) {
  const does = h("p", { class: "says" });
  const list = h("ul", { class: "goals", "aria-label": "Three goals" });
  const texts = ["Make the stripes vanish, with a kernel that is not empty.", "Move the picture, and change nothing else.", "Find upright edges, and no level ones."];
  const items = texts.map((said) => h("li", {}, said));
  list.append(...items);
  let before = [true, true, true];
  stage.follow(() => {
    const { picture, kernel, divisor, turned, output } = view.made();
    const moved = shift(kernel, { divisor, turned });
    does.textContent = `${brightness(total(kernel, divisor))} ${TURNED[/** @type {"same"} */ (whenTurned(kernel))]}`;
    const reached = [
      vanishes(picture, kernel, output) && "every output is 0, though the picture is not flat",
      moved?.some(Boolean) && `it moves by ${direction(/** @type {number[]} */ (moved))}`,
      findsUprightEdges(kernel) && "each of its rows adds up to 0, so what does not change along a row says nothing",
    ];
    reached.forEach((why, i) => {
      items[i].className = why ? "done" : "";
      items[i].textContent = why ? `${texts[i]} Done: ${why}.` : texts[i];
      if (why && !before[i]) stage.say(`Goal reached: ${texts[i]} ${why}.`);
    });
    before = reached.map(Boolean);
  });
  return h("div", { class: "stack" }, does, list);
}

const css = `
.figure { container-type: inline-size }
.grids { display: grid; gap: .75rem 1.25rem; align-items: start; justify-items: start }
@container (min-width: 34rem) { .grids { grid-template-columns: minmax(0, 5fr) minmax(0, 3fr) minmax(0, 5fr) } }
@container (max-width: 33.99rem) { .cells.picture { max-width: 19rem } .cells.kernel { max-width: 10rem } }
.panel { width: 100% }
.title { font-size: .9rem; font-weight: 600; margin-bottom: .25rem }
.title span { display: block; font-weight: 400; font-variant-numeric: tabular-nums }
.cells { container-type: inline-size; display: grid; grid-template-columns: repeat(var(--columns), 1fr); position: relative; border: 1px solid var(--muted) }
.cells.picture { touch-action: none }
.cells.output { max-width: calc(var(--columns) * 2.9rem) }
.cell { aspect-ratio: 1; min-width: 0; min-height: 0; padding: 0; border: 0; border-radius: 0; box-shadow: inset 0 0 0 .5px #8888; display: grid; place-items: center; position: relative; overflow: hidden; font-variant-numeric: tabular-nums; font-size: calc(42cqw / var(--columns) / var(--long, 1)); line-height: 1 }
.cell.zero { background: repeating-linear-gradient(45deg, var(--soft) 0 3px, var(--page) 3px 6px); color: var(--text) }
.cell[data-weight]::before { content: attr(data-weight); position: absolute; inset: auto 0 14%; text-align: center; font-size: .6em; font-weight: 600 }
.cell[data-weight] .value { transform: translateY(-22%) }
.cell.unseen::after { content: ""; position: absolute; inset: 0; background: linear-gradient(45deg, transparent 46%, var(--above) 46% 54%, transparent 54%), linear-gradient(-45deg, transparent 46%, var(--above) 46% 54%, transparent 54%) }
.cell.todo { background: var(--soft) !important }
.cell.now { box-shadow: inset 0 0 0 3px #009e73, inset 0 0 0 4px #fff; z-index: 1 }
.cell:focus-visible { outline-offset: -3px; z-index: 2 }
.frame { position: absolute; border: 3px solid #009e73; outline: 1px solid #fff; outline-offset: -4px; pointer-events: none; transition: left .18s, top .18s }
@media (prefers-reduced-motion: reduce) { .frame { transition: none } }
.kernel input { width: 100%; height: 100%; min-height: 0; min-width: 0; padding: 0; border: 0; border-radius: 0; text-align: center; font-size: max(.8rem, .8em); background: transparent; appearance: textfield }
.kernel input::-webkit-inner-spin-button { display: none }
.kernel .below { color: var(--below); font-weight: 600 } .kernel .above { color: var(--above); font-weight: 600 }
.turned { opacity: .9; margin-top: .2rem }
.divide { margin: .4rem 0; flex-wrap: wrap } .divide input { width: 4rem }
.pen { display: inline-flex; align-items: center; gap: .4rem; font-size: .9rem }
.swatch { width: 1.5rem; height: 1.5rem; border: 1px solid var(--muted); border-radius: 4px }
.pen input { width: 6rem }
.sum { display: flex; flex-wrap: wrap; gap: .3rem .7rem; align-items: center; font-variant-numeric: tabular-nums }
.terms { display: grid; grid-template-columns: repeat(var(--columns), max-content); gap: 0 .6rem }
.term { text-align: right } .term.none { color: var(--muted) }
.term.above { color: var(--above); font-weight: 600 } .term.below { color: var(--below); font-weight: 600 }
.term.padded { text-decoration: underline dotted }
.formula { font-size: .95rem; font-variant-numeric: tabular-nums }
.photos { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; max-width: 30rem }
.photos canvas { width: 100%; border: 1px solid var(--line) }
.legend { font-size: .85rem; color: var(--muted) }
.goals { list-style: none; margin: 0; padding: 0; display: grid; gap: .25rem }
.goals li::before { content: "☐ " } .goals li.done::before { content: "☑ "; color: var(--mark) } .goals li.done { font-weight: 600 }
.lower { display: grid; gap: .9rem 1.5rem; align-items: start }
@container (min-width: 34rem) { .lower { grid-template-columns: 1fr 1fr } }
${CURES_CSS}`;

const defaults = {
  picture: PICTURES.square.rows,
  kernel: KERNELS.EDGE_KERNEL.rows,
  divisor: 1,
  stride: 1,
  padding: 0,
  turned: false,
  floor: false,
  place: [1, 3],
};

export default figure({
  defaults,
  check,
  css,
  draw(stage) {
    const ink = signal(WHITE);
    const filling = signal(false); // while it plays, outputs that are still to come are blank
    const input = h("input", { type: "range", min: 0, max: WHITE, "aria-label": "shade of the pen", oninput: () => (ink.value = input.valueAsNumber) });
    const swatch = h("span", { class: "swatch" });
    const said = h("output");
    stage.follow(() => {
      input.value = String(ink.value);
      said.textContent = String(ink.value);
      swatch.style.background = colour(shade(ink.value, { signed: false, limit: WHITE }));
    });
    const pen = h("span", { class: "pen" }, "pen", swatch, input, said);
    const view = viewOf(stage);
    const grids = h("div", { class: "grids" }, pictureGrid(stage, view, () => ink.peek()), kernelGrid(stage, view), outputGrid(stage, view, filling));
    stage.root.append(
      ...knobs(stage, pen),
      grids,
      sum(stage, view, filling),
      sizes(stage, view),
      h("div", { class: "lower" }, photograph(stage), goals(stage, view)),
    );
  },
  still: (state) => {
    const all = made(/** @type {Setting} */ (state));
    return sheet({ ...all, at: within(state.place, all.size) });
  },
});
