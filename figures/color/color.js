/**
 * Hue, saturation and value as OpenCV counts them in bytes, bands of them, and the pieces that a mask falls into.
 * The numbers are those of cv2.cvtColor(..., cv2.COLOR_RGB2HSV), cv2.inRange and cv2.connectedComponents.
 */

/**
 * A band of each: from and to, both within. Of the hue, "from" may lie above "to": then it goes through red.
 * @typedef {{ hue_from: number, hue_to: number, saturation_from: number, saturation_to: number,
 *   value_from: number, value_to: number }} Band
 */

/** OpenCV divides by a table: 2 to the power of 12 over the divisor, rounded to a whole number. */
const TABLE = 4096;
const PER_VALUE = Int32Array.from({ length: 256 }, (_, i) => (i ? roundToEven((255 * TABLE) / i) : 0));
const PER_CHROMA = Int32Array.from({ length: 256 }, (_, i) => (i ? roundToEven((180 * TABLE) / (6 * i)) : 0));

/**
 * Hue from 0 to 179, in steps of two degrees; saturation and value from 0 to 255 (eq-color-hsv, in whole numbers).
 * @param {number} red
 * @param {number} green
 * @param {number} blue bytes
 * @returns {[number, number, number]}
 */
export function rgbToHsv(red, green, blue) {
  const value = Math.max(red, green, blue);
  const chroma = value - Math.min(red, green, blue);
  const saturation = (chroma * PER_VALUE[value] + TABLE / 2) >> 12;
  let sector = red - green + 4 * chroma;
  if (value === red) sector = green - blue;
  else if (value === green) sector = blue - red + 2 * chroma;
  const hue = (sector * PER_CHROMA[chroma] + TABLE / 2) >> 12;
  return [hue < 0 ? hue + 180 : hue, saturation, value];
}

/** The way back, for painting wheels and strips. @param {number} hue @param {number} saturation @param {number} value @returns {[number, number, number]} */
export function hsvToRgb(hue, saturation, value) {
  const chroma = (value * saturation) / 255;
  const channel = (/** @type {number} */ shift) => {
    const k = (shift + hue / 30) % 6;
    return Math.round(value - chroma * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** All pixels of a picture. @param {ArrayLike<number>} rgb @returns {Uint8Array} */
export function hsvPicture(rgb) {
  const hsv = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) hsv.set(rgbToHsv(rgb[i], rgb[i + 1], rgb[i + 2]), i);
  return hsv;
}

/** Is the hue within its band? Where the band begins above its end it goes through 0, which is red. @param {Band} band @param {number} hue */
export function hueWithin({ hue_from, hue_to }, hue) {
  return hue_from <= hue_to ? hue_from <= hue && hue <= hue_to : hue >= hue_from || hue <= hue_to;
}

/** How many of the 180 hues the band holds. @param {Band} band */
export function hueCount({ hue_from, hue_to }) {
  return hue_from <= hue_to ? hue_to - hue_from + 1 : 180 - hue_from + hue_to + 1;
}

/** 1 where hue, saturation and value all lie within their bands, else 0. @param {ArrayLike<number>} hsv @param {Band} band */
export function inBand(hsv, band) {
  const mask = new Uint8Array(hsv.length / 3);
  for (let pixel = 0, i = 0; pixel < mask.length; pixel++, i += 3) {
    const strong = band.saturation_from <= hsv[i + 1] && hsv[i + 1] <= band.saturation_to;
    const bright = band.value_from <= hsv[i + 2] && hsv[i + 2] <= band.value_to;
    mask[pixel] = strong && bright && hueWithin(band, hsv[i]) ? 1 : 0;
  }
  return mask;
}

/** @typedef {{ size: number, row: number, column: number }} Piece how many pixels, and their mean place */

/**
 * The connected pieces of a mask, corners count as touching; the largest first.
 * @param {ArrayLike<number>} mask
 * @param {number} width
 * @param {number} least pieces with fewer pixels are left out
 */
export function pieces(mask, width, least) {
  const left = Uint8Array.from(mask);
  /** @type {Piece[]} */
  const found = [];
  for (let start = 0; start < left.length; start++) if (left[start]) found.push(takeOut(left, width, start));
  return found.filter(({ size }) => size >= least).sort((one, other) => other.size - one.size);
}

/** Take one piece out of the mask. @param {Uint8Array} mask @param {number} width @param {number} start @returns {Piece} */
function takeOut(mask, width, start) {
  const height = mask.length / width;
  const pixels = [start];
  mask[start] = 0;
  let [rows, columns] = [0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const [row, column] = [Math.floor(pixels[i] / width), pixels[i] % width];
    rows += row;
    columns += column;
    for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++)
      for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) {
        if (mask[y * width + x]) pixels.push(y * width + x);
        mask[y * width + x] = 0;
      }
  }
  return { size: pixels.length, row: rows / pixels.length, column: columns / pixels.length };
}

/** A band around a colour: so many hues to both sides, and everything that is at least half as strong and bright. @param {number[]} hsv @param {number} reach @returns {Band} */
export function bandAround([hue, saturation, value], reach = 8) {
  return {
    hue_from: (hue - reach + 180) % 180,
    hue_to: (hue + reach) % 180,
    saturation_from: Math.floor(saturation / 2),
    saturation_to: 255,
    value_from: Math.floor(value / 2),
    value_to: 255,
  };
}

/** @param {number} x */
function roundToEven(x) {
  const near = Math.round(x);
  return near - x === 0.5 && near % 2 ? near - 1 : near;
}
