import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { STEPS, fault } from "./check.js";
import { read, toJson, toNpz } from "./files.js";
import { layout, look, palette, regions, scale, surfacePicture, thickness, unitPicture } from "./picture.js";
import { decode, encode, examples, features, follow, forward, judge, points, room, softmax, stream, training } from "./playground.js";

/** @typedef {import("./playground.js").Run} Run */

const here = (/** @type {string} */ path) => new URL(path, import.meta.url);
const cases = JSON.parse(readFileSync(here("../../tests/cases/playground.json"), "utf8"));
const exported = () => new Uint8Array(readFileSync(here(`../../src/cvlessons/data/${cases.exported.file}`)));
/** @type {Run} */
const run = cases.trainings[0].run;

/** @param {ArrayLike<number>} mine @param {number[]} theirs @param {number} [tolerance] */
function near(mine, theirs, tolerance = 1e-5) {
  assert.equal(mine.length, theirs.length);
  theirs.forEach((value, k) => assert.ok(Math.abs(mine[k] - value) <= tolerance, `${k}: ${mine[k]} and ${value}`));
}

test("the stream is that of numpy.random.RandomState", () => {
  const { seed, uniform, normal, permutation } = cases.stream;
  const mine = stream(seed);
  near(uniform.map(mine.uniform), uniform, 1e-15);
  near(normal.map(mine.normal), normal, 1e-11);
  assert.deepEqual([...mine.permutation(10)], permutation);
});

for (const { data, n, noise, seed, x, labels } of cases.points) {
  test(`points: ${data}`, () => {
    const mine = points(data, { n, noise, seed });
    near(mine.x, x.flat(), 1e-8);
    assert.deepEqual([...mine.labels], labels);
  });
}

test("features", () => {
  const { x, names, features: rows } = cases.features;
  near(features(x.flat(), names), rows.flat(), 1e-6);
});

for (const { name, run, first, weights, train, test: tested } of cases.trainings) {
  test(`20 steps as in the package: ${name}`, () => {
    const trained = training(run);
    near(trained.network.weights.all, first, 1e-6);
    for (let k = 0; k < run.steps; k++) trained.step();
    near(trained.network.weights.all, weights);
    for (const [set, judged] of /** @type {const} */ ([["train", train], ["test", tested]])) {
      const mine = judge(trained.network, trained.sets[set]);
      near([mine.loss, mine.accuracy], [judged.loss, judged.accuracy]);
    }
  });
}

test("softmax does not overflow, and its rows add up to 1", () => {
  near(softmax(Float32Array.of(1000, 0, 0, 0), 2), [1, 0, 0.5, 0.5], 1e-7);
});

test("the points are divided as the share says", () => {
  const { train, test: tested } = examples({ ...run, points: 21, test: 0.5 });
  assert.deepEqual([train.n, tested.n], [10, 11]);
});

test("weights travel as text, bit for bit", () => {
  const numbers = Float32Array.of(0.1, -3e-30, 7);
  assert.deepEqual(decode(encode(numbers)), numbers);
  for (const wrong of ["?", "AAA=", encode(Float32Array.of(NaN))]) assert.equal(decode(wrong), null);
});

test("a file that the page has written answers as in Python, and is read back", () => {
  const state = read(exported(), run);
  const { sizes, arrays } = { sizes: [2, 8, 8, 2], arrays: room([2, 8, 8, 2]) };
  arrays.all.set(decode(state.start) ?? []);
  const scores = forward({ sizes, activations: state.activations, weights: arrays }, features(cases.exported.x.flat(), state.features), 5).outs[3];
  near(scores, cases.exported.scores.flat());
  assert.deepEqual([state.data, state.units, state.before, state.steps], ["spiral", [8, 8], 3000, 0]);
  assert.equal(fault(state), null);
});

test("the page writes this very file from the run that it holds", () => {
  const held = JSON.parse(new TextDecoder().decode(exported()).match(/\{\0\0\0"\0\0\0d\0\0\0.*?\}/s)?.[0].replaceAll("\0", "") ?? "");
  const weights = room([2, 8, 8, 2]);
  weights.all.set(decode(read(exported(), run).start) ?? []);
  assert.deepEqual(toNpz(held, weights), exported());
  const trained = training(held);
  for (let k = 0; k < held.steps; k++) trained.step();
  near(trained.network.weights.all, [...weights.all], 1e-4);
});

test("a matrix may lie in the file column after column", () => {
  const written = exported();
  const text = Array.from(written, (byte) => String.fromCharCode(byte)).join("");
  const at = text.indexOf("'shape': (8, 2)");
  const numbers = new Float32Array(written.slice(text.indexOf("\n", at) + 1).slice(0, 64).buffer);
  const columns = Float32Array.from(numbers, (_, k) => numbers[(k % 8) * 2 + Math.floor(k / 8)]);
  const turned = text.slice(0, at).replace(/False(?=, $)/, "True ") + text.slice(at);
  const bytes = Uint8Array.from(turned, (letter) => letter.charCodeAt(0));
  bytes.set(new Uint8Array(columns.buffer), text.indexOf("\n", at) + 1);
  assert.equal(read(mended(bytes), run).start, read(written, run).start);
});

/** With the checksum of its first matrix as it must be now. @param {Uint8Array} bytes */
function mended(bytes) {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const view = new DataView(bytes.buffer);
  const local = text.indexOf("000.npy") - 30;
  const central = text.lastIndexOf("000.npy") - 46;
  const content = bytes.subarray(local + 37, local + 37 + view.getUint32(local + 18, true));
  view.setUint32(central + 16, crc32(content), true);
  return bytes;
}

test("JSON brings back what it was given", () => {
  const trained = training(run);
  const state = read(new TextEncoder().encode(toJson(run, trained.network.weights)), { ...run, data: "moons", seed: 9 });
  assert.equal(state.start, encode(trained.network.weights.all));
  assert.deepEqual({ ...state, start: "", before: 0, steps: 20 }, run);
});

test("a file that cannot be used is refused in words", () => {
  const text = (/** @type {object} */ content) => new TextEncoder().encode(JSON.stringify(content));
  const good = JSON.parse(toJson(run, training(run).network.weights));
  const refused = (/** @type {object} */ changes, /** @type {RegExp} */ words) => assert.throws(() => read(text({ ...good, ...changes }), run), words);
  const dense = (/** @type {number} */ units) => ["Dense", { units }];
  refused({ format: "another" }, /neither an npz/);
  refused({ network: { input_shape: [28, 28, 1], layers: [] } }, /28 × 28 × 1/);
  refused({ network: { input_shape: [2], layers: [["Conv2D", {}]] } }, /layer Conv2D/);
  refused({ network: { input_shape: [2], layers: [dense(10)] } }, /10 classes/);
  refused({ network: { input_shape: [2], layers: [dense(2), ["ReLU", {}]] } }, /plain scores/);
  refused({ network: { input_shape: [3], layers: [dense(2)] } }, /takes 3 numbers/);
  refused({ parameters: [[1, 2]] }, /holds 2 weights/);
  refused({ parameters: good.parameters.map((/** @type {any} */ a) => JSON.parse(JSON.stringify(a).replace(/[\d.]+/, "1e300"))) }, /no finite/);
  const damaged = exported();
  damaged[2200] ^= 1;
  assert.throws(() => read(damaged, run), /checksum/);
  assert.throws(() => read(exported().subarray(0, 3000), run), /cut off/);
});

test("the loss curve has a point an epoch, goes on, and does not grow without end", () => {
  const first = follow(training({ ...run, batch: 36, steps: 0 }));
  for (let k = 0; k < 1000; k++) first.step();
  const curve = first.curve();
  assert.ok(curve.length < 242);
  assert.deepEqual([curve[0].at, curve[curve.length - 1].at], [0, 1000]);
  const more = follow(training({ ...run, start: encode(first.network.weights.all), before: 1000 }));
  more.takeCurve(first);
  more.step();
  assert.deepEqual([more.curve()[0].at, more.curve().at(-1)?.at], [0, 1001]);
});

test("weights that grow out of bounds are noticed", () => {
  const trained = follow(training({ ...run, units: [], activations: [], rate: 10, features: ["x1^2"], penalty: "l2", strength: 1 }));
  assert.equal(trained.broken(), false);
  for (let k = 0; k < 200; k++) trained.step();
  assert.equal(trained.broken(), true);
});

test("pictures: a unit's sign is its colour, the border is where the scores are equal", () => {
  const network = { sizes: [2, 2], activations: [], weights: room([2, 2]) };
  network.weights.all.set([-1, 0, 1, 0, 1, 0]); // scores 1 - x1 and x1: class 2 from x1 = 0.5 on
  const outs = look(network, ["x1", "x2"]);
  const colours = palette(false);
  const [below, above] = [[0, 114, 178], [205, 92, 8]]; // prettier-ignore
  const picture = unitPicture(outs[1], 1, 2, scale(colours));
  assert.deepEqual([...picture.slice(0, 3)], below);
  assert.deepEqual([...picture.slice(4 * 47, 4 * 47 + 3)], above);
  const surface = surfacePicture(softmax(outs[1], 2), 2, colours);
  assert.ok(surface[2] > surface[0] && surface[4 * 47] > surface[4 * 47 + 2]);
  const [ring] = regions(outs[1], 2, 1);
  assert.ok(Math.abs(Math.min(...ring.map(([x]) => x)) - (0.5 + 0.5 / 7.2)) < 1e-6);
  assert.deepEqual(regions(Float32Array.from({ length: 8 }, () => NaN), 2, 1), []);
});

test("the widest network has room on a phone, and a larger weight a thicker line", () => {
  const plan = layout([7, 16, 16, 16, 16, 16, 16, 3], 280);
  assert.equal(plan.side, 24);
  assert.ok(plan.x(7) + plan.side <= 280);
  assert.ok(plan.y(1, 1) - plan.y(1, 0) >= plan.side);
  assert.ok(thickness(0.1) < thickness(-1) && thickness(1) < thickness(3));
});

test("every fault is said with the value and the cure", () => {
  const said = (/** @type {object} */ changes) => fault(/** @type {Run} */ ({ ...run, ...changes }));
  assert.equal(said({}), null);
  const wrong = /** @type {[object, RegExp][]} */ ([
    [{ points: 40.5 }, /points must be a whole number from 20 to 500, and 40.5 is not/],
    [{ rate: 0 }, /learning rate must be a number/],
    [{ noise: null }, /noise must/],
    [{ steps: STEPS + 1 }, /steps must/],
    [{ data: "rings" }, /no data set “rings”: choose blobs/],
    [{ features: [] }, /at least one feature/],
    [{ features: ["x1", "x1"] }, /twice/],
    [{ units: [17, 2] }, /units in a layer must be a whole number from 1 to 16/],
    [{ units: [1, 1, 1, 1, 1, 1, 1] }, /at most 6/],
    [{ activations: ["relu"] }, /Each of the 2 hidden layers/],
    [{ activations: ["relu", "step"] }, /no activation “step”/],
    [{ start: "AAAA" }, /must be \d+ numbers of 4 bytes/],
  ]); // prettier-ignore
  for (const [changes, words] of wrong) assert.match(said(changes) ?? "", words);
});
