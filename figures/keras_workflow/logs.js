/** The logs of real trainings: what scripts of the project wrote into the package's results. */
import fewDigits from "../../src/cvlessons/data/results/few_digits.json";
import residualNetwork from "../../src/cvlessons/data/results/residual_network.json";
import smallSteps from "../../src/cvlessons/data/results/small_steps.json";
import workshopAnn from "../../src/cvlessons/data/results/workshop_ann.json";
import workshopCnn from "../../src/cvlessons/data/results/workshop_cnn.json";

/** @typedef {typeof fewDigits} Log */

const DIGITS = [..."0123456789"];
const THINGS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

const smallCnn = `model = keras.Sequential([layers.Input((28, 28, 1)),
  layers.Conv2D(8, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
  layers.Conv2D(16, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
  layers.Flatten(), layers.Dense(10)])`;
const sparse = (/** @type {string} */ optimizer) => `model.compile(optimizer=keras.optimizers.${optimizer},
  loss="sparse_categorical_crossentropy", metrics=["accuracy"])`;
const logits = (/** @type {string} */ optimizer) => `model.compile(optimizer=keras.optimizers.${optimizer},
  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
  metrics=["accuracy"])`;

/**
 * @typedef {object} Run
 * @property {string} name
 * @property {Log | typeof workshopCnn} log
 * @property {string[]} classes
 * @property {string} what in the plural: what it looks at
 * @property {string} first what the network is made of, in words
 * @property {string} second what was chosen for the training, in words
 * @property {string} watched what the validation set is
 * @property {string} create
 * @property {string} configure
 * @property {string} fit
 */

const cifar = { classes: THINGS, what: "pictures", watched: "For this log the test pictures were watched: they chose nothing." };
const digits = { classes: DIGITS, what: "digits", watched: "Watched were 2000 digits that are neither learned from nor tested on." };

export const RUNS = /** @type {Record<string, Run>} */ ({
  few_digits: {
    ...digits,
    name: "the chapter's CNN, 500 digits",
    log: fewDigits,
    first: "Two convolution layers with pooling, and a dense layer.",
    second: "Cross-entropy; gradient descent with momentum, learning rate 0.05.",
    create: smallCnn,
    configure: logits("SGD(0.05, momentum=0.9)"),
    fit: `model.fit(x[:500], y[:500], epochs=40, batch_size=50,`,
  },
  small_steps: {
    ...digits,
    name: "the same with small steps",
    log: smallSteps,
    first: "Two convolution layers with pooling, and a dense layer.",
    second: "The same, but with a learning rate of 0.0005: a hundredth.",
    create: smallCnn,
    configure: logits("SGD(0.0005, momentum=0.9)"),
    fit: `model.fit(x[:500], y[:500], epochs=40, batch_size=50,`,
  },
  workshop_ann: {
    ...cifar,
    name: "the workshop's ANN, CIFAR-10",
    log: workshopAnn,
    first: "Three dense layers with dropout: no layer knows which pixels are neighbours.",
    second: "Cross-entropy; RMSprop, which gives each weight a step of its own.",
    create: `model = workshop_ann()  # Flatten, Dense(1000), Dense(512), Dense(10)`,
    configure: sparse("RMSprop()"),
    fit: `model.fit(x, y, epochs=20, batch_size=256,`,
  },
  workshop_cnn: {
    ...cifar,
    name: "the workshop's CNN, CIFAR-10",
    log: workshopCnn,
    first: "Six convolution layers with pooling and dropout, and two dense layers.",
    second: "Cross-entropy; RMSprop, as for the ANN.",
    create: `model = workshop_cnn()  # six convolution layers, Dense(512), Dense(10)`,
    configure: sparse("RMSprop()"),
    fit: `model.fit(x, y, epochs=20, batch_size=256,`,
  },
  residual_network: {
    ...cifar,
    name: "a residual network, CIFAR-10",
    log: residualNetwork,
    first: "Ten convolution layers with batch normalisation, in blocks with a short cut.",
    second: "Cross-entropy; AdamW with a learning rate that rises and then falls to zero. The pictures are mirrored and moved.",
    create: `model = residual_network()`,
    configure: sparse("AdamW(schedule, weight_decay=0.02)"),
    fit: `model.fit(augmented(x), y, epochs=20, batch_size=128,`,
  },
});

/** How many epochs a run has. @param {string} name */
export const epochs = (name) => RUNS[name].log.history.loss.length;
