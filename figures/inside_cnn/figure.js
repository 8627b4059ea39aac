/** Inside the CNN: a digit goes in, and every map of every layer is there to be looked at, down to the sum of each unit. */
import { computed, signal } from "@preact/signals-core";
import { ANSWERS_STYLE, answerBars, inWords, percent } from "../digits/answers.js";
import { answer, centre, SIDE, toInput } from "../digits/digits.js";
import { drawingPad, greyPixels, PAD_STYLE, paintGrey } from "../digits/pad.js";
import { drawStrokes } from "../digits/pen.js";
import testDigits from "../digits/test_digits.bin";
import { loadNetwork } from "../digits/weights.js";
import { makeCamera } from "../lib/camera.js";
import { button, player, slider } from "../lib/controls.js";
import { h, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { segments, SEGMENTS } from "../lib/segments.js";
import { fitted, levelsOf, mapsOf, onScreen, paintSheet, rampOf, sheetOf } from "./inside_cnn.js";
import { greySquare, SQUARE } from "./photo.js";
import { makeSheets, SHEETS_STYLE } from "./sheets.js";
import { makePanel, PANEL_STYLE } from "./unit.js";
import { DIGITS, faultOf, LIMITS, MISREAD, sizeOf, titleOf, written } from "./words.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("../digits/digits.js").Picture} Picture */
/** @typedef {import("./inside_cnn.js").Unit} Unit */

const PAUSE = 80; // milliseconds between two pictures of the camera
// From the most negative number through zero to the largest: red, green, blue.
const RAMPS = {
  light: rampOf([[0, 50, 100], [40, 125, 195], [240, 242, 245], [230, 125, 40], [130, 45, 0]]),
  dark: rampOf([[150, 215, 255], [40, 130, 200], [36, 42, 50], [205, 95, 25], [255, 205, 140]]),
}; // prettier-ignore
const TEST_DIGITS = Array.from({ length: DIGITS }, (_, k) => ({
  height: SIDE,
  width: SIDE,
  bytes: testDigits.subarray(k * SIDE * SIDE, (k + 1) * SIDE * SIDE),
}));
const DISTANCE = 1800; // pixels from the eye to the middle of the scene
const MISREAD_LABELS = [2, 5, 3]; // what those that the network misreads are
const BLANK = { height: SIDE, width: SIDE, bytes: new Uint8Array(SIDE * SIDE) };

const defaults = {
  source: "test", digit: 4, strokes: [], pen: 22,
  layer: 1, map: 8, row: 13, column: 5, part: -1,
  view: "sheets", turn: -50, tilt: -14, near: 100,
}; // prettier-ignore

/** @param {Record<string, any>} state */
function check(state) {
  const { network, fault } = loadNetwork();
  return network ? faultOf(levelsOf(network), state) : fault;
}

/** Which digit a test digit is. @param {number} k */
function labelOf(k) {
  return k < MISREAD ? k : MISREAD_LABELS[k - MISREAD];
}

/**
 * A drawing or a photograph as the network takes it, and in words why not.
 * @param {Picture} picture
 */
function inForm(picture) {
  try {
    return { picture: centre(picture), why: "" };
  } catch (error) {
    return { picture: BLANK, why: /** @type {Error} */ (error).message };
  }
}

/** @param {Stage} stage */
function draw(stage) {
  const { network, fault } = loadNetwork();
  if (!network) return void stage.root.append(h("p", { class: "wrong" }, fault));
  const levels = levelsOf(network);
  const photo = signal(/** @type {Picture | null} */ (null)); // no part of the state: it stays in the page
  const shown = computed(() => {
    if (stage.get("source") === "test") return TEST_DIGITS[stage.get("digit")];
    if (stage.get("source") === "camera") return photo.value ?? BLANK;
    return drawStrokes(stage.get("strokes"), stage.get("pen"));
  });
  const taken = computed(() => (stage.get("source") === "test" ? { picture: shown.value, why: "" } : inForm(shown.value)));
  const maps = computed(() => mapsOf(network, toInput(taken.value.picture)));
  const view = {
    levels,
    maps: () => maps.value,
    unit: () => ({ layer: stage.get("layer"), map: stage.get("map"), row: stage.get("row"), column: stage.get("column") }),
    ramp: () => RAMPS[stage.dark() ? "dark" : "light"],
    space: () => stage.get("view") === "space",
    part: () => stage.get("part"),
    choose: (/** @type {Unit} */ unit) => stage.put({ ...unit, part: unit.layer === stage.get("layer") ? stage.get("part") : -1 }),
    take: (/** @type {number} */ part) => stage.put({ part }),
  };
  const places = signal(0); // counts how often the sheets were given other places
  const { world, sheets } = makeSheets(stage, view, () => void (places.value = places.peek() + 1));
  const panel = makePanel(stage, view);
  const scene = makeScene(stage, world, () => {
    places.value; // asked for, so that the scene follows
    return sheets.flatMap(({ corners }) => corners());
  });
  stage.root.append(
    makeInput(stage, { shown, photo, taken, maps: () => maps.value }),
    h("div", { class: "row" }, segments(stage, "view", { label: "The maps", choices: [["sheets", "Layer by layer"], ["space", "In space"]] }), scene.tools),
    h("p", { class: "small-print" }, "Orange is above zero, blue below, pale is zero; each layer has its own scale. Press any place of any map. Maps, rows and columns are counted from 0, as in NumPy; what is written is rounded."),
    scene.element,
  ); // prettier-ignore
  // On the page the sum stands under the sheet that it belongs to; in space, under the scene.
  stage.follow(() => (view.space() ? scene.element : sheets[stage.get("layer")].element).after(panel));
}

/**
 * The picture that goes in: drawn, taken from the test set or from the camera; and the answer.
 * @param {Stage} stage
 * @param {{ shown: { value: Picture }, photo: { value: Picture | null }, taken: { value: { picture: Picture, why: string } }, maps: () => Float32Array[] }} input
 */
function makeInput(stage, { shown, photo, taken, maps }) {
  const canvas = h("canvas", { width: SQUARE, height: SQUARE });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  const camera = makeCamera(stage, {
    without: "Without it, you can draw.",
    welcome: "Hold a digit before the camera, so that plain paper fills the square. What it sees stays in this page.",
    pause: PAUSE,
    onFrame: (video) => void (photo.value = greySquare(video, context)),
    onChange: () => {
      look.textContent = camera.on() ? "Take this picture" : "Use the camera";
      told.textContent = camera.words();
    },
  });
  const look = button("Use the camera", () => {
    if (camera.on()) return camera.stop("This picture was taken. It stays in this page, and is in no link.");
    stage.put({ source: "camera" });
    camera.start();
  });
  const told = h("p", { class: "told", role: "status" });
  stage.follow(() => {
    if (stage.get("source") === "camera") return;
    photo.value = null;
    camera.stop();
  });

  const pad = drawingPad(stage, {
    picture: () => shown.value,
    words: () => sourceWords(stage),
    moves: () => false,
    strokes: () => (stage.get("source") === "drawing" ? stage.get("strokes") : []),
    change: (strokes) => stage.put({ source: "drawing", strokes }),
  });
  const thumbs = TEST_DIGITS.map((picture, k) => {
    const canvas = h("canvas", { class: "pixels" });
    paintGrey(canvas, picture);
    const name = k < MISREAD ? `test digit: a ${k}` : `test digit: a ${labelOf(k)} that the network misreads`;
    const thumb = h("button", { type: "button", class: "thumb", "aria-label": name, onclick: () => stage.put({ source: "test", digit: k }) }, canvas);
    stage.follow(() => void thumb.setAttribute("aria-pressed", String(stage.get("source") === "test" && stage.get("digit") === k)));
    return thumb;
  });
  const says = h("p", { class: "says" });
  stage.follow(() => {
    const words = answerWords(stage, taken.value, maps()[maps().length - 1]);
    says.textContent = words;
    stage.say(words);
  });
  const bars = answerBars(stage, () => (taken.value.why ? null : maps()[maps().length - 1]));
  const side = h(
    "div",
    { class: "stack side" },
    h("div", { class: "row" }, pad.undo, pad.clear, look),
    told,
    h("div", { class: "thumbs", role: "group", "aria-label": "From the test set" }, ...thumbs.slice(0, MISREAD), h("span", { class: "small-print" }, "misread:"), ...thumbs.slice(MISREAD)),
    bars,
  );
  return h("div", { class: "stack" }, h("div", { class: "input" }, pad.element, side), says);
}

/** @param {Stage} stage */
function sourceWords(stage) {
  if (stage.get("source") === "test") return `It shows a test digit, a ${labelOf(stage.get("digit"))}. Drawing begins anew.`;
  if (stage.get("source") === "camera") return "It shows the camera's picture. Drawing begins anew.";
  const count = stage.get("strokes").length;
  return count ? `A drawing of ${count} ${count === 1 ? "stroke" : "strokes"}.` : "Empty.";
}

/**
 * @param {Stage} stage
 * @param {{ why: string }} taken
 * @param {Float32Array} probabilities
 */
function answerWords(stage, { why }, probabilities) {
  if (why) return stage.get("source") === "camera" ? "The camera's picture has too little contrast: hold a dark digit on white paper before it." : why;
  const said = answer(probabilities);
  const source = stage.get("source");
  const known = source === "test" ? labelOf(stage.get("digit")) : said;
  const right = known === said ? "" : ` It is a ${known}: one of the few test digits that this network misreads.`;
  const form = source === "test" ? "" : " What it gets is centred and scaled as MNIST's digits are; and it names one of the ten, whatever it gets.";
  return `The network says ${inWords(probabilities)}.${right}${form}`;
}

/**
 * The sheets in space, to be turned by dragging, by arrow keys or by the sliders; on the page it is only their frame.
 * @param {Stage} stage
 * @param {HTMLElement} world
 * @param {() => import("./inside_cnn.js").Point[]} corners of all that is in it
 */
function makeScene(stage, world, corners) {
  const eye = h("div", { class: "eye" }, world);
  const element = h("div", { class: "scene" }, eye);
  const space = () => stage.get("view") === "space";
  const limited = (/** @type {string} */ name, /** @type {number} */ value) => Math.round(Math.min(Math.max(value, LIMITS[name][0]), LIMITS[name][1]));
  const place = () => {
    element.classList.toggle("space", space());
    const angles = { turn: stage.get("turn"), tilt: stage.get("tilt") };
    const frame = { width: element.clientWidth - 24, height: element.clientHeight - 24 };
    const near = stage.get("near") / 100;
    if (!space() || frame.width <= 0) return void (world.style.transform = eye.style.transform = "");
    const { scale, x, y } = fitted(corners().map((point) => onScreen(point, angles, DISTANCE)), frame);
    eye.style.transform = `translate(${-x * near}px, ${-y * near}px)`;
    world.style.transform = `scale(${scale * near}) rotateX(${angles.tilt}deg) rotateY(${angles.turn}deg)`;
  };
  stage.follow(place);
  const watch = new ResizeObserver(place);
  watch.observe(element);
  stage.onLeave(() => watch.disconnect());

  /** @type {{ x: number, y: number, turn: number, tilt: number, far: boolean } | null} */
  let drag = null;
  element.addEventListener("pointerdown", (event) => {
    if (space()) drag = { x: event.clientX, y: event.clientY, turn: stage.get("turn"), tilt: stage.get("tilt"), far: false };
  });
  element.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.far && Math.hypot(x, y) < 6) return; // still a press
    if (!drag.far) element.setPointerCapture(event.pointerId);
    drag.far = true;
    stage.put({ turn: limited("turn", drag.turn + x * 0.3), tilt: limited("tilt", drag.tilt - y * 0.3) });
  });
  for (const type of ["pointerup", "pointercancel"]) element.addEventListener(type, () => setTimeout(() => (drag = null)));
  // Who has dragged does not mean to press the map under the pointer.
  element.addEventListener("click", (event) => drag?.far && event.stopPropagation(), true);

  let way = 1;
  const turning = player(
    stage,
    () => {
      const turn = stage.get("turn") + (stage.calm() ? 10 : 0.4) * way;
      if (turn >= 80 || turn <= -80) way = -Math.sign(turn);
      stage.put({ turn: Math.round(10 * Math.min(Math.max(turn, -80), 80)) / 10 });
    },
    { label: "Turn around", pause: 0 },
  );
  const degrees = (/** @type {number} */ value) => `${written(value, 0)}°`;
  const tools = h(
    "div",
    { class: "row space-tools" },
    turning.button,
    slider(stage, "turn", { label: "Turn", min: LIMITS.turn[0], max: LIMITS.turn[1], show: degrees }),
    slider(stage, "tilt", { label: "Tilt", min: LIMITS.tilt[0], max: LIMITS.tilt[1], show: degrees }),
    slider(stage, "near", { label: "Size", min: LIMITS.near[0], max: LIMITS.near[1], step: 5, show: (value) => `${value} %` }),
  );
  stage.follow(() => {
    tools.hidden = !space();
    if (!space()) turning.stop();
  });
  return { element, tools };
}

// ---- the still ------------------------------------------------------------------------------------

/**
 * The picture, all maps of all layers, and the answer.
 * @param {Record<string, any>} state
 * @param {{ png: (width: number, height: number, rgba: Uint8ClampedArray) => string }} tools
 */
function still(state, { png }) {
  const { network } = loadNetwork();
  const levels = levelsOf(network ?? []);
  const given = state.source === "test" ? TEST_DIGITS[state.digit] : inForm(drawStrokes(state.strokes, state.pen)).picture;
  const maps = mapsOf(network ?? [], toInput(given));
  const label = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string | number} */ words, more = {}) =>
    text("text", { x, y, "font-family": "sans-serif", "font-size": 15, fill: "#1a1a1a", ...more }, words);
  let y = 0;
  const rows = levels.slice(0, 10).map((level, layer) => {
    const sheet = sheetOf(level, { 12: 12, 32: 16 }[level.channels] ?? 24);
    const pixels = new Uint32Array(sheet.width * sheet.height);
    paintSheet(level, maps[layer], sheet, RAMPS.light, pixels);
    const width = layer ? 500 : 110;
    const height = (width * sheet.height) / sheet.width;
    const href = layer ? png(sheet.width, sheet.height, new Uint8ClampedArray(pixels.buffer)) : png(SIDE, SIDE, greyPixels(given.bytes));
    const image = text("image", { x: 140, y, width, height, href, style: "image-rendering: pixelated" });
    const words = label(0, y + 15, titleOf(level), { "font-weight": "bold" }) + label(0, y + 33, sizeOf(level), { "font-size": 13, fill: "#444444" });
    y += Math.max(height, 38) + 9;
    return image + words;
  });
  const probabilities = maps[maps.length - 1];
  const said = answer(probabilities);
  const bars = [...probabilities].map((share, digit) => {
    const x = 300 + 34 * digit;
    const fill = digit === said ? "#0a6b87" : "#8a8a8a";
    return text("rect", { x, y: 90 - 66 * share, width: 22, height: 66 * share + 1, fill }) + label(x + 11, 108, digit, { "text-anchor": "middle", "font-weight": digit === said ? "bold" : "normal" });
  });
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 644 ${Math.ceil(y)}` },
    text("rect", { width: 644, height: Math.ceil(y), fill: "#ffffff" }),
    ...rows,
    ...bars,
    label(300, 14, `Probabilities: ${said} with ${percent(probabilities[said])}`, { "font-weight": "bold" }),
  );
}

const css = `
.figure { container-type: inline-size }
.all { --mark-line: #6d1fd1; --mark-halo: #ffffff }
.all.dark { --mark-line: #ffe14a; --mark-halo: #14181e }
.input { display: grid; gap: 1rem; grid-template-columns: minmax(0, 14rem) minmax(0, 1fr) }
.side { align-content: space-between }
.told:empty { display: none }
.told { font-size: .9rem }
.thumbs { display: flex; flex-wrap: wrap; gap: .3rem; align-items: center }
.thumb { padding: 2px; min-height: 0; min-width: 0 }
.thumb canvas { width: 34px; height: 34px }
.thumb[aria-pressed="true"] { outline: 3px solid var(--strong); outline-offset: 0 }
.thumb:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
.scene.space { height: 26rem; overflow: hidden; position: relative; border: 1px solid var(--line); border-radius: 6px; touch-action: pan-y; cursor: grab; user-select: none }
.scene.space:active { cursor: grabbing }
.space .eye { position: absolute; inset: 0; perspective: ${DISTANCE}px }
.space .world { position: absolute; inset: 0; transform-style: preserve-3d; pointer-events: none }
.space .atlas { pointer-events: auto }
.space .sheet { position: absolute; left: 50%; top: 50% }
.space .title { position: absolute; bottom: 100%; left: 0; white-space: nowrap; font-size: .8rem; pointer-events: none }
.space .title span { display: none }
.space .atlas { background: color-mix(in srgb, var(--page) 55%, transparent); box-shadow: 0 0 0 4px color-mix(in srgb, var(--page) 55%, transparent), 0 0 0 5px var(--line) }
.space .sheet[data-chosen] .atlas { box-shadow: 0 0 0 4px color-mix(in srgb, var(--page) 55%, transparent), 0 0 0 6px var(--mark-line) }
.strip { position: absolute; left: 50%; top: 50%; transform-origin: 0 50%; pointer-events: none; background: var(--above) }
.strip.below { background: repeating-linear-gradient(90deg, var(--below) 0 7px, transparent 7px 11px) }
@container (max-width: 560px) {
  .input { grid-template-columns: minmax(0, 1fr) }
  .scene.space { height: 19rem }
  .equation { gap: .5rem .3rem }
  .of-5 { width: 8.4rem }
  .of-5 span { font-size: .6rem; letter-spacing: -.05em }
  .of-3 { width: 6.4rem }
  .unit-panel { padding: .6rem }
}
`;

export default figure({ defaults, check, draw, still, css: PAD_STYLE + ANSWERS_STYLE + SEGMENTS + SHEETS_STYLE + PANEL_STYLE + css });
