import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cost, measured, run, train } from "./backprop.js";

/** What the package computes too: tests/test_backprop.py. */
const CASES = JSON.parse(readFileSync(new URL("../../tests/cases/backprop.json", import.meta.url), "utf8"));

/** @param {any} got @param {any} want @param {string} path */
function close(got, want, path) {
  if (typeof want === "number") return assert.ok(Math.abs(got - want) <= 1e-9 * (1 + Math.abs(want)), `${path}: ${got}, not ${want}`);
  assert.equal(got.length ?? Object.keys(got).length, want.length ?? Object.keys(want).length, path);
  for (const key of Object.keys(want)) close(got[key], want[key], `${path}.${key}`);
}

for (const wanted of CASES) {
  test(`the package's numbers: ${wanted.name}`, () => {
    const { cache, slopes, J } = run(wanted);
    close(cache.map(({ Z }) => Z), wanted.Z, "Z");
    close(cache.map(({ A }) => A), wanted.A, "A");
    close(slopes.map(({ dW }) => dW), wanted.dW, "dW");
    close(slopes.map(({ db }) => db), wanted.db, "db");
    close(J, wanted.costs[0], "J");
  });

  test(`update after update: ${wanted.name}`, () => {
    const trail = train(wanted, wanted.rate, wanted.costs.length - 1);
    close(trail.map(({ J }) => J), wanted.costs, "J");
    close(trail[trail.length - 1].layers, wanted.last, "layers");
  });

  test(`a measured slope judges every weight: ${wanted.name}`, () => {
    const { slopes } = run(wanted);
    for (const [layer, { dW }] of slopes.entries())
      for (const [j, row] of dW.entries())
        for (const [k, slope] of row.entries()) {
          const J = (/** @type {number} */ weight) => {
            const layers = structuredClone(wanted.layers);
            layers[layer].W[j][k] = weight;
            return cost({ ...wanted, layers });
          };
          const found = measured(J, wanted.layers[layer].W[j][k]);
          assert.ok(Math.abs(found - slope) < 1e-6 * (1 + Math.abs(slope)), `W${layer + 1}[${j}][${k}]: ${slope}, measured ${found}`);
        }
  });
}

test("a learning rate that is too large ends the trail before the numbers do", () => {
  const trail = train({ ...CASES[0], activations: ["linear", "linear"] }, 1, 50);
  assert.ok(trail.length < 51);
  assert.ok(trail.every(({ J }) => Number.isFinite(J)));
});
