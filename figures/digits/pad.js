/**
 * A pad to draw on with the mouse, a finger or the keyboard; it changes the state's `strokes`, and shows any picture.
 */
import { button } from "../lib/controls.js";
import { h } from "../lib/dom.js";
import { quoted } from "../lib/quoted.js";
import { PAD } from "./digits.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("./digits.js").Picture} Picture */
/** @typedef {import("./pen.js").Stroke} Stroke */

export const MOST_POINTS = 3000;
export const WIDEST = 60; // the widest pen
const LEAST_STEP = 3; // pixels between two points of a stroke: a link should stay short
const STEP = 10; // of an arrow key
const FINE = 2; // with Shift

/**
 * In words, what is wrong with strokes that a link or a notebook brings.
 * @param {unknown} strokes
 * @param {unknown} pen
 */
export function strokesFault(strokes, pen) {
  const numbers = (/** @type {unknown} */ stroke) => Array.isArray(stroke) && stroke.length >= 2 && stroke.length % 2 === 0 && stroke.every(onPad);
  if (!Array.isArray(strokes) || !strokes.every(numbers))
    return `strokes must be a list of lists of numbers, x and y in turn, from -${PAD} to ${2 * PAD}: press Clear and draw.`;
  if (strokes.flat().length > 2 * MOST_POINTS) return `The pad takes ${MOST_POINTS} points and there are ${strokes.flat().length / 2}: press Clear.`;
  if (!Number.isFinite(pen) || Number(pen) < 1 || Number(pen) > WIDEST)
    return `The pen must be from 1 to ${WIDEST} pixels wide, got ${quoted(pen)}: move its slider.`;
  return null;
}

/** On the pad or a little beside it. @param {unknown} number */
function onPad(number) {
  return Number.isFinite(number) && Number(number) >= -PAD && Number(number) <= 2 * PAD;
}

/**
 * All strokes, moved together.
 * @param {Stroke[]} strokes
 * @param {number} x
 * @param {number} y
 * @returns {Stroke[]}
 */
export function movedStrokes(strokes, x, y) {
  return strokes.map((stroke) => stroke.map((number, k) => number + (k % 2 ? y : x)));
}

/**
 * @param {Stage} stage
 * @param {object} options
 * @param {() => Picture} options.picture what the pad shows; an effect follows it
 * @param {() => string} options.words what it shows, for those who do not see it
 * @param {() => boolean} options.moves true: drag and arrow keys move the drawing; false: they draw
 * @param {() => Stroke[]} options.strokes what is drawn on
 * @param {(strokes: Stroke[]) => void} options.change the reader has drawn
 */
export function drawingPad(stage, { picture, words, moves, strokes, change }) {
  const canvas = h("canvas", { class: "pad pixels", width: PAD, height: PAD, tabindex: 0, role: "application" });
  const cursor = h("span", { class: "cursor", "aria-hidden": "true" });
  const hint = h("span", { class: "hint", "aria-hidden": "true" }, "Draw a digit here");
  const element = h("div", { class: "padholder" }, canvas, hint, cursor);
  stage.follow(() => paintGrey(canvas, picture()));
  stage.follow(() => {
    const keys = moves() ? "Arrow keys move the drawing." : "Arrow keys move the pen, Space puts it down and lifts it, Backspace takes the last stroke back.";
    canvas.setAttribute("aria-label", `Pad. ${words()} ${keys}`);
  });
  stage.follow(() => {
    hint.hidden = picture().bytes.some((level) => level > 0);
  });
  byPointer(stage, canvas, { moves, strokes, change });
  byKeyboard(stage, canvas, cursor, { moves, strokes, change });

  const undo = button("Undo", () => change(strokes().slice(0, -1)));
  const clear = button("Clear", () => {
    change([]);
    stage.say("The pad is empty.");
  });
  stage.follow(() => {
    undo.disabled = strokes().length === 0;
  });
  return { element, undo, clear };
}

/**
 * @typedef {{ moves: () => boolean, strokes: () => Stroke[], change: (strokes: Stroke[]) => void }} Hands
 *
 * @param {Stage} stage
 * @param {HTMLCanvasElement} canvas
 * @param {Hands} hands
 */
function byPointer(stage, canvas, { moves, strokes, change }) {
  /** @type {{ x: number, y: number } | null} */
  let last = null;
  /** @type {Stroke[]} */
  let now = [];
  let frame = 0;
  const place = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return { x: Math.round(((event.clientX - box.left) * PAD) / box.width), y: Math.round(((event.clientY - box.top) * PAD) / box.height) };
  };
  const show = () => {
    frame = 0;
    change(now);
  };
  const later = () => {
    frame ||= requestAnimationFrame(show); // a pen may send more points than there are frames
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    now = moves() ? strokes() : [...strokes(), [last.x, last.y]];
    show();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const to = place(each);
      if (Math.hypot(to.x - last.x, to.y - last.y) < LEAST_STEP) continue;
      now = moves() ? movedWithin(now, to.x - last.x, to.y - last.y) : longer(now, to.x, to.y);
      last = to;
      later();
    }
  });
  const end = () => {
    if (frame) {
      cancelAnimationFrame(frame);
      show();
    }
    last = null;
  };
  for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, end);
  stage.onLeave(() => cancelAnimationFrame(frame));
}

/**
 * @param {Stage} stage
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} cursor
 * @param {Hands} hands
 */
function byKeyboard(stage, canvas, cursor, { moves, strokes, change }) {
  const steps = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
  const held = new Set();
  const pen = { x: PAD / 2, y: PAD / 4, down: false };
  const show = () => {
    cursor.style.left = `${(100 * pen.x) / PAD}%`;
    cursor.style.top = `${(100 * pen.y) / PAD}%`;
    cursor.classList.toggle("down", pen.down);
    cursor.hidden = moves();
  };
  const step = (/** @type {boolean} */ fine) => {
    let [x, y] = [0, 0];
    for (const key of held) [x, y] = [x + steps[key][0], y + steps[key][1]]; // two keys at once go aslant
    const far = fine ? FINE : STEP;
    if (moves()) return change(movedWithin(strokes(), x * far, y * far));
    pen.x = Math.min(Math.max(pen.x + x * far, 0), PAD);
    pen.y = Math.min(Math.max(pen.y + y * far, 0), PAD);
    if (pen.down) change(longer(strokes(), pen.x, pen.y));
  };
  const toggle = () => {
    pen.down = !pen.down && !moves();
    if (pen.down) change([...strokes(), [pen.x, pen.y]]);
    stage.say(pen.down ? "Pen down." : "Pen up.");
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps) {
      held.add(event.key);
      step(event.shiftKey);
    } else if (event.key === " " || event.key === "Enter") toggle();
    else if (event.key === "Backspace") change(strokes().slice(0, -1));
    else return;
    event.preventDefault();
    show();
  });
  canvas.addEventListener("keyup", (event) => held.delete(event.key));
  canvas.addEventListener("focus", show);
  canvas.addEventListener("blur", () => {
    held.clear();
    pen.down = false;
    show();
  });
  stage.follow(show);
}

/**
 * The last stroke goes on, as long as there is room for points.
 * @param {Stroke[]} strokes @param {number} x @param {number} y
 */
function longer(strokes, x, y) {
  if (strokes.length === 0) return [[x, y]];
  if (strokes.flat().length >= 2 * MOST_POINTS) return strokes;
  return [...strokes.slice(0, -1), [...strokes[strokes.length - 1], x, y]];
}

/** Moved, as long as the middle of the drawing stays on the pad. @param {Stroke[]} strokes @param {number} x @param {number} y */
function movedWithin(strokes, x, y) {
  const [xs, ys] = [0, 1].map((axis) => strokes.flatMap((stroke) => stroke.filter((_, k) => k % 2 === axis)));
  const room = (/** @type {number[]} */ places, /** @type {number} */ step) => {
    const middle = (Math.min(...places) + Math.max(...places)) / 2;
    return Math.round(Math.min(Math.max(step, -middle), PAD - middle));
  };
  return strokes.length ? movedStrokes(strokes, room(xs, x), room(ys, y)) : strokes;
}

/**
 * Grey levels on a canvas, which takes their size.
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 */
export function paintGrey(canvas, { height, width, bytes }) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.putImageData(new ImageData(greyPixels(bytes), width, height), 0, 0);
}

/** Red, green, blue and opacity of each grey level. @param {Uint8Array} bytes */
export function greyPixels(bytes) {
  const rgba = new Uint8ClampedArray(4 * bytes.length).fill(255);
  for (let k = 0; k < bytes.length; k++) rgba[4 * k] = rgba[4 * k + 1] = rgba[4 * k + 2] = bytes[k];
  return rgba;
}

export const PAD_STYLE = `
.padholder { position: relative; width: 100%; max-width: 280px; aspect-ratio: 1 }
.pad { width: 100%; height: 100%; touch-action: none; cursor: crosshair; border-radius: 6px; image-rendering: auto; background: #000; border: 1px solid var(--muted) }
.pad.moves { cursor: move }
.hint { position: absolute; inset: 0; display: grid; place-items: center; color: #c8c8c8; pointer-events: none; font-size: .95rem }
.cursor { position: absolute; width: 22px; height: 22px; margin: -11px; border: 2px solid #ffd24a; border-radius: 50%; pointer-events: none; display: none }
.cursor.down { background: #ffd24a88 }
.pad:focus-visible ~ .cursor { display: block }
`;
