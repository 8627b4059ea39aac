/**
 * A pen on a pad, and drawings of digits made by rule: `cvlessons.digits.pen_digits`, equal to it by test.
 *
 * A stroke is a list of points that the pen went through, x and y in turn: [x, y, x, y, …], in pixels of the pad.
 */
import { PAD } from "./digits.js";

/** @typedef {number[]} Stroke */

const RIM = 1; // pixels: OpenCV's smooth lines are wider by this on each side than they are asked to be

/**
 * What the pen leaves: white strokes on black, as OpenCV's polylines draws them. At the rim a pixel is as bright as the
 * share of it that is covered.
 * @param {Stroke[]} strokes
 * @param {number} width of the pen
 */
export function drawStrokes(strokes, width) {
  const bytes = new Uint8Array(PAD * PAD);
  for (const stroke of strokes)
    for (let k = 0; k < stroke.length; k += 2) {
      const next = k + 2 < stroke.length ? k + 2 : k; // a single point makes a dot
      if (next > k || k === 0) drawLine(bytes, stroke[k], stroke[k + 1], stroke[next], stroke[next + 1], width / 2 + RIM);
    }
  return { height: PAD, width: PAD, bytes };
}

/**
 * @param {Uint8Array} bytes
 * @param {number} x @param {number} y @param {number} toX @param {number} toY
 * @param {number} radius
 */
function drawLine(bytes, x, y, toX, toY, radius) {
  const [alongX, alongY] = [toX - x, toY - y];
  const square = alongX ** 2 + alongY ** 2;
  const reach = radius + 1;
  const within = (/** @type {number} */ at) => Math.min(Math.max(at, 0), PAD - 1);
  const [left, right] = [within(Math.floor(Math.min(x, toX) - reach)), within(Math.ceil(Math.max(x, toX) + reach))];
  const [top, foot] = [within(Math.floor(Math.min(y, toY) - reach)), within(Math.ceil(Math.max(y, toY) + reach))];
  for (let row = top; row <= foot; row++)
    for (let column = left; column <= right; column++) {
      const part = square ? ((column - x) * alongX + (row - y) * alongY) / square : 0;
      const near = Math.min(Math.max(part, 0), 1); // the nearest point of the line, 0 at its start, 1 at its end
      const distance = (column - x - near * alongX) ** 2 + (row - y - near * alongY) ** 2;
      if (distance >= (radius + 0.5) ** 2) continue;
      const covered = Math.min(radius + 0.5 - Math.sqrt(distance), 1);
      const at = row * PAD + column;
      bytes[at] = Math.max(bytes[at], Math.round(255 * covered));
    }
}

/** A 4, small and in the upper left corner. @type {Stroke[]} */
export const FOUR = [
  [55, 15, 48, 42, 40, 79, 59, 81, 81, 80, 105, 77],
  [88, 44, 85, 81, 83, 125],
];

// ---- drawings by rule -----------------------------------------------------------------------------

/** @typedef {[number, number]} Point */
/** @typedef {{ uniform(low: number, high: number): number, normal(): number }} Random */

/** @param {number} start @param {number} stop @param {number} count @returns {number[]} */
function evenly(start, stop, count) {
  return Array.from({ length: count }, (_, k) => start + ((stop - start) * k) / (count - 1));
}

/**
 * Points on an ellipse of these half axes, from angle to angle, clockwise from right.
 * @param {number} x @param {number} y @param {number} width @param {number} height
 * @param {number} start @param {number} stop in degrees
 * @returns {Point[]}
 */
function arc(x, y, width, height, start, stop) {
  const angles = evenly(start, stop, 25).map((degrees) => (degrees * Math.PI) / 180);
  return angles.map((angle) => [x + width * Math.cos(angle), y + height * Math.sin(angle)]);
}

/** Each way to write a digit is a list of strokes in a box from -0.5 (top) to 0.5 (foot), about 0.6 wide. */
const SKELETONS = /** @type {Point[][][][]} */ ([
  [[arc(0, 0, 0.3, 0.5, -90, 270)], [arc(0, 0, 0.23, 0.5, -70, 300)]],
  [
    [[[0, -0.5], [0, 0.5]]],
    [[[-0.16, -0.3], [0.03, -0.5], [0.03, 0.5]]],
    [[[-0.16, -0.32], [0.02, -0.5], [0.02, 0.5]], [[-0.2, 0.5], [0.23, 0.5]]],
  ],
  [
    [[...arc(0, -0.22, 0.27, 0.28, -170, 35), [-0.28, 0.5], [0.3, 0.5]]],
    [[...arc(0, -0.2, 0.26, 0.3, -150, 40), [-0.3, 0.46], [-0.08, 0.4], [0.12, 0.48], [0.3, 0.44]]],
  ],
  [
    [[...arc(-0.03, -0.26, 0.26, 0.24, -150, 90), ...arc(-0.03, 0.23, 0.3, 0.27, -90, 150)]],
    [[[-0.25, -0.5], [0.22, -0.5], [-0.04, -0.1], ...arc(-0.04, 0.2, 0.3, 0.3, -90, 145)]],
  ],
  [
    [[[-0.12, -0.5], [-0.28, 0.12], [0.3, 0.12]], [[0.12, -0.2], [0.1, 0.5]]],
    [[[-0.24, -0.46], [-0.25, 0.04], [0.18, 0.02]], [[0.2, -0.5], [0.18, 0.5]]],
    [[[0.12, 0.5], [0.12, -0.5], [-0.3, 0.16], [0.32, 0.16]]],
  ],
  [
    [[[0.26, -0.5], [-0.2, -0.5], [-0.23, -0.08], ...arc(-0.02, 0.18, 0.29, 0.32, -130, 140)]],
    [
      [[-0.17, -0.48], [-0.21, -0.06], ...arc(-0.01, 0.2, 0.27, 0.3, -125, 130)],
      [[-0.17, -0.48], [0.28, -0.5]],
    ],
  ],
  [
    [[...arc(0.2, 0.2, 0.44, 0.7, -95, -180), ...arc(0.01, 0.22, 0.25, 0.28, 180, -180)]],
    [[[0.14, -0.5], [-0.1, -0.15], ...arc(0.02, 0.2, 0.27, 0.3, 190, -160)]],
  ],
  [
    [[[-0.28, -0.5], [0.28, -0.5], [-0.06, 0.5]]],
    [[[-0.28, -0.5], [0.28, -0.5], [-0.04, 0.5]], [[-0.14, 0.02], [0.24, 0]]],
    [[[-0.29, -0.38], [-0.26, -0.5], [0.28, -0.48], [0.08, 0], [0, 0.5]]],
  ],
  [
    [[...arc(0, -0.25, 0.22, 0.25, -50, -270), ...arc(0, 0.25, 0.27, 0.25, -90, 270), ...arc(0, -0.25, 0.22, 0.25, 90, -50)]],
    [[...arc(0, -0.25, 0.21, 0.25, 90, 450), ...arc(0, 0.25, 0.26, 0.25, -90, 270)]],
  ],
  [
    [[...arc(0, -0.22, 0.25, 0.28, -20, -360), [0.2, 0.5]]],
    [[...arc(0, -0.22, 0.25, 0.28, -30, -360), ...arc(-0.13, -0.05, 0.38, 0.55, 10, 105)]],
  ],
]); // prettier-ignore

const WOBBLE = 0.07; // how far the strokes are bent, as a share of the height

/**
 * A drawing of a digit by rule: one of its ways of writing, bent, narrowed or widened, slanted, turned, and put
 * somewhere on the pad, with a thin pen or a thick one.
 * @param {number} digit
 * @param {Random} random
 * @returns {{ strokes: Stroke[], width: number }}
 */
export function penDigit(digit, random) {
  const ways = SKELETONS[digit];
  const way = ways[Math.floor(random.uniform(0, ways.length))];
  const width = random.uniform(0.03, 0.25); // of the pen, as a share of the height
  const size = random.uniform(50, 200); // the height, in pixels
  const turn = (random.uniform(-20, 20) * Math.PI) / 180;
  const slant = random.uniform(-0.2, 0.4);
  const narrow = random.uniform(0.75, 1.15);
  const where = [random.uniform(0, 1), random.uniform(0, 1)];
  const [cos, sin] = [size * Math.cos(turn), size * Math.sin(turn)];
  const moved = (/** @type {Point} */ [x, y]) => {
    const [wide, high] = [narrow * x, y];
    return /** @type {Point} */ ([cos * (wide - slant * high) - sin * high, sin * (wide - slant * high) + cos * high]);
  };
  const strokes = way.map((stroke) => bent(stroke, random).map(moved));
  const pen = Math.max(1, Math.round(width * size));
  const place = [0, 1].map((axis) => {
    const every = strokes.flat().map((point) => point[axis]);
    const [low, high] = [Math.min(...every) - pen / 2, Math.max(...every) + pen / 2];
    const room = PAD - (high - low);
    return (room > 0 ? where[axis] * room : room / 2) - low; // what is too large hangs over on both sides
  });
  return { strokes: strokes.map((stroke) => stroke.flatMap(([x, y]) => [x + place[0], y + place[1]])), width: pen };
}

/**
 * A stroke as a fine polyline, moved by a few slow random waves along it.
 * @param {Point[]} stroke
 * @param {Random} random
 * @returns {Point[]}
 */
function bent(stroke, random) {
  const sizes = [0, 1, 2, 3].map((wave) => [random.normal() / (1 + wave), random.normal() / (1 + wave)]);
  return evenly(0, 1, 60).map((part) => {
    const point = pointAlong(stroke, part);
    sizes.forEach((size, wave) => {
      const height = WOBBLE * Math.cos(Math.PI * part * wave);
      point[0] += height * size[0];
      point[1] += height * size[1];
    });
    return point;
  });
}

/**
 * Where a polyline is after a part of its length.
 * @param {Point[]} line
 * @param {number} part
 * @returns {Point}
 */
function pointAlong(line, part) {
  const steps = line.slice(1).map(([x, y], k) => Math.hypot(x - line[k][0], y - line[k][1]));
  let rest = part * steps.reduce((a, b) => a + b, 0);
  let k = 0;
  while (k < steps.length - 1 && rest > steps[k]) rest -= steps[k++];
  const share = Math.min(rest / steps[k], 1);
  return [line[k][0] + share * (line[k + 1][0] - line[k][0]), line[k][1] + share * (line[k + 1][1] - line[k][1])];
}

/**
 * Random numbers that are the same for the same seed: mulberry32, and Box and Muller for normal ones.
 * @param {number} seed a whole number
 * @returns {Random}
 */
export function seeded(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform: (low, high) => low + (high - low) * next(),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
