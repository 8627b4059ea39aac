/** color.js against the cases that tests/test_color.py holds against OpenCV. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { bandAround, hsvPicture, hsvToRgb, hueCount, hueWithin, inBand, pieces, rgbToHsv } from "./color.js";

/** @type {{ colours: any[], every: any, bands: any[] }} */
const CASES = JSON.parse(readFileSync(new URL("../../tests/cases/color_hsv.json", import.meta.url), "utf8"));
const SWEETS = readFileSync(new URL("./sweets_118x137.bin", import.meta.url));

test("the colours of the cases", () => {
  for (const { name, rgb, hsv } of CASES.colours) assert.deepEqual(rgbToHsv(rgb[0], rgb[1], rgb[2]), hsv, name);
});

test("every third level of all three channels, by a weighted sum", () => {
  const { step, weight_modulus, sums } = CASES.every;
  const got = [0, 0, 0];
  let i = 0;
  for (let red = 0; red < 256; red += step)
    for (let green = 0; green < 256; green += step)
      for (let blue = 0; blue < 256; blue += step) {
        const weight = (i++ % weight_modulus) + 1;
        rgbToHsv(red, green, blue).forEach((number, k) => (got[k] += number * weight));
      }
  assert.deepEqual(got, sums);
});

test("the bands of the cases choose as many pixels, in as large pieces", () => {
  const hsv = hsvPicture(SWEETS);
  for (const { name, pixels, pieces: sizes, ...band } of CASES.bands) {
    const mask = inBand(hsv, band);
    assert.equal(mask.reduce((sum, one) => sum + one, 0), pixels, name);
    assert.deepEqual(pieces(mask, 137, 56).map(({ size }) => size), sizes, name);
  }
});

test("a band goes through red where it begins above its end", () => {
  const band = { hue_from: 170, hue_to: 5, saturation_from: 0, saturation_to: 255, value_from: 0, value_to: 255 };
  assert.deepEqual([169, 170, 179, 0, 5, 6].map((hue) => hueWithin(band, hue)), [false, true, true, true, true, false]);
  for (const [from, to] of [[170, 5], [5, 170], [0, 179], [7, 7], [8, 7]]) {
    const some = { ...band, hue_from: from, hue_to: to };
    const counted = Array.from({ length: 180 }, (_, hue) => hue).filter((hue) => hueWithin(some, hue)).length;
    assert.equal(hueCount(some), counted);
  }
});

test("a colour lies within the band around it", () => {
  for (const { rgb, hsv } of CASES.colours) {
    assert.equal(inBand(hsv, bandAround(hsv))[0], 1, String(rgb));
  }
});

test("there and back: a whole number of hue is at most a little off", () => {
  for (const { rgb, hsv } of CASES.colours) {
    const back = hsvToRgb(hsv[0], hsv[1], hsv[2]);
    back.forEach((level, k) => assert.ok(Math.abs(level - rgb[k]) <= 5, `${rgb} ${back}`));
  }
});

test("pixels that touch at a corner are one piece", () => {
  const found = pieces([1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1], 3, 1);
  assert.deepEqual(found, [{ size: 2, row: 0.5, column: 0.5 }, { size: 1, row: 3, column: 0 }, { size: 1, row: 3, column: 2 }]);
  assert.deepEqual(pieces([1, 0, 1, 1], 2, 4), []);
});
