/** Gradient descent on a curve and on a surface: where it starts, how far it steps, what it remembers. */
import { computed, signal } from "@preact/signals-core";
import { button, logSlider, number, player, slider, tick } from "../lib/controls.js";
import { h, s, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { logChart, SIZE as CHART } from "../lib/log_chart.js";
import { written } from "../lib/numbers.js";
import { arrows, drag, label, PAGE, PAPER } from "../lib/plane.js";
import { arrival, descend, dimensions, LANDSCAPES, lowest } from "./descent.js";
import { picture, place, scales, SIZE, zoomFor } from "./picture.js";
import { account, CHOICES, factors, lastStep, limit, names, point, short } from "./words.js";

/** @typedef {import("../lib/figure.js").Stage} Stage @typedef {import("../lib/figure.js").State} State */
/** @typedef {import("./descent.js").Landscape} Landscape @typedef {import("./descent.js").Walk} Walk */

const MOST_STEPS = 300;
const FARTHEST = 1000;

const defaults = { shape: "parabola", ...LANDSCAPES.parabola.start, compare: false };

/** @param {State} state */
function check(state) {
  if (typeof state.shape !== "string" || !Object.hasOwn(LANDSCAPES, state.shape)) return `There is no such landscape: choose one of ${Object.keys(LANDSCAPES).join(", ")}.`;
  for (const name of ["w1", "w2"]) {
    const value = state[name];
    if (typeof value !== "number" || !Number.isFinite(value)) return `The start ${name} is not a number yet: type one, such as 3.`;
    if (Math.abs(value) > FARTHEST) return `The start ${name} must lie between −${FARTHEST} and ${FARTHEST}, not at ${written(value)}: choose one nearer to the picture.`;
  }
  if (typeof state.rate !== "number" || !(state.rate > 0 && state.rate <= 10)) return "The learning rate must be above 0 (or nothing moves, or it moves uphill) and at most 10: try 0.1.";
  if (typeof state.momentum !== "number" || !(state.momentum >= 0 && state.momentum <= 0.99)) return "The momentum must lie between 0 and 0.99 (with 1 a walk would never come to rest): try 0.8.";
  if (!Number.isInteger(state.steps) || state.steps < 0 || state.steps > MOST_STEPS) return `The number of steps must be a whole one from 0 to ${MOST_STEPS}.`;
  if (typeof state.compare !== "boolean") return "The comparison is either on or off (true or false).";
}

/** @param {(name: string) => any} get */
function walkOf(get) {
  const landscape = LANDSCAPES[get("shape")];
  const start = [get("w1"), get("w2")].slice(0, dimensions(landscape));
  const how = { start, rate: get("rate"), momentum: get("momentum"), steps: get("steps") };
  const walk = descend(landscape, how);
  const plain = get("compare") && how.momentum > 0 ? descend(landscape, { ...how, momentum: 0 }) : null;
  return { landscape, how, walk, plain, arrives: arrival(landscape, how) };
}

/** @param {Stage} stage */
function draw(stage) {
  const { get, put, follow, say } = stage;
  const held = signal(0); // the zoom while the start is dragged: the ground must not move under the hand
  const now = computed(() => walkOf(get)); // asked for in several places, computed once for each change
  const all = () => {
    const found = now.value;
    return { ...found, zoom: held.value || zoomFor(found.landscape, [...found.walk.stops, ...(found.plain?.stops ?? [])]) };
  };

  const back = s("g");
  const handle = s("g", { tabindex: 0, role: "slider", class: "start", "aria-label": "Start of the walk", "aria-orientation": "horizontal" }, s("circle", { r: 18, fill: "transparent" }), s("circle", { r: 10, class: "ring" }));
  const svg = s("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, class: "map", role: "group", "aria-label": "The landscape with the walk on it" }, back, handle);
  moveable(stage, svg, handle, held, () => all().zoom);

  const chart = s("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: "img", class: "chart" });
  const heads = h("tr");
  const rows = h("tbody");
  const table = h("div", { class: "scroll stops", tabindex: 0, role: "region", "aria-label": "The stops of the walk, in numbers" }, h("table", {}, h("thead", {}, heads), rows));
  const says = h("p", { class: "says" });
  const arithmetic = h("div", { class: "arithmetic" });
  const rule = h("p", { class: "rule" });

  let told = "";
  follow(() => {
    const { landscape, how, walk, plain, arrives, zoom } = all();
    const stops = walk.stops;
    back.innerHTML = picture(landscape, { stops, plain: plain && plain.stops, zoom }, PAGE);
    const { x, y } = place(landscape, scales(landscape, zoom), stops[0]);
    handle.setAttribute("transform", `translate(${x} ${y})`);
    handle.setAttribute("aria-valuenow", String(how.start[0]));
    handle.setAttribute("aria-valuemin", String(-FARTHEST));
    handle.setAttribute("aria-valuemax", String(FARTHEST));
    handle.setAttribute("aria-valuetext", names(landscape).map((name, k) => `${name} = ${written(how.start[k])}`).join(", "));
    chart.innerHTML = heights(landscape, walk, plain, PAGE);
    chart.setAttribute("aria-label", `The loss above the lowest ground, from ${written(stops[0].loss - lowest(landscape))} to ${written(stops[stops.length - 1].loss - lowest(landscape))} in ${stops.length - 1} steps.`);
    says.textContent = account(landscape, walk, how, arrives) + compared(landscape, how, plain);
    arithmetic.replaceChildren(...lastStep(landscape, walk, how).map((line) => h("p", {}, line)));
    rule.textContent = `${limit(landscape, how.start, how)} ${factors(landscape, how)}`;
    rows.innerHTML = tableRows(stops);
    heads.replaceChildren(...["step", names(landscape).join(", "), "slope dW", "loss"].map((head) => h("th", { scope: "col" }, head)));
    requestAnimationFrame(() => (table.scrollTop = table.scrollHeight));
    if (told && told !== says.textContent) say(says.textContent ?? "");
    told = says.textContent ?? "";
  });

  stage.root.append(
    h("div", { class: "row" }, shapes(stage), h("span", { class: "formula" })),
    h("div", { class: "two" },
      h("div", { class: "stack" },
        svg,
        h("p", { class: "key" }, "Click or tap where the walk shall start, or drag the ring."),
        ...walking(stage, now),
        h("div", { class: "row tight" }, logSlider(stage, "rate", { label: "learning rate α", min: 0.001, max: 10, stops: 50 }), number(stage, "rate", { label: "typed", min: 0, max: 10, step: "any" })),
        h("div", { class: "row" }, slider(stage, "momentum", { label: "momentum μ", min: 0, max: 0.99, step: 0.01 }), tick(stage, "compare", { label: "compare with μ = 0" })),
        starts(stage)),
      h("div", { class: "stack" }, says, chart, arithmetic, rule)),
    table,
  ); // prettier-ignore
  const formula = /** @type {HTMLElement} */ (stage.root.querySelector(".formula"));
  follow(() => {
    formula.textContent = `loss = ${LANDSCAPES[get("shape")].formula}`;
  });
}

/** So many stops of a long walk are listed: its first ones and its last. */
const [FIRST, LAST] = [10, 50];

/** @param {import("./descent.js").Stop[]} stops */
function tableRows(stops) {
  if (stops.length <= FIRST + LAST) return stops.map(row).join("");
  const last = stops.length - LAST;
  return [...stops.slice(0, FIRST).map(row), '<tr><th scope="row">⋮</th><td></td><td></td><td></td></tr>', ...stops.slice(last).map((stop, k) => row(stop, last + k))].join("");
}

/** A row of the table, as markup: many change at once. @param {import("./descent.js").Stop} stop @param {number} n */
function row({ w, dW, loss }, n) {
  return `<tr><th scope="row">${n}</th><td>${point(w, short)}</td><td>${point(dW, short)}</td><td>${written(loss, 3)}</td></tr>`;
}

/** @param {Landscape} landscape @param {{ start: number[], rate: number }} how @param {Walk | null} plain */
function compared(landscape, how, plain) {
  if (!plain) return "";
  if (plain.gone) return " Without momentum (dashed) it flies off.";
  const arrives = arrival(landscape, { ...how, momentum: 0 });
  if (arrives !== null && plain.stops.length > arrives) return ` Without momentum (dashed) it arrived at step ${arrives}.`;
  return ` Without momentum (dashed) the loss is ${written(plain.stops[plain.stops.length - 1].loss, 3)} by then.`;
}

/** How high the walk stands above the lowest ground, step by step. @param {Landscape} landscape @param {Walk} walk @param {Walk | null} plain @param {Record<string, string>} palette */
function heights(landscape, walk, plain, palette) {
  const above = (/** @type {Walk} */ { stops }) => stops.map(({ loss }) => loss - lowest(landscape));
  const series = [{ values: above(walk), colour: palette.above }];
  if (plain) series.unshift(/** @type {any} */ ({ values: above(plain), colour: palette.muted, dashed: true }));
  return logChart(series, { words: "loss above the lowest", line: palette.line, muted: palette.muted });
}

/**
 * The start follows a tap on the landscape, a drag of the ring, and the arrow keys.
 * @param {Stage} stage @param {SVGSVGElement} svg @param {SVGGElement} handle
 * @param {import("@preact/signals-core").Signal<number>} held @param {() => number} zoom
 */
function moveable(stage, svg, handle, held, zoom) {
  const landscape = () => LANDSCAPES[stage.get("shape")];
  const start = (/** @type {number[]} */ w) => {
    const [w1, w2] = w.map((value) => Math.max(-FARTHEST, Math.min(FARTHEST, value)));
    stage.put(landscape().up ? { w1, w2 } : { w1 });
  };
  /** Rounded to what a pixel can tell. @param {number} value */
  const rounded = (value) => Number(value.toPrecision(3));
  const at = (/** @type {MouseEvent} */ event) => {
    const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()?.inverse());
    return scales(landscape(), zoom()).back(spot.x, spot.y).map(rounded);
  };
  svg.addEventListener("click", (event) => {
    if (!handle.contains(/** @type {Node} */ (event.target))) start(at(event));
  });
  drag(handle, {
    start: () => (held.value = zoom()),
    move: (event) => start(at(event)),
    end: () => (held.value = 0),
  });
  arrows(handle, (across, up) => {
    const { across: range } = landscape();
    const step = (range[1] - range[0]) / 100;
    const by = landscape().up ? [across * step, up * step] : [(across + up) * step];
    start(by.map((more, k) => Number((stage.get(k ? "w2" : "w1") + more).toPrecision(6))));
  });
}

/** Which landscape: each comes with a walk worth seeing. @param {Stage} stage */
function shapes(stage) {
  const options = Object.entries(CHOICES).map(([value, called]) => h("option", { value }, called));
  const select = h("select", { onchange: () => stage.put({ shape: select.value, ...LANDSCAPES[select.value].start }) }, ...options);
  stage.follow(() => {
    select.value = stage.asked("shape");
  });
  return h("label", {}, "landscape", select);
}

/** The start in numbers. @param {Stage} stage */
function starts(stage) {
  const first = number(stage, "w1", { label: "start w₁", step: "any" });
  const second = number(stage, "w2", { label: "w₂", step: "any" });
  stage.follow(() => {
    const flat = !LANDSCAPES[stage.get("shape")].up;
    second.hidden = flat;
    if (first.firstChild) first.firstChild.textContent = flat ? "start w" : "start w₁";
  });
  return h("div", { class: "row" }, first, second);
}

/** Step by step, or by itself. @param {Stage} stage @param {{ readonly value: ReturnType<typeof walkOf> }} now */
function walking(stage, now) {
  const { get, put } = stage;
  const go = (/** @type {number} */ steps) => put({ steps: Math.max(0, Math.min(MOST_STEPS, steps)) });
  const taken = () => now.value.walk.stops.length - 1;
  const over = () => {
    const { walk, arrives } = now.value;
    return walk.gone || (arrives !== null && get("steps") >= arrives) || get("steps") >= MOST_STEPS;
  };
  let fresh = true;
  const play = player(stage, () => {
    go(fresh && over() ? 0 : taken() + 1);
    fresh = over();
    return fresh ? false : undefined;
  }, { pause: 250 }); // prettier-ignore
  const less = button("◀ Back", () => go(taken() - 1));
  const more = button("Step ▶", () => go(taken() + 1), { class: "main" });
  const restart = button("To the start", () => go(0));
  stage.follow(() => {
    const { walk } = now.value;
    less.disabled = restart.disabled = get("steps") === 0;
    more.disabled = walk.gone || get("steps") >= MOST_STEPS;
  });
  return [h("div", { class: "row tight" }, restart, less, more, play.button), slider(stage, "steps", { label: "steps", min: 0, max: MOST_STEPS })];
}

const css = `
.two { display: grid; grid-template-columns: minmax(0, 1.35fr) minmax(0, 1fr); gap: 1rem }
.two > .stack { grid-template-columns: minmax(0, 1fr) }
.tight { gap: .4rem }
.says { min-height: 6.5rem }
select { min-width: 0; max-width: 100% }
label:has(select) { min-width: 0; max-width: 100% }
@media (max-width: 640px) { .two { grid-template-columns: minmax(0, 1fr) } .says { min-height: 0 } }
.two input[type="range"] { width: 6rem }
.map { width: 100%; height: auto; cursor: crosshair }
.start { cursor: grab; touch-action: none }
.start .ring { fill: var(--page); fill-opacity: .25; stroke: var(--text); stroke-width: 3 }
.start:focus-visible { outline: none }
.start:focus-visible .ring { stroke: var(--focus); stroke-width: 5 }
.key { font-size: .85rem; color: var(--muted) }
.stops { max-height: 11.5rem; overflow: auto; font-size: .82rem; border: 1px solid var(--line); border-radius: 6px }
.stops table { width: 100%; table-layout: fixed }
.stops th:first-child { width: 3rem } .stops th:last-child { width: 4.5rem }
.stops th, .stops td { padding: .1rem .35rem; text-align: end; font-weight: 400; white-space: nowrap }
@media (max-width: 640px) { .stops { font-size: .78rem } .stops th, .stops td { padding: .1rem .2rem } }
.stops thead th { position: sticky; top: 0; background: var(--soft); font-weight: 600 }
.stops tbody tr:last-child { font-weight: 700; background: var(--soft) }
.stops tbody tr:last-child th { font-weight: 700 }
.arithmetic { font-variant-numeric: tabular-nums; padding-inline-start: .75rem; font-size: .9rem; display: grid; gap: .15rem }
.arithmetic:empty { display: none }
.rule { font-size: .9rem; padding-inline-start: .75rem }
button.main { font-weight: 600; border-width: 2px; border-color: var(--strong) }
input[type="number"] { width: 4.7rem }
`;

/** @param {State} state */
function still(state) {
  const { landscape, how, walk, plain, arrives } = walkOf((name) => state[name]);
  const zoom = zoomFor(landscape, walk.stops);
  const words = [account(landscape, walk, how, arrives), limit(landscape, how.start, how)].flatMap((line) => folded(line, 88));
  const height = SIZE.height + 24 + 20 * words.length;
  const head = label(text, 10, 18, `loss = ${landscape.formula},  α = ${written(how.rate)}${how.momentum ? `,  μ = ${written(how.momentum)}` : ""}`, { anchor: "start", size: 15, fill: PAPER.text });
  const { x, y } = place(landscape, scales(landscape, zoom), walk.stops[0]);
  const start = text("circle", { cx: x, cy: y, r: 10, fill: "none", stroke: PAPER.text, "stroke-width": 3 });
  const map = text("g", { transform: "translate(0 28)" }, picture(landscape, { stops: walk.stops, plain: plain && plain.stops, zoom }, PAPER), start);
  const chart = text("g", { transform: "translate(462 34) scale(.68)" }, heights(landscape, walk, plain, PAPER));
  const last = walk.stops.slice(-6).map(({ w, loss }, k, shown) => label(text, 474, 178 + 22 * k, `${walk.stops.length - shown.length + k}:  ${point(w, short)},  ${written(loss, 3)}`, { anchor: "start", size: 14, fill: PAPER.text }));
  last.unshift(label(text, 474, 154, `step:  ${names(landscape).join(", ")},  loss`, { anchor: "start", size: 14, fill: PAPER.muted }));
  const said = words.map((line, k) => label(text, 10, SIZE.height + 42 + 20 * k, line, { anchor: "start", size: 14, fill: PAPER.text }));
  return text("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 680 ${height}`, width: 680, height, "font-family": "sans-serif" }, head, map, chart, ...last, ...said);
}

/** Lines of so many letters at most. @param {string} words @param {number} most */
function folded(words, most) {
  /** @type {string[]} */
  const lines = [];
  for (const word of words.split(" "))
    if (lines.length && lines[lines.length - 1].length + word.length < most) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  return lines;
}

export default figure({ defaults, check, draw, css, still });
