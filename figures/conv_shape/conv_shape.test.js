/** Judged against the same cases as cvlessons.conv_shape (tests/test_conv_shape.py). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cnnTable, convOutputSize, nearestSizes, poolOutputSize, tuple, wrongWhole } from "./conv_shape.js";
import { PRESETS, pythonCall } from "./presets.js";

const cases = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`../../tests/cases/${name}.json`, import.meta.url), "utf8"));

for (const { name, input, filter, stride: S, padding: P, ...expected } of cases("conv_output_size")) {
  test(`size: ${name}`, () => {
    if (expected.output !== null) {
      assert.equal(convOutputSize(input, filter, { S, P }), expected.output);
      const { inputs, strides } = nearestSizes(input, filter, { S, P });
      assert.deepEqual([inputs, strides], [[input], [S]], "what divides is its own nearest");
    } else assert.throws(() => convOutputSize(input, filter, { S, P }), /does not (end|fit)/);
    if (expected.nearest) assert.deepEqual(nearestSizes(input, filter, { S, P }), expected.nearest);
    if (expected.floor) assert.equal(convOutputSize(input, filter, { S, P, floor: true }), expected.floor);
  });
}

for (const { name, input, floor, layers, rows, error } of cases("cnn_table")) {
  test(`network: ${name}`, () => {
    const table = cnnTable(input, layers, floor);
    assert.equal(table.fault?.message, error);
    if (rows) assert.deepEqual(table.rows, rows);
    else assert.equal(table.rows.length, (table.fault?.layer ?? NaN) + 1, "the rows before the fault are there");
  });
}

test("a pooling window has no padding to offer", () => {
  assert.equal(poolOutputSize(4, 2), 2);
  assert.throws(() => poolOutputSize(13, 2), {
    message:
      "a window of 2 with stride 2 does not end at the edge of an input of 13: (13 - 2) / 2 + 1 = 6.5. " +
      "These do: input 12 or 14; stride 1 or 11. " +
      "Or pass floor=True, as the frameworks do, to leave out the last 1 of 13 pixels",
  });
});

test("every network of the list comes out, but for the one that is there to fail", () => {
  for (const [name, { input, layers, fails }] of Object.entries(PRESETS)) {
    assert.equal(Boolean(cnnTable(input, layers).fault), Boolean(fails), name);
  }
});

test("the tasks of the chapter can be done as its answers say", () => {
  const weights = (/** @type {import("./conv_shape.js").Row[]} */ rows) => rows.reduce((sum, row) => sum + row.weights, 0);
  const { input, layers } = PRESETS.slide53;
  const before = cnnTable(input, layers).rows;
  const deeper = layers.toSpliced(6, 0, { layer: "CONV", K: 16, F: 3, S: 1, P: 0 }, { layer: "RELU" }, { layer: "POOL", F: 2, S: 2 });
  const after = cnnTable(input, deeper).rows;
  assert.notDeepEqual(before[6].window, [28, 28]);
  assert.deepEqual(after[9].window, [28, 28]);
  assert.ok(weights(after) < weights(before));

  const { input: picture, layers: alexnet } = PRESETS.alexnet224;
  const first = cnnTable(picture, alexnet).fault;
  assert.equal(first?.layer, 0);
  assert.ok(!cnnTable(picture, alexnet, true).fault && !cnnTable([227, 227, 3], alexnet).fault);
  for (const S of first?.nearest?.strides ?? []) {
    assert.equal(cnnTable(picture, alexnet.with(0, { layer: "CONV", K: 96, F: 11, S, P: 0 })).fault?.layer, 1);
  }
  assert.equal(cnnTable([223, 223, 3], alexnet).fault?.layer, 1);
});

test("a network as Python writes it", () => {
  const layers = PRESETS.slide53.layers;
  assert.equal(
    pythonCall([28, 28, 1], layers, false),
    "cnn_table((28, 28, 1), [\n    Conv(8, 5),\n    ReLU(),\n    Pool(2),\n    Conv(16, 5),\n    ReLU(),\n" +
      "    Pool(2),\n    Flatten(),\n    Dense(10),\n])",
  );
  const odd = /** @type {import("./conv_shape.js").Layer[]} */ ([
    { layer: "CONV", K: 4, F: 3, S: 2, P: 1 },
    { layer: "POOL", F: 3, S: 2 },
  ]);
  assert.equal(
    pythonCall([9, 9, 2], odd, true),
    "cnn_table((9, 9, 2), [\n    Conv(4, 3, stride=2, padding=1, floor=True),\n    Pool(3, stride=2, floor=True),\n])",
  );
});

test("what is no whole number within bounds is said in words", () => {
  assert.equal(wrongWhole(3, "F", 1, 9), null);
  assert.match(wrongWhole(null, "F", 1, 9) ?? "", /^F must be a whole number, got null/);
  assert.match(wrongWhole(0, "F", 1, 9) ?? "", /^F must be at least 1, got 0/);
  assert.match(wrongWhole(10, "F", 1, 9) ?? "", /^F is at most 9/);
  assert.equal(tuple([5]), "(5,)");
});
