/** The playground: points in the plane, a network of any shape, and its training, live. */
import { button, choice, number, player, slider } from "../lib/controls.js";
import { h } from "../lib/dom.js";
import { figure } from "../lib/figure.js";
import { LAYERS, STEPS, UNITS, fault } from "./check.js";
import { RUN, read, toJson, toNpz } from "./files.js";
import { LIMIT, SIGNS, css, gridOf, layout, look, lossChart, marker, palette, regions, scale, surfacePicture, thickness, unitPicture } from "./picture.js";
import { ACTIVATIONS, DATA, FEATURES, OPTIMIZERS, PENALTIES, encode, follow, points, softmax, training } from "./playground.js";
import { still } from "./still.js";

/** @typedef {import("../lib/figure.js").Stage} Stage */
/** @typedef {import("./playground.js").Run} Run */
/** @typedef {ReturnType<typeof begin>} Now */

const PLOT = 560; // pixels of the large picture, each way
const BUDGET = 7; // milliseconds of training in a frame: the others are for drawing
const PACES = { step: "a step at a time", epoch: "an epoch at a time", fast: "as fast as it can" };
const OPTIMIZER_NAMES = { sgd: "SGD", momentum: "SGD with momentum 0.9", rmsprop: "RMSprop", adam: "Adam" };
const PENALTY_NAMES = { none: "none", l1: "L1: size", l2: "L2: square" };

const defaults = {
  data: "circles", points: 300, noise: 0.2, test: 0.5, draw: 0,
  features: ["x1", "x2"], units: [4, 2], activations: ["tanh", "tanh"], dropout: 0,
  optimizer: "sgd", rate: 0.1, batch: 10, penalty: "none", strength: 0.001, seed: 1, pace: "epoch",
  start: "", before: 0, steps: 450,
}; // prettier-ignore

/** A training with its loss curve. @param {Run} run */
function begin(run) {
  return { run, ...follow(training(run)) };
}

/** @param {Stage} stage */
function draw(stage) {
  /** @type {Now} */
  let now = begin(runOf(stage));
  let keep = false; // whether the next training goes on from this one, with its curve
  let sent = -1; // the steps that this figure itself has written into the state
  let frame = 0;
  let ours = false; // whether a change of the state comes from this figure's own controls
  const put = (/** @type {Record<string, any>} */ changes) => {
    ours = true;
    stage.put(changes);
    ours = false;
  };

  /** From here on otherwise: the weights stay, the optimiser forgets. @param {Record<string, any>} changes */
  const goOn = (changes) => {
    if (now.broken()) return renew(changes);
    if (now.done() === 0 && !("start" in changes)) return put(changes);
    keep = true;
    put({ start: encode(now.network.weights.all), ...changes, before: now.run.before + now.done(), steps: 0 });
  };
  /** All from the beginning. @param {Record<string, any>} changes */
  const renew = (changes) => put({ ...changes, start: "", before: 0, steps: 0 });
  const going = { ...stage, put: goOn };
  const anew = { ...stage, put: renew };

  const network = diagram(stage, () => now, goOn);
  const plot = surface(stage, () => now);
  const chart = curves(() => now);
  const told = h("p", { class: "says" });
  const place = h("span", { class: "number" });

  const paint = () => {
    const outs = look(now.network, now.run.features);
    network.paint(outs);
    plot.paint(outs[outs.length - 1]);
    chart.paint();
    const at = now.run.before + now.done();
    place.textContent = `Epoch ${Math.floor(at / now.batches)}, step ${at}`;
    told.textContent = inWords(now);
  };

  /** Train up to a step, a little in each frame, so that nothing freezes. @param {number} target */
  const catchUp = (target) => {
    cancelAnimationFrame(frame);
    train(now, target - now.done());
    paint();
    if (now.done() < target && !now.broken()) frame = requestAnimationFrame(() => catchUp(target));
  };
  const write = () => {
    if (now.done() !== stage.asked("steps")) put({ steps: (sent = now.done()) });
  };
  const advance = (/** @type {number} */ steps) => {
    train(now, steps);
    paint();
    return !now.broken() && now.done() < STEPS;
  };

  let frames = 0;
  const play = player(stage, () => {
    const pace = stage.get("pace");
    frames++;
    if (pace === "step" && frames % 10 && !stage.calm()) return;
    const more = advance(pace === "step" ? 1 : pace === "epoch" ? now.batches : Infinity);
    if (frames % 8 === 0 || !more) write(); // the address and Python need not know every frame
    return more ? undefined : false;
  }, { pause: 0 }); // prettier-ignore
  play.button.addEventListener("click", write);
  const by = (/** @type {() => number} */ steps) => () => {
    play.stop();
    advance(steps());
    write();
    stage.say(`${place.textContent}. ${inWords(now)}`);
  };

  stage.follow(() => {
    const run = runOf(stage);
    if (RUN.every((name) => name === "steps" || same(run[name], now.run[name]))) {
      if (run.steps === sent || run.steps === now.done()) return;
      if (run.steps < now.done()) now = begin(run);
    } else {
      const before = now;
      if (!keep) sent = -1;
      now = begin(run);
      if (keep) now.takeCurve(before);
      keep = false;
      network.build();
      plot.mark();
    }
    if (!ours) play.stop(); // Reset, a link or Python: what they ask for is to be seen
    catchUp(run.steps);
    stage.say(`${place.textContent}. ${inWords(now)}`);
  });
  stage.onLeave(() => cancelAnimationFrame(frame));

  stage.root.append(
    h("div", { class: "row" },
      button("↺ Start again", () => { play.stop(); renew({}); }),
      play.button,
      button("Step", by(() => 1)),
      button("Epoch", by(() => now.batches - ((now.run.before + now.done()) % now.batches))),
      choice(stage, "pace", { label: "Speed", choices: PACES }),
      place,
    ),
    h("div", { class: "views" },
      network.element,
      h("div", { class: "stack plots" }, plot.element, chart.element),
      network.editor,
    ),
    told,
    h("div", { class: "settings" },
      h("div", { class: "stack" }, dataBox(anew), networkBox(anew)),
      h("div", { class: "stack" }, trainingBox(going), fileBox(stage, () => now)),
    ),
  ); // prettier-ignore
  const resized = new ResizeObserver(() => {
    network.build();
    paint();
  });
  resized.observe(network.element);
  stage.onLeave(() => resized.disconnect());
  stage.follow(() => {
    stage.dark();
    network.build();
    plot.mark();
    paint();
  });
}

/** @param {Stage} stage @returns {Run} */
function runOf(stage) {
  return /** @type {Run} */ (Object.fromEntries(RUN.map((name) => [name, stage.get(name)])));
}

/** @param {unknown} one @param {unknown} other */
function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** At most so many steps, and no longer than a frame bears. @param {Now} now @param {number} steps */
function train(now, steps) {
  const until = performance.now() + BUDGET;
  for (let k = 0; k < steps && now.done() < STEPS && !now.broken(); k++) {
    now.step();
    if (performance.now() > until) return;
  }
}

/** @param {Now} now */
function inWords(now) {
  if (now.broken()) {
    return `The weights have grown out of bounds: the learning rate ${now.run.rate} is too large. Choose a smaller one, and it starts again.`;
  }
  const { train, test } = now.judged();
  const score = (/** @type {{ loss: number, accuracy: number }} */ { loss, accuracy }) => `loss ${loss.toFixed(3)}, ${Math.round(accuracy * 100)} % right`;
  return `Training points: ${score(train)}. Test points: ${score(test)}.`;
}

// --- the network -----------------------------------------------------------------------------------------

/**
 * Every unit with its own picture, the weights as lines between them, and one unit's numbers to turn.
 * @param {Stage} stage
 * @param {() => Now} now
 * @param {(changes: Record<string, any>) => void} goOn
 */
function diagram(stage, now, goOn) {
  const lines = h("canvas", { class: "lines", "aria-hidden": "true" });
  const holder = h("div", { class: "units", role: "group", "aria-label": "The units of the network. Arrow keys walk from one to the next." });
  const tip = h("p", { class: "tip", "aria-hidden": "true" });
  const element = h("div", { class: "network panel" }, lines, holder, tip);
  const editor = h("fieldset", { class: "editor" });
  let chosen = [1, 0];
  let built = "";
  /** @type {{ layer: number, unit: number, box: HTMLElement, context: CanvasRenderingContext2D }[]} */
  let units = [];
  /** @type {{ index: number, inputs: HTMLInputElement[] }[]} */
  let knobs = [];
  let plan = layout([2, 2], 300);

  /** @param {number} layer @param {number} unit */
  const choose = (layer, unit) => {
    chosen = [layer, unit];
    units.forEach((u) => {
      const here = u.layer === layer && u.unit === unit;
      if (u.layer === 0) return; // features have no weights
      u.box.setAttribute("aria-pressed", String(here));
      u.box.tabIndex = here ? 0 : -1;
    });
    buildEditor();
    drawLines();
  };

  const build = () => {
    const { sizes } = now().network;
    const width = element.clientWidth;
    const wanted = JSON.stringify([sizes, width, now().run.features, now().run.activations, stage.dark()]);
    if (!width || wanted === built) return;
    const focused = built && element.contains(/** @type {ShadowRoot} */ (element.getRootNode()).activeElement);
    built = wanted;
    plan = layout(sizes, width);
    element.style.height = `${plan.height}px`;
    lines.width = width * 2;
    lines.height = plan.height * 2;
    units = sizes.flatMap((size, layer) => Array.from({ length: size }, (_, unit) => unitBox(layer, unit)));
    holder.replaceChildren(...columnNames(), ...units.map(({ box }) => box));
    const layer = Math.min(Math.max(1, chosen[0]), sizes.length - 1);
    choose(layer, Math.min(chosen[1], sizes[layer] - 1));
    if (focused) find(chosen[0], chosen[1])?.box.focus();
  };

  /** Under the columns, where there is room for words. */
  const columnNames = () => {
    const { sizes, activations } = now().network;
    if (plan.x(1) - plan.x(0) < 62) return [];
    const names = ["features", ...activations, "scores"];
    return sizes.map((_, k) => h("span", { class: "column", "aria-hidden": "true", style: `left:${plan.x(k) - 12}px; width:${plan.side + 24}px` }, names[k]));
  };

  /** @param {number} layer @param {number} unit */
  const unitBox = (layer, unit) => {
    const { network, run } = now();
    const grid = gridOf(network.sizes);
    const canvas = h("canvas", { width: grid, height: grid, "aria-hidden": "true" });
    const isFeature = layer === 0;
    const isScore = layer === network.sizes.length - 1;
    const badge = isFeature ? h("span", { class: "badge" }, SIGNS[run.features[unit]]) : isScore ? sign(unit, stage.dark()) : null;
    const style = `left:${plan.x(layer)}px;top:${plan.y(layer, unit)}px;width:${plan.side}px;height:${plan.side}px`;
    const box = isFeature
      ? h("div", { class: "unit", style, role: "img", "aria-label": `Feature ${run.features[unit]}` }, canvas, badge)
      : h("button", { class: "unit", style, type: "button", "aria-label": called(now(), layer, unit) }, canvas, badge);
    if (!isFeature) for (const event of ["focus", "click"]) box.addEventListener(event, () => choose(layer, unit));
    return { layer, unit, box, context: /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")) };
  };

  /** @param {number} layer @param {number} unit */
  const find = (layer, unit) => units.find((u) => u.layer === layer && u.unit === unit);
  holder.addEventListener("keydown", (event) => {
    const [across, down] = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] })[event.key] ?? [];
    const { sizes } = now().network;
    const layer = chosen[0] + across;
    if (across === undefined || layer < 1 || layer >= sizes.length) return;
    event.preventDefault();
    find(layer, Math.min(sizes[layer] - 1, Math.max(0, chosen[1] + down)))?.box.focus();
  });

  const buildEditor = () => {
    const [layer, unit] = chosen;
    const inputs = now().network.sizes[layer - 1];
    const at = offset(now(), layer);
    knobs = [];
    const row = (/** @type {string} */ name, /** @type {number} */ index) => {
      const whole = name.replace("from", "weight from");
      const range = h("input", { type: "range", min: -4, max: 4, step: 0.05, "aria-label": `the ${whole}, to drag` });
      const typed = h("input", { type: "number", step: 0.1, "aria-label": `the ${whole}, to type` });
      for (const input of [range, typed]) input.addEventListener("input", () => turn(index, input.valueAsNumber));
      knobs.push({ index, inputs: [range, typed] });
      return h("div", { class: "knob" }, h("span", {}, name), range, typed);
    };
    const rows = Array.from({ length: inputs }, (_, k) => row(`from ${called(now(), layer - 1, k, true)}`, at + unit * inputs + k));
    rows.push(row("bias", at + now().network.sizes[layer] * inputs + unit));
    editor.replaceChildren(h("legend", {}, called(now(), layer, unit)), ...rows);
    showNumbers();
  };
  const showNumbers = () => {
    const active = /** @type {ShadowRoot} */ (element.getRootNode()).activeElement;
    for (const { index, inputs } of knobs) {
      const value = now().network.weights.all[index];
      for (const input of inputs) if (input !== active || Math.abs(input.valueAsNumber - value) > 0.006) input.value = Number.isFinite(value) ? value.toFixed(2) : "";
    }
  };
  /** @param {number} index @param {number} value */
  const turn = (index, value) => {
    if (!Number.isFinite(value)) return; // still typing
    const weights = now().network.weights.all.slice();
    weights[index] = Math.max(-100, Math.min(100, value));
    goOn({ start: encode(weights) });
  };

  /** All weights: from where, to where, which of them all. */
  const edges = () => {
    const { sizes } = now().network;
    return sizes.slice(1).flatMap((size, k) =>
      Array.from({ length: size * sizes[k] }, (_, i) => {
        const [unit, from] = [Math.floor(i / sizes[k]), i % sizes[k]];
        const middle = plan.side / 2;
        const [x0, y0] = [plan.x(k) + plan.side, plan.y(k, from) + middle];
        return { layer: k + 1, unit, from, index: offset(now(), k + 1) + i, x0, y0, x1: plan.x(k + 1), y1: plan.y(k + 1, unit) + middle };
      }),
    );
  };
  const drawLines = () => {
    const context = /** @type {CanvasRenderingContext2D} */ (lines.getContext("2d"));
    const { below, above } = palette(stage.dark());
    const weights = now().network.weights.all;
    context.setTransform(2, 0, 0, 2, 0, 0);
    context.clearRect(0, 0, lines.width, lines.height);
    const all = edges();
    const least = all.length > 300 ? 1 : 0; // of very many lines the thin ones are not seen
    for (const edge of all) {
      const weight = weights[edge.index];
      if (thickness(weight) < least) continue;
      const mine = edge.layer === chosen[0] && edge.unit === chosen[1];
      context.globalAlpha = mine ? 1 : 0.45;
      context.lineWidth = thickness(weight);
      context.strokeStyle = css(weight < 0 ? below : above);
      context.setLineDash(weight < 0 ? [6, 4] : []);
      context.beginPath();
      context.moveTo(edge.x0, edge.y0);
      const bend = (edge.x1 - edge.x0) / 2;
      context.bezierCurveTo(edge.x0 + bend, edge.y0, edge.x1 - bend, edge.y1, edge.x1, edge.y1);
      context.stroke();
    }
  };
  /** The line under the pointer, if one is near. @param {PointerEvent | MouseEvent} event */
  const near = (event) => {
    const at = lines.getBoundingClientRect();
    const [x, y] = [event.clientX - at.x, event.clientY - at.y];
    const far = (/** @type {ReturnType<typeof edges>[number]} */ edge) => {
      const t = (x - edge.x0) / (edge.x1 - edge.x0);
      if (t < 0 || t > 1) return Infinity;
      return Math.abs(y - edge.y0 - (edge.y1 - edge.y0) * t * t * (3 - 2 * t));
    };
    const all = edges().map((edge) => ({ edge, away: far(edge) })).sort((a, b) => a.away - b.away); // prettier-ignore
    return all[0]?.away < 10 ? all[0].edge : null;
  };
  lines.addEventListener("pointermove", (event) => {
    const edge = near(event);
    lines.style.cursor = edge ? "pointer" : "default";
    tip.textContent = edge
      ? `From ${called(now(), edge.layer - 1, edge.from, true)} to ${called(now(), edge.layer, edge.unit, true)}: ${signed(now().network.weights.all[edge.index])}`
      : "";
  });
  lines.addEventListener("pointerleave", () => (tip.textContent = ""));
  lines.addEventListener("click", (event) => {
    const edge = near(event);
    if (!edge) return;
    choose(edge.layer, edge.unit);
    knobs.find(({ index }) => index === edge.index)?.inputs[1].focus();
  });

  const paint = (/** @type {Float32Array[]} */ outs) => {
    const colours = scale(palette(stage.dark()));
    const { sizes } = now().network;
    const grid = gridOf(sizes);
    for (const { layer, unit, context } of units) {
      const rgba = unitPicture(outs[layer], unit, sizes[layer], colours);
      context.putImageData(new ImageData(rgba, grid, grid), 0, 0);
    }
    drawLines();
    showNumbers();
  };
  return { element, editor, build, paint };
}

/** Where the weights of a layer begin among all. @param {Now} now @param {number} layer */
function offset({ network }, layer) {
  const { all, arrays } = network.weights;
  return (arrays[2 * layer - 2].byteOffset - all.byteOffset) / 4;
}

/** @param {Now} now @param {number} layer @param {number} unit @param {boolean} [short] */
function called({ network, run }, layer, unit, short = false) {
  if (layer === 0) return SIGNS[run.features[unit]];
  if (layer === network.sizes.length - 1) return `score of class ${unit + 1}`;
  const name = `unit ${unit + 1} of layer ${layer}`;
  return short ? name : `${name[0].toUpperCase()}${name.slice(1)} (${run.activations[layer - 1]})`;
}

/** @param {number} value */
function signed(value) {
  return value.toFixed(2).replace("-", "−");
}

/** The sign of a class. @param {number} label @param {boolean} dark */
function sign(label, dark) {
  const svg = h("span", { class: "badge sign" });
  const colour = css(palette(dark).classes[label]);
  svg.innerHTML = `<svg viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true"><path d="${marker(label, 6)}" fill="${colour}"/></svg>`;
  return svg;
}

// --- the large picture -----------------------------------------------------------------------------------

/** @param {Stage} stage @param {() => Now} now */
function surface(stage, now) {
  const below = h("canvas", { width: PLOT, height: PLOT, role: "img", "aria-label": "What the network answers at each place of the plane, with the border between the classes" });
  const above = h("canvas", { width: PLOT, height: PLOT, class: "points", role: "img", "aria-label": "The points: filled ones are learned from, hollow ones test" });
  const small = h("canvas");
  const key = h("p", { class: "key" });
  const context = (/** @type {HTMLCanvasElement} */ canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

  const paint = (/** @type {Float32Array} */ scores) => {
    const { classes } = DATA[now().run.data];
    const colours = palette(stage.dark());
    const rgba = surfacePicture(softmax(scores, classes), classes, colours);
    small.width = small.height = gridOf(now().network.sizes);
    context(small).putImageData(new ImageData(rgba, small.width, small.height), 0, 0);
    const on = context(below);
    on.drawImage(small, 0, 0, PLOT, PLOT);
    for (let c = 1; c < classes; c++) {
      const area = new Path2D();
      for (const ring of regions(scores, classes, c)) {
        ring.forEach(([x, y], k) => (k ? area.lineTo(x * PLOT, y * PLOT) : area.moveTo(x * PLOT, y * PLOT)));
        area.closePath();
      }
      on.save();
      on.clip(area, "evenodd");
      on.strokeStyle = css(colours.classes[c]);
      on.globalAlpha = 0.3;
      on.lineWidth = 2;
      on.stroke(hatch(c));
      on.restore();
      on.strokeStyle = colours.ink;
      on.lineWidth = 4;
      on.stroke(area);
    }
  };
  const mark = () => {
    const { sets, run } = now();
    const on = context(above);
    const colours = palette(stage.dark());
    const scale = PLOT / (2 * LIMIT);
    on.clearRect(0, 0, PLOT, PLOT);
    for (let c = 0; c < DATA[run.data].classes; c++) {
      for (const learns of [false, true]) {
        const marks = new Path2D();
        sets.labels.forEach((label, k) => {
          if (label !== c || k < sets.learned !== learns) return;
          const move = new DOMMatrix().translate((sets.x[2 * k] + LIMIT) * scale, (LIMIT - sets.x[2 * k + 1]) * scale);
          marks.addPath(new Path2D(marker(c, learns ? 7.5 : 6.5)), move);
        });
        on.lineWidth = learns ? 2 : 3;
        on.fillStyle = css(learns ? colours.classes[c] : colours.page);
        on.strokeStyle = css(learns ? colours.page : colours.classes[c]);
        on.fill(marks);
        on.stroke(marks);
      }
    }
    const signs = Array.from({ length: DATA[run.data].classes }, (_, c) => [sign(c, stage.dark()), ` class ${c + 1}  `]).flat();
    key.replaceChildren(...signs, "— filled: to learn from; hollow: to test");
  };
  return { element: h("div", { class: "stack" }, h("div", { class: "plot" }, below, above), key), paint, mark };
}

/** Strokes over the whole picture; another direction for each class. @param {number} which */
function hatch(which) {
  const path = new Path2D();
  for (let at = -PLOT; at < 2 * PLOT; at += 18) {
    path.moveTo(at, 0);
    path.lineTo(which === 1 ? at + PLOT : at - PLOT, PLOT);
  }
  return path;
}

/** The loss, step by step. @param {() => Now} now */
function curves(now) {
  const element = h("div", { class: "panel" });
  const paint = () => {
    const look = { width: 340, height: 120, font: 12, ink: "var(--text)", muted: "var(--muted)", test: "var(--strong)" };
    const chart = lossChart(now().curve(), now().run.before + now().done(), look);
    element.innerHTML = `<svg viewBox="0 0 340 120" role="img" aria-label="Loss of the training and the test points, step by step">${chart}</svg>`;
  };
  return { element, paint };
}

// --- the settings ----------------------------------------------------------------------------------------

/** @param {Stage} stage whose changes begin anew */
function dataBox(stage) {
  const kinds = Object.entries(DATA).map(([name, { called: label, classes }]) => {
    const picture = h("span", {});
    const made = h("button", { type: "button", class: "kind", onclick: () => stage.put({ data: name }) }, picture, label);
    stage.follow(() => {
      const { x, labels } = points(name, { n: 60, noise: 0, seed: 1 });
      const colours = palette(stage.dark()).classes;
      const marks = Array.from({ length: classes }, (_, c) => {
        const path = [...labels].map((l, k) => (l === c ? `<path transform="translate(${x[2 * k].toFixed(2)} ${(-x[2 * k + 1]).toFixed(2)})" d="${marker(c, 0.2)}"/>` : ""));
        return `<g fill="${css(colours[c])}">${path.join("")}</g>`;
      });
      picture.innerHTML = `<svg viewBox="-3.6 -3.6 7.2 7.2" width="44" height="44" aria-hidden="true">${marks.join("")}</svg>`;
    });
    stage.follow(() => made.setAttribute("aria-pressed", String(stage.asked("data") === name)));
    return made;
  });
  const percent = (/** @type {number} */ share) => `${Math.round(share * 100)} %`;
  return box("Data",
    h("div", { class: "kinds" }, ...kinds),
    slider(stage, "noise", { label: "Noise", min: 0, max: 1, step: 0.05 }),
    slider(stage, "points", { label: "Points", min: 20, max: 500, step: 10 }),
    slider(stage, "test", { label: "To test", min: 0.1, max: 0.9, step: 0.1, show: percent }),
    button("Draw other points", () => stage.put({ draw: (stage.get("draw") + 1) % 1000 })),
  ); // prettier-ignore
}

/** @param {Stage} stage whose changes begin anew */
function networkBox(stage) {
  const inputs = Object.keys(FEATURES).map((name) => {
    const toggle = () => {
      const on = stage.get("features");
      const all = Object.keys(FEATURES).filter((other) => (other === name ? !on.includes(other) : on.includes(other)));
      stage.put({ features: all });
    };
    const made = button(SIGNS[name], toggle);
    stage.follow(() => {
      const asked = stage.asked("features");
      made.setAttribute("aria-pressed", String(Array.isArray(asked) && asked.includes(name)));
    });
    return made;
  });
  const rows = h("div", { class: "stack" });
  const change = (/** @type {number[]} */ units, /** @type {string[]} */ activations) => stage.put({ units, activations });
  const add = button("+ Layer", () => change([...stage.get("units"), 4], [...stage.get("activations"), stage.get("activations").at(-1) ?? "tanh"]));
  stage.follow(() => {
    const [units, activations] = [stage.get("units"), stage.get("activations")];
    add.disabled = units.length >= LAYERS;
    const focus = /** @type {HTMLElement | null} */ (/** @type {ShadowRoot} */ (rows.getRootNode()).activeElement ?? null);
    const kept = focus && rows.contains(focus) ? focus.dataset.key : "";
    rows.replaceChildren(...units.map((/** @type {number} */ size, /** @type {number} */ k) => layerRow(k, size, activations[k], {
      resize: (by) => change(units.with(k, size + by), activations),
      activate: (name) => change(units, activations.with(k, name)),
      remove: () => change(units.toSpliced(k, 1), activations.toSpliced(k, 1)),
    }))); // prettier-ignore
    if (kept) (/** @type {HTMLElement | null} */ (rows.querySelector(`[data-key="${kept}"]:not(:disabled)`)) ?? add).focus();
  });
  return box("Network",
    h("div", { class: "row tight", role: "group", "aria-label": "Features: what the network is given of a point" }, ...inputs),
    rows,
    h("div", { class: "row" }, add, number(stage, "seed", { label: "Seed", min: 0, max: 999 })),
  ); // prettier-ignore
}

/**
 * @param {number} k @param {number} size @param {string} activation
 * @param {{ resize: (by: number) => void, activate: (name: string) => void, remove: () => void }} acts
 */
function layerRow(k, size, activation, { resize, activate, remove }) {
  const key = (/** @type {string} */ what) => ({ "data-key": `${what}${k}` });
  const select = h("select", { "aria-label": `Activation of layer ${k + 1}`, ...key("act"), onchange: () => activate(select.value) },
    ...Object.keys(ACTIVATIONS).map((name) => h("option", { value: name, selected: name === activation }, name))); // prettier-ignore
  return h("div", { class: "layer", role: "group", "aria-label": `Layer ${k + 1}` },
    button("−", () => resize(-1), { "aria-label": `Layer ${k + 1}: a unit less`, disabled: size <= 1, ...key("less") }),
    h("span", { class: "number size" }, `${size} ${size === 1 ? "unit" : "units"}`),
    button("+", () => resize(1), { "aria-label": `Layer ${k + 1}: a unit more`, disabled: size >= UNITS, ...key("more") }),
    select,
    button("×", remove, { "aria-label": `Remove layer ${k + 1}`, ...key("gone") }),
  ); // prettier-ignore
}

/** @param {Stage} stage whose changes go on from where the training is */
function trainingBox(stage) {
  return box("Training",
    choice(stage, "optimizer", { label: "Optimiser", choices: named(OPTIMIZERS, OPTIMIZER_NAMES) }),
    numbers(stage, "rate", "Learning rate", [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]),
    numbers(stage, "batch", "Batch size", [1, 5, 10, 20, 50, 100]),
    choice(stage, "penalty", { label: "Penalty", choices: named(PENALTIES, PENALTY_NAMES) }),
    numbers(stage, "strength", "its price λ", [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]),
    numbers(stage, "dropout", "Dropout", [0, 0.1, 0.2, 0.3, 0.5]),
  ); // prettier-ignore
}

/** @param {string[]} values @param {Record<string, string>} names */
function named(values, names) {
  return Object.fromEntries(values.map((value) => [value, names[value]]));
}

/**
 * A number among a few usual ones; another one that a link brings is added to them.
 * @param {Stage} stage @param {string} name @param {string} label @param {number[]} usual
 */
function numbers(stage, name, label, usual) {
  const select = h("select", { onchange: () => stage.put({ [name]: Number(select.value) }) });
  stage.follow(() => {
    const value = stage.asked(name);
    const all = usual.includes(value) || typeof value !== "number" ? usual : [...usual, value].sort((a, b) => a - b);
    select.replaceChildren(...all.map((choice) => h("option", { value: choice, selected: choice === value }, String(choice))));
  });
  return h("label", {}, label, select);
}

/** @param {Stage} stage @param {() => Now} now */
function fileBox(stage, now) {
  const told = h("p", { role: "status" }, "In Python: Sequential.load(\"playground.npz\").");
  const save = (/** @type {string} */ name, /** @type {Uint8Array<ArrayBuffer> | string} */ content) => {
    const link = h("a", { href: URL.createObjectURL(new Blob([content])), download: name });
    link.click();
    URL.revokeObjectURL(link.href);
    told.textContent = `Saved as ${name}.`;
  };
  const run = () => ({ ...now().run, steps: now().done() });
  const input = h("input", { type: "file", accept: ".npz,.json", class: "spoken", tabindex: -1, "aria-label": "A file with a network" });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      const state = read(new Uint8Array(await file.arrayBuffer()), run());
      const wrong = fault(state);
      if (wrong) throw new Error(wrong);
      stage.put(state);
      told.textContent = `${file.name} is open; its training goes on from here.`;
    } catch (error) {
      told.textContent = `${file.name} cannot be opened. ${/** @type {Error} */ (error).message}`;
    }
    input.value = "";
  });
  return box("File",
    h("div", { class: "row tight" },
      button("Save for Python (npz)", () => save("playground.npz", toNpz(run(), now().network.weights))),
      button("Save as JSON", () => save("playground.json", toJson(run(), now().network.weights))),
      button("Open a file …", () => input.click()),
      input,
    ),
    told,
  ); // prettier-ignore
}

/** @param {string} title @param {...HTMLElement} inside */
function box(title, ...inside) {
  return h("fieldset", { class: "stack" }, h("legend", {}, title), ...inside);
}

const style = `
.views { display: grid; gap: .75rem 1.25rem; grid-template-columns: minmax(0, 1fr) }
.settings { display: grid; gap: .75rem; grid-template-columns: minmax(0, 1fr) }
@container (min-width: 600px) {
  .views { grid-template: auto 1fr / minmax(0, 1.15fr) minmax(0, 1fr) }
  .plots { grid-area: 1 / 2 / 3 / 3 }
  .settings { grid-template-columns: repeat(2, minmax(0, 1fr)) }
}
.all { container-type: inline-size }
.network { position: relative; margin: 0 .6rem 2.6rem .6rem }
.lines { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: manipulation }
.units { position: static }
.unit { position: absolute; padding: 0; min-height: 0; min-width: 0; border: 2px solid var(--muted); border-radius: 6px; overflow: visible; background: none }
.unit canvas { width: 100%; height: 100%; border-radius: 4px }
.unit[aria-pressed="true"] { border-color: var(--text); background: none; box-shadow: 0 0 0 2px var(--text) }
.column { position: absolute; top: 100%; text-align: center; font-size: .8rem; color: var(--muted); white-space: nowrap }
.badge { position: absolute; left: 2px; top: 1px; padding: 0 3px; font-size: .72rem; line-height: 1.25; color: var(--text); background: var(--page); border-radius: 4px; white-space: nowrap }
.sign { display: inline-grid; position: static; vertical-align: -3px; padding: 0; background: none }
.unit .sign { position: absolute; right: -2px; left: auto; top: -2px; background: var(--page); border-radius: 50%; padding: 1px }
.tip { position: absolute; inset-inline: 0; top: calc(100% + 1.2rem); font-size: .85rem; color: var(--muted) }
.editor { display: grid; align-content: start; gap: .15rem; max-height: 17rem; overflow: auto }
.knob { display: grid; grid-template-columns: minmax(0, 1fr) minmax(4rem, 7rem) 4.6rem; gap: .5rem; align-items: center; font-size: .88rem }
.knob input { width: 100% }
.plot { position: relative; width: min(100%, 340px); aspect-ratio: 1; margin-inline: auto; border: 1px solid var(--muted) }
.plot canvas { position: absolute; inset: 0; width: 100%; height: 100% }
.key { font-size: .85rem; text-align: center }
.kinds { display: grid; grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)); gap: .4rem }
.kind { display: grid; justify-items: center; gap: .1rem; padding: .3rem .2rem; font-size: .82rem }
.kind[aria-pressed="true"] { background: none; color: var(--text); box-shadow: inset 0 0 0 2px var(--strong) }
.tight { gap: .35rem }
.layer { display: grid; grid-template-columns: auto auto auto minmax(0, 1fr) auto; gap: .3rem; align-items: center }
.layer button { padding: .2rem .4rem }
.size { min-width: 3.9rem; text-align: center; font-size: .9rem }
.settings .stack { grid-template-columns: minmax(0, 1fr) }
.settings label { justify-content: space-between }
.settings select { min-width: 0 }
.settings p { overflow-wrap: anywhere; font-size: .9rem }
.play { font-weight: 600 }
`;

export default figure({ defaults, check: (state) => fault(/** @type {Run} */ (state)) ?? pace(state), draw, css: style, still });

/** @param {Record<string, any>} state */
function pace(state) {
  return state.pace in PACES ? null : `There is no such speed: choose ${Object.keys(PACES).join(", ")}.`;
}
