/**
 * A network as a file: the package's npz, which `Sequential.load` reads, and JSON. An npz is a zip of npy files,
 * stored and not compressed; both formats are a few lines.
 */
import { DATA, count, encode, room, sizesOf } from "./playground.js";

/** @typedef {import("./playground.js").Run} Run */
/** @typedef {import("./playground.js").Weights} Weights */

const FORMAT = "cvlessons sequential";
const VERSION = 1;
const CLASSES = /** @type {Record<string, string>} */ ({ relu: "ReLU", "leaky relu": "LeakyReLU", tanh: "Tanh", sigmoid: "Sigmoid" });
const KNOWN = "Dense, ReLU, LeakyReLU, Tanh, Sigmoid and Dropout";
/** What of the state tells how a network was trained. */
export const RUN = /** @type {const} */ ([
  "data", "points", "noise", "test", "draw", "features", "units", "activations", "dropout", "optimizer", "rate", "batch",
  "penalty", "strength", "seed", "start", "before", "steps",
]); // prettier-ignore

/** The layers as the package calls them. @param {Run} run */
function layersOf(run) {
  /** @type {[string, Record<string, number>][]} */
  const layers = [];
  run.units.forEach((units, k) => {
    layers.push(["Dense", { units }]);
    const name = run.activations[k];
    if (name !== "linear") layers.push([CLASSES[name], name === "leaky relu" ? { slope: 0.01 } : {}]);
    if (run.dropout) layers.push(["Dropout", { rate: run.dropout }]);
  });
  return [...layers, ["Dense", { units: DATA[run.data].classes }]];
}

/** @param {Run} run @returns {Run} the run alone, without what only the drawing needs */
function runOf(run) {
  return /** @type {Run} */ (Object.fromEntries(RUN.map((name) => [name, run[name]])));
}

/**
 * The file that `Sequential.load` reads.
 * @param {Run} run
 * @param {Weights} weights
 */
export function toNpz(run, weights) {
  const sizes = sizesOf(run);
  const head = { input_shape: [sizes[0]], layers: layersOf(run) };
  const arrays = weights.arrays.map((array, k) => {
    const units = sizes[(k >> 1) + 1];
    return { name: String(k).padStart(3, "0"), bytes: npy("<f4", k % 2 ? [units] : [units, array.length / units], bytesOf(array)) };
  });
  return zip([
    { name: "format", bytes: npyText(FORMAT) },
    { name: "version", bytes: npy("<i4", [], bytesOf(Int32Array.of(VERSION))) },
    { name: "network", bytes: npyText(JSON.stringify(head)) },
    { name: "playground", bytes: npyText(JSON.stringify(runOf(run))) },
    ...arrays,
  ]);
}

/** The same to read by eye. @param {Run} run @param {Weights} weights */
export function toJson(run, weights) {
  const sizes = sizesOf(run);
  const parameters = weights.arrays.map((array, k) => {
    const inputs = sizes[k >> 1];
    const row = (/** @type {number} */ u) => [...array.subarray(u * inputs, (u + 1) * inputs)];
    return k % 2 ? [...array] : Array.from({ length: array.length / inputs }, (_, u) => row(u));
  });
  const network = { input_shape: [sizes[0]], layers: layersOf(run) };
  return JSON.stringify({ format: FORMAT, version: VERSION, network, playground: runOf(run), parameters });
}

/**
 * The state that a file asks for; what the file does not say stays as it is now.
 * @param {Uint8Array} bytes npz or JSON
 * @param {Run} now
 * @returns {Run}
 * @throws {Error} in words, if it is not a network that fits here
 */
export function read(bytes, now) {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b; // "PK"
  const { network, playground, parameters } = isZip ? readNpz(bytes) : readJson(bytes);
  const run = { ...now, ...stateOf(network, playground, now) };
  const numbers = parameters.flat(2);
  const wanted = count(sizesOf(run));
  if (numbers.length !== wanted) throw new Error(`It holds ${numbers.length} weights, and its layers need ${wanted}: the file is damaged.`);
  if (!numbers.every((value) => Number.isFinite(Math.fround(value)))) throw new Error("It holds weights that are no finite numbers.");
  const weights = room(sizesOf(run));
  weights.all.set(numbers);
  return { ...runOf(run), start: encode(weights.all), before: run.before + run.steps, steps: 0 };
}

/**
 * @param {{ input_shape: number[], layers: [string, Record<string, any>][] }} network
 * @param {Partial<Run>} told
 * @param {Run} now
 * @returns {Partial<Run>}
 */
function stateOf({ input_shape: shape, layers }, told, now) {
  if (shape.length !== 1) throw new Error(`Its input has the shape ${shape.join(" × ")}: here a network gets the features of a point, a row of numbers.`);
  const units = [];
  const activations = [];
  let dropout = 0;
  for (const [name, options] of layers) {
    const activation = Object.keys(CLASSES).find((key) => CLASSES[key] === name);
    if (name === "Dense") activations.push("linear") && units.push(options.units);
    else if (activation && activations.at(-1) === "linear") activations[activations.length - 1] = activation;
    else if (name === "Dropout") dropout = options.rate;
    else throw new Error(`It has the layer ${name} at a place where the playground has none: it knows ${KNOWN}.`);
  }
  const classes = units.pop();
  if (activations.pop() !== "linear") throw new Error("An activation follows its last Dense: the last layer must give plain scores.");
  const fits = (/** @type {string} */ name) => DATA[name]?.classes === classes;
  const data = [told.data ?? now.data, now.data, ...Object.keys(DATA)].find(fits);
  if (!data) throw new Error(`It has ${classes} classes; the data sets here have 2 or 3.`);
  const names = told.features ?? (now.features.length === shape[0] ? now.features : ["x1", "x2"]);
  if (names.length !== shape[0]) throw new Error(`It takes ${shape[0]} numbers of each point; choose ${shape[0]} features first, then import it.`);
  return { before: 0, steps: 0, ...known(told), data, features: names, units, activations, dropout };
}

/** Only what the state knows. @param {Record<string, any>} told @returns {Partial<Run>} */
function known(told) {
  return Object.fromEntries(RUN.filter((name) => name in told).map((name) => [name, told[name]]));
}

/** @param {Uint8Array} bytes @returns {{ network: any, playground: any, parameters: number[][] }} */
function readJson(bytes) {
  let found;
  try {
    found = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    found = null;
  }
  if (found?.format !== FORMAT) throw new Error("It is neither an npz from Sequential.save nor a JSON file from this page.");
  return { playground: {}, ...found };
}

/** @param {Uint8Array} bytes @returns {{ network: any, playground: any, parameters: number[][] }} */
function readNpz(bytes) {
  const files = unzip(bytes);
  const text = (/** @type {string} */ name) => (files.has(name) ? String(readNpy(files.get(name))) : "");
  if (text("format") !== FORMAT || Number(readNpy(files.get("version"))[0]) !== VERSION) throw new Error("This npz was not written by Sequential.save or by this page.");
  const names = [...files.keys()].filter((name) => /^\d+$/.test(name)).sort();
  const parameters = names.map((name) => /** @type {number[]} */ (readNpy(files.get(name))));
  return { network: JSON.parse(text("network")), playground: JSON.parse(text("playground") || "{}"), parameters };
}

/** @param {ArrayBufferView} array */
function bytesOf({ buffer, byteOffset, byteLength }) {
  return new Uint8Array(/** @type {ArrayBuffer} */ (buffer), byteOffset, byteLength);
}

/**
 * NumPy's own format, version 1.0: a head that is a Python dict, filled up to a multiple of 64, then the numbers.
 * @param {string} kind @param {number[]} shape @param {Uint8Array} data
 */
function npy(kind, shape, data) {
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const head = `{'descr': '${kind}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + head.length + 1) / 64) * 64 - 10;
  const lead = `\x93NUMPY\x01\x00${String.fromCharCode(length & 255, length >> 8)}${head.padEnd(length - 1)}\n`;
  return joined([Uint8Array.from(lead, (letter) => letter.charCodeAt(0)), data]);
}

/** A text is an array without axes, four bytes a letter. @param {string} text */
function npyText(text) {
  return npy(`<U${text.length}`, [], bytesOf(Uint32Array.from(text, (letter) => letter.codePointAt(0) ?? 0)));
}

/** @param {Uint8Array | undefined} bytes @returns {number[] | string} the numbers in a row, or the text */
function readNpy(bytes = new Uint8Array()) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [lead, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const head = String.fromCharCode(...bytes.subarray(lead, lead + length));
  const [, kind] = /'descr': '([^']+)'/.exec(head) ?? [];
  if (!kind) throw new Error("An array in it is not as NumPy writes it.");
  const data = bytes.slice(lead + length); // a copy begins where an array of any kind may
  if (kind.startsWith("<U")) return String.fromCodePoint(...new Uint32Array(data.buffer)).replace(/\0+$/, "");
  const kinds = /** @type {Record<string, any>} */ ({ "<f4": Float32Array, "<f8": Float64Array, "<i4": Int32Array, "<i8": BigInt64Array });
  if (!(kind in kinds)) throw new Error(`An array in it is of the kind ${kind}: float32 was expected.`);
  const numbers = [...new kinds[kind](data.buffer)];
  const [rows, columns] = (/'shape': \(([\d, ]*)\)/.exec(head)?.[1] ?? "").split(",").map(Number);
  // A matrix may lie there column after column.
  if (!columns || !/'fortran_order': True/.test(head)) return numbers;
  return numbers.map((_, k) => numbers[(k % columns) * rows + Math.floor(k / columns)]);
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** The checksum of a zip. @param {Uint8Array} bytes */
function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = CRC[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** @param {[bytes: 2 | 4, value: number][]} fields */
function record(fields) {
  return Uint8Array.from(fields.flatMap(([bytes, value]) => Array.from({ length: bytes }, (_, k) => (value >>> (8 * k)) & 255)));
}

/** A zip whose files are stored as they are. @param {{ name: string, bytes: Uint8Array }[]} files */
function zip(files) {
  const parts = [];
  const list = [];
  let at = 0;
  for (const { name, bytes } of files) {
    const path = new TextEncoder().encode(`${name}.npy`);
    /** @type {[2 | 4, number][]} */
    const common = [[2, 20], [2, 0], [2, 0], [2, 0], [2, 0x21], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, path.length], [2, 0]]; // prettier-ignore
    const local = joined([record([[4, 0x04034b50], ...common]), path, bytes]);
    list.push(record([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), path); // prettier-ignore
    parts.push(local);
    at += local.length;
  }
  const directory = joined(list);
  const end = record([[4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, directory.length], [4, at], [2, 0]]); // prettier-ignore
  return joined([...parts, directory, end]);
}

/** @param {Uint8Array} bytes @returns {Map<string, Uint8Array>} name without its ending -> content */
function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map();
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error("The zip file is cut off: take another copy.");
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [method, sum, size, names, extra, note, place] = [
      view.getUint16(at + 10, true), view.getUint32(at + 16, true), view.getUint32(at + 20, true),
      view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true), view.getUint32(at + 42, true),
    ]; // prettier-ignore
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + names)).replace(/\.npy$/, "");
    const data = place + 30 + view.getUint16(place + 26, true) + view.getUint16(place + 28, true);
    const content = bytes.subarray(data, data + size);
    if (method !== 0) throw new Error("It is compressed: Sequential.save writes files that are not.");
    if (crc32(content) !== sum) throw new Error("Its checksum is wrong: the file is damaged, take another copy.");
    files.set(name, content);
    at += 46 + names + extra + note;
  }
  return files;
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
