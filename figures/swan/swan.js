/**
 * What decides whether it is a swan, as in cvlessons.swan: six measurements against six thresholds. What was measured
 * comes from the package; nothing here looks at a picture.
 *
 * @typedef {Record<string, number>} Numbers one for each of FEATURES
 * @typedef {{ name: string, swan: boolean, measured: Numbers }} Scene
 */

export const FEATURES = ["whiteness", "body_oval", "neck_slenderness", "head_oval", "beak_area", "beak_hue_error"];

/** Of all six, only this one must be small. @param {string} name */
export function isError(name) {
  return name === "beak_hue_error";
}

/** Does a measurement get over its bar? @param {string} name @param {number} got @param {number} bar */
export function reaches(name, got, bar) {
  return isError(name) ? got <= bar : got >= bar;
}

/** What speaks against a swan, in the words of the package; nothing: it says "swan". @param {Numbers} measured @param {Numbers} thresholds */
export function judge(measured, thresholds) {
  return failed(measured, thresholds).map((name) => {
    const side = isError(name) ? "above" : "below";
    return `${name} ${short(measured[name])} is ${side} ${short(thresholds[name])}`;
  });
}

/** The measurements that miss their bars. @param {Numbers} measured @param {Numbers} thresholds */
export function failed(measured, thresholds) {
  return FEATURES.filter((name) => !reaches(name, measured[name], thresholds[name]));
}

/** Is the one at least as much of a swan in each measurement? Then no bars let only the other in. @param {Numbers} one @param {Numbers} other */
export function dominates(one, other) {
  return FEATURES.every((name) => reaches(name, one[name], other[name]));
}

/** Swans found, false alarms, and how many scenes are judged right. @param {Scene[]} scenes @param {Numbers} thresholds */
export function score(scenes, thresholds) {
  const called = scenes.filter((scene) => !failed(scene.measured, thresholds).length);
  return counted(scenes, called.filter((scene) => scene.swan).length, called.filter((scene) => !scene.swan).length);
}

/** @param {Scene[]} scenes @param {number} found @param {number} alarms */
function counted(scenes, found, alarms) {
  return { found, alarms, right: found + scenes.filter((scene) => !scene.swan).length - alarms };
}

/**
 * Every setting that makes a difference: for each feature one bar at each measurement, in all combinations.
 * A bar is written as the set of the scenes that get over it, one bit each, so that a setting is six bitwise ands.
 * @param {Scene[]} scenes
 * @returns {{ settings: number, reached: Map<string, number>, best: { right: number, thresholds: Numbers } }}
 *   `reached` says how many settings find so many swans with so many false alarms: "found,alarms" -> settings
 */
export function scanSettings(scenes) {
  const bars = FEATURES.map((name) => barsOf(scenes, name));
  const swans = scenes.reduce((bits, scene, k) => bits | (scene.swan ? 1 << k : 0), 0);
  /** @type {Map<number, number>} which scenes get in -> by how many settings */
  let sets = new Map([[2 ** scenes.length - 1, 1]]);
  for (const choices of bars) {
    const next = new Map();
    for (const [set, times] of sets)
      for (const { over } of choices) next.set(set & over, (next.get(set & over) ?? 0) + times);
    sets = next;
  }
  const reached = new Map();
  let best = { right: -1, set: 0 };
  for (const [set, times] of sets) {
    const { found, alarms, right } = counted(scenes, ones(set & swans), ones(set & ~swans));
    reached.set(`${found},${alarms}`, (reached.get(`${found},${alarms}`) ?? 0) + times);
    if (right > best.right) best = { right, set };
  }
  const settings = bars.reduce((product, choices) => product * choices.length, 1);
  return { settings, reached, best: { right: best.right, thresholds: strictest(scenes, best.set) } };
}

/** One bar at each different measurement, with the scenes that get over it. @param {Scene[]} scenes @param {string} name */
function barsOf(scenes, name) {
  return [...new Set(scenes.map((scene) => scene.measured[name]))].map((bar) => ({
    bar,
    over: scenes.reduce((bits, scene, k) => bits | (reaches(name, scene.measured[name], bar) ? 1 << k : 0), 0),
  }));
}

/** The strictest bars that let these scenes in. @param {Scene[]} scenes @param {number} set @returns {Numbers} */
function strictest(scenes, set) {
  const inside = scenes.filter((_, k) => set & (1 << k));
  const bar = (/** @type {string} */ name) => {
    const got = inside.map((scene) => scene.measured[name]);
    return isError(name) ? Math.max(...got) : Math.min(...got);
  };
  return Object.fromEntries(FEATURES.map((name) => [name, bar(name)]));
}

/** Bars just low enough for one scene: those that it misses come down to what it has. @param {Numbers} measured @param {Numbers} thresholds @returns {Numbers} */
export function letIn(measured, thresholds) {
  const bars = FEATURES.map((name) => [name, reaches(name, measured[name], thresholds[name]) ? thresholds[name] : measured[name]]);
  return Object.fromEntries(bars);
}

/** @param {number} bits */
function ones(bits) {
  let count = 0;
  for (let left = bits; left; left &= left - 1) count++;
  return count;
}

/** Three digits, as the package writes them. @param {number} x */
export function short(x) {
  return String(Number(x.toPrecision(3)));
}
