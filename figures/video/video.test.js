/** The filters against what OpenCV gives (tests/cases/video_filters.json, which tests/test_video.py holds against OpenCV). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as film from "./film.js";
import * as video from "./video.js";
import { check, line } from "./words.js";

const cases = JSON.parse(readFileSync(new URL("../../tests/cases/video_filters.json", import.meta.url), "utf8"));

/** @param {string[]} rows in hexadecimal */
const bytes = (rows) => Uint8Array.from(Buffer.from(rows.join(""), "hex"));

/** @param {any} one */
function given(one) {
  const rgb = bytes(one.rgb);
  const n = one.width * one.height;
  const rgba = new Uint8Array(4 * n).fill(255);
  for (let k = 0; k < 3 * n; k++) rgba[4 * Math.floor(k / 3) + (k % 3)] = rgb[k];
  return { ...one, n, rgba, room: video.makeRoom(one.width, one.height), ours: video.grey(rgba, new Uint8Array(n)) };
}

const settings = { filter: "difference", blur: 1, direction: "both", low: 40, high: 120, hue: 0, tolerance: 20, saturation: 120, value: 60, frames: "three", apart: 1, threshold: 25 };

for (const one of cases.map(given)) {
  const { name, width, height, n, rgba, room } = one;
  test(`${name}: grey, blur, Sobel, Canny and hue are OpenCV's to the last bit`, () => {
    assert.deepEqual(one.ours, bytes(one.grey));
    for (const [size, rows] of Object.entries(one.blur))
      assert.deepEqual(video.blur(one.ours, width, height, Number(size), new Uint8Array(n), room.rows), bytes(/** @type {any} */ (rows)));
    video.sobel(one.ours, width, height, room);
    assert.deepEqual(video.steepness(room.dx, room.dy, room.out), bytes(one.sobel));
    for (const { low, high, edges } of one.canny)
      assert.deepEqual(video.canny(one.ours, width, height, low, high, room.out, room), bytes(edges));
    assert.deepEqual(video.hueMask(rgba, one.hue_mask, room.out), bytes(one.hue_mask.mask));
    const hsv = Array.from({ length: n }, (_, k) => video.hsv(rgba[4 * k], rgba[4 * k + 1], rgba[4 * k + 2]));
    assert.deepEqual(Uint8Array.from(hsv.flat()), bytes(one.hsv));
  });
}

test("the weights of a blur add up to one", () => {
  for (let size = 1; size <= 15; size += 2) {
    const [middle, ...outer] = video.gaussianWeights(size);
    assert.equal(middle + 2 * outer.reduce((sum, weight) => sum + weight, 0), 256);
    assert.equal(outer.length, (size - 1) / 2);
  }
});

test("a bright pixel walks: two frames show it twice, three frames once", () => {
  const frames = [[99, 0, 0], [0, 99, 0], [0, 0, 99]].map((frame) => Uint8Array.from(frame));
  assert.deepEqual([...video.changed(frames[0], frames[1], 25, new Uint8Array(3))], [255, 255, 0]);
  assert.deepEqual([...video.moved(frames[0], frames[1], frames[2], 25, new Uint8Array(3))], [0, 255, 0]);
  assert.deepEqual([...video.changed(frames[0], frames[1], 99, new Uint8Array(3))], [0, 0, 0], "above, not at");
  assert.equal(video.count(Uint8Array.from([255, 0, 255])), 2);
});

test("a room waits for the frames that a difference needs, and then takes the right ones", () => {
  const room = video.makeRoom(3, 1);
  const rgba = (/** @type {number} */ lit) => Uint8Array.from({ length: 12 }, (_, k) => (k >> 2 === lit ? 99 : 0));
  for (const lit of [0, 1]) {
    video.take(room, rgba(lit), 1);
    assert.equal(video.filtered(room, rgba(lit), settings), null);
  }
  video.take(room, rgba(2), 1);
  assert.deepEqual([...(video.filtered(room, rgba(2), settings) ?? [])], [0, 255, 0]);
  assert.deepEqual([...(video.filtered(room, rgba(2), { ...settings, frames: "two" }) ?? [])], [0, 255, 255]);
  for (let k = 0; k < 60; k++) video.take(room, rgba(k % 3), 1);
  assert.equal(room.past.length, 2 * video.MOST_APART + 1, "no more memory than needed");
  assert.equal(new Set(room.past).size, room.past.length, "each frame has an array of its own");
});

test("the film is the same each time, goes round, and only what moves in it moves", () => {
  const frame = (/** @type {number} */ k, noisy = true) => film.draw(k, new Uint8ClampedArray(4 * film.WIDTH * film.HEIGHT), noisy);
  assert.deepEqual(frame(7), frame(7));
  assert.deepEqual(frame(-1), frame(film.LENGTH - 1));
  assert.notDeepEqual(frame(7), frame(8));
  const room = video.makeRoom(film.WIDTH, film.HEIGHT);
  for (let k = 34; k <= 40; k++) video.take(room, frame(k), 5);
  const mask = /** @type {Uint8Array} */ (video.filtered(room, frame(40), { ...settings, apart: 3 }));
  const inside = (/** @type {number} */ left, /** @type {number} */ right) => mask.reduce((sum, white, k) => sum + (k % film.WIDTH >= left && k % film.WIDTH < right ? white >> 7 : 0), 0);
  assert.ok(inside(0, 200) > 300, "the walker and the ball");
  assert.equal(inside(200, film.WIDTH), 0, "nothing of the lamp post, nor of whoever stands");
});

test("the task has a solution: the hue of the green coat leaves nothing but the coat", () => {
  const rgba = film.draw(40, new Uint8ClampedArray(4 * film.WIDTH * film.HEIGHT));
  const middle = 4 * (126 * film.WIDTH + 262);
  const hue = 2 * video.hsv(rgba[middle], rgba[middle + 1], rgba[middle + 2])[0];
  const mask = video.hueMask(rgba, { ...settings, hue }, new Uint8Array(film.WIDTH * film.HEIGHT));
  const outside = mask.findIndex((white, k) => white > 0 && Math.hypot(((k % film.WIDTH) - 262) / 14, (Math.floor(k / film.WIDTH) - 126) / 24) > 1);
  assert.equal(outside, -1);
  assert.ok(video.count(mask) > 700);
});

test("each wrong setting is explained: the value, the rule, the cure", () => {
  const right = { ...settings, frame: null };
  assert.equal(check(right), null);
  assert.match(check({ ...right, blur: 4 }) ?? "", /blur must be odd.*got 4: take 3 or 5/);
  assert.match(check({ ...right, low: 200 }) ?? "", /low threshold must not be above.*200 and 120/);
  assert.match(check({ ...right, filter: "toString" }) ?? "", /filter must be one of grey/);
  assert.match(check({ ...right, apart: 11 }) ?? "", /apart must be a whole number from 1 to 10, got 11/);
  assert.match(check({ ...right, frame: 120 }) ?? "", /frame must be a whole number from 0 to 119/);
});

test("the line of Python holds the settings", () => {
  assert.match(line({ ...settings, filter: "canny", blur: 5 }), /GaussianBlur\(grey, \(5, 5\), 0\)\nedges = cv2\.Canny\(smooth, 40, 120\)/);
});
