import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { arrival, descend, dimensions, LANDSCAPES, largestRate, NEAR, nearestBottom, verdict } from "./descent.js";

/** What the package computes too: tests/test_descent.py. */
const CASES = JSON.parse(readFileSync(new URL("../../tests/cases/descent.json", import.meta.url), "utf8"));

/** @param {number} got @param {number} want */
const close = (got, want) => assert.ok(Math.abs(got - want) <= 1e-9 * (1 + Math.abs(want)), `${got}, not ${want}`);

for (const { shape, path, losses, ...how } of CASES)
  test(`the package's path: ${shape}, rate ${how.rate}, momentum ${how.momentum}`, () => {
    const { stops } = descend(LANDSCAPES[shape], how);
    assert.equal(stops.length, path.length);
    for (const [n, { w, loss }] of stops.entries()) {
      w.forEach((value, k) => close(value, path[n][k]));
      close(loss, losses[n]);
    }
  });

for (const [name, landscape] of Object.entries(LANDSCAPES)) {
  const [from, to] = landscape.across;
  const [low, high] = landscape.up ?? [0, 0];
  const places = [0.1, 0.35, 0.6, 0.9].map((share) => [from + share * (to - from), low + (1 - share) * (high - low)].slice(0, dimensions(landscape)));

  test(`a measured slope judges the gradient: ${name}`, () => {
    for (const w of places)
      landscape.gradient(w).forEach((slope, k) => {
        const h = 1e-5;
        const moved = (/** @type {number} */ by) => landscape.loss(w.map((value, i) => value + (i === k ? by : 0)));
        assert.ok(Math.abs((moved(h) - moved(-h)) / (2 * h) - slope) < 1e-6 * (1 + Math.abs(slope)));
      });
  });

  test(`a bottom has no slope, is lower than what lies around, and bends as it says: ${name}`, () => {
    for (const { at, curvature } of landscape.bottoms) {
      landscape.gradient(at).forEach((slope) => assert.ok(Math.abs(slope) < 1e-9));
      const bends = [];
      for (let degrees = 0; degrees < 180; degrees++) {
        const angle = (degrees * Math.PI) / 180;
        const h = 1e-4;
        const u = at.length === 2 ? [Math.cos(angle), Math.sin(angle)] : [1];
        const moved = (/** @type {number} */ by) => landscape.gradient(at.map((value, k) => value + by * u[k])).reduce((sum, slope, k) => sum + slope * u[k], 0);
        bends.push((moved(h) - moved(-h)) / (2 * h));
        assert.ok(landscape.loss(at.map((value, k) => value + 1e-3 * u[k])) > landscape.loss(at));
      }
      assert.ok(Math.abs(Math.max(...bends) - curvature) < 1e-3 * curvature, `${Math.max(...bends)}, not ${curvature}`);
    }
  });

  test(`the walk that is shown first never leaves: ${name}`, () => {
    const { w1, w2, ...how } = landscape.start;
    const walk = descend(landscape, { start: [w1, w2].slice(0, dimensions(landscape)), ...how });
    assert.ok(!walk.gone);
    assert.ok(walk.stops.every(({ loss }) => Number.isFinite(loss)));
  });
}

/** Does a walk that starts beside the bottom come closer to it? @param {import("./descent.js").Landscape} landscape @param {number} share of the largest rate @param {number} momentum */
function settles(landscape, share, momentum) {
  const { at, curvature } = landscape.bottoms[0];
  const start = at.map((value) => value + 1e-4);
  const { stops } = descend(landscape, { start, rate: share * largestRate(curvature, momentum), momentum, steps: 3000 });
  const away = (/** @type {number[]} */ w) => Math.hypot(...w.map((value, k) => value - at[k]));
  return away(stops[stops.length - 1].w) < away(start);
}

for (const momentum of [0, 0.5, 0.9])
  test(`the largest rate is the largest: 2 (1 + μ) / a with μ = ${momentum}`, () => {
    for (const landscape of Object.values(LANDSCAPES).filter(({ bottoms }) => bottoms.length)) {
      assert.ok(settles(landscape, 0.98, momentum), landscape.called);
      assert.ok(!settles(landscape, 1.02, momentum), landscape.called);
    }
  });

/** @param {string} shape @param {number[]} start @param {number} rate @param {number} steps @param {number} [momentum] */
function ends(shape, start, rate, steps, momentum = 0) {
  const how = { start, rate, momentum, steps };
  return verdict(LANDSCAPES[shape], descend(LANDSCAPES[shape], how), arrival(LANDSCAPES[shape], how));
}

test("what becomes of a walk is told apart", () => {
  assert.equal(ends("parabola", [8], 0.25, 0), "start");
  assert.equal(ends("parabola", [8], 0.25, 3), "falls");
  assert.equal(ends("parabola", [8], 0.5, 1), "arrived");
  assert.equal(ends("parabola", [8], 1, 5), "swings");
  assert.equal(ends("parabola", [8], 1.05, 5), "climbs");
  assert.equal(ends("parabola", [8], 1.5, 200), "gone");
  assert.equal(ends("plain", [-6], 1, 100), "flat");
  assert.equal(ends("bowl", [0, 0], 0.1, 3), "arrived");
  assert.equal(ends("dips", [LANDSCAPES.dips.bottoms[1].at[0]], 0.01, 3), "arrived");
  assert.equal(ends("dips", [0.2], 0.05, 30), "arrived");
});

test("rolling past the bottom is no arrival", () => {
  const how = { start: [-9, 5], rate: 1, momentum: 0.6 };
  const { stops } = descend(LANDSCAPES.valley, { ...how, steps: 40 });
  assert.ok(stops[9].loss < NEAR && stops[10].loss > NEAR);
  const arrives = arrival(LANDSCAPES.valley, how) ?? 0;
  assert.ok(stops[arrives - 1].loss >= NEAR && stops.slice(arrives).every(({ loss }) => loss < NEAR));
});

test("a walk that goes too far ends early, with numbers that can be written", () => {
  for (const [name, landscape] of Object.entries(LANDSCAPES))
    for (const rate of [0.001, 0.1, 10]) {
      const start = [1000, -1000].slice(0, dimensions(landscape));
      const { stops } = descend(landscape, { start, rate, momentum: 0.99, steps: 300 });
      assert.ok(stops.every(({ w, dW, V, loss }) => [...w, ...dW, ...V, loss].every(Number.isFinite)), name);
    }
});

test("where it lies is the dip that it is told by", () => {
  const { dips } = LANDSCAPES;
  assert.equal(nearestBottom(dips, [-2])?.at[0].toFixed(2), "-1.47");
  assert.equal(nearestBottom(dips, [2])?.at[0].toFixed(2), "1.35");
});

test("the tasks of the chapter can be solved as their answers say", () => {
  const arrives = (/** @type {string} */ shape, /** @type {number[]} */ start, /** @type {number} */ rate, momentum = 0) =>
    arrival(LANDSCAPES[shape], { start, rate, momentum });
  for (const w of [-10, 3, 8]) assert.equal(arrives("parabola", [w], 0.5), 1);
  for (let rate = 0.01; rate < 3; rate += 0.01) assert.ok((arrives("valley", [-9, 5], rate) ?? Infinity) >= 40, `${rate}`);
  assert.equal(arrives("valley", [-9, 5], 1, 0.5), 15);
  assert.ok((arrives("valley", [-9, 5], 1, 0.8) ?? 0) >= 45);
  assert.equal(ends("saddle", [0, 2], 0.15, 200), "stuck");
  assert.equal(ends("saddle", [0.01, 2], 0.15, 200), "arrived");
});
