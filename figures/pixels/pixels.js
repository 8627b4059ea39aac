/**
 * What a picture is made of, as in cvlessons.pixels: samples, levels and bytes.
 *
 * A picture is its height, its width, how many channels it has, and its numbers row by row, the channels of a pixel
 * side by side: number (row, column, channel) stands at (row * width + column) * channels + channel.
 * @typedef {{ height: number, width: number, channels: number, data: ArrayLike<number> }} Picture
 */

/** The number of the bin in which a level falls: what is stored of it with so many bits. @param {number} level @param {number} bits */
export function bin(level, bits) {
  return Math.floor(level / 2 ** (8 - bits));
}

/** The middle of a bin: the level that stands for all that fell into it (eq-quantise). @param {number} level @param {number} bits */
export function quantise(level, bits) {
  const step = 2 ** (8 - bits);
  return Math.floor(level / step) * step + (step - 1) / 2;
}

/** What does not divide, said as cvlessons.pixels says it; nothing if it does. @param {Picture} picture @param {number} step */
export function stepFault({ height, width }, step) {
  if (!(height % step || width % step)) return null;
  const fits = [height - (height % step), width - (width % step)];
  const cure = fits[0] && fits[1] ? `cut it to ${fits[0]} × ${fits[1]}, or use a smaller step` : "use a smaller step";
  return `step must divide height and width, got ${step} for ${height} × ${width}: ${cure}`;
}

/** Every step-th pixel of every step-th row. @param {Picture} picture @param {number} step @returns {Picture} */
export function sample(picture, step) {
  return shrunk(picture, step, (row, column, channel) => at(picture, row * step, column * step, channel));
}

/** The mean of each square of step × step pixels (eq-box-average). @param {Picture} picture @param {number} step @returns {Picture} */
export function boxAverage(picture, step) {
  return shrunk(picture, step, (row, column, channel) => {
    let sum = 0;
    for (let u = 0; u < step; u++)
      for (let v = 0; v < step; v++) sum += at(picture, row * step + u, column * step + v, channel);
    return sum / step ** 2;
  });
}

/** How many bytes the numbers fill, the last one perhaps in part (eq-image-bytes). @param {Picture} picture @param {number} bits */
export function imageBytes({ height, width, channels }, bits) {
  return Math.ceil((height * width * channels * bits) / 8);
}

/**
 * The picture enlarged with smooth passages from each number to the next: cubic interpolation, as OpenCV's
 * INTER_CUBIC has it. Columns first, then rows.
 * @param {Picture} picture
 * @param {number} scale a whole number
 * @returns {Picture}
 */
export function enlarged({ height, width, channels, data }, scale) {
  const wide = new Float64Array(height * width * scale * channels);
  eachTap(width, scale, (to, from, weight) => {
    for (let row = 0; row < height; row++)
      for (let c = 0; c < channels; c++)
        wide[(row * width * scale + to) * channels + c] += weight * data[(row * width + from) * channels + c];
  });
  const line = width * scale * channels;
  const all = new Float64Array(height * scale * line);
  eachTap(height, scale, (to, from, weight) => {
    for (let i = 0; i < line; i++) all[to * line + i] += weight * wide[from * line + i];
  });
  return { height: height * scale, width: width * scale, channels, data: all };
}

/**
 * For each place of the enlarged row: the four numbers that it is mixed from, and their weights. Beyond the border
 * the last number goes on.
 * @param {number} size
 * @param {number} scale
 * @param {(to: number, from: number, weight: number) => void} mix
 */
function eachTap(size, scale, mix) {
  for (let to = 0; to < size * scale; to++) {
    const place = (to + 0.5) / scale - 0.5;
    const first = Math.floor(place) - 1;
    for (let k = 0; k < 4; k++) mix(to, Math.min(Math.max(first + k, 0), size - 1), cubic(place - first - k));
  }
}

/** Keys's cubic with OpenCV's -0.75. @param {number} distance */
function cubic(distance) {
  const x = Math.abs(distance);
  if (x < 1) return (1.25 * x - 2.25) * x * x + 1;
  return x < 2 ? ((-0.75 * x + 3.75) * x - 6) * x + 3 : 0;
}

/** @param {Picture} picture @param {number} row @param {number} column @param {number} channel */
export function at({ width, channels, data }, row, column, channel) {
  return data[(row * width + column) * channels + channel];
}

/**
 * @param {Picture} picture
 * @param {number} step
 * @param {(row: number, column: number, channel: number) => number} number
 * @returns {Picture}
 */
function shrunk(picture, step, number) {
  const fault = stepFault(picture, step);
  if (fault) throw new RangeError(fault);
  const [height, width, channels] = [picture.height / step, picture.width / step, picture.channels];
  const data = new Float64Array(height * width * channels);
  for (let row = 0, i = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let channel = 0; channel < channels; channel++) data[i++] = number(row, column, channel);
  return { height, width, channels, data };
}

/**
 * What is left of a picture: fewer samples, rounded to whole levels, and fewer bits for each.
 * @param {Picture} picture
 * @param {{ step: number, way: string, bits: number }} kept
 * @returns {{ stored: Picture, shown: Picture }} the numbers of the bins, and the levels that stand for them
 */
export function reduced(picture, { step, way, bits }) {
  const samples = way === "every" ? sample(picture, step) : boxAverage(picture, step);
  const levels = Array.from(samples.data, (level) => Math.floor(level + 0.5));
  return {
    stored: { ...samples, data: levels.map((level) => bin(level, bits)) },
    shown: { ...samples, data: levels.map((level) => quantise(level, bits)) },
  };
}

/** Each number as a square of scale × scale. @param {Picture} picture @param {number} scale @returns {Picture} */
export function squares(picture, scale) {
  const [height, width, channels] = [picture.height * scale, picture.width * scale, picture.channels];
  const data = new Float64Array(height * width * channels);
  for (let row = 0, i = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let c = 0; c < channels; c++) data[i++] = at(picture, Math.floor(row / scale), Math.floor(column / scale), c);
  return { height, width, channels, data };
}

/** Black or white, whichever can be read on a colour. @param {number[]} levels one, or red, green and blue */
export function ink(levels) {
  const light = levels.map((level) => (level <= 10.31475 ? level / 3294.6 : ((level / 255 + 0.055) / 1.055) ** 2.4));
  const luminance = light.length === 1 ? light[0] : 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
  return luminance > 0.179 ? "#000" : "#fff";
}
