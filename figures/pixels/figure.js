/** Walk through the numbers of a picture, and take some of them away. */
import { signal } from "@preact/signals-core";
import { slider, tick } from "../lib/controls.js";
import { h, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { ownPicture, paint, rgba } from "../lib/pictures.js";
import { quoted } from "../lib/quoted.js";
import { SEGMENTS, segments } from "../lib/segments.js";
import cat from "./cat_64x80.bin";
import face from "./lincoln_16x12.bin";
import { at, enlarged, imageBytes, ink, reduced, squares, stepFault } from "./pixels.js";

/** @typedef {import("./pixels.js").Picture} Picture */
/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {{ row: number, column: number }} Place of a number that is left */

/** @type {Record<string, Picture>} */
const PICTURES = {
  face: { height: 16, width: 12, channels: 1, data: face },
  cat: { height: 64, width: 80, channels: 3, data: cat },
};
const STEPS = [1, 2, 4, 8];
const MOST = { width: 96, height: 72, multiple: 8 }; // of an own picture; every step divides it
const CHANNELS = ["red", "green", "blue"];
const FIELDS = { way: ["means", "every"], drawn: ["squares", "smooth"] };

const defaults = { picture: "face", row: 7, column: 3, step: 1, way: "means", bits: 8, drawn: "squares", painted: true };

/** @param {Record<string, any>} state */
function check({ picture, row, column, step, bits, painted, ...words }) {
  if (!["face", "cat", "own"].includes(picture)) return `There is no picture ${quoted(picture)}: choose one of the three.`;
  if (!STEPS.includes(step)) return `step must be 1, 2, 4 or 8, got ${quoted(step)}: choose one of them.`;
  const { height, width } = PICTURES[picture] ?? MOST;
  const fault = stepFault({ height, width, channels: 1, data: [] }, step);
  if (fault) return `${fault}.`;
  if (!isWhole(bits, 1, 8)) return `bits must be a whole number from 1 to 8, got ${quoted(bits)}: a byte has no more.`;
  if (!isWhole(row, 0, height - 1)) return `row must be a whole number from 0 to ${height - 1}, got ${quoted(row)}: click into the picture.`;
  if (!isWhole(column, 0, width - 1)) {
    return `column must be a whole number from 0 to ${width - 1}, got ${quoted(column)}: click into the picture.`;
  }
  for (const [name, choices] of Object.entries(FIELDS)) {
    if (!choices.includes(words[name])) return `${name} must be ${choices.join(" or ")}, got ${quoted(words[name])}: choose one.`;
  }
  if (typeof painted !== "boolean") return `painted must be true or false, got ${quoted(painted)}: tick the box or not.`;
  return null;
}

/** @param {unknown} value @param {number} least @param {number} most */
function isWhole(value, least, most) {
  return Number.isInteger(value) && least <= Number(value) && Number(value) <= most;
}

/** @param {Picture} picture @param {Place} place @returns {number[]} */
function numbersAt(picture, { row, column }) {
  return Array.from({ length: picture.channels }, (_, c) => at(picture, row, column, c));
}

/** @param {number[]} levels */
function css(levels) {
  const [red, green = red, blue = red] = levels.map((level) => Math.floor(level + 0.5));
  return `rgb(${red} ${green} ${blue})`;
}

/** What Python would call it, and what it says. @param {string} name @param {Place} place @param {number[]} numbers */
function inPython(name, { row, column }, numbers) {
  const called = { face: "table", cat: "cat" }[name] ?? "photo";
  return [`${called}[${row}, ${column}]`, numbers.length === 1 ? String(numbers[0]) : `[${numbers.join(", ")}]`];
}

/** @param {Place} place @param {number[]} levels @param {Record<string, any>} state */
function inWords({ row, column }, levels, { step, way, bits }) {
  const from = step === 1 ? "" : way === "means" ? `, the mean of ${step} × ${step}` : `, one of ${step} × ${step}`;
  const where = `Row ${row} from the top, column ${column} from the left, both counted from 0${from}. `;
  const drawn = bits === 8 ? "" : `With ${bits} ${bits === 1 ? "bit" : "bits"} it stands for ${levels.join(", ")}. `;
  if (levels.length === 1) return where + drawn + brightness(levels[0]);
  const strongest = CHANNELS.filter((_, c) => levels[c] === Math.max(...levels));
  if (Math.max(...levels) - Math.min(...levels) < 16) return `${where}${drawn}Red, green and blue are nearly alike: a grey.`;
  return `${where}${drawn}Most of its light is ${strongest.join(" and ")}.`;
}

/** @param {number} level */
function brightness(level) {
  const names = ["Black, or nearly.", "Dark.", "In the middle.", "Bright.", "White, or nearly."];
  return names[[26, 102, 153, 230].filter((bar) => level >= bar).length];
}

/** @param {Picture} picture @param {number} bits */
function cost({ height, width, channels, data }, bits) {
  const numbers = `${height} rows × ${width} columns${channels === 3 ? " × 3 channels" : ""}`;
  const bytes = imageBytes({ height, width, channels, data }, bits).toLocaleString("en").replace(",", " ");
  return `${numbers} × ${bits} ${bits === 1 ? "bit" : "bits"} = ${bytes} bytes`;
}

/** @param {Picture} picture @param {string} drawn @param {number} wide in pixels, about */
function enlargedTo(picture, drawn, wide) {
  const scale = Math.max(1, Math.floor(wide / picture.width));
  return drawn === "smooth" ? enlarged(picture, scale) : squares(picture, scale);
}

/** How many numbers the grid shows at once: a colour needs room for three. @param {Picture} picture */
function windowOf({ height, width, channels }) {
  return { rows: Math.min(height, channels === 1 ? 16 : 8), columns: Math.min(width, channels === 1 ? 12 : 8) };
}

/** @param {Stage} stage */
function draw(stage) {
  const { get, put, follow } = stage;
  const own = ownPicture(stage, MOST, ({ height, width }) =>
    put({ picture: "own", row: Math.floor(height / 2), column: Math.floor(width / 2) }),
  );
  const hovered = signal(/** @type {Place | null} */ (null));
  const seen = signal({ row: 0, column: 0 }); // where the grid of numbers begins
  const left = signal(/** @type {ReturnType<typeof reduced> | null} */ (null)); // what is left of the picture
  follow(() => {
    const picture = get("picture") === "own" ? own.picture.value : PICTURES[get("picture")];
    const kept = { step: get("step"), way: get("way"), bits: get("bits") };
    hovered.value = null;
    left.value = picture && reduced(picture, kept);
  });
  /** The number that the state points at, of those that are left. @returns {Place} */
  const selected = () => {
    const { height, width } = /** @type {ReturnType<typeof reduced>} */ (left.value).stored;
    const place = (/** @type {string} */ name, /** @type {number} */ size) =>
      Math.min(Math.floor(get(name) / get("step")), size - 1); // an own picture may be smaller than the last one
    return { row: place("row", height), column: place("column", width) };
  };
  const select = (/** @type {Place} */ { row, column }) => put({ row: row * get("step"), column: column * get("step") });
  const choose = (/** @type {string} */ name) => {
    const { height, width } = PICTURES[name];
    const step = stepFault(PICTURES[name], get("step")) ? 1 : get("step");
    put({ picture: name, step, row: Math.floor(height / 2) - 1, column: Math.floor(width / 3) - 1 });
  };

  const named = segments(stage, "picture", {
    label: "Picture",
    choices: [["face", "The slide’s table"], ["cat", "A photograph"]],
    choose,
  });
  follow(() => own.choose.setAttribute("aria-pressed", String(stage.asked("picture") === "own")));
  const parts = { left, hovered, seen, selected, select };
  const about = h("div", { class: "stack about" }, sentence(stage, parts), bars(stage, parts));
  const picture = h("div", { class: "panel stack" }, picturePanel(stage, parts), about);
  const body = h("div", { class: "two" }, picture, numbersPanel(stage, parts));
  const lost = h("p", { class: "says" }, "This was somebody’s own picture, and it stayed with them. Choose one of yours, or one of the other two.");
  follow(() => {
    lost.hidden = Boolean(left.value);
    body.hidden = !left.value;
  });
  stage.root.append(
    h("div", { class: "row" }, named, own.choose, own.input),
    own.told,
    lost,
    body,
    fewer(stage, parts),
  );
}

/**
 * @typedef {object} Parts
 * @property {import("@preact/signals-core").Signal<ReturnType<typeof reduced> | null>} left
 * @property {import("@preact/signals-core").Signal<Place | null>} hovered
 * @property {import("@preact/signals-core").Signal<Place>} seen
 * @property {() => Place} selected
 * @property {(place: Place) => void} select
 */

/** The picture, as squares or smooth, with a frame around the number. @param {Stage} stage @param {Parts} parts */
function picturePanel(stage, { left, hovered, seen, selected, select }) {
  const canvas = h("canvas", { class: "pixels", role: "img" });
  const small = h("canvas", { class: "afar", "aria-hidden": "true" });
  const [frame, pointed, part] = ["frame", "frame pointed", "part"].map((name) => h("div", { class: name }));
  const place = h("div", { class: "place" }, canvas, part, frame, pointed);
  stage.follow(() => {
    if (!left.value) return;
    const picture = left.value.shown;
    const isSmooth = stage.get("drawn") === "smooth";
    const smooth = enlargedTo(picture, "smooth", isSmooth ? 320 : 120);
    paint(canvas, isSmooth ? smooth : picture);
    paint(small, smooth);
    place.style.aspectRatio = `${picture.width} / ${picture.height}`;
    place.classList.toggle("upright", picture.height > picture.width);
    canvas.setAttribute("aria-label", `The picture that these ${picture.height} × ${picture.width} numbers make`);
  });
  const put = (/** @type {HTMLElement} */ box, /** @type {Place | null} */ at, rows = 1, columns = 1) => {
    box.hidden = !at || !left.value;
    if (!at || !left.value) return;
    const { height, width } = left.value.stored;
    box.style.inset = `${(at.row / height) * 100}% auto auto ${(at.column / width) * 100}%`;
    box.style.width = `${(columns / width) * 100}%`;
    box.style.height = `${(rows / height) * 100}%`;
  };
  stage.follow(() => put(frame, left.value && selected()));
  stage.follow(() => put(pointed, hovered.value));
  stage.follow(() => {
    if (!left.value) return;
    const { rows, columns } = windowOf(left.value.stored);
    const all = rows === left.value.stored.height && columns === left.value.stored.width;
    put(part, all ? null : seen.value, rows, columns);
  });
  const under = (/** @type {PointerEvent} */ event) => {
    const { height = 1, width = 1 } = left.value?.stored ?? {};
    const box = place.getBoundingClientRect();
    const part = (/** @type {number} */ from, /** @type {number} */ size, /** @type {number} */ count) =>
      Math.min(Math.max(Math.floor((from / size) * count), 0), count - 1);
    return { row: part(event.clientY - box.top, box.height, height), column: part(event.clientX - box.left, box.width, width) };
  };
  place.addEventListener("pointermove", (event) => {
    if (event.buttons && event.pointerType === "mouse") select(under(event));
    else if (event.pointerType !== "touch") hovered.value = under(event);
  });
  place.addEventListener("pointerleave", () => (hovered.value = null));
  place.addEventListener("click", (event) => select(under(/** @type {PointerEvent} */ (event))));
  const afar = h("figure", { class: "far" }, small, h("figcaption", {}, "from afar"));
  return h("div", { class: "stack" }, place, h("div", { class: "row" }, drawnAs(stage), afar));
}

/** @param {Stage} stage */
function drawnAs(stage) {
  return segments(stage, "drawn", { label: "Each number as", choices: [["squares", "a square"], ["smooth", "a smooth passage"]] });
}

/** The numbers themselves: a grid to walk through. @param {Stage} stage @param {Parts} parts */
function numbersPanel(stage, { left, hovered, seen, selected, select }) {
  const grid = h("div", { class: "grid", role: "grid", "aria-label": "The numbers: arrow keys walk from pixel to pixel" });
  let first = { row: 0, column: 0 };
  /** @type {HTMLElement[][]} */
  let cells = [];
  /** @type {HTMLElement[]} */
  let heads = [];
  const placeOf = (/** @type {Event} */ event) => {
    const cell = /** @type {HTMLElement} */ (event.target).closest("[role=gridcell]");
    const row = cells.findIndex((line) => line.includes(/** @type {HTMLElement} */ (cell)));
    if (row < 0) return null;
    return { row: first.row + row, column: first.column + cells[row].indexOf(/** @type {HTMLElement} */ (cell)) };
  };
  const build = (/** @type {number} */ rows, /** @type {number} */ columns) => {
    if (cells.length === rows && cells[0]?.length === columns) return;
    heads = Array.from({ length: columns }, () => h("div", { role: "columnheader", class: "index" }));
    const top = h("div", { role: "row", class: "line" }, h("div", { role: "presentation" }), ...heads);
    cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => h("div", { role: "gridcell", tabindex: -1 })));
    const lines = cells.map((line) => h("div", { role: "row", class: "line" }, h("div", { role: "rowheader", class: "index" }), ...line));
    grid.style.setProperty("--columns", String(columns));
    grid.replaceChildren(top, ...lines);
  };
  stage.follow(() => {
    if (!left.value) return;
    const { stored, shown: levels } = left.value;
    const { rows, columns } = windowOf(stored);
    const here = selected();
    const hasFocus = grid.contains(/** @type {ShadowRoot} */ (grid.getRootNode()).activeElement);
    build(rows, columns);
    first = {
      row: scrolled(first.row, here.row, rows, stored.height),
      column: scrolled(first.column, here.column, columns, stored.width),
    };
    seen.value = first;
    grid.classList.toggle("colour", stored.channels === 3);
    grid.classList.toggle("bare", !stage.get("painted"));
    heads.forEach((head, column) => (head.textContent = String(first.column + column)));
    cells.forEach((line, row) => {
      /** @type {HTMLElement} */ (line[0].previousElementSibling).textContent = String(first.row + row);
      line.forEach((cell, column) => {
        const at = { row: first.row + row, column: first.column + column };
        const [numbers, level] = [numbersAt(stored, at), numbersAt(levels, at)];
        cell.textContent = numbers.join("\n");
        cell.style.background = css(level);
        cell.style.color = ink(level);
        const isHere = at.row === here.row && at.column === here.column;
        cell.tabIndex = isHere ? 0 : -1;
        cell.setAttribute("aria-selected", String(isHere));
        if (isHere && hasFocus) cell.focus({ preventScroll: true });
      });
    });
  });
  stage.follow(() => {
    const at = hovered.value;
    const pointed = at && cells[at.row - first.row]?.[at.column - first.column];
    cells.flat().forEach((cell) => cell.classList.toggle("pointed", cell === pointed));
  });
  grid.addEventListener("keydown", (event) => {
    const steps = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] });
    if (!left.value || !(event.key in steps)) return;
    event.preventDefault();
    const { height, width } = left.value.stored;
    const [here, [down, right]] = [selected(), steps[event.key]];
    const [row, column] = [here.row + down, here.column + right];
    if (row >= 0 && row < height && column >= 0 && column < width) select({ row, column });
  });
  grid.addEventListener("click", (event) => {
    const at = placeOf(event);
    if (at) select(at);
  });
  grid.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") hovered.value = placeOf(event);
  });
  grid.addEventListener("pointerleave", () => (hovered.value = null));
  const legend = h("p", { class: "legend" });
  stage.follow(() => {
    if (!left.value) return;
    const { height, width, channels } = left.value.stored;
    const { rows, columns } = windowOf(left.value.stored);
    const part = rows < height || columns < width ? `${rows} × ${columns} of ${height} × ${width}: walk on with the arrow keys. ` : "";
    legend.textContent = part + (channels === 3 ? "In each pixel: red, green, blue." : "");
  });
  return h("div", { class: "panel stack" }, grid, legend, tick(stage, "painted", { label: "paint each number in its own shade" }));
}

/** Where a window begins that must hold a place: it goes along with a step, and jumps to a place that is far. @param {number} first @param {number} place @param {number} size @param {number} all */
function scrolled(first, place, size, all) {
  const off = place - Math.min(Math.max(place, first), first + size - 1);
  const start = Math.abs(off) > 1 ? place - Math.floor(size / 2) : first + off;
  return Math.min(Math.max(start, 0), all - size);
}

/** What is written about the number in question. @param {Stage} stage @param {Parts} parts */
function sentence(stage, { left, hovered, selected }) {
  const [name, value, words] = [h("code"), h("strong"), h("span")];
  stage.follow(() => {
    if (!left.value) return;
    const place = hovered.value ?? selected();
    const numbers = numbersAt(left.value.stored, place);
    const kept = { step: stage.get("step"), way: stage.get("way"), bits: stage.get("bits") };
    [name.textContent, value.textContent] = inPython(stage.get("picture"), place, numbers);
    words.textContent = inWords(place, numbersAt(left.value.shown, place), kept);
    if (!hovered.value) stage.say(`Row ${place.row}, column ${place.column}: ${numbers.join(", ")}. ${cost(left.value.stored, kept.bits)}.`);
  });
  return h("p", { class: "says" }, name, " is ", value, ". ", words);
}

/** The levels as marks on a scale from 0 to 255. @param {Stage} stage @param {Parts} parts */
function bars(stage, { left, hovered, selected }) {
  const all = ["grey", ...CHANNELS].map((name) => {
    const [mark, value] = [h("i"), h("span", { class: "number" })];
    const line = h("div", { class: "bar" }, h("span", {}, name), h("div", { class: `scale ${name}` }, mark), value);
    return { line, mark, value };
  });
  stage.follow(() => {
    if (!left.value) return;
    const levels = numbersAt(left.value.shown, hovered.value ?? selected());
    const used = levels.length === 1 ? [levels[0]] : [undefined, ...levels];
    all.forEach(({ line, mark, value }, k) => {
      line.hidden = used[k] === undefined;
      mark.style.insetInlineStart = `${(Number(used[k]) / 255) * 100}%`;
      value.textContent = String(used[k]);
    });
  });
  return h("div", { class: "bars", "aria-hidden": "true" }, ...all.map(({ line }) => line));
}

/** Take numbers away. @param {Stage} stage @param {Parts} parts */
function fewer(stage, { left }) {
  const bytes = h("p", { class: "number" });
  stage.follow(() => {
    bytes.textContent = left.value ? cost(left.value.stored, stage.get("bits")) : "";
  });
  const step = segments(stage, "step", { label: "One number for", choices: STEPS.map((n) => [n, n === 1 ? "each pixel" : `${n} × ${n}`]) });
  const way = segments(stage, "way", { label: "which is", choices: [["means", "their mean"], ["every", "one of them"]] });
  const bits = slider(stage, "bits", { label: "Bits", min: 1, max: 8, show: (b) => `${b}, so ${2 ** b} levels` });
  stage.follow(() => void way.toggleAttribute("hidden", stage.asked("step") === 1));
  return h("fieldset", { class: "stack" }, h("legend", {}, "With fewer numbers"), h("div", { class: "row" }, bits, step, way), bytes);
}

const style = `
${SEGMENTS}
.own[aria-pressed="true"] { font-weight: 600 }
.told:empty { display: none }
.told { font-size: .9rem; color: var(--muted) }
.two { display: grid; gap: 1rem; align-items: start }
@container (min-width: 36rem) { .two { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) } }
.figure { container-type: inline-size }
.place { position: relative; max-width: 22rem; cursor: crosshair; touch-action: manipulation }
.place.upright { max-width: 13rem }
.part { position: absolute; outline: 2px dashed #fff; box-shadow: 0 0 0 2px #0009; pointer-events: none }
.place canvas { width: 100%; height: 100% }
.far { margin: 0; display: flex; gap: .4rem; align-items: center; font-size: .8rem; color: var(--muted); text-align: center }
.far canvas { width: 2.4rem }
.frame { position: absolute; outline: 2px solid #000; box-shadow: 0 0 0 4px #fff, 0 0 0 5px #000; min-width: 4px; min-height: 4px; pointer-events: none }
.frame.pointed { outline-width: 1px; box-shadow: 0 0 0 2px #fff }
.grid { display: grid; gap: 1px; font-size: .72rem; line-height: 1.2; font-variant-numeric: tabular-nums; max-width: 27rem; padding: 0 5px 5px 0; user-select: none }
.line { display: grid; gap: 1px; grid-template-columns: 1.4rem repeat(var(--columns), minmax(0, 1fr)) }
.grid [role=gridcell] { display: grid; place-items: center; white-space: pre; text-align: center; min-height: 1.45rem; cursor: crosshair; letter-spacing: -.02em }
.grid.colour [role=gridcell] { min-height: 2.9rem }
.grid.bare [role=gridcell] { background: none !important; color: var(--text) !important }
.index { color: var(--muted); font-size: .68rem; display: grid; place-items: center }
.grid [aria-selected="true"] { outline: 2px solid #000; box-shadow: 0 0 0 4px #fff, 0 0 0 5px #000; z-index: 1; font-weight: 700 }
.grid [role=gridcell]:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
.grid .pointed { outline: 2px dashed var(--strong); outline-offset: -1px }
.legend { font-size: .85rem; color: var(--muted) }
.legend:empty { display: none }
.bars { display: grid; gap: .25rem; font-size: .85rem }
.bar { display: grid; grid-template-columns: 2.6rem 1fr 2.6rem; gap: .5rem; align-items: center }
.bar .number { text-align: right }
.scale { position: relative; height: .9rem; border: 1px solid var(--line); border-radius: 3px; background: linear-gradient(to right, #000, var(--full)) }
.scale.grey { --full: #fff } .scale.red { --full: #f00 } .scale.green { --full: #0f0 } .scale.blue { --full: #00f }
.scale i { position: absolute; inset-block: -4px; width: 4px; margin-inline-start: -2px; background: var(--text); border: 1px solid var(--page); box-sizing: content-box }
fieldset .number { font-weight: 600 }
`;

/** @param {Record<string, any>} state @param {{ png: (width: number, height: number, rgba: Uint8ClampedArray) => string }} tools */
function still(state, { png }) {
  const picture = PICTURES[state.picture] ?? PICTURES.face;
  const { stored, shown: levels } = reduced(picture, /** @type {any} */ (state));
  const large = enlargedTo(levels, state.drawn, 320);
  const wide = picture.height > picture.width ? 232 : 290;
  const high = (wide * levels.height) / levels.width;
  const place = { row: Math.floor(state.row / state.step), column: Math.floor(state.column / state.step) };
  const image = text("image", { href: png(large.width, large.height, rgba(large)), x: 8, y: 8, width: wide, height: high });
  const cell = wide / levels.width;
  const frame = framed(8 + place.column * cell, 8 + place.row * cell, cell, cell);
  const [name, value] = inPython(state.picture, place, numbersAt(stored, place));
  const words = { x: 8, "font-size": 15, fill: "#1a1a1a" };
  const table = stillTable(stored, levels, place, wide + 28, 640 - wide - 36);
  const height = Math.max(high, table.height) + 8;
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 640 ${height + 56}`, "font-family": "sans-serif" },
    text("rect", { width: 640, height: height + 56, fill: "#fff" }),
    image, frame, table.svg,
    text("text", { ...words, y: height + 24, "font-weight": "bold" }, `${name} is ${value}`),
    text("text", { ...words, y: height + 46 }, cost(stored, state.bits)),
  );
}

/** @param {number} x @param {number} y @param {number} width @param {number} height */
function framed(x, y, width, height) {
  const box = { x, y, width, height, fill: "none" };
  return text("rect", { ...box, stroke: "#fff", "stroke-width": 6 }) + text("rect", { ...box, stroke: "#000", "stroke-width": 2.5 });
}

/** @param {Picture} stored @param {Picture} levels @param {Place} place @param {number} x @param {number} width */
function stillTable(stored, levels, place, x, width) {
  const { rows, columns } = windowOf(stored);
  const [firstRow, firstColumn] = [scrolled(0, place.row, rows, stored.height), scrolled(0, place.column, columns, stored.width)];
  const [wide, high] = [width / columns, stored.channels === 1 ? 23 : 46];
  let svg = "";
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const at = { row: firstRow + row, column: firstColumn + column };
      const level = numbersAt(levels, at);
      svg += text("rect", { x: x + column * wide, y: 8 + row * high, width: wide + 0.3, height: high + 0.3, fill: css(level) });
      numbersAt(stored, at).forEach((number, c) => {
        const words = { x: x + (column + 0.5) * wide, y: 8 + row * high + 16 + 13.5 * c, "text-anchor": "middle", "font-size": 13, fill: ink(level) };
        svg += text("text", words, number);
      });
    }
  svg += framed(x + (place.column - firstColumn) * wide, 8 + (place.row - firstRow) * high, wide, high);
  return { svg, height: rows * high + 8 };
}

export default figure({ defaults, check, draw, css: style, still });
