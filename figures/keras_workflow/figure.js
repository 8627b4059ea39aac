/** Keras's five steps, played on the logs of real trainings. */
import { button, player, slider } from "../lib/controls.js";
import { escaped, h, s, text } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { chart, CHARTS, HEIGHT, numbers, WIDTH } from "./chart.js";
import { epochs, RUNS } from "./logs.js";
import { check, MOST_PATIENT, percent, program, RULES, says, STEPS, thousands } from "./words.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("./words.js").Settings} Settings */

const defaults = { run: "few_digits", step: 3, epoch: 40, patience: 3, truth: 8 };

const css = `
.figure { container-type: inline-size }
.steps { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 1.1rem; list-style: none; margin: 0; padding: 0 }
.steps li { position: relative; display: grid; gap: .15rem; align-content: start }
.steps li + li::before { content: "➜"; position: absolute; left: -1.05rem; top: .45rem; color: var(--muted) }
.steps button { width: 100%; padding: .3rem .2rem; font-weight: 600 }
.steps small { font-size: .8rem; color: var(--muted); text-align: center }
.code { margin: 0; padding: .5rem 0; background: var(--soft); border-radius: 6px; font: .82rem/1.4 ui-monospace, monospace }
.code pre { margin: 0; padding: .15rem .75rem; font: inherit; white-space: pre; border-inline-start: 4px solid transparent; min-width: max-content }
.code pre[aria-current] { background: var(--page); border-color: var(--strong); font-weight: 700 }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem }
.charts svg { width: 100%; height: auto }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .15rem .6rem; align-items: center; font-size: .9rem; margin: 0 }
.bars div { display: contents }
.bars dt, .bars dd { margin: 0 }
.bars i { display: block; height: .8rem; min-width: 1px; background: var(--below); border-radius: 2px }
.bars .right i { background: repeating-linear-gradient(45deg, var(--mark) 0 5px, transparent 5px 8px); border: 1px solid var(--mark) }
.bars .right { font-weight: 700 }
.rules { font-size: .85rem; color: var(--muted) }
@container (max-width: 480px) {
  .charts { grid-template-columns: 1fr }
  .steps { gap: .3rem } .steps li::before, .steps small { display: none } .steps button { font-size: .75rem; padding: .2rem 0; min-width: 0 } .steps span { display: block }
}
`;

const LIVE = { text: "var(--text)", muted: "var(--muted)", line: "var(--line)", training: "var(--below)", validation: "var(--above)", after: "var(--muted)" };
const PAPER = { text: "#1a1a1a", muted: "#555555", line: "#d8d8d8", training: "#0072b2", validation: "#b84e00", after: "#555555" };

/** @param {Stage} stage @returns {Settings} */
function settings(stage) {
  return { run: stage.get("run"), step: stage.get("step"), epoch: stage.get("epoch"), patience: stage.get("patience"), truth: stage.get("truth") };
}

/** What comes after a state: through the five steps, and within the third through the epochs. @param {Settings} now */
function next({ run, step, epoch }) {
  if (step === 3 && epoch < epochs(run)) return { epoch: epoch + 1 };
  if (step === 2) return { step: 3, epoch: 0 };
  return step < 5 ? { step: step + 1 } : null;
}

/** @param {Stage} stage */
function draw(stage) {
  const advance = () => {
    const changes = next(settings(stage));
    if (!changes) return false;
    stage.put(changes);
    return next(settings(stage)) ? undefined : false;
  };
  const film = player(stage, () => advance(), { pause: 260 });
  // From the end, Play begins anew.
  film.button.addEventListener("click", () => !next(settings(stage)) && stage.put({ step: 1, epoch: 0 }), { capture: true });
  const halt = (/** @type {import("../lib/figure.js").State} */ changes) => {
    film.stop();
    stage.put(changes);
  };
  const once = button("Step", () => {
    film.stop();
    if (advance() === false && stage.get("step") === 5) stage.say("That was the last step. Play begins anew.");
  });

  const runs = h("select", { onchange: () => halt({ run: runs.value, epoch: epochs(runs.value) }) }, ...Object.entries(RUNS).map(([key, run]) => h("option", { value: key }, run.name)));
  stage.follow(() => void (runs.value = stage.asked("run")));
  const epoch = slider(stage, "epoch", { label: "Epoch", min: 0, max: 40 });
  const range = /** @type {HTMLInputElement} */ (epoch.querySelector("input"));
  range.addEventListener("input", () => halt({ step: 3 }));
  stage.follow(() => {
    range.max = String(epochs(stage.get("run")));
    range.value = String(stage.get("epoch"));
  });

  const boxes = STEPS.map(({ name, goesIn }, k) => {
    const made = button("", () => halt({ step: k + 1 }));
    made.append(h("span", {}, `${k + 1} `), name);
    stage.follow(() => void (stage.get("step") === k + 1 ? made.setAttribute("aria-current", "step") : made.removeAttribute("aria-current")));
    stage.follow(() => made.setAttribute("aria-pressed", String(stage.get("step") === k + 1)));
    return h("li", {}, made, h("small", {}, goesIn));
  });
  const lines = STEPS.map(() => h("pre"));
  const pictures = CHARTS.map(({ title }) => s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title }));
  const told = h("p", { class: "says" });
  const bars = h("dl", { class: "bars" });
  const classes = h("select", { onchange: () => stage.put({ truth: Number(classes.value) }) });
  const asks = h("label", {}, "True class", classes);
  const patience = slider(stage, "patience", { label: "Early stopping, patience", min: 1, max: MOST_PATIENT });
  const rules = h("p", { class: "rules" }, RULES);
  const charts = h("div", { class: "charts" }, ...pictures);

  stage.root.append(
    h("div", { class: "row" }, h("label", {}, "Log", runs), film.button, once),
    h("ol", { class: "steps" }, ...boxes),
    h("div", { class: "code scroll", tabindex: "0", role: "group", "aria-label": "The five steps in Python" }, ...lines),
    h("div", { class: "row" }, epoch, patience, asks),
    charts,
    bars,
    told,
    rules,
  );

  stage.follow(() => {
    const now = settings(stage);
    const run = RUNS[now.run];
    program(run, now.patience).forEach((code, k) => {
      lines[k].textContent = code;
      if (now.step === k + 1) lines[k].setAttribute("aria-current", "step");
      else lines[k].removeAttribute("aria-current");
    });
    const known = { history: run.log.history, epoch: now.step < 3 ? 0 : now.epoch, patience: now.patience };
    pictures.forEach((picture, k) => {
      picture.setAttribute("aria-label", `${CHARTS[k].title}, ${numbers(known.history, known.epoch)}`);
      picture.replaceChildren(...chart(s, LIVE, CHARTS[k], { ...known, id: `clip-${k}` }));
    });
    charts.hidden = now.step > 3;
    [epoch, patience, rules].forEach((element) => (element.hidden = now.step !== 3));
    asks.hidden = now.step !== 5;
    classes.replaceChildren(...run.classes.map((name, k) => h("option", { value: k }, name)));
    classes.value = String(now.truth);
    bars.replaceChildren(...barRows(now).map(({ name, share, shown, right }) => h("div", { class: right ? "right" : null }, h("dt", {}, name), h("dd", {}, h("i", { style: `width:${100 * share}%` })), h("dd", { class: "number" }, shown))));
    told.textContent = says(now, run);
    stage.say(now.step === 3 ? `${numbers(run.log.history, now.epoch)}. ${told.textContent}` : `${STEPS[now.step - 1].name}. ${told.textContent}`);
  });
}

/** What comes out of the last two steps, as bars. @param {Settings} now */
function barRows({ run, step, truth }) {
  const { log, classes } = RUNS[run];
  const last = log.history.accuracy.length - 1;
  const bar = (/** @type {string} */ name, /** @type {number} */ share, right = false) => ({ name, share, shown: percent(share), right });
  if (step === 4)
    return [bar("training, at the end", log.history.accuracy[last]), bar("validation, at the end", log.history.val_accuracy[last]), bar("test", log.test_accuracy, true)];
  if (step < 5) return [];
  const row = log.confusion[truth];
  const total = row.reduce((sum, count) => sum + count, 0);
  return row.map((count, k) => ({ name: `${classes[k]}${k === truth ? " ✓" : ""}`, share: count / total, shown: thousands(count), right: k === truth }));
}

/** Words in rows of at most so many letters. @param {string} words @param {number} most */
function wrapped(words, most) {
  return words.split(" ").reduce((rows, word) => {
    const last = rows[rows.length - 1];
    if (last && last.length + word.length < most) rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
    return rows;
  }, /** @type {string[]} */ ([]));
}

/**
 * The five steps, the two curves, and what they say.
 * @param {Record<string, any>} state
 */
function still(state) {
  const now = /** @type {Settings} */ (state);
  const run = RUNS[now.run];
  const known = { history: run.log.history, epoch: now.epoch, patience: now.patience };
  const make = (/** @type {string} */ tag, /** @type {any} */ attributes, /** @type {any[]} */ ...children) => text(tag, attributes, ...(tag === "text" ? children.map(escaped) : children));
  const words = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ what, more = {}) => make("text", { x, y, "font-family": "sans-serif", "font-size": 15, fill: PAPER.text, ...more }, what);
  const boxes = STEPS.flatMap(({ name, goesIn }, k) => {
    const here = k + 1 === now.step;
    const x = 2 + k * 130;
    return [
      make("rect", { x, y: 2, width: 112, height: 34, rx: 6, fill: here ? "#0a6b87" : "#ffffff", stroke: "#0a6b87", "stroke-width": 1.5 }),
      words(x + 56, 24, `${k + 1} ${name}`, { "text-anchor": "middle", "font-weight": "bold", fill: here ? "#ffffff" : PAPER.text }),
      words(x + 56, 54, goesIn, { "text-anchor": "middle", "font-size": 13, fill: PAPER.muted }),
      k ? make("path", { d: `M${x - 17} 19h13m-5 -4l5 4l-5 4`, fill: "none", stroke: PAPER.muted, "stroke-width": 1.5 }) : "",
    ];
  });
  const charts = CHARTS.map((one, k) => make("g", { transform: `translate(${k * 324} 92)` }, ...chart(make, PAPER, one, { ...known, id: `still-${k}` })));
  const below = wrapped(says({ ...now, step: 3 }, run), 84).map((row, k) => words(0, 352 + 20 * k, row));
  const height = 352 + 20 * below.length;
  return text(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 640 ${height}` },
    make("rect", { width: 640, height, fill: "#ffffff" }),
    ...boxes,
    words(0, 82, run.name, { "font-weight": "bold" }),
    ...charts,
    ...below,
  );
}

export default figure({ defaults, check: (state) => check(state, RUNS), draw, css, still });
