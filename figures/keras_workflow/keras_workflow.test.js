/** Early stopping against cases that tests/test_keras_workflow.py holds against Keras, and what is said of the stored logs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bestEpoch, earlyStopping, lossTop, ticks, verdict } from "./keras_workflow.js";
import { check, diagnosis, percent, program, says, short, stopping, thousands } from "./words.js";

const read = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
const log = (/** @type {string} */ name) => read(`src/cvlessons/data/results/${name}.json`);

for (const { name, losses, patience, stopped, best } of read("tests/cases/early_stopping.json"))
  test(`early stopping: ${name}`, () => {
    assert.deepEqual(earlyStopping(losses, patience), stopped === null ? null : { stopped, best });
    assert.equal(bestEpoch(losses.slice(0, stopped ?? losses.length)), best);
  });

test("the stored logs show what the figure says they show", () => {
  const verdicts = ["few_digits", "small_steps", "workshop_ann", "workshop_cnn", "residual_network"].map((name) => {
    const { history } = log(name);
    return verdict(history, history.loss.length);
  });
  assert.deepEqual(verdicts, ["overfitting", "underfitting", "underfitting", "between", "between"]);
});

test("a verdict by hand", () => {
  const history = { loss: [2, 1, 0.5, 0.1], accuracy: [0.2, 0.6, 0.95, 1], val_loss: [2.1, 1.1, 1, 1.2], val_accuracy: [0.2, 0.6, 0.7, 0.7] };
  assert.deepEqual([1, 2, 3, 4].map((epoch) => verdict(history, epoch)), ["underfitting", "underfitting", "between", "overfitting"]);
  assert.match(diagnosis(history, 4), /^Overfitting. Since epoch 3 the training loss has gone down from 0.500 to 0.100, but the validation loss has gone up from 1.000 to 1.200/);
  assert.match(diagnosis(history, 1), /^Underfitting.*20.0 %.*Both losses still fall/);
  assert.match(diagnosis(history, 0), /Nothing is learned yet/);
  assert.equal(stopping(history.val_loss, 4, 1), "Early stopping would have ended it after epoch 4, and gone back to epoch 3, the best of all.");
  assert.equal(stopping(history.val_loss, 3, 1), "", "nobody knows the future");
  assert.match(stopping(history.val_loss, 4, 2), /patience of 2 would not have stopped it/);
});

test("an axis ends just above its curve and has a few round numbers", () => {
  assert.ok(Math.abs(lossTop({ loss: [9, 2, 1], val_loss: [9, 1, 1], accuracy: [], val_accuracy: [] }) - 2.1) < 1e-12);
  assert.deepEqual(ticks(1), [0, 0.5, 1]);
  assert.deepEqual(ticks(2.1), [0, 0.5, 1, 1.5, 2]);
  for (const top of [0.003, 0.61, 1.9, 2.5, 77]) {
    const made = ticks(top);
    assert.ok(made.length >= 3 && made.length <= 6 && made[made.length - 1] <= top, String(made));
  }
});

test("numbers are written as people write them", () => {
  assert.deepEqual([percent(0.8913), short(0.00066), short(0.37418), thousands(3590642), thousands(690)], ["89.1 %", "0.0007", "0.374", "3,590,642", "690"]);
});

test("each wrong setting is explained", () => {
  const run = { name: "a", log: log("few_digits"), classes: [..."0123456789"], what: "digits", first: "", second: "", watched: "", create: "c", configure: "d", fit: "f" };
  const right = { run: "a", step: 3, epoch: 40, patience: 3, truth: 8 };
  const wrong = (/** @type {object} */ change) => check({ ...right, ...change }, { a: run }) ?? "";
  assert.equal(wrong({}), "");
  assert.match(wrong({ run: "toString" }), /run must be one of a, got "toString"/);
  assert.match(wrong({ step: 6 }), /step must be a whole number from 1 to 5.*got 6/);
  assert.match(wrong({ epoch: 41 }), /epoch must be a whole number from 0 to 40.*got 41/);
  assert.match(wrong({ patience: 0 }), /patience must be.*got 0/);
  assert.match(says({ ...right, step: 5 }, run), /of the class “8” it calls 779 so. Its most frequent mistake is “9”, 86 times/);
  assert.match(says({ ...right, step: 4 }, run), /89.1 %/);
  assert.equal(program(run, 3).length, 5);
});
