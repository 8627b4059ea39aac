/**
 * A short film for readers without a camera, drawn by rule: a square with tiles and a lamp post, somebody who stands
 * and waits, somebody who walks by, and a red ball that rolls in a circle. A camera's noise lies over it (seeded).
 */
export const WIDTH = 320;
export const HEIGHT = 240;
export const LENGTH = 120;

/** @typedef {readonly [number, number, number]} Colour */

const NOISE = noise(8191, 7);

/** Grey levels to add, by Park and Miller's generator: the mean of three throws, from -6 to 6. @param {number} length @param {number} seed */
function noise(length, seed) {
  let state = seed;
  const throwOne = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return Int8Array.from({ length }, () => Math.round(4 * (throwOne() + throwOne() + throwOne()) - 6));
}

/** @param {Uint8ClampedArray} rgba @param {number} left @param {number} top @param {number} right @param {number} bottom @param {Colour} colour */
function box(rgba, left, top, right, bottom, [r, g, b]) {
  for (let y = Math.max(0, top | 0); y < Math.min(HEIGHT, bottom | 0); y++)
    for (let x = Math.max(0, left | 0), at = 4 * (y * WIDTH + x); x < Math.min(WIDTH, right | 0); x++, at += 4)
      [rgba[at], rgba[at + 1], rgba[at + 2]] = [r, g, b];
}

/** @param {Uint8ClampedArray} rgba @param {number} x @param {number} y @param {number} wide @param {number} high @param {Colour} colour */
function oval(rgba, x, y, wide, high, colour) {
  for (let row = Math.ceil(-high); row <= high; row++) {
    const half = wide * Math.sqrt(Math.max(0, 1 - (row / high) ** 2));
    box(rgba, x - half, y + row, x + half + 1, y + row + 1, colour);
  }
}

/** @param {Uint8ClampedArray} rgba @param {number} x @param {number} y of the feet @param {Colour} coat @param {number} swing of the legs */
function person(rgba, x, y, coat, swing) {
  oval(rgba, x + 4, y, 16, 4, [128, 124, 116]);
  for (const side of [-1, 1])
    for (let k = 0; k < 26; k++) box(rgba, x + side * (3 + (swing * k) / 26) - 3, y - 26 + k, x + side * (3 + (swing * k) / 26) + 3, y - 25 + k, [44, 46, 60]);
  oval(rgba, x, y - 42, 12, 22, coat);
  oval(rgba, x, y - 70, 8, 9, [205, 158, 128]);
  oval(rgba, x, y - 75, 8, 5, [60, 42, 30]);
}

const SQUARE = square();

function square() {
  const rgba = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255);
  box(rgba, 0, 0, WIDTH, 70, [150, 176, 198]);
  box(rgba, 0, 40, WIDTH, 72, [136, 128, 120]);
  for (let x = 12; x < WIDTH; x += 44) box(rgba, x, 46, x + 18, 64, [92, 98, 112]);
  box(rgba, 0, 72, WIDTH, HEIGHT, [196, 188, 172]);
  for (let y = 72, step = 10; y < HEIGHT; y += step, step += 5) box(rgba, 0, y, WIDTH, y + 1, [168, 160, 146]);
  for (let k = -12; k <= 12; k++)
    for (let y = 72; y < HEIGHT; y++) {
      const x = WIDTH / 2 + k * (14 + 0.22 * (y - 72));
      box(rgba, x, y, x + 1, y + 1, [168, 160, 146]);
    }
  box(rgba, 228, 14, 233, 150, [70, 74, 78]);
  oval(rgba, 230, 14, 10, 8, [244, 232, 176]);
  oval(rgba, 231, 150, 9, 3, [70, 74, 78]);
  return rgba;
}

/**
 * Draw a frame of the film.
 * @param {number} frame any whole number: after the last frame comes the first
 * @param {Uint8ClampedArray} rgba 4 · WIDTH · HEIGHT bytes, which are written over
 * @param {boolean} [noisy]
 */
export function draw(frame, rgba, noisy = true) {
  const t = ((frame % LENGTH) + LENGTH) % LENGTH;
  const turn = (2 * Math.PI * t) / LENGTH;
  rgba.set(SQUARE);
  person(rgba, 262, 168, [52, 120, 74], 0);
  person(rgba, -30 + (380 * t) / LENGTH, 196, [40, 70, 150], 7 * Math.sin(8 * turn));
  const [x, y] = [110 + 70 * Math.cos(2 * turn), 202 + 22 * Math.sin(2 * turn)];
  oval(rgba, x + 3, y + 13, 13, 3, [128, 124, 116]);
  oval(rgba, x, y, 13, 13, [204, 44, 36]);
  oval(rgba, x - 4, y - 5, 4, 3, [236, 120, 108]);
  if (noisy) addNoise(rgba, t);
  return rgba;
}

/** @param {Uint8ClampedArray} rgba @param {number} frame each begins at another place of the noise */
function addNoise(rgba, frame) {
  for (let pixel = 0, at = 0, n = (frame * 997) % NOISE.length; pixel < WIDTH * HEIGHT; pixel++, at += 4) {
    rgba[at] += NOISE[n];
    rgba[at + 1] += NOISE[n];
    rgba[at + 2] += NOISE[n];
    if (++n === NOISE.length) n = 0;
  }
}
