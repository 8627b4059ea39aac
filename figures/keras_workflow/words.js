/** What the figure says about a run, and about settings that cannot be. */
import { quoted } from "../lib/quoted.js";
import { bestEpoch, CLOSE, earlyStopping, LOW, RISEN, verdict } from "./keras_workflow.js";

/** @typedef {import("./keras_workflow.js").History} History */
/** @typedef {import("./logs.js").Run} Run */
/** @typedef {{ run: string, step: number, epoch: number, patience: number, truth: number }} Settings */

export const STEPS = [
  { name: "create", goesIn: "layers" },
  { name: "configure", goesIn: "loss, optimiser" },
  { name: "train", goesIn: "training data" },
  { name: "evaluate", goesIn: "test data" },
  { name: "predict", goesIn: "new data" },
];
export const MOST_PATIENT = 10;

/**
 * @param {Record<string, any>} state
 * @param {Record<string, Run>} runs
 */
export function check(state, runs) {
  if (typeof state.run !== "string" || !Object.hasOwn(runs, state.run))
    return `run must be one of ${Object.keys(runs).join(", ")}, got ${quoted(state.run)}: choose one in the list.`;
  const whole = (/** @type {string} */ name, /** @type {number} */ least, /** @type {number} */ most, /** @type {string} */ why) =>
    Number.isInteger(state[name]) && state[name] >= least && state[name] <= most
      ? null
      : `${name} must be a whole number from ${least} to ${most}${why}, got ${quoted(state[name])}: choose one of these.`;
  return (
    whole("step", 1, 5, ", one of the five steps") ??
    whole("epoch", 0, runs[state.run].log.history.loss.length, ", as this log has them") ??
    whole("patience", 1, MOST_PATIENT, "") ??
    whole("truth", 0, 9, ", a class")
  );
}

/** @param {number} share */
export const percent = (share) => `${(100 * share).toFixed(1)} %`;
/** @param {number} loss */
export const short = (loss) => (loss < 0.01 ? loss.toFixed(4) : loss.toFixed(3));
/** @param {number} count */
export const thousands = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** The five lines of Python. @param {Run} run @param {number} patience */
export function program(run, patience) {
  const data = run.what === "digits" ? "(x_watch, y_watch)" : "(x_test, y_test)";
  return [
    run.create,
    run.configure,
    `${run.fit}\n  validation_data=${data})\n  # to stop in time: callbacks=[keras.callbacks.EarlyStopping(\n  #   patience=${patience}, restore_best_weights=True)]`,
    "model.evaluate(x_test, y_test)",
    "model.predict(x_new)",
  ];
}

/**
 * What happens in the step that is looked at.
 * @param {Settings} settings
 * @param {Run} run
 */
export function says({ step, epoch, patience, truth }, run) {
  const { log, classes, what } = run;
  if (step === 1) return `${run.first} ${thousands(log.weights)} weights, drawn at random: the network guesses, and is right about once in ten.`;
  if (step === 2) return `${run.second} Nothing is computed yet: it is noted how a mistake is measured, how a step is made of a slope, and what is reported.`;
  if (step === 3) return `${diagnosis(log.history, epoch)} ${stopping(log.history.val_loss, epoch, patience)}`.trim();
  const last = log.history.accuracy.length - 1;
  if (step === 4)
    return `Of ${thousands(10000)} test ${what} ${percent(log.test_accuracy)} are right; of those that it learned from, while it learned, ${percent(log.history.accuracy[last])}. The second number says how well it remembers, only the first how well it reads. ${run.watched}`;
  const row = log.confusion[truth];
  const total = row.reduce((sum, count) => sum + count, 0);
  const wrong = row.map((count, k) => [k === truth ? -1 : count, k]).sort((a, b) => b[0] - a[0])[0];
  return `Of ${thousands(total)} new ${what} of the class “${classes[truth]}” it calls ${thousands(row[truth])} so. Its most frequent mistake is “${classes[wrong[1]]}”, ${wrong[0]} times.`;
}

/** @param {History} history @param {number} epoch */
export function diagnosis(history, epoch) {
  if (epoch === 0) return "Nothing is learned yet. Press Play, or move the epoch.";
  const at = (/** @type {keyof History} */ name, k = epoch) => history[name][k - 1];
  const best = bestEpoch(history.val_loss.slice(0, epoch));
  switch (verdict(history, epoch)) {
    case "overfitting":
      return (
        `Overfitting. Since epoch ${best} the training loss has gone down from ${short(at("loss", best))} to ${short(at("loss"))}, but the ` +
        `validation loss has gone up from ${short(at("val_loss", best))} to ${short(at("val_loss"))}: what it still learns holds for its own examples only.`
      );
    case "underfitting":
      return (
        `Underfitting. Even of the examples that it learns from only ${percent(at("accuracy"))} are right, and new ones go hardly worse. ` +
        (best === epoch ? "Both losses still fall: let it learn longer, or in larger steps." : "More of the same helps little: it needs a better network.")
      );
    default:
      return `Neither over- nor underfitting: ${percent(at("accuracy"))} of its own examples are right and ${percent(at("val_accuracy"))} of the new ones, and the validation loss is near its best, that of epoch ${best}.`;
  }
}

/** @param {number[]} losses @param {number} epoch @param {number} patience */
export function stopping(losses, epoch, patience) {
  const end = earlyStopping(losses, patience);
  if (!end) return epoch === losses.length ? `Early stopping with a patience of ${patience} would not have stopped it.` : "";
  if (epoch < end.stopped) return "";
  const back = end.best === bestEpoch(losses) ? "the best of all" : `though epoch ${bestEpoch(losses)} is better`;
  return `Early stopping would have ended it after epoch ${end.stopped}, and gone back to epoch ${end.best}, ${back}.`;
}

export const RULES = `Rules of thumb: overfitting, where the validation loss is ${Math.round(100 * (RISEN - 1))} % above its best while the training loss has fallen; underfitting, where less than ${100 * LOW} % of the training examples are right and the losses are within ${Math.round(100 * (CLOSE - 1))} % of each other.`;
