/** Move the six bars of the swan detector, and see which of the eight scenes get over them. */
import { button } from "../lib/controls.js";
import { h, s, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { quoted } from "../lib/quoted.js";
import atlas from "./scenes.jpg";
import scenes from "./scenes.json";
import { dominates, failed, FEATURES, isError, letIn, reaches, scanSettings, score, short } from "./swan.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("./swan.js").Numbers} Numbers */
/** @typedef {import("./swan.js").Scene & { width: number, height: number, parts: Record<string, string> }} Scene */

const SCENES = /** @type {Scene[]} */ (scenes);
const [CELL_WIDTH, CELL_HEIGHT] = [200, 150]; // of the one picture that holds them all, four in a row
const SWANS = SCENES.filter((scene) => scene.swan).length;
const OTHERS = SCENES.length - SWANS;

/** @type {Record<string, { label: string, unit: string, last: number, step: number, part: string }>} */
const KNOBS = {
  whiteness: { label: "White", unit: "whiteness of the silhouette", last: 1, step: 0.01, part: "all" },
  body_oval: { label: "Oval body", unit: "share that an ellipse covers", last: 1, step: 0.005, part: "body" },
  neck_slenderness: { label: "Long neck", unit: "length over width", last: 5, step: 0.05, part: "neck" },
  head_oval: { label: "Oval head", unit: "share that an ellipse covers", last: 1, step: 0.005, part: "head" },
  beak_area: { label: "Large beak", unit: "share of the silhouette", last: 0.02, step: 0.0002, part: "beak" },
  beak_hue_error: { label: "Orange beak", unit: "degrees away from orange, at most", last: 40, step: 0.5, part: "beak" },
};

const defaults = {
  whiteness: 0.35, body_oval: 0.75, neck_slenderness: 2.5, head_oval: 0.6, beak_area: 0.004, beak_hue_error: 20,
  scene: "swan",
  searched: false,
};

/** @param {Record<string, any>} state */
function check({ scene, searched, ...bars }) {
  for (const name of FEATURES) {
    const bar = bars[name];
    if (typeof bar !== "number" || !Number.isFinite(bar)) return `${name} must be a number, got ${quoted(bar)}: move its bar.`;
    if (bar < 0) return `${name} must be at least 0, got ${bar}: no measurement lies below 0, so at 0 the bar lets all through.`;
  }
  if (!SCENES.some(({ name }) => name === scene)) return `There is no scene ${quoted(scene)}: choose one of the eight.`;
  if (typeof searched !== "boolean") return `searched must be true or false, got ${quoted(searched)}: press the button.`;
  return null;
}

/** @param {(name: string) => any} get @returns {Numbers} */
function barsOf(get) {
  return Object.fromEntries(FEATURES.map((name) => [name, get(name)]));
}

/** @param {Scene} scene @param {Numbers} bars */
function verdict(scene, bars) {
  const missed = failed(scene.measured, bars);
  const called = !missed.length;
  return { called, missed, right: called === scene.swan, said: called ? "“swan”" : "“no swan”" };
}

/** @param {string[]} names */
function listed(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}` : names.join("");
}

/** Why, about one scene. @param {Scene} scene @param {Numbers} bars */
function reasons(scene, bars) {
  const { called, missed } = verdict(scene, bars);
  if (called) return "All six measurements get over their bars.";
  return `It fails on: ${listed(missed.map((name) => `${KNOBS[name].label.toLowerCase()} (${short(scene.measured[name])})`))}.`;
}

/** Whoever gets over every bar that this one gets over. @param {Scene} scene */
function above(scene) {
  return SCENES.filter((other) => other !== scene && dominates(other.measured, scene.measured));
}

/** What no setting can do about one scene. @param {Scene} scene */
function proof(scene) {
  const others = above(scene);
  if (!others.length) return `Nothing here is at least as much of a swan in all six as ${called(scene)}: some setting lets it in alone.`;
  const many = others.length > 1 ? "are each" : "is";
  const alarms = others.some((other) => !other.swan) && scene.swan ? " No setting parts them the right way round." : "";
  return `In all six, ${listed(others.map(called))} ${many} at least as much of a swan as ${called(scene)}. Whatever bars let ${called(scene)} in let ${others.length > 1 ? "them" : "it"} in too.${alarms}`;
}

/** Does a part bear a measurement that misses its bar? The whole silhouette must be white, so all of it but the beak. @param {string} part @param {string[]} missed */
function fails(part, missed) {
  return missed.some((name) => KNOBS[name].part === part || (KNOBS[name].part === "all" && part !== "beak"));
}

/** Where all eight lie, if the one in question begins at 0. @param {number} k */
function placed(k) {
  return { x: -CELL_WIDTH * (k % 4), y: -CELL_HEIGHT * Math.floor(k / 4), width: 4 * CELL_WIDTH, height: 2 * CELL_HEIGHT };
}

/** @param {Scene} scene */
function called(scene) {
  const number = SCENES.indexOf(scene) + 1;
  return `${number} (${scene.name})`;
}

/** @param {Stage} stage */
function draw(stage) {
  const { get, put, follow } = stage;
  const bars = () => barsOf(get);
  const scoreLine = h("p", { class: "score" });
  follow(() => {
    const { found, alarms, right } = score(SCENES, bars());
    scoreLine.replaceChildren(
      h("strong", {}, `${right} of ${SCENES.length} right`),
      ` · swans found: ${found} of ${SWANS} · false alarms: ${alarms} of ${OTHERS}`,
    );
    stage.say(`${right} of ${SCENES.length} right. Swans found: ${found}. False alarms: ${alarms}.`);
  });
  const about = h("p", { class: "says" });
  const chosenScene = () => /** @type {Scene} */ (SCENES.find(({ name }) => name === get("scene")));
  follow(() => {
    const scene = chosenScene();
    const { said, right } = verdict(scene, bars());
    const truth = scene.swan ? "a swan" : "no swan";
    about.replaceChildren(h("strong", {}, `${called(scene)} is ${truth}. `), `The detector says ${said}: ${right ? "right" : "wrong"}. `, reasons(scene, bars()), " ", h("em", {}, proof(scene)));
  });
  const lower = button("Lower the bars for it", () => put(letIn(chosenScene().measured, bars())));
  follow(() => void lower.toggleAttribute("disabled", verdict(chosenScene(), bars()).called));
  stage.root.append(
    h("div", { class: "scenes", role: "group", "aria-label": "The scenes: press one to read about it" }, ...SCENES.map((scene, k) => card(stage, scene, k))),
    scoreLine,
    h("div", { class: "two" }, h("div", { class: "strips" }, ...FEATURES.map((name) => strip(stage, name))), h("div", { class: "stack" }, about, h("div", {}, lower), search(stage))),
  );
}

/** One scene with its parts, and whether it is judged right. @param {Stage} stage @param {Scene} scene @param {number} k */
function card(stage, scene, k) {
  const { width, height, parts } = scene;
  const outlines = Object.entries(parts).map(([name, d]) => ({ name, path: s("path", { d: d || "M0 0" }) }));
  const svg = s("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", class: "scene" },
    s("svg", { width, height }, s("image", { href: atlas, ...placed(k) })), ...outlines.map(({ path }) => path));
  const [mark, words, judged] = [h("span", { class: "mark", "aria-hidden": "true" }), h("span"), h("span", { class: "judged" })];
  const made = h("button", { type: "button", class: "card", onclick: () => stage.put({ scene: scene.name }) },
    svg, h("strong", {}, `${k + 1} ${scene.name}`), h("span", {}, mark, words, judged));
  stage.follow(() => {
    const { right, said, missed } = verdict(scene, barsOf(stage.get));
    made.classList.toggle("wrongly", !right);
    mark.textContent = right ? "✓ " : "✗ ";
    words.textContent = said;
    judged.textContent = right ? ": right" : ": wrong";
    outlines.forEach(({ name, path }) => path.setAttribute("class", fails(name, missed) ? "fails" : "passes"));
  });
  stage.follow(() => made.setAttribute("aria-pressed", String(stage.asked("scene") === scene.name)));
  return made;
}

/** Where the marks of a strip go, in rows so that none hides another. @param {string} name @param {number} room of a mark, as a share of the strip */
function lanes(name, room) {
  const { last } = KNOBS[name];
  const placed = SCENES.map((scene, k) => ({ k, at: Math.min(scene.measured[name] / last, 1), lane: 0 })).sort((one, other) => one.at - other.at);
  placed.forEach((mark, i) => {
    const near = placed.slice(0, i).filter((other) => mark.at - other.at < room).map(({ lane }) => lane);
    while (near.includes(mark.lane)) mark.lane++;
  });
  return placed;
}

/** One threshold: the bar, and where the eight measurements lie. @param {Stage} stage @param {string} name */
function strip(stage, name) {
  const { label, unit, last, step } = KNOBS[name];
  const marks = lanes(name, 0.065);
  const high = 1.35 * (1 + Math.max(...marks.map(({ lane }) => lane)));
  const input = h("input", { type: "range", min: 0, max: last, step, "aria-label": `${label}: ${unit}` });
  input.addEventListener("input", () => stage.put({ [name]: input.valueAsNumber }));
  const output = h("output", {});
  stage.follow(() => {
    const bar = stage.asked(name);
    if (!Number.isFinite(bar)) return;
    input.value = bar;
    output.textContent = `${isError(name) ? "≤" : "≥"} ${short(bar)}`;
    const over = SCENES.filter((scene) => reaches(name, scene.measured[name], bar)).map((_, k) => k).length;
    input.setAttribute("aria-valuetext", `${short(bar)}; ${over} of ${SCENES.length} get over it`);
  });
  const shade = h("div", { class: "shade" });
  const dots = marks.map(({ k, at, lane }) => {
    const place = `left: ${at * 100}%; top: ${lane * 1.35}rem`;
    return { scene: SCENES[k], dot: h("span", { class: SCENES[k].swan ? "dot swan" : "dot", style: place }, k + 1) };
  });
  stage.follow(() => {
    const bar = stage.get(name);
    const at = `${Math.min(bar / last, 1) * 100}%`;
    Object.assign(shade.style, isError(name) ? { left: at, right: "0" } : { left: "0", right: `calc(100% - ${at})` });
    dots.forEach(({ scene, dot }) => {
      dot.classList.toggle("under", !reaches(name, scene.measured[name], bar));
      dot.classList.toggle("here", stage.get("scene") === scene.name);
    });
  });
  return h("div", { class: "strip" },
    h("p", { class: "name" }, h("strong", {}, label), " ", output, h("span", { class: "unit" }, unit)),
    h("div", { class: "band", style: `height: ${high + 0.5}rem` },
      h("div", { class: "track", "aria-hidden": "true" }, shade, ...dots.map(({ dot }) => dot)), input));
}

/** Every setting: what all of them reach, on a map of swans found and false alarms. @param {Stage} stage */
function search(stage) {
  const { settings, reached, best } = scanSettings(SCENES);
  const words = h("p", { class: "found" });
  const cells = Array.from({ length: SWANS + 1 }, (_, k) => SWANS - k).map((found) =>
    Array.from({ length: OTHERS + 1 }, (_, alarms) => ({ found, alarms, cell: h("td") })));
  const been = new Set();
  stage.follow(() => {
    const { found, alarms } = score(SCENES, barsOf(stage.get));
    const searched = stage.get("searched");
    been.add(`${found},${alarms}`);
    for (const one of cells.flat()) {
      const key = `${one.found},${one.alarms}`;
      const here = one.found === found && one.alarms === alarms;
      const open = been.has(key) || (searched && reached.has(key));
      one.cell.className = [here && "here", open ? "open" : searched && "never"].filter(Boolean).join(" ");
      one.cell.textContent = here ? "●" : open ? "○" : searched ? "✕" : "";
      one.cell.setAttribute("aria-label", here ? "you are here" : open ? "can be reached" : searched ? "no setting gets here" : "not yet");
    }
    words.textContent = searched
      ? `All ${settings.toLocaleString("en").replaceAll(",", " ")} settings that make a difference were tried. The best are right on ${best.right} of ${SCENES.length}; ✕ is where none gets.`
      : "● is where you are, ○ where you have been.";
  });
  const rows = cells.map((line) => h("tr", {}, h("th", { scope: "row" }, line[0].found), ...line.map(({ cell }) => cell)));
  const heads = cells[0].map(({ alarms }) => h("th", { scope: "col" }, alarms));
  const table = h("table", { class: "map" },
    h("caption", {}, "Swans found (upwards) and false alarms (to the right)"),
    h("tbody", {}, ...rows, h("tr", {}, h("td"), ...heads)));
  const all = button("Try every setting", () => stage.put({ searched: true }));
  const take = button("Take one of the best", () => stage.put(best.thresholds));
  stage.follow(() => {
    all.hidden = stage.get("searched");
    take.hidden = !stage.get("searched");
  });
  return h("div", { class: "search" }, table, h("div", { class: "stack" }, words, h("div", {}, all, take)));
}

const style = `
.figure { container-type: inline-size }
.scenes { display: grid; gap: .4rem; grid-template-columns: repeat(4, minmax(0, 1fr)) }
.card { padding: .25rem; display: grid; gap: .1rem; align-content: start; font-size: .8rem; line-height: 1.25; text-align: start; border: 2px solid transparent; background: var(--soft); min-width: 0; overflow-wrap: anywhere }
.card[aria-pressed="true"] { background: var(--soft); color: var(--text); border-color: var(--text) }
.scene { width: 100%; aspect-ratio: 4 / 3; background: #7a8f99; border-radius: 3px }
.scene path { fill: none; stroke-width: 2.5; vector-effect: non-scaling-stroke }
.scene .passes { stroke: #007a5a }
.scene .fails { stroke: #ff4d0d; stroke-dasharray: 5 4 }
@container (max-width: 30rem) {
  .card { font-size: .75rem }
  .judged { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
}
.mark { font-weight: 800; color: var(--mark) }
.wrongly .mark { color: var(--above) }
.score { font-size: 1.05rem }
.two { display: grid; gap: 1rem; align-items: start }
@container (min-width: 38rem) { .two { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) } }
.strips { display: grid; gap: .5rem; min-width: 0 }
.name { font-size: .9rem; display: flex; flex-wrap: wrap; gap: 0 .5em; align-items: baseline }
.unit { color: var(--muted); font-size: .8rem }
.band { position: relative }
.track { position: absolute; inset: 0 14px; border-bottom: 2px solid var(--muted) }
.shade { position: absolute; inset-block: 0; background: repeating-linear-gradient(45deg, var(--soft) 0 5px, transparent 5px 9px) }
.dot { position: absolute; transform: translateX(-50%); margin-top: .2rem; width: 1.2rem; height: 1.2rem; display: grid; place-items: center; font: 700 .72rem system-ui, sans-serif; border: 2px solid var(--text); color: var(--text); background: var(--page) }
.dot.swan { border-radius: 50%; background: var(--text); color: var(--page) }
.dot.under { opacity: .55 }
.dot.here { outline: 3px solid var(--focus); outline-offset: 1px; opacity: 1; z-index: 1 }
.band input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; appearance: none; -webkit-appearance: none; background: none; cursor: ew-resize; touch-action: pan-y }
.band input::-webkit-slider-runnable-track { height: 100%; background: none }
.band input::-moz-range-track { height: 100%; background: none }
.band input::-webkit-slider-thumb { appearance: none; -webkit-appearance: none; width: 28px; height: 100%; border: 0; border-radius: 0; background: var(--bar) }
.band input::-moz-range-thumb { width: 28px; height: 100%; border: 0; border-radius: 0; background: var(--bar) }
.band { --bar: linear-gradient(var(--strong), var(--strong)) 12px 0 / 4px 100% no-repeat, radial-gradient(circle at 50% calc(100% - 7px), var(--strong) 7px, transparent 7.5px) }
.search { display: flex; flex-wrap: wrap; gap: .75rem 1rem }
.search > .stack { flex: 1 1 9rem }
.map { font-size: .9rem }
.map caption { font-size: .8rem; color: var(--muted); text-align: start; padding-bottom: .2rem; max-width: 11rem }
.map td, .map th { width: 2.1rem; height: 1.8rem; padding: 0; text-align: center; font-weight: 400 }
.map th { color: var(--muted); font-size: .8rem }
.map tr:not(:last-child) td { border: 1px solid var(--line) }
.map .here { background: var(--strong); color: var(--page) }
.map .never { color: var(--muted); background: var(--soft) }
.found { font-size: .9rem }
`;

/** @param {Record<string, any>} state */
function still(state) {
  const bars = barsOf((name) => state[name]);
  const [wide, high] = [150, 112];
  const cards = SCENES.map((scene, k) => {
    const [x, y] = [8 + (k % 4) * (wide + 8), 8 + Math.floor(k / 4) * (high + 54)];
    const { right, said, missed } = verdict(scene, bars);
    const scale = Math.min(wide / scene.width, high / scene.height);
    const paths = Object.entries(scene.parts).filter(([, d]) => d).map(([name, d]) => {
      const misses = fails(name, missed);
      return text("path", { d, fill: "none", stroke: misses ? "#ff4d0d" : "#007a5a", "stroke-width": 2.5, "stroke-dasharray": misses ? "6 5" : null });
    });
    const place = placed(k);
    const words = { x, "font-size": 14, fill: "#1a1a1a" };
    return [
      text("g", { transform: `translate(${x + (wide - scale * scene.width) / 2} ${y}) scale(${scale})` },
        text("svg", { width: scene.width, height: scene.height }, text("use", { href: "#scenes", x: place.x, y: place.y })), ...paths),
      text("text", { ...words, y: y + high + 17, "font-weight": "bold" }, `${k + 1} ${scene.name}`),
      text("text", { ...words, y: y + high + 36, fill: right ? "#006b4f" : "#a33a00" }, `${right ? "✓" : "✗"} ${said}`),
    ].join("");
  });
  const top = 2 * (high + 54) + 34;
  const { found, alarms, right } = score(SCENES, bars);
  const strips = FEATURES.map((name, k) => stillStrip(name, bars[name], top + 18 + 70 * k));
  const height = top + 18 + 70 * FEATURES.length;
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 640 ${height}`, "font-family": "sans-serif" },
    text("defs", {}, text("image", { id: "scenes", href: atlas, width: 4 * CELL_WIDTH, height: 2 * CELL_HEIGHT })),
    text("rect", { width: 640, height, fill: "#fff" }),
    ...cards,
    text("text", { x: 8, y: top, "font-size": 16, fill: "#1a1a1a", "font-weight": "bold" }, `${right} of ${SCENES.length} right: ${found} of ${SWANS} swans found, ${alarms} of ${OTHERS} others taken for swans`),
    ...strips,
  );
}

/** @param {string} name @param {number} bar @param {number} y */
function stillStrip(name, bar, y) {
  const { label, last } = KNOBS[name];
  const [left, wide] = [210, 410];
  const at = left + Math.min(bar / last, 1) * wide;
  const dots = lanes(name, 0.042).map(({ k, at: share, lane }) => {
    const { swan: isSwan } = SCENES[k];
    const [x, cy] = [left + share * wide, y + 9 + 15 * lane];
    const shape = { fill: isSwan ? "#1a1a1a" : "#fff", stroke: "#1a1a1a", "stroke-width": 1.5 };
    const body = isSwan ? text("circle", { cx: x, cy, r: 8, ...shape }) : text("rect", { x: x - 8, y: cy - 8, width: 16, height: 16, ...shape });
    return body + text("text", { x, y: cy + 4, "text-anchor": "middle", "font-size": 11, "font-weight": "bold", fill: isSwan ? "#fff" : "#1a1a1a" }, k + 1);
  });
  return [
    text("text", { x: 8, y: y + 36, "font-size": 15, fill: "#1a1a1a" }, `${label} ${isError(name) ? "≤" : "≥"} ${short(bar)}`),
    text("line", { x1: left, x2: left + wide, y1: y + 64, y2: y + 64, stroke: "#888" }),
    ...dots,
    text("line", { x1: at, x2: at, y1: y - 2, y2: y + 66, stroke: "#0a6b87", "stroke-width": 4 }),
  ].join("");
}

export default figure({ defaults, check, draw, css: style, still });
