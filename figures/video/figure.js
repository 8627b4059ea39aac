/** The reader's camera, or a short film, through six filters. */
import { makeCamera } from "../lib/camera.js";
import { button, choice, slider } from "../lib/controls.js";
import { h, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import * as film from "./film.js";
import { count, filtered, hsv, makeRoom, MOST_APART, take } from "./video.js";
import { check, DIRECTIONS, FILTERS, FRAMES, LIMITS, line, PRIVATE, sees, STOPPED } from "./words.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("./video.js").Settings} Settings */
/** @typedef {import("./video.js").Room} Room */

const START = 40; // the frame of the film that the still shows
const PAUSE = 80; // milliseconds from one frame of the film to the next
const SMALL = { width: 96, height: 72 };
const NAMES = ["filter", "blur", "direction", "low", "high", "hue", "tolerance", "saturation", "value", "frames", "apart", "threshold"];

const defaults = {
  filter: "difference",
  blur: 5,
  direction: "both",
  low: 40,
  high: 120,
  hue: 0,
  tolerance: 20,
  saturation: 120,
  value: 60,
  frames: "three",
  apart: 3,
  threshold: 25,
  frame: null, // where the film stands; null: it plays
};

const css = `
.figure { container-type: inline-size }
.filters { display: grid; gap: .4rem; grid-template-columns: repeat(6, minmax(0, 1fr)) }
.filters button { display: grid; gap: .2rem; justify-items: center; padding: .3rem; font-size: .85rem }
.filters canvas { width: 100%; border-radius: 3px }
.views { display: grid; gap: .75rem; grid-template-columns: 1fr 1fr }
.views figure { margin: 0; display: grid; gap: .25rem; align-content: start }
.views figcaption { font-size: .9rem; color: var(--muted) }
.views canvas { width: 100%; border-radius: 4px; background: #000 }
.mirror { transform: scaleX(-1) }
.pick { cursor: crosshair }
.private { font-size: .9rem; color: var(--muted) }
.measured { min-height: 1.3rem; font-size: .85rem; color: var(--muted) }
.start { font-weight: 600 }
.knobs { min-height: 2.6rem }
pre { margin: 0; font: .85rem/1.4 ui-monospace, monospace }
@container (max-width: 480px) { .views { gap: .35rem } .filters { grid-template-columns: repeat(3, minmax(0, 1fr)) } }
`;

/** @param {Stage} stage @returns {Settings} */
function settings(stage) {
  return /** @type {any} */ (Object.fromEntries(NAMES.map((name) => [name, stage.get(name)])));
}

/** Paint what a filter gives: grey levels; or, of a hue, the pixels in their colour. @param {Uint8ClampedArray} target @param {Uint8Array} levels @param {Uint8ClampedArray | null} colours */
function paint(target, levels, colours) {
  const pixels = new Uint32Array(target.buffer, target.byteOffset, levels.length);
  if (colours) {
    const whole = new Uint32Array(colours.buffer, colours.byteOffset, levels.length);
    for (let k = 0; k < levels.length; k++) pixels[k] = levels[k] ? whole[k] : 0xff000000;
  } else for (let k = 0; k < levels.length; k++) pixels[k] = 0xff000000 | (levels[k] * 0x010101);
}

/** A canvas with its filter, all arrays made once for its size. @param {number} width @param {number} height @param {Room} [room] */
function view(width, height, room = makeRoom(width, height)) {
  const canvas = h("canvas", { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(width, height);
  return {
    canvas,
    room,
    /** @param {Uint8ClampedArray} rgba @param {Settings} how @returns {Uint8Array | null} */
    show(rgba, how) {
      const levels = filtered(room, rgba, how);
      if (!levels) return null;
      paint(image.data, levels, how.filter === "hue" ? rgba : null);
      context.putImageData(image, 0, 0);
      return levels;
    },
  };
}

/** @param {Stage} stage */
function draw(stage) {
  const came = h("canvas", { width: film.WIDTH, height: film.HEIGHT });
  const camePen = /** @type {CanvasRenderingContext2D} */ (came.getContext("2d", { willReadFrequently: true }));
  const filmImage = camePen.createImageData(film.WIDTH, film.HEIGHT);
  const small = h("canvas", SMALL);
  const smallPen = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d", { willReadFrequently: true }));
  const answer = h("div");
  const answerName = h("figcaption");
  const cameName = h("figcaption");
  const says = h("p", { class: "says" });
  const measured = h("p", { class: "measured" });
  const code = h("code");
  const smallRoom = makeRoom(SMALL.width, SMALL.height);
  const thumbs = Object.keys(FILTERS).map((filter) => ({ filter, view: view(SMALL.width, SMALL.height, smallRoom) }));
  let large = view(film.WIDTH, film.HEIGHT);
  let rgba = filmImage.data; // the newest frame
  let at = START; // the newest frame of the film

  const size = (/** @type {number} */ width, /** @type {number} */ height) => {
    if (came.width === width && came.height === height) return;
    Object.assign(came, { width, height });
    large = view(width, height);
    large.canvas.setAttribute("aria-hidden", "true");
    answer.replaceChildren(large.canvas);
  };

  /** Take in the frame that stands on the left canvas. */
  const takeIn = () => {
    take(large.room, rgba, stage.get("blur"));
    smallPen.drawImage(came, 0, 0, SMALL.width, SMALL.height);
    const tiny = smallPen.getImageData(0, 0, SMALL.width, SMALL.height).data;
    take(smallRoom, tiny, Math.min(5, stage.get("blur")));
    return tiny;
  };
  let tiny = new Uint8ClampedArray(0);
  let spoken = 0;
  const show = () => {
    const how = settings(stage);
    const levels = large.show(rgba, how);
    for (const { filter, view: one } of thumbs) if (tiny.length) one.show(tiny, { ...how, filter });
    if (performance.now() - spoken < 400 && levels) return; // words need not change ten times a second
    spoken = performance.now();
    says.textContent = levels ? sees(how, count(levels) / levels.length) : "Waiting for the frames to compare with.";
  };
  const forget = () => [large.room, smallRoom].forEach((room) => (room.past.length = 0));

  /** The film, up to a frame: with those before it, which the differences need. @param {number} frame */
  const showFilm = (frame) => {
    size(film.WIDTH, film.HEIGHT);
    rgba = filmImage.data;
    const next = large.room.past.length && (frame - at + film.LENGTH) % film.LENGTH === 1;
    if (!next) forget();
    for (let k = next ? 0 : 2 * stage.get("apart"); k >= 0; k--) {
      film.draw(frame - k, rgba);
      camePen.putImageData(filmImage, 0, 0);
      tiny = takeIn();
    }
    at = (frame + film.LENGTH) % film.LENGTH;
  };

  const meter = rate((words) => (measured.textContent = words));
  const camera = makeCamera(stage, {
    without: "Without it, the film plays.",
    onFrame: (video) => {
      size(640, Math.round((640 * video.videoHeight) / video.videoWidth));
      const start = performance.now();
      camePen.drawImage(video, 0, 0, came.width, came.height);
      rgba = camePen.getImageData(0, 0, came.width, came.height).data;
      tiny = takeIn();
      show();
      meter(performance.now() - start);
    },
    onChange: () => tell(),
    onSight: () => goOn(),
  });

  const wait = { timer: 0 };
  const wanted = { play: !stage.calm() };
  const playing = () => stage.get("frame") === null && wanted.play && !camera.on() && camera.seen();
  const goOn = () => {
    clearTimeout(wait.timer);
    if (!playing()) return;
    const start = performance.now();
    showFilm(at + 1);
    show();
    meter(performance.now() - start);
    wait.timer = window.setTimeout(goOn, Math.max(10, PAUSE - (performance.now() - start)));
  };

  const startStop = button("", () => (camera.on() || camera.asking() ? camera.stop(STOPPED) : camera.start()), { class: "start" });
  const play = button("", () => {
    const run = !playing();
    wanted.play = true;
    stage.put({ frame: run ? null : at });
    tell();
    if (run) goOn();
  });
  const step = button("Step", () => stage.put({ frame: (at + 1) % film.LENGTH }));
  const note = h("p", { class: "says", role: "status", hidden: true });
  const tell = () => {
    const on = camera.on();
    startStop.textContent = on ? "■ Stop the camera" : camera.asking() ? "■ Do not wait" : "● Start my camera";
    play.textContent = playing() ? "‖ Pause the film" : "▶ Play the film";
    play.hidden = step.hidden = on;
    note.textContent = camera.words();
    note.hidden = !camera.words();
    cameName.textContent = on ? "Your camera" : "A film, drawn by rule";
    [came, answer].forEach((element) => element.classList.toggle("mirror", on && camera.mirror()));
    if (!on) measured.textContent = "";
    if (!on) goOn();
  };

  came.setAttribute("role", "img");
  large.canvas.setAttribute("aria-hidden", "true");
  answer.append(large.canvas);
  came.addEventListener("click", (event) => {
    if (stage.get("filter") !== "hue") return;
    const [x, y] = [event.offsetX / came.clientWidth, event.offsetY / came.clientHeight].map((part) => Math.min(0.999, Math.max(0, part)));
    const k = 4 * (Math.floor(y * came.height) * came.width + Math.floor(x * came.width));
    stage.put({ hue: 2 * hsv(rgba[k], rgba[k + 1], rgba[k + 2])[0] });
  });

  const choose = thumbs.map(({ filter, view: one }) => {
    one.canvas.setAttribute("aria-hidden", "true");
    const made = button("", () => stage.put({ filter }));
    made.append(one.canvas, FILTERS[filter]);
    stage.follow(() => void made.setAttribute("aria-pressed", String(stage.get("filter") === filter)));
    return made;
  });
  stage.root.append(
    h("div", { class: "row" }, startStop, play, step, h("span", { class: "private" }, PRIVATE)),
    note,
    h("div", { class: "filters", role: "group", "aria-label": "Filter" }, ...choose),
    h("div", { class: "views" }, h("figure", {}, came, cameName), h("figure", {}, answer, answerName)),
    knobs(stage),
    says,
    h("pre", { class: "scroll", tabindex: "0", role: "group", "aria-label": "The same in Python" }, code),
    measured,
  );

  // What the state asks for: the frames again if they must be smoothed anew, or only the filter.
  let smoothed = 0;
  stage.follow(() => {
    const how = settings(stage);
    const frame = stage.get("frame");
    answerName.textContent = FILTERS[how.filter];
    came.classList.toggle("pick", how.filter === "hue");
    came.setAttribute("aria-label", how.filter === "hue" ? "The picture that comes in; click a colour, or set it with the slider" : "The picture that comes in");
    code.textContent = line(how);
    if (!camera.on()) {
      const still = frame ?? at;
      if (still !== at || smoothed !== how.blur || large.room.past.length <= 2 * how.apart) {
        forget();
        showFilm(still);
      }
    } else if (smoothed !== how.blur) forget();
    smoothed = how.blur;
    spoken = 0;
    show();
    stage.say(`${FILTERS[how.filter]}. ${says.textContent}`);
  });
  stage.follow(() => {
    stage.get("frame");
    queueMicrotask(tell); // what it reads besides is none of this effect's business
  });

  stage.onLeave(() => clearTimeout(wait.timer));
}

/** The knobs of the chosen filter. @param {Stage} stage */
function knobs(stage) {
  const knob = (/** @type {string} */ name, /** @type {string} */ label, step = 1) =>
    slider(stage, name, { label, min: LIMITS[name][0], max: LIMITS[name][1], step, show: name === "hue" || name === "tolerance" ? (v) => `${v}°` : String });
  const parts = /** @type {[string[], HTMLElement][]} */ ([
    [["blur", "sobel", "canny", "difference"], knob("blur", "Blur, window", 2)],
    [["sobel"], choice(stage, "direction", { label: "Slope", choices: DIRECTIONS })],
    [["canny"], knob("low", "Low threshold", 10)],
    [["canny"], knob("high", "High threshold", 10)],
    [["hue"], knob("hue", "Hue")],
    [["hue"], knob("tolerance", "Tolerance")],
    [["hue"], knob("saturation", "Least saturation")],
    [["hue"], knob("value", "Least value")],
    [["difference"], choice(stage, "frames", { label: "Frames", choices: FRAMES })],
    [["difference"], knob("apart", "Frames apart")],
    [["difference"], knob("threshold", "Threshold")],
  ]);
  for (const [filters, element] of parts) stage.follow(() => void (element.hidden = !filters.includes(stage.get("filter"))));
  return h("div", { class: "row knobs" }, ...parts.map(([, element]) => element));
}

/** How many frames come in a second, and how long one takes: told once a second. @param {(words: string) => void} tellIt */
function rate(tellIt) {
  let since = performance.now();
  let frames = 0;
  let busy = 0;
  return (/** @type {number} */ took) => {
    frames += 1;
    busy += took;
    const passed = performance.now() - since;
    if (passed < 1000) return;
    tellIt(`${Math.round((1000 * frames) / passed)} frames a second; one takes ${Math.max(1, Math.round(busy / frames))} ms of computing.`);
    [since, frames, busy] = [performance.now(), 0, 0];
  };
}

/**
 * The film's frame and what the chosen filter makes of it; below, all six.
 * @param {Record<string, any>} state
 * @param {{ png: (width: number, height: number, rgba: Uint8ClampedArray) => string }} tools
 */
function still(state, { png }) {
  const how = /** @type {Settings & Record<string, any>} */ (state);
  const frame = state.frame ?? START;
  const { WIDTH, HEIGHT } = film;
  const came = film.draw(frame, new Uint8ClampedArray(4 * WIDTH * HEIGHT), false);
  const room = makeRoom(WIDTH, HEIGHT);
  const rgba = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  for (let k = 2 * MOST_APART; k >= 0; k--) take(room, film.draw(frame - k, rgba), how.blur);
  const picture = (/** @type {string} */ filter) => {
    const out = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
    paint(out, filtered(room, rgba, { ...how, filter }) ?? room.out, filter === "hue" ? came : null);
    return out;
  };
  const half = (/** @type {Uint8ClampedArray} */ whole) => {
    const out = new Uint8ClampedArray(WIDTH * HEIGHT);
    const [from, to] = [new Uint32Array(whole.buffer), new Uint32Array(out.buffer)];
    for (let k = 0; k < to.length; k++) to[k] = from[2 * (k % (WIDTH / 2)) + 2 * WIDTH * Math.floor(k / (WIDTH / 2))];
    return out;
  };
  const label = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ words, weight = "normal") =>
    text("text", { x, y, "font-family": "sans-serif", "font-size": 15, "font-weight": weight, fill: "#1a1a1a" }, words);
  const image = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ width, /** @type {string} */ href) =>
    text("image", { x, y, width, height: width * 0.75, href });
  const names = Object.entries(FILTERS);
  const strip = names.map(([filter, name], k) => {
    const [x, y] = [(k % 3) * 216, 292 + 184 * Math.floor(k / 3)];
    const frameOf = filter === how.filter ? text("rect", { x: x + 1, y: y + 21, width: 206, height: 154, fill: "none", stroke: "#d55e00", "stroke-width": 4 }) : "";
    const noisy = filter === "grey" || filter === "blur"; // half the size is enough, and a quarter of the bytes
    const href = noisy ? png(WIDTH / 2, HEIGHT / 2, half(picture(filter))) : png(WIDTH, HEIGHT, picture(filter));
    return label(x, y + 14, name) + image(x, y + 20, 208, href) + frameOf;
  });
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: "0 0 640 660" },
    text("rect", { width: 640, height: 660, fill: "#ffffff" }),
    label(0, 16, "What comes in", "bold"),
    image(0, 24, 316, png(WIDTH, HEIGHT, came)),
    label(324, 16, FILTERS[how.filter], "bold"),
    image(324, 24, 316, png(WIDTH, HEIGHT, picture(how.filter))),
    ...strip,
  );
}

export default figure({ defaults, check, draw, css, still });
