/** Draw a digit, and see what the network makes of it: from the shrunk pad, and from the form of MNIST. */
import { computed, signal } from "@preact/signals-core";
import { button, slider } from "../lib/controls.js";
import { h, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { quoted } from "../lib/quoted.js";
import { segments, SEGMENTS } from "../lib/segments.js";
import { ANSWERS_STYLE, answerBars, inWords, percent } from "./answers.js";
import { answer, centre, centreOfMass, forward, inkBox, shrunk, SIDE, toInput } from "./digits.js";
import { drawingPad, greyPixels, PAD_STYLE, paintGrey, strokesFault, WIDEST } from "./pad.js";
import { drawStrokes, FOUR, penDigit, seeded } from "./pen.js";
import { loadNetwork } from "./weights.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("./digits.js").Picture} Picture */
/** @typedef {import("./digits.js").Layer} Layer */

const MOST_DRAWINGS = 1000;
const AT_ONCE = 100;
const FORMS = { shrunk: "The pad, made small", centred: "In MNIST's form" };

const defaults = { strokes: FOUR, pen: 14, tool: "pen", drawings: 0 };

/** @param {Record<string, any>} state */
function check({ strokes, pen, tool, drawings }) {
  if (tool !== "pen" && tool !== "hand") return `tool must be "pen" or "hand", got ${quoted(tool)}: choose one.`;
  if (!Number.isInteger(drawings) || drawings < 0 || drawings > MOST_DRAWINGS)
    return `The number of drawings must be a whole number from 0 to ${MOST_DRAWINGS}, got ${quoted(drawings)}: press Reset.`;
  return strokesFault(strokes, pen);
}

/**
 * What the network gets and what it says, in both forms; null where there is nothing to be read, with the reason.
 * @param {Layer[]} network
 * @param {Picture} pad
 */
function readings(network, pad) {
  const blank = { height: SIDE, width: SIDE, bytes: new Uint8Array(SIDE * SIDE) };
  const read = (/** @type {Picture} */ picture) => ({ picture, probabilities: forward(network, toInput(picture)).at(-1) ?? null, why: "" });
  try {
    return { shrunk: read(shrunk(pad)), centred: read(centre(pad)) };
  } catch (error) {
    const none = { picture: blank, probabilities: null, why: /** @type {Error} */ (error).message };
    return { shrunk: none, centred: none };
  }
}

/** @param {Stage} stage */
function draw(stage) {
  const { network, fault } = loadNetwork();
  if (!network) return void stage.root.append(h("p", { class: "wrong" }, fault));
  const pad = computed(() => drawStrokes(stage.get("strokes"), stage.get("pen")));
  const both = computed(() => readings(network, pad.value));

  const padOfStrokes = drawingPad(stage, {
    picture: () => pad.value,
    words: () => padWords(stage.get("strokes").length),
    moves: () => stage.get("tool") === "hand",
    strokes: () => stage.get("strokes"),
    change: (strokes) => stage.put({ strokes }),
  });
  stage.follow(() => void padOfStrokes.element.querySelector(".pad")?.classList.toggle("moves", stage.get("tool") === "hand"));
  let drawn = Math.floor(1e6 * Math.random());
  const byRule = button("Let the rule draw one", () => {
    const random = seeded(++drawn);
    const { strokes, width } = penDigit(Math.floor(random.uniform(0, 10)), random);
    stage.put({ strokes: rounded(strokes), pen: width });
  });
  const tools = h(
    "div",
    { class: "row" },
    segments(stage, "tool", { label: "Tool", choices: [["pen", "Pen: draw"], ["hand", "Hand: move it"]] }),
    padOfStrokes.undo,
    padOfStrokes.clear,
    byRule,
    slider(stage, "pen", { label: "Width of the pen", min: 2, max: WIDEST }),
  ); // prettier-ignore

  const forms = /** @type {const} */ (["shrunk", "centred"]).map((form) => formPanel(stage, form, () => both.value[form]));
  const says = h("p", { class: "says" });
  stage.follow(() => {
    const words = verdict(both.value);
    says.textContent = words;
    stage.say(words);
  });
  const warning = h("p", { class: "small-print" }, "Whatever you draw, one of the ten is the answer: whether it is a digit at all, the network was never asked.");
  stage.root.append(h("div", { class: "sides" }, padOfStrokes.element, h("div", { class: "stack forms" }, ...forms)), tools, says, warning, trial(stage, network));
}

/** @param {number} count of strokes */
function padWords(count) {
  return count ? `A drawing of ${count} ${count === 1 ? "stroke" : "strokes"}.` : "Empty.";
}

/** @param {ReturnType<typeof readings>} both */
function verdict({ shrunk: small, centred }) {
  if (!small.probabilities || !centred.probabilities) return small.why;
  const [first, second] = [small.probabilities, centred.probabilities];
  const same = answer(first) === answer(second);
  return `Made small, the pad is read as ${inWords(first)}. In MNIST's form the same strokes are read as ${inWords(second)}. ${
    same ? "Move the drawing to a corner: for how long do the two agree?" : "Not one weight was changed in between."
  }`;
}

/**
 * The 28 × 28 pixels and the answer.
 * @param {Stage} stage
 * @param {"shrunk" | "centred"} form
 * @param {() => ReturnType<typeof readings>["shrunk"]} reading
 */
function formPanel(stage, form, reading) {
  const canvas = h("canvas", { class: "pixels small", role: "img" });
  stage.follow(() => {
    paintGrey(canvas, reading().picture);
    canvas.setAttribute("aria-label", `28 by 28 pixels. ${formWords(form, reading().picture)}`);
  });
  const guide = form === "centred" ? h("span", { class: "guide", "aria-hidden": "true" }) : null;
  const bars = answerBars(stage, () => reading().probabilities);
  return h("section", { class: "form" }, h("p", { class: "heading" }, FORMS[form]), h("div", { class: "pair" }, h("div", { class: "framed" }, canvas, guide), bars));
}

/** @param {"shrunk" | "centred"} form @param {Picture} picture */
function formWords(form, picture) {
  const box = inkBox(picture);
  const mass = centreOfMass(picture);
  if (!box || !mass) return "All black.";
  const size = `The ink is ${box.right - box.left} wide and ${box.bottom - box.top} high`;
  return `${FORMS[form]}. ${size}, its centre of mass at ${mass.x.toFixed(1)}, ${mass.y.toFixed(1)}.`;
}

/** Whole pixels: a link stays short. @param {number[][]} strokes */
function rounded(strokes) {
  return strokes.map((stroke) => stroke.map(Math.round));
}

/**
 * @typedef {{ digit: number, strokes: number[][], width: number, picture: Picture, said: number, sure: number }} Misread
 *
 * @param {Misread} misread
 * @param {() => void} fetch
 */
function thumb({ digit, picture, said, sure }, fetch) {
  const canvas = h("canvas", { class: "pixels" });
  paintGrey(canvas, picture);
  const made = button("", fetch, { class: "thumb", "aria-label": `A ${digit}, read as ${said} with ${percent(sure)}` });
  made.append(canvas, `${digit} → ${said}`);
  return made;
}

/**
 * A hundred drawings by rule, and how many are read: a few in each frame, so that the page stays awake.
 * @param {Stage} stage
 * @param {Layer[]} network
 */
function trial(stage, network) {
  const nothing = { done: 0, shrunk: 0, centred: 0, misread: /** @type {Misread[]} */ ([]) };
  const tally = signal(nothing);
  let random = seeded(0);
  let frame = 0;
  const one = (/** @type {typeof nothing} */ { done, misread, ...right }) => {
    const digit = done % 10;
    const { strokes, width } = penDigit(digit, random);
    const both = readings(network, drawStrokes(strokes, width));
    const [small, formed] = [both.shrunk, both.centred].map(({ probabilities }) => probabilities ?? new Float32Array(10));
    const said = answer(formed);
    const wrong = said === digit ? [] : [{ digit, strokes, width, picture: both.centred.picture, said, sure: formed[said] }];
    return {
      done: done + 1,
      shrunk: right.shrunk + Number(answer(small) === digit),
      centred: right.centred + Number(said === digit),
      misread: [...misread, ...wrong],
    };
  };
  const goOn = () => {
    const end = performance.now() + 10; // milliseconds of a frame
    let now = tally.peek();
    while (now.done < stage.get("drawings") && performance.now() < end) now = one(now);
    tally.value = now;
    frame = now.done < stage.get("drawings") ? requestAnimationFrame(goOn) : 0;
    if (!frame && now.done) stage.say(tallyWords(now));
  };
  stage.follow(() => {
    const wanted = stage.get("drawings");
    if (wanted < tally.peek().done) {
      tally.value = nothing;
      random = seeded(0);
    }
    cancelAnimationFrame(frame);
    frame = wanted > tally.peek().done ? requestAnimationFrame(goOn) : 0;
  });
  stage.onLeave(() => cancelAnimationFrame(frame));

  const more = button("", () => stage.put({ drawings: Math.min(stage.get("drawings") + AT_ONCE, MOST_DRAWINGS) }));
  const lines = /** @type {const} */ (["shrunk", "centred"]).map((form) => {
    const bar = h("span", { class: "share-bar" });
    const count = h("span", { class: "number" });
    stage.follow(() => {
      const { done, [form]: right } = tally.value;
      bar.style.width = done ? `${(100 * right) / done}%` : "0";
      count.textContent = done ? `${right} of ${done}: ${percent(right / done)}` : "not asked yet";
    });
    return h("div", { class: "line" }, h("span", {}, FORMS[form]), h("span", { class: "track", "aria-hidden": "true" }, bar), count);
  });
  const misread = h("div", { class: "row misread" });
  const heading = h("p", { class: "small-print" });
  stage.follow(() => {
    const all = tally.value.misread.slice(0, 24);
    heading.textContent = all.length ? "Misread in MNIST's form (press one, and it comes onto the pad):" : "";
    misread.replaceChildren(...all.map((one) => thumb(one, () => stage.put({ strokes: rounded(one.strokes), pen: one.width }))));
  });
  stage.follow(() => {
    more.textContent = stage.get("drawings") ? `Read ${AT_ONCE} more` : `Read ${AT_ONCE} drawings by rule`;
    more.disabled = stage.get("drawings") >= MOST_DRAWINGS;
  });
  return h("section", { class: "trial stack" }, h("div", { class: "row" }, more), ...lines, heading, misread);
}

/** @param {{ done: number, shrunk: number, centred: number }} tally */
function tallyWords({ done, shrunk: small, centred }) {
  return `Of ${done} drawings ${small} are read from the pad made small, and ${centred} in MNIST's form.`;
}

// ---- the still ------------------------------------------------------------------------------------

/**
 * The pad, the two pictures of 28 × 28, and the two answers.
 * @param {Record<string, any>} state
 * @param {{ png: (width: number, height: number, rgba: Uint8ClampedArray) => string }} tools
 */
function still(state, { png }) {
  const pad = drawStrokes(state.strokes, state.pen);
  const both = readings(loadNetwork().network ?? [], pad);
  const label = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string | number} */ words, more = {}) =>
    text("text", { x, y, "font-family": "sans-serif", "font-size": 17, fill: "#1a1a1a", ...more }, words);
  const image = (/** @type {Picture} */ { width, height, bytes }, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ side) =>
    text("image", { x, y, width: side, height: side, href: png(width, height, greyPixels(bytes)), style: "image-rendering: pixelated" });
  const chart = (/** @type {Float32Array | null} */ probabilities, /** @type {number} */ x, /** @type {number} */ y) =>
    [...(probabilities ?? [])].map((share, digit) => {
      const best = digit === answer(/** @type {Float32Array} */ (probabilities));
      const at = { x: x + 20 * digit, width: 14, fill: best ? "#0a6b87" : "#8a8a8a" };
      const written = { "text-anchor": "middle", "font-weight": best ? "bold" : "normal", "font-size": 15 };
      return text("rect", { ...at, y: y + 70 - 68 * share, height: 68 * share + 1 }) + label(at.x + 7, y + 88, digit, written);
    });
  const rows = /** @type {const} */ (["shrunk", "centred"]).map((form, k) => {
    const y = 28 + 172 * k;
    const { picture, probabilities } = both[form];
    const says = probabilities ? `“${answer(probabilities)}”, ${percent(probabilities[answer(probabilities)])}` : "no answer";
    const box = form === "centred" ? text("rect", { x: 300 + 4 * 4.5, y: y + 4 * 4.5, width: 90, height: 90, fill: "none", stroke: "#ffd24a", "stroke-dasharray": "4 3" }) : "";
    return label(300, y - 10, FORMS[form], { "font-weight": "bold" }) + image(picture, 300, y, 126) + box + label(440, y + 14, says) + chart(probabilities, 440, y + 28).join("");
  });
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: "0 0 644 332" },
    text("rect", { width: 644, height: 332, fill: "#ffffff" }),
    label(0, 18, "What was drawn", { "font-weight": "bold" }),
    image(pad, 0, 28, 270),
    ...rows,
  );
}

const css = `
.figure { container-type: inline-size }
.sides { display: grid; gap: 1rem; grid-template-columns: minmax(0, 17.5rem) minmax(0, 1fr) }
.forms { align-content: space-between }
.heading { margin: 0 0 .3rem; font-size: .95rem; font-weight: 600 }
.pair { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .75rem; align-items: end }
.framed { position: relative; aspect-ratio: 1 }
.framed canvas { width: 100%; border-radius: 4px }
.guide { position: absolute; inset: calc(100% * 4 / 28); border: 1.5px dashed #ffd24a; pointer-events: none }
.guide::after { content: ""; position: absolute; left: calc(50% - 4px); top: calc(50% - 4px); width: 8px; height: 8px; border-radius: 50%; border: 1.5px solid #ffd24a }
.trial { border-top: 1px solid var(--line); padding-top: .75rem }
.line { display: grid; grid-template-columns: 11rem minmax(0, 1fr) 9.5rem; gap: .75rem; align-items: center; font-size: .95rem }
.track { height: 1rem; background: var(--soft); border-radius: 4px; overflow: hidden; border: 1px solid var(--line) }
.share-bar { display: block; height: 100%; background: var(--strong) }
.small-print { font-size: .9rem; color: var(--muted) }
.small-print:empty, .misread:empty { display: none }
.misread { gap: .4rem }
.thumb { display: grid; justify-items: center; padding: .25rem; font-size: .8rem; gap: .15rem }
.thumb canvas { width: 42px; height: 42px }
@container (max-width: 560px) {
  .sides { grid-template-columns: minmax(0, 1fr); justify-items: center }
  .forms { width: 100% }
  .line { grid-template-columns: minmax(0, 1fr) auto }
  .track { grid-column: 1 / -1; grid-row: 2 }
}
`;

export default figure({ defaults, check, draw, still, css: PAD_STYLE + ANSWERS_STYLE + SEGMENTS + css });
