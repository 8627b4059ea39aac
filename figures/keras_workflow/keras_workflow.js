/** What a log of a training tells: when early stopping would have ended it, and whether the network over- or underfits. */

/**
 * @typedef {{ loss: number[], accuracy: number[], val_loss: number[], val_accuracy: number[] }} History one number for each epoch
 */

/** Rules of thumb for the verdict. */
export const RISEN = 1.15; // times its best: the validation loss has risen
export const CLOSE = 1.15; // times the training loss: the two are close together
export const LOW = 0.9; // training accuracy: below, the network does not even know its own examples

/**
 * The epoch with the smallest loss, counted from 1; of equal ones the first.
 * @param {number[]} losses at least one
 */
export function bestEpoch(losses) {
  return losses.indexOf(Math.min(...losses)) + 1;
}

/**
 * Keras's EarlyStopping(patience=...): it waits for so many epochs without a better validation loss.
 * @param {number[]} losses validation loss of each epoch
 * @param {number} patience at least 1
 * @returns {{ stopped: number, best: number } | null} after which epoch it stops, and which it goes back to; null: never
 */
export function earlyStopping(losses, patience) {
  let [best, waited] = [0, 0];
  for (let epoch = 1; epoch <= losses.length; epoch++) {
    if (epoch === 1 || losses[epoch - 1] < losses[best - 1]) [best, waited] = [epoch, 0];
    else if (++waited >= patience) return { stopped: epoch, best };
  }
  return null;
}

/**
 * @param {History} history
 * @param {number} epoch the last one that is known, from 1
 * @returns {"overfitting" | "underfitting" | "between"}
 */
export function verdict(history, epoch) {
  const [train, validation] = [history.loss[epoch - 1], history.val_loss[epoch - 1]];
  const best = bestEpoch(history.val_loss.slice(0, epoch));
  if (validation > RISEN * history.val_loss[best - 1] && train < history.loss[best - 1]) return "overfitting";
  if (history.accuracy[epoch - 1] < LOW && validation < CLOSE * train) return "underfitting";
  return "between";
}

/** The top of a loss axis: the first epoch may begin above it, or the others would be flat. @param {History} history */
export function lossTop({ loss, val_loss }) {
  return 1.05 * Math.max(...(loss.length > 1 ? [...loss.slice(1), ...val_loss.slice(1)] : [...loss, ...val_loss]));
}

/**
 * Round numbers from 0 to the top, about four of them.
 * @param {number} top above 0
 */
export function ticks(top) {
  const power = 10 ** Math.floor(Math.log10(top / 4));
  const step = power * (/** @type {number} */ ([1, 2, 5, 10].find((factor) => factor * power * 4.5 >= top)));
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, k) => Number((k * step).toPrecision(6)));
}
