/** swan.js against the cases that tests/test_swan.py holds against the package. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { dominates, failed, FEATURES, judge, letIn, scanSettings, score } from "./swan.js";

const read = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
/** @type {import("./swan.js").Scene[]} */
const SCENES = read("./scenes.json");
const CASES = read("../../tests/cases/swan_judge.json");

test("every scene is judged as the package does, in its words", () => {
  for (const { thresholds, reasons, found, alarms, right } of CASES.judged) {
    assert.deepEqual(SCENES.map((scene) => judge(scene.measured, thresholds)), reasons);
    assert.deepEqual(score(SCENES, thresholds), { found, alarms, right });
  }
});

test("as many settings as the package tries, and they reach the same", () => {
  const { settings, reached, best } = scanSettings(SCENES);
  assert.equal(settings, CASES.settings);
  assert.deepEqual(Object.fromEntries(reached), CASES.reached);
  assert.equal(score(SCENES, best.thresholds).right, best.right);
  const most = Object.keys(CASES.reached).map((key) => key.split(",").map(Number)).map(([found, alarms]) => found + 3 - alarms);
  assert.equal(best.right, Math.max(...most));
});

test("who is at least as much of a swan in everything", () => {
  for (const { name, measured } of SCENES) {
    const above = SCENES.filter((other) => other.name !== name && dominates(other.measured, measured));
    assert.deepEqual(above.map((scene) => scene.name), CASES.dominated_by[name]);
  }
});

test("bars that let one scene in let it in, and move only where it failed", () => {
  const { thresholds } = CASES.judged[0];
  for (const { measured } of SCENES) {
    const lower = letIn(measured, thresholds);
    assert.deepEqual(failed(measured, lower), []);
    for (const name of FEATURES) {
      if (!failed(measured, thresholds).includes(name)) assert.equal(lower[name], thresholds[name]);
    }
  }
});
