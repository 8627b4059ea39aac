/** Move a digit, and see what an MLP, a CNN and a CNN with global pooling make of it. */
import { button, choice, slider } from "../lib/controls.js";
import { escaped, h, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import weights from "../../src/cvlessons/data/weights/shift.npz";
import results from "../../src/cvlessons/data/results/shift.json";
import bytes from "../digits/test_digits.bin";
import { answer, SIDE } from "../digits/digits.js";
import { FARTHEST, inkLeft, NAMES, place, PLACES, probabilities, readingsOf, shade, shift, shiftNetworks } from "./mlp_limits.js";
import { check, MAPS, percent, says, where } from "./words.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */

const defaults = { digit: 4, right: 4, down: 0, map: "all" };
const CELL = 8; // pixels of a map's cell in the still
const STORED = /** @type {Record<string, { weights: number, accuracy: number[][] }>} */ (results.networks);

const networks = once(() => shiftNetworks(weights));
const digits = once(() => Array.from({ length: 10 }, (_, k) => Float32Array.from(bytes.subarray(k * SIDE * SIDE, (k + 1) * SIDE * SIDE), (level) => level / 255)));

/** @template T @param {() => T} make @returns {() => T} */
function once(make) {
  /** @type {T | undefined} */
  let made;
  return () => (made ??= make());
}

const css = `
.figure { container-type: inline-size }
.digits { display: flex; flex-wrap: wrap; gap: .3rem }
.digits button { padding: .15rem; line-height: 0; background: #000 }
.digits button[aria-pressed="true"] { outline: 3px solid var(--strong); outline-offset: 1px }
.digits canvas { width: 1.9rem; height: 1.9rem }
.all-parts { display: grid; grid-template-columns: minmax(150px, 220px) minmax(0, 1fr); gap: 1rem }
.field { display: block; width: 100%; aspect-ratio: 1; touch-action: none; cursor: grab; border-radius: 4px; background: #000 }
.field:active { cursor: grabbing }
.networks { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .75rem }
.network { display: grid; gap: .35rem; align-content: start; min-width: 0 }
.name { font-weight: 700; margin: 0; font-size: .95rem; line-height: 1.25 }
.network small { font-weight: 400; color: var(--muted); font-size: .8rem }
.answer { font-size: 1.6rem; font-weight: 700; line-height: 1.1 }
.answer small { font-size: .85rem; display: block }
.bars { display: grid; grid-template-columns: 1ch 1fr; gap: 1px .4rem; align-items: center; font-size: .72rem; line-height: 1.05 }
.bars i { display: block; height: .55rem; min-width: 1px; background: var(--muted) }
.bars i.true { background: var(--mark) }
.bars b { color: var(--text) }
.map { position: relative; width: 100%; max-width: 180px }
.map canvas { width: 100%; cursor: crosshair }
.map span { position: absolute; width: 12px; height: 12px; margin: -6px 0 0 -6px; border: 2px solid #fff; outline: 2px solid #000; border-radius: 50%; pointer-events: none }
.scale { display: flex; gap: .4rem; align-items: center; font-size: .85rem; color: var(--muted) }
.scale i { width: 8rem; max-width: 30%; height: .8rem; background: linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map((share) => `rgb(${shade(share).join(" ")})`).join(",")}) }
@container (max-width: 560px) { .all-parts { grid-template-columns: minmax(0, 1fr) } .left { display: grid; grid-template-columns: minmax(0, 11rem) 1fr; gap: .75rem } .networks { gap: .5rem } }
`;

/** Paint a digit, white on black. @param {CanvasRenderingContext2D} pen @param {Float32Array} picture */
function paint(pen, picture) {
  const image = pen.createImageData(SIDE, SIDE);
  picture.forEach((value, k) => image.data.set([255 * value, 255 * value, 255 * value, 255], 4 * k));
  pen.putImageData(image, 0, 0);
}

/** @param {number} side */
function canvas(side) {
  const made = h("canvas", { width: side, height: side, class: "pixels" });
  return { canvas: made, pen: /** @type {CanvasRenderingContext2D} */ (made.getContext("2d")) };
}

/** The shares of a map as a list. @param {string} name */
const stored = (name) => STORED[name].accuracy.flat();

/** @param {Stage} stage */
function draw(stage) {
  const put = (/** @type {number} */ right, /** @type {number} */ down) => {
    const within = (/** @type {number} */ pixels) => Math.min(FARTHEST, Math.max(-FARTHEST, Math.round(pixels)));
    stage.put({ right: within(right), down: within(down) });
  };
  const choose = digits().map((picture, digit) => {
    const { canvas: small, pen } = canvas(SIDE);
    paint(pen, picture);
    const made = button("", () => stage.put({ digit }), { "aria-label": `a ${digit}` });
    made.append(small);
    stage.follow(() => made.setAttribute("aria-pressed", String(stage.get("digit") === digit)));
    return made;
  });
  const { canvas: field, pen: fieldPen } = canvas(SIDE);
  movable(field, () => [stage.get("right"), stage.get("down")], put);
  const cards = Object.keys(NAMES).map((name) => card(stage, name, put));
  const told = h("p", { class: "says" });
  const unit = (/** @type {number} */ pixels) => `${pixels}`.replace("-", "−");
  stage.root.append(
    h("div", { class: "digits", role: "group", "aria-label": "Digit" }, ...choose),
    h(
      "div",
      { class: "all-parts" },
      h(
        "div",
        { class: "stack left" },
        field,
        h(
          "div",
          { class: "stack" },
          slider(stage, "right", { label: "right", min: -FARTHEST, max: FARTHEST, show: unit }),
          slider(stage, "down", { label: "down", min: -FARTHEST, max: FARTHEST, show: unit }),
          h("div", {}, button("Back to the middle", () => put(0, 0))),
        ),
      ),
      h("div", { class: "networks" }, ...cards.map((one) => one.element)),
    ),
    told,
    h("div", { class: "row" }, choice(stage, "map", { label: "Maps", choices: MAPS }), h("span", { class: "scale" }, "0 %", h("i"), "100 %")),
  );

  stage.follow(() => {
    const state = { digit: stage.get("digit"), right: stage.get("right"), down: stage.get("down") };
    const picture = digits()[state.digit];
    const moved = shift(picture, state.down, state.right);
    paint(fieldPen, moved);
    field.setAttribute("aria-label", `A ${state.digit}, ${where(state.right, state.down)}. Arrow keys move it, Home brings it back.`);
    const answers = Object.fromEntries(cards.map((one) => [one.name, one.read(moved, state.digit)]));
    told.textContent = says(state, answers, inkLeft(picture, moved));
    stage.say(told.textContent);
  });
  stage.follow(() => cards.forEach((one) => one.mark(stage.get("right"), stage.get("down"))));

  // The map of one digit takes 289 readings of each network: a few at a time, so that nothing waits.
  let turn = 0;
  stage.onLeave(() => clearTimeout(turn));
  stage.follow(() => {
    clearTimeout(turn);
    const [digit, map] = [stage.get("digit"), stage.get("map")];
    if (map === "all") return cards.forEach((one) => one.shares(stored(one.name)));
    const work = cards.map((one) => ({ one, readings: readingsOf(networks()[one.name], digits()[digit], digit), known: /** @type {number[]} */ ([]) }));
    const go = () => {
      const until = performance.now() + 8;
      let open = work;
      while (open.length && performance.now() < until) {
        open.forEach(({ readings, known }) => known.push(readings.next().value ? 1 : 0));
        open = open.filter(({ known }) => known.length < PLACES * PLACES);
      }
      work.forEach(({ one, known }) => one.shares(known));
      if (open.length) turn = window.setTimeout(go, 0);
    };
    go();
  });
}

/**
 * Drag it, or move it with the arrow keys.
 * @param {HTMLElement} field
 * @param {() => [number, number]} at
 * @param {(right: number, down: number) => void} put
 */
function movable(field, at, put) {
  field.setAttribute("role", "application"); // the arrow keys are its own
  field.setAttribute("aria-roledescription", "movable digit");
  field.classList.add("field");
  field.tabIndex = 0;
  const steps = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
  field.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step && event.key !== "Home") return;
    event.preventDefault();
    const [right, down] = at();
    if (step) put(right + step[0], down + step[1]);
    else put(0, 0);
  });
  let start = /** @type {null | { x: number, y: number, right: number, down: number }} */ (null);
  field.addEventListener("pointerdown", (event) => {
    field.setPointerCapture(event.pointerId);
    const [right, down] = at();
    start = { x: event.clientX, y: event.clientY, right, down };
  });
  field.addEventListener("pointermove", (event) => {
    if (!start) return;
    const pixel = field.clientWidth / SIDE;
    put(start.right + (event.clientX - start.x) / pixel, start.down + (event.clientY - start.y) / pixel);
  });
  for (const end of ["pointerup", "pointercancel"]) field.addEventListener(end, () => (start = null));
}

/** One network: its answer, its probabilities, and the map of shifts. @param {Stage} stage @param {string} name @param {(right: number, down: number) => void} put */
function card(stage, name, put) {
  const said = h("span");
  const sure = h("small");
  const bars = Array.from({ length: 10 }, () => h("i"));
  const { canvas: map, pen } = canvas(PLACES);
  const image = pen.createImageData(PLACES, PLACES);
  const dot = h("span");
  const here = h("small");
  let known = /** @type {number[]} */ ([]);
  map.addEventListener("click", (event) => {
    const at = (/** @type {number} */ offset, /** @type {number} */ length) => Math.floor((offset / length) * PLACES) - FARTHEST;
    put(at(event.offsetX, map.clientWidth), at(event.offsetY, map.clientHeight));
  });
  map.setAttribute("role", "img");
  const spell = () => {
    const [right, down, kind] = [stage.get("right"), stage.get("down"), stage.get("map")];
    const read = known.reduce((sum, share) => sum + share, 0);
    if (kind === "all") here.textContent = `${percent(stored(name)[place(down, right)])} of ${results.counted} digits are read here`;
    else here.textContent = known.length < PLACES * PLACES ? "reading …" : `read at ${read} of ${known.length} places`;
    map.setAttribute("aria-label", `${NAMES[name]}: ${here.textContent}`);
  };
  return {
    name,
    element: h(
      "section",
      { class: "network" },
      h("div", { class: "name" }, NAMES[name]),
      h("div", { class: "answer" }, said, sure),
      h("div", { class: "bars", "aria-hidden": "true" }, ...bars.flatMap((bar, k) => [h("b", {}, k), bar])),
      h("div", { class: "map" }, map, dot),
      here,
    ),
    /** @param {Float32Array} moved @param {number} digit */
    read(moved, digit) {
      const given = probabilities(networks()[name], moved);
      const answered = answer(given);
      said.textContent = `${answered} ${answered === digit ? "✓" : "✗"}`;
      sure.textContent = `${answered === digit ? "right" : "wrong"}, ${percent(given[answered])} sure`;
      bars.forEach((bar, k) => {
        bar.style.width = `${100 * given[k]}%`;
        bar.className = k === digit ? "true" : "";
      });
      return answered;
    },
    /** @param {number} right @param {number} down */
    mark(right, down) {
      dot.style.left = `${(100 * (right + FARTHEST + 0.5)) / PLACES}%`;
      dot.style.top = `${(100 * (down + FARTHEST + 0.5)) / PLACES}%`;
      spell();
    },
    /** @param {number[]} shares */
    shares(shares) {
      known = shares;
      image.data.fill(0);
      shares.forEach((share, k) => image.data.set([...shade(share), 255], 4 * k));
      pen.putImageData(image, 0, 0);
      spell();
    },
  };
}

/** Each pixel as a square of so many, so that no viewer blurs it. @param {number} side @param {number} times @param {(k: number) => number[]} colour */
function enlarged(side, times, colour) {
  const rgba = new Uint8ClampedArray(4 * (side * times) ** 2);
  for (let y = 0; y < side * times; y++)
    for (let x = 0; x < side * times; x++) rgba.set([...colour(Math.floor(y / times) * side + Math.floor(x / times)), 255], 4 * (y * side * times + x));
  return rgba;
}

/**
 * The digit, what each network says of it, and how often each is right for each shift.
 * @param {Record<string, any>} state
 * @param {{ png: (width: number, height: number, rgba: Uint8ClampedArray) => string }} tools
 */
function still(state, { png }) {
  const { digit, right, down } = /** @type {{ digit: number, right: number, down: number }} */ (state);
  const moved = shift(digits()[digit], down, right);
  const words = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ what, more = {}) =>
    text("text", { x, y, "font-family": "sans-serif", "font-size": 14, fill: "#1a1a1a", ...more }, escaped(what));
  const picture = png(SIDE * 6, SIDE * 6, enlarged(SIDE, 6, (k) => [0, 0, 0].fill(255 * moved[k])));
  const side = CELL * PLACES;
  const columns = Object.keys(NAMES).flatMap((name, n) => {
    const x = 196 + 152 * n;
    const given = probabilities(networks()[name], moved);
    const said = answer(given);
    const shares = stored(name);
    const bars = [...given].flatMap((share, k) => [
      words(x, 79 + 13 * k, String(k), { "font-size": 12 }),
      text("rect", { x: x + 14, y: 70 + 13 * k, width: Math.max(1, 118 * share), height: 9, fill: k === digit ? "#009e73" : "#777777" }),
    ]);
    return [
      words(x, 16, NAMES[name], { "font-weight": "bold" }),
      words(x, 48, `${said} ${said === digit ? "✓" : "✗"}`, { "font-size": 26, "font-weight": "bold" }),
      words(x + 50, 47, `${said === digit ? "right" : "wrong"}, ${percent(given[said])}`),
      ...bars,
      text("image", { x, y: 214, width: side, height: side, href: png(side, side, enlarged(PLACES, CELL, (k) => shade(shares[k]))) }),
      text("circle", { cx: x + (right + FARTHEST + 0.5) * CELL, cy: 214 + (down + FARTHEST + 0.5) * CELL, r: 6, fill: "none", stroke: "#000000", "stroke-width": 5 }),
      text("circle", { cx: x + (right + FARTHEST + 0.5) * CELL, cy: 214 + (down + FARTHEST + 0.5) * CELL, r: 6, fill: "none", stroke: "#ffffff", "stroke-width": 2 }),
      words(x, 214 + side + 18, `here ${percent(shares[place(down, right)])} are read`),
    ];
  });
  const scale = [0, 0.25, 0.5, 0.75, 1].map((share, k) => text("rect", { x: 36 + 18 * k, y: 328, width: 18, height: 12, fill: `rgb(${shade(share).join(",")})` }));
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: "0 0 640 376" },
    text("rect", { width: 640, height: 376, fill: "#ffffff" }),
    words(0, 16, `A ${digit}`, { "font-weight": "bold" }),
    words(0, 214, where(right, down)),
    text("image", { x: 0, y: 28, width: 168, height: 168, href: picture }),
    words(0, 246, "How many of", {}),
    words(0, 265, `${results.counted} digits are right,`),
    words(0, 284, "for each shift from"),
    words(0, 303, `−${FARTHEST} to ${FARTHEST} pixels`),
    words(0, 339, "0 %"),
    ...scale,
    words(132, 339, "100 %"),
    ...columns,
  );
}

export default figure({ defaults, check, draw, css, still });
