/** Read NumPy's arrays from the bytes that the bundler made of an npz file (../npz.mjs), and check that they are whole. */

/** @typedef {{ shape: number[], values: Float32Array }} NumPyArray the last index runs fastest */

const FILE = 0x04034b50; // how a file begins in a zip

/**
 * @param {Uint8Array} zip with its files stored as they are
 * @returns {Record<string, NumPyArray>} each array by its name, in the order of the file
 */
export function readNpz(zip) {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  /** @type {Record<string, NumPyArray>} */
  const arrays = {};
  for (let at = 0; at < zip.length; ) {
    if (at + 30 > zip.length || view.getUint32(at, true) !== FILE) throw new Error("The weights arrived damaged: they are no list of arrays.");
    const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    const end = start + view.getUint32(at + 18, true);
    const name = String.fromCharCode(...zip.subarray(at + 30, at + 30 + view.getUint16(at + 26, true)));
    const bytes = zip.subarray(start, end);
    if (crc32(bytes) !== view.getUint32(at + 14, true)) throw new Error(`The weights arrived damaged: the checksum of ${name} is wrong.`);
    arrays[name.replace(/\.npy$/, "")] = readNpy(bytes);
    at = end;
  }
  return arrays;
}

/**
 * One array of 16-bit floats.
 * @param {Uint8Array} bytes
 * @returns {NumPyArray}
 */
function readNpy(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 10 + view.getUint16(8, true);
  const header = String.fromCharCode(...bytes.subarray(10, start));
  if (!/'<f2'.*'fortran_order': False/.test(header)) throw new Error(`The weights must be 16-bit floats, the last index fastest, not ${header.trim()}`);
  const shape = (/\(([\d, ]*)\)/.exec(header)?.[1] ?? "").split(",").filter((part) => part.trim()).map(Number);
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => fromHalf(view.getUint16(start + 2 * k, true)));
  return { shape, values };
}

/**
 * A 16-bit float: one bit of sign, five of exponent, ten of fraction (IEEE 754).
 * @param {number} bits
 */
export function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 25) * (1024 + fraction) : sign * 2 ** -24 * fraction;
}

/** The checksum of a zip. @param {Uint8Array} bytes */
export function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
