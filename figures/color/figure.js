/** Choose pixels by hue, saturation and value, counted as OpenCV does. */
import { computed, signal } from "@preact/signals-core";
import { button } from "../lib/controls.js";
import { h, s, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { ownPicture, paint, rgba } from "../lib/pictures.js";
import { quoted } from "../lib/quoted.js";
import { SEGMENTS, segments } from "../lib/segments.js";
import { bandAround, hsvPicture, hsvToRgb, hueCount, hueWithin, inBand, pieces } from "./color.js";
import sweets from "./sweets_118x137.bin";

/** @typedef {import("../lib/pictures.js").Picture} Picture */
/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("./color.js").Band} Band */
/** @typedef {{ picture: Picture, hsv: Uint8Array, mask: Uint8Array, found: import("./color.js").Piece[] }} Seen */

/** @type {Picture} */
const SWEETS = { height: 118, width: 137, channels: 3, data: sweets };
const MOST = { width: 200, height: 160 }; // of an own picture
/** What is banded, up to which number, and what OpenCV calls it. */
const BANDS = { hue: { last: 179, sign: "H" }, saturation: { last: 255, sign: "S" }, value: { last: 255, sign: "V" } };
const NAMES = /** @type {("hue" | "saturation" | "value")[]} */ (Object.keys(BANDS));

const defaults = {
  picture: "sweets",
  hue_from: 0, hue_to: 5,
  saturation_from: 0, saturation_to: 255,
  value_from: 0, value_to: 255,
  row: 76, column: 12,
  view: "mask",
};

/** @param {Record<string, any>} state */
function check({ picture, view, ...numbers }) {
  if (!["sweets", "own"].includes(picture)) return `There is no picture ${quoted(picture)}: choose one of the two.`;
  if (!["mask", "colours"].includes(view)) return `view must be mask or colours, got ${quoted(view)}: choose one of them.`;
  const most = picture === "own" ? MOST : SWEETS;
  const last = /** @type {Record<string, number>} */ ({ row: most.height - 1, column: most.width - 1 });
  for (const name of NAMES) last[`${name}_from`] = last[`${name}_to`] = BANDS[name].last;
  for (const [name, number] of Object.entries(numbers)) {
    if (Number.isInteger(number) && number >= 0 && number <= last[name]) continue;
    const why = name.startsWith("hue") ? ": OpenCV counts hues in steps of two degrees" : "";
    return `${name} must be a whole number from 0 to ${last[name]}, got ${quoted(number)}${why}.`;
  }
  for (const name of ["saturation", "value"]) {
    const [from, to] = [numbers[`${name}_from`], numbers[`${name}_to`]];
    if (from > to) return `${name}_from must not lie above ${name}_to, got ${from} and ${to}: only the hue goes round in a circle. Move them apart.`;
  }
  return null;
}

/** @param {(name: string) => any} get @returns {Band} */
function bandOf(get) {
  return /** @type {Band} */ (Object.fromEntries(NAMES.flatMap((n) => [`${n}_from`, `${n}_to`]).map((n) => [n, get(n)])));
}

/** @param {Picture} picture @param {Uint8Array} hsv @param {Band} band @returns {Seen} */
function seenIn(picture, hsv, band) {
  const mask = inBand(hsv, band);
  return { picture, hsv, mask, found: pieces(mask, picture.width, leastPiece(picture)) };
}

/** As much as a quarter of a sweet. @param {Picture} picture */
function leastPiece({ height, width }) {
  return Math.ceil((height * width) / 289);
}

/** The mask, or the chosen pixels in their colours and the rest in pale grey. @param {Seen} seen @param {string} view @returns {Picture} */
function chosen({ picture, mask }, view) {
  const data = Uint8Array.from(picture.data);
  for (let pixel = 0, i = 0; pixel < mask.length; pixel++, i += 3) {
    if (view === "mask") data.fill(255 * mask[pixel], i, i + 3);
    else if (!mask[pixel]) data.fill(165 + (data[i] + data[i + 1] + data[i + 2]) / 12, i, i + 3);
  }
  return { ...picture, data };
}

/** What was chosen, in words. @param {Seen} seen */
function counted({ mask, found, picture }) {
  const pixels = mask.reduce((sum, one) => sum + one, 0);
  const share = ((100 * pixels) / mask.length).toFixed(pixels && pixels < mask.length / 100 ? 1 : 0);
  const sizes = found.slice(0, 8).map(({ size }) => size).join(", ") + (found.length > 8 ? " …" : "");
  const many = `${found.length} ${found.length === 1 ? "piece" : "pieces"} of at least ${leastPiece(picture)} pixels`;
  return { many, pixels: `${pixels} of ${mask.length} pixels, ${share}\u00a0%`, sizes: sizes && `: ${sizes}` };
}

/** The same in Python. @param {Band} band */
function inPython(band) {
  const call = (/** @type {number} */ from, /** @type {number} */ to) =>
    `cv2.inRange(hsv, (${from}, ${band.saturation_from}, ${band.value_from}), (${to}, ${band.saturation_to}, ${band.value_to}))`;
  const lines = ["hsv = cv2.cvtColor(photo, cv2.COLOR_RGB2HSV)"];
  if (band.hue_from <= band.hue_to) return [...lines, `mask = ${call(band.hue_from, band.hue_to)}`];
  return [...lines, `mask = ${call(band.hue_from, 179)}`, `mask |= ${call(0, band.hue_to)}  # red goes on at 0`];
}

/** @param {Stage} stage */
function draw(stage) {
  const { get, put, follow } = stage;
  const own = ownPicture(stage, MOST, ({ height, width }) =>
    put({ picture: "own", row: Math.floor(height / 2), column: Math.floor(width / 2) }),
  );
  const picture = signal(/** @type {Picture | null} */ (SWEETS));
  follow(() => {
    picture.value = get("picture") === "own" ? own.picture.value : SWEETS;
  });
  const hsv = computed(() => (picture.value ? hsvPicture(picture.value.data) : new Uint8Array()));
  const seen = signal(/** @type {Seen | null} */ (null));
  follow(() => {
    const band = bandOf(get);
    seen.value = picture.value && seenIn(picture.value, hsv.value, band);
  });
  const named = segments(stage, "picture", {
    label: "Picture",
    choices: [["sweets", "Sweets"]],
    choose: () => put({ picture: "sweets", row: defaults.row, column: defaults.column }),
  });
  follow(() => own.choose.setAttribute("aria-pressed", String(stage.asked("picture") === "own")));
  const body = h(
    "div",
    { class: "stack" },
    h("div", { class: "pair" }, picturePanel(stage, seen), maskPanel(stage, seen)),
    counts(stage, seen),
    pixelLine(stage, seen),
    h("div", { class: "knobs" }, wheel(stage, seen), h("div", { class: "strips" }, ...NAMES.map((name) => strip(stage, seen, name)))),
    python(stage),
  );
  const lost = h("p", { class: "says" }, "This was somebody’s own picture, and it stayed with them. Choose one of yours, or the sweets.");
  follow(() => {
    lost.hidden = Boolean(seen.value);
    body.hidden = !seen.value;
  });
  stage.root.append(h("div", { class: "row" }, named, own.choose, own.input), own.told, lost, body);
}

/** The picture with a cross that the reader moves. @param {Stage} stage @param {import("@preact/signals-core").Signal<Seen | null>} seen */
function picturePanel(stage, seen) {
  const canvas = h("canvas", { class: "pixels", "aria-hidden": "true" });
  const cross = h("div", { class: "cross" });
  const place = h("div", { class: "place", tabindex: 0, role: "group", "aria-label": "The picture: arrow keys move the cross, Enter takes the colour under it" }, canvas, cross);
  stage.follow(() => {
    if (!seen.value) return;
    const { picture } = seen.value;
    paint(canvas, picture);
    const { row, column } = crossAt(stage, picture);
    cross.style.left = `${((column + 0.5) / picture.width) * 100}%`;
    cross.style.top = `${((row + 0.5) / picture.height) * 100}%`;
  });
  const move = (/** @type {number} */ row, /** @type {number} */ column) => {
    const { height, width } = seen.value?.picture ?? SWEETS;
    const into = (/** @type {number} */ x, /** @type {number} */ size) => Math.min(Math.max(Math.floor(x), 0), size - 1);
    stage.put({ row: into(row, height), column: into(column, width) });
  };
  const under = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    const { height, width } = canvas;
    move(((event.clientY - box.top) / box.height) * height, ((event.clientX - box.left) / box.width) * width);
  };
  place.addEventListener("click", under);
  place.addEventListener("pointermove", (event) => event.buttons === 1 && event.pointerType === "mouse" && under(event));
  place.addEventListener("dblclick", () => take(stage, seen.value));
  place.addEventListener("keydown", (event) => {
    const steps = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] });
    if (event.key === "Enter") return take(stage, seen.value);
    if (!(event.key in steps) || !seen.value) return;
    event.preventDefault();
    const { row, column } = crossAt(stage, seen.value.picture);
    const pace = event.shiftKey ? 10 : 1;
    move(row + pace * steps[event.key][0], column + pace * steps[event.key][1]);
  });
  return h("div", { class: "panel" }, place);
}

/** An own picture may be smaller than the last one. @param {Stage} stage @param {Picture} picture */
function crossAt(stage, { height, width }) {
  return { row: Math.min(stage.get("row"), height - 1), column: Math.min(stage.get("column"), width - 1) };
}

/** Put the bands around the colour under the cross. @param {Stage} stage @param {Seen | null} seen */
function take(stage, seen) {
  if (!seen) return;
  stage.put(bandAround(hsvAt(stage, seen)));
}

/** @param {Stage} stage @param {Seen} seen */
function hsvAt(stage, { picture, hsv }) {
  const { row, column } = crossAt(stage, picture);
  const first = 3 * (row * picture.width + column);
  return [...hsv.subarray(first, first + 3)];
}

/** What the band chooses, with its pieces numbered. @param {Stage} stage @param {import("@preact/signals-core").Signal<Seen | null>} seen */
function maskPanel(stage, seen) {
  const canvas = h("canvas", { class: "pixels", role: "img" });
  const labels = h("div", { "aria-hidden": "true" });
  stage.follow(() => {
    if (!seen.value) return;
    const { picture, found } = seen.value;
    paint(canvas, chosen(seen.value, stage.get("view")));
    canvas.setAttribute("aria-label", `The chosen pixels: ${counted(seen.value).many}`);
    labels.replaceChildren(...found.slice(0, 20).map(({ row, column }, k) => {
      const place = `left: ${((column + 0.5) / picture.width) * 100}%; top: ${((row + 0.5) / picture.height) * 100}%`;
      return h("span", { class: "piece", style: place }, k + 1);
    }));
  });
  return h("div", { class: "panel place chosen" }, canvas, labels);
}

/** How many that is, and how it is shown. @param {Stage} stage @param {import("@preact/signals-core").Signal<Seen | null>} seen */
function counts(stage, seen) {
  const [many, rest] = [h("strong"), h("span")];
  stage.follow(() => {
    if (!seen.value) return;
    const { many: words, pixels, sizes } = counted(seen.value);
    many.textContent = words;
    rest.textContent = `${sizes}. In all ${pixels}.`;
    stage.say(`${words}; ${pixels}.`);
  });
  const view = segments(stage, "view", { label: "Chosen, as", choices: [["mask", "a mask"], ["colours", "colours"]] });
  return h("div", { class: "row counts" }, h("p", {}, many, rest), view);
}

/** The numbers under the cross, and which bands hold them. @param {Stage} stage @param {import("@preact/signals-core").Signal<Seen | null>} seen */
function pixelLine(stage, seen) {
  const [patch, words] = [h("span", { class: "patch" }), h("span")];
  stage.follow(() => {
    if (!seen.value) return;
    const { picture } = seen.value;
    const { row, column } = crossAt(stage, picture);
    const first = 3 * (row * picture.width + column);
    const rgb = [0, 1, 2].map((c) => picture.data[first + c]);
    const [hue, saturation, value] = hsvAt(stage, seen.value);
    patch.style.background = `rgb(${rgb.join(" ")})`;
    const band = bandOf(stage.get);
    const out = [
      [hueWithin(band, hue), "its hue"],
      [band.saturation_from <= saturation && saturation <= band.saturation_to, "its saturation"],
      [band.value_from <= value && value <= band.value_to, "its value"],
    ].filter(([within]) => !within);
    const verdict = out.length ? `Not chosen, because of ${out.map(([, name]) => name).join(" and ")}.` : "Chosen.";
    const grey = saturation === 0 ? ", a grey, which has no hue: it is given 0" : ` (${2 * hue}°)`;
    words.textContent = `Under the cross: red ${rgb[0]}, green ${rgb[1]}, blue ${rgb[2]}, and so H ${hue}${grey}, S ${saturation}, V ${value}. ${verdict}`;
  });
  return h("div", { class: "row says pixel" }, patch, h("p", {}, words), button("Take this colour", () => take(stage, seen.value)));
}

const RADIUS = 118;
const [RIM, MIDDLE] = [RADIUS + 15, 150];

/** @param {number} hue @param {number} radius */
function onWheel(hue, radius) {
  const angle = (hue / 90) * Math.PI;
  return [MIDDLE + radius * Math.cos(angle), MIDDLE - radius * Math.sin(angle)];
}

/** The direction of each hue: a wheel of many pixels needs them again and again. */
const DIRECTIONS = Array.from({ length: 180 }, (_, hue) => onWheel(hue, 1).map((x) => x - MIDDLE));

/** The piece of the wheel that the band cuts out. @param {Band} band */
function sector(band) {
  const radius = (/** @type {number} */ saturation) => (saturation / 255) * RADIUS;
  const [inner, outer] = [radius(band.saturation_from), radius(band.saturation_to)];
  const count = hueCount(band);
  const [from, to] = [band.hue_from - 0.5, band.hue_from + Math.min(count, 179.9) - 0.5];
  const far = count > 90 ? 1 : 0;
  const at = (/** @type {number} */ hue, /** @type {number} */ r) => onWheel(hue, r).map((x) => x.toFixed(1)).join(" ");
  return `M${at(from, inner)}L${at(from, outer)}A${outer} ${outer} 0 ${far} 0 ${at(to, outer)}L${at(to, inner)}A${inner} ${inner} 0 ${far} 1 ${at(from, inner)}Z`;
}

/** Every pixel on the wheel of hues, the pale ones near the middle. @param {Stage} stage @param {import("@preact/signals-core").Signal<Seen | null>} seen */
function wheel(stage, seen) {
  const canvas = h("canvas", { width: 300, height: 300, "aria-hidden": "true" });
  const outline = s("path", { class: "sector" });
  const svg = s("svg", { viewBox: "0 0 300 300", role: "group", "aria-label": "The wheel of hues" });
  const ticks = [0, 30, 60, 90, 120, 150].map((hue) => {
    const [x, y] = onWheel(hue, RADIUS - 13);
    return s("text", { x, y: y + 4, "text-anchor": "middle", class: "tick" }, hue);
  });
  svg.append(outline, ...ticks, ...["hue_from", "hue_to", "middle"].map((name) => handle(stage, svg, name)));
  stage.follow(() => {
    if (seen.value) canvas.getContext("2d")?.putImageData(new ImageData(pixelsOnWheel(seen.value, stage.dark()), 300, 300), 0, 0);
  });
  stage.follow(() => outline.setAttribute("d", sector(bandOf(stage.get))));
  const words = h("p", { class: "legend" }, "Each pixel at its hue; the stronger its colour, the farther out.");
  return h("div", { class: "stack" }, h("div", { class: "wheel" }, h("div", { class: "rim" }), canvas, svg), words);
}

/** @param {Seen} seen @param {boolean} dark */
function pixelsOnWheel({ hsv, mask }, dark) {
  const paints = Array.from({ length: 180 }, (_, hue) => hsvToRgb(hue, dark ? 190 : 255, dark ? 255 : 215));
  const drawn = new Uint8ClampedArray(300 * 300 * 4);
  const dots = (/** @type {number} */ chosenOnes) => {
    const opacity = chosenOnes ? 255 : dark ? 80 : 110;
    for (let pixel = 0; pixel < mask.length; pixel++) {
      if (mask[pixel] !== chosenOnes) continue;
      const [[right, down], [red, green, blue]] = [DIRECTIONS[hsv[3 * pixel]], paints[hsv[3 * pixel]]];
      const radius = (hsv[3 * pixel + 1] / 255) * (RADIUS - 2);
      const first = Math.floor(MIDDLE + radius * down) * 300 + Math.floor(MIDDLE + radius * right);
      for (const at of [4 * first, 4 * first + 4, 4 * first + 1200, 4 * first + 1204]) {
        drawn[at] = red;
        drawn[at + 1] = green;
        drawn[at + 2] = blue;
        drawn[at + 3] = opacity;
      }
    }
  };
  dots(0);
  dots(1);
  return drawn;
}

/**
 * A handle on the rim: of one end of the band, or of its middle, which moves both.
 * @param {Stage} stage
 * @param {SVGSVGElement} svg
 * @param {string} name
 */
function handle(stage, svg, name) {
  const label = { hue_from: "Hue from", hue_to: "Hue to", middle: "The whole band of hues" }[name] ?? "";
  const now = () => {
    const band = bandOf(stage.get);
    return name === "middle" ? (band.hue_from + Math.floor((hueCount(band) - 1) / 2)) % 180 : stage.get(name);
  };
  const moveTo = (/** @type {number} */ hue) => {
    const by = hue - now();
    const turned = (/** @type {string} */ end) => (((stage.get(end) + by) % 180) + 180) % 180;
    const ends = name === "middle" ? ["hue_from", "hue_to"] : [name];
    stage.put(Object.fromEntries(ends.map((end) => [end, turned(end)])));
  };
  const shape = name === "middle" ? s("rect", { x: -10, y: -10, width: 20, height: 20, rx: 5, class: "shape" }) : s("circle", { r: 11, class: "shape" });
  const knob = s("g", { role: "slider", tabindex: 0, class: "knob", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 179 },
    s("circle", { r: 17, fill: "transparent" }), shape, s("text", { y: 4, "text-anchor": "middle" }, { hue_from: "[", hue_to: "]", middle: "↻" }[name]));
  stage.follow(() => {
    const hue = now();
    const apart = { hue_from: -4, hue_to: 4, middle: 0 }[name] ?? 0; // so that the handles of a narrow band do not hide each other
    const narrow = hueCount(bandOf(stage.get)) < 24;
    const [x, y] = onWheel(hue + (narrow ? 2 * apart : 0), RIM);
    knob.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    knob.setAttribute("aria-valuenow", String(hue));
    knob.setAttribute("aria-valuetext", `${hue}, that is ${2 * hue} degrees`);
  });
  let grabbed = 0; // how far from the handle's own hue it was taken hold of
  const hueUnder = (/** @type {PointerEvent} */ event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()?.inverse());
    return (Math.atan2(MIDDLE - at.y, at.x - MIDDLE) / Math.PI) * 90;
  };
  knob.addEventListener("pointerdown", (event) => {
    knob.setPointerCapture(event.pointerId);
    grabbed = hueUnder(event) - now();
    event.preventDefault();
    knob.focus();
  });
  knob.addEventListener("pointermove", (event) => {
    if (knob.hasPointerCapture(event.pointerId)) moveTo(Math.round(hueUnder(event) - grabbed + 360) % 180);
  });
  knob.addEventListener("keydown", (event) => {
    const steps = /** @type {Record<string, number>} */ ({ ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 });
    if (!(event.key in steps)) return;
    event.preventDefault();
    moveTo(now() + steps[event.key]);
  });
  return knob;
}

/**
 * A band on a line: what the picture has there, and two handles.
 * @param {Stage} stage
 * @param {import("@preact/signals-core").Signal<Seen | null>} seen
 * @param {"hue" | "saturation" | "value"} name
 */
function strip(stage, seen, name) {
  const { last, sign } = BANDS[name];
  const bars = s("path", { class: "bars" });
  const out = [h("div", { class: "out" }), h("div", { class: "out" })];
  const show = h("span", { class: "number" });
  const ends = ["from", "to"].map((end) => {
    const input = h("input", { type: "range", min: 0, max: last, class: end, "aria-label": `${sign}, ${name}, ${end}` });
    input.addEventListener("input", () => stage.put({ [`${name}_${end}`]: input.valueAsNumber }));
    stage.follow(() => {
      const value = stage.asked(`${name}_${end}`);
      if (Number.isFinite(value)) input.value = value;
    });
    return input;
  });
  stage.follow(() => {
    const [from, to] = [stage.get(`${name}_from`), stage.get(`${name}_to`)];
    const percent = (/** @type {number} */ x) => (x / last) * 100;
    const spans = from <= to ? [[0, from], [to, last]] : [[to, from], [0, 0]];
    spans.forEach(([start, end], k) => {
      out[k].style.left = `${percent(start)}%`;
      out[k].style.width = `${percent(end - start)}%`;
    });
    const through = from > to ? " through red" : "";
    const degrees = name === "hue" ? ` (${2 * from}° to ${2 * to}°)` : "";
    show.textContent = `${from} to ${to}${through}${degrees}`;
  });
  stage.follow(() => {
    if (seen.value) bars.setAttribute("d", histogram(seen.value, bandOf(stage.get), name));
  });
  const scale = h("div", { class: "paint" });
  stage.follow(() => {
    const middle = bandOf(stage.get).hue_from + Math.floor(hueCount(bandOf(stage.get)) / 2);
    const strong = (/** @type {number} */ hue) => `rgb(${hsvToRgb(hue % 180, 255, 255).join(" ")})`;
    const paints = { hue: [0, 30, 60, 90, 120, 150, 180].map(strong), saturation: ["#fff", strong(middle)], value: ["#000", "#fff"] };
    scale.style.background = `linear-gradient(to right, ${paints[name].join(", ")})`;
  });
  return h("div", { class: "strip" },
    h("p", { class: "name" }, h("strong", {}, `${sign} `), `${name}: `, show),
    h("div", { class: "band" },
      h("div", { class: "track" },
        s("svg", { viewBox: `0 0 ${last + 1} 30`, preserveAspectRatio: "none", "aria-hidden": "true" }, bars),
        scale, ...out),
      ...ends));
}

/** How many pixels have each number, of those that the other two bands let through; as logarithms, or the paper would hide the rest. @param {Seen} seen @param {Band} band @param {"hue" | "saturation" | "value"} name */
function histogram({ hsv }, band, name) {
  const { last } = BANDS[name];
  const others = inBand(hsv, /** @type {Band} */ ({ ...band, [`${name}_from`]: 0, [`${name}_to`]: last }));
  const counts = new Float64Array(last + 1);
  others.forEach((within, pixel) => (counts[hsv[3 * pixel + NAMES.indexOf(name)]] += within));
  const most = Math.log1p(Math.max(1, ...counts));
  let path = "M0 30";
  counts.forEach((count, x) => (path += `V${(30 - (28 * Math.log1p(count)) / most).toFixed(1)}H${x + 1}`));
  return `${path}V30Z`;
}

/** @param {Stage} stage */
function python(stage) {
  const code = h("code");
  stage.follow(() => {
    code.textContent = inPython(bandOf(stage.get)).join("\n");
  });
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The same in Python" }, h("pre", {}, code));
}

const style = `
${SEGMENTS}
.figure { container-type: inline-size }
.told:empty { display: none }
.told, .legend { font-size: .85rem; color: var(--muted) }
.legend { text-align: center }
.pair { display: grid; gap: .75rem; grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start }
.place { position: relative; cursor: crosshair; touch-action: manipulation }
.place canvas { width: 100%; border: 1px solid var(--line) }
.chosen { cursor: default }
.cross { position: absolute; width: 22px; height: 22px; margin: -11px; border-radius: 50%; border: 2px solid #fff; outline: 2px solid #000; pointer-events: none }
.cross::before { content: ""; position: absolute; inset: 7px; border-radius: 50%; background: #000; outline: 1px solid #fff }
.piece { position: absolute; transform: translate(-50%, -50%); min-width: 1.35em; padding: 0 .2em; text-align: center; font: 700 .8rem/1.35 system-ui, sans-serif; background: #8a1c7c; color: #fff; border-radius: .7em; pointer-events: none }
.counts { justify-content: space-between; font-size: .95rem }
.pixel { flex-wrap: nowrap; gap: .75rem; font-size: .95rem }
.pixel button { flex: none }
.patch { flex: none; width: 2rem; height: 2rem; border: 2px solid var(--text); border-radius: 4px }
@container (max-width: 38rem) { .pixel { flex-wrap: wrap; order: 1 } .pixel p { flex: 1 1 12rem } .scroll { order: 2 } .strips { order: -1 } }
.knobs { display: grid; gap: 1rem; align-items: center }
@container (min-width: 38rem) { .knobs { grid-template-columns: minmax(0, 18rem) minmax(0, 1fr) } }
.wheel { position: relative; width: 100%; max-width: 18rem; margin: auto; aspect-ratio: 1 }
.wheel > * { position: absolute; inset: 0; width: 100%; height: 100% }
.rim { border-radius: 50%; background: conic-gradient(from 90deg, #f00, #f0f, #00f, #0ff, #0f0, #ff0, #f00);
  -webkit-mask: radial-gradient(closest-side, #0000 79%, #000 80% 87%, #0000 88%); mask: radial-gradient(closest-side, #0000 79%, #000 80% 87%, #0000 88%) }
.sector { fill: none; stroke: var(--text); stroke-width: 2; stroke-dasharray: 5 3 }
.tick { font-size: 11px; fill: var(--muted) }
.knob { cursor: grab; touch-action: none }
.shape { fill: var(--page); stroke: var(--text); stroke-width: 2 }
.knob text { font: 700 13px system-ui, sans-serif; pointer-events: none }
.knob:focus-visible { outline: none }
.knob:focus-visible .shape { stroke: var(--focus); stroke-width: 4 }
.strips { display: grid; gap: .6rem; min-width: 0 }
.name { font-size: .9rem }
.band { position: relative; height: 3.4rem }
.track { position: absolute; inset: 0 24px }
.track svg { position: absolute; inset: 0 0 1rem; width: 100%; height: calc(100% - 1rem) }
.bars { fill: var(--muted) }
.paint { position: absolute; inset: auto 0 0; height: 1rem; border: 1px solid var(--line) }
.out { position: absolute; inset-block: 0; background: color-mix(in srgb, var(--page) 78%, transparent) }
.band input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; appearance: none; -webkit-appearance: none; background: none; pointer-events: none }
.band input::-webkit-slider-runnable-track { height: 100%; background: none }
.band input::-moz-range-track { height: 100%; background: none }
.band input::-webkit-slider-thumb { appearance: none; -webkit-appearance: none; width: 48px; height: 100%; pointer-events: auto; cursor: ew-resize; border: 0; border-radius: 0; background: var(--shape) }
.band input::-moz-range-thumb { width: 48px; height: 100%; pointer-events: auto; cursor: ew-resize; border: 0; border-radius: 0; background: var(--shape) }
.from { --shape: linear-gradient(var(--text), var(--text)) 22px 0 / 2px 100% no-repeat, linear-gradient(var(--strong), var(--strong)) 8px 50% / 14px 22px no-repeat }
.to { --shape: linear-gradient(var(--text), var(--text)) 24px 0 / 2px 100% no-repeat, linear-gradient(var(--strong), var(--strong)) 26px 50% / 14px 22px no-repeat }
.from::-webkit-slider-thumb { clip-path: inset(0 50% 0 0) } .from::-moz-range-thumb { clip-path: inset(0 50% 0 0) }
.to::-webkit-slider-thumb { clip-path: inset(0 0 0 50%) } .to::-moz-range-thumb { clip-path: inset(0 0 0 50%) }
pre { margin: 0; padding: .6rem .75rem; background: var(--soft); font-size: .8rem; width: max-content; min-width: 100% }
`;

/** @param {Record<string, any>} state @param {{ png: (width: number, height: number, rgba: Uint8ClampedArray) => string }} tools */
function still(state, { png }) {
  const band = bandOf((name) => state[name]);
  const seen = seenIn(SWEETS, hsvPicture(SWEETS.data), band);
  const { many, pixels, sizes } = counted(seen);
  const [wide, words] = [306, { x: 8, "font-size": 15, fill: "#1a1a1a" }];
  const high = (wide * SWEETS.height) / SWEETS.width;
  const image = (/** @type {Picture} */ picture, /** @type {number} */ x) =>
    text("image", { href: png(picture.width, picture.height, rgba(picture)), x, y: 8, width: wide, height: high }) +
    text("rect", { x, y: 8, width: wide, height: high, fill: "none", stroke: "#888" });
  const labels = seen.found.map(({ row, column }, k) => {
    const [x, y] = [326 + ((column + 0.5) * wide) / SWEETS.width, 8 + ((row + 0.5) * wide) / SWEETS.width];
    const sign = { x, y: y + 5, "text-anchor": "middle", "font-size": 14, "font-weight": "bold", fill: "#fff" };
    return text("circle", { cx: x, cy: y, r: 10, fill: "#8a1c7c" }) + text("text", sign, k + 1);
  });
  const scales = NAMES.map((name, k) => stillStrip(band, name, high + 84 + 44 * k));
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 640 ${high + 212}`, "font-family": "sans-serif" },
    text("rect", { width: 640, height: high + 212, fill: "#fff" }),
    image(SWEETS, 8), image(chosen(seen, state.view), 326), ...labels,
    text("text", { ...words, y: high + 34, "font-weight": "bold" }, `${many}${sizes}`),
    text("text", { ...words, y: high + 56 }, `In all ${pixels}.`),
    ...scales,
  );
}

/** @param {Band} band @param {"hue" | "saturation" | "value"} name @param {number} y */
function stillStrip(band, name, y) {
  const { last, sign } = BANDS[name];
  const [left, wide] = [250, 382];
  const [from, to] = [band[`${name}_from`], band[`${name}_to`]];
  const within = (/** @type {number} */ x) => (name === "hue" ? hueWithin(band, x) : from <= x && x <= to);
  let svg = text("text", { x: 8, y: y + 19, "font-size": 15, fill: "#1a1a1a" }, `${sign}, ${name}: ${from} to ${to}`);
  const [parts, room] = [60, wide / 60];
  for (let k = 0; k < parts; k++) {
    const number = Math.round(((k + 0.5) / parts) * last);
    const [hue, saturation, value] = name === "hue" ? [number, 255, 255] : name === "saturation" ? [0, number, 255] : [0, 0, number];
    const fill = `rgb(${hsvToRgb(hue, saturation, value).join(",")})`;
    svg += text("rect", { x: left + k * room, y: within(number) ? y : y + 12, width: room + 0.3, height: within(number) ? 28 : 10, fill });
  }
  return svg + text("rect", { x: left, y, width: wide, height: 28, fill: "none", stroke: "#888" });
}

export default figure({ defaults, check, draw, css: style, still });
