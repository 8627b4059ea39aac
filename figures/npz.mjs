/**
 * Weights for the page: NumPy's npz is a zip of arrays, and zips are deflated. The bundler unpacks the arrays and puts
 * them into a zip that holds them as they are, with the CRC-32 of each: a page can read that without a library
 * (lib/npz.js), and sees whether an array arrived as NumPy wrote it. The file itself must be the one of SHA256SUMS.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";

const DATA = join(dirname(fileURLToPath(import.meta.url)), "../src/cvlessons/data");
const END = 0x06054b50; // how the zip's own parts begin: its end, a row of its list of files, a file
const ROW = 0x02014b50;
const FILE = 0x04034b50;

/**
 * The arrays of an npz file of the package, in a zip that needs no unpacking.
 * @param {string} path
 */
export function storedNpz(path) {
  const zip = readFileSync(path);
  const recorded = readFileSync(join(DATA, "SHA256SUMS"), "utf8");
  const line = `${createHash("sha256").update(zip).digest("hex")}  ${relative(DATA, path).replaceAll("\\", "/")}`;
  if (!recorded.split("\n").includes(line)) throw new Error(`${path} is not the file of SHA256SUMS: restore it, or renew the list`);
  return Buffer.concat(members(zip).map(({ name, crc, bytes }) => Buffer.concat([header(name, crc, bytes.length), bytes])));
}

/** The files in a zip, unpacked. @param {Buffer} zip */
function members(zip) {
  let end = zip.length - 22;
  while (zip.readUInt32LE(end) !== END) end--;
  let row = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    if (zip.readUInt32LE(row) !== ROW) throw new Error("this zip's list of files cannot be read");
    const nameLength = zip.readUInt16LE(row + 28);
    const file = zip.readUInt32LE(row + 42);
    const start = file + 30 + zip.readUInt16LE(file + 26) + zip.readUInt16LE(file + 28);
    const packed = zip.subarray(start, start + zip.readUInt32LE(row + 20));
    const member = {
      name: zip.toString("latin1", row + 46, row + 46 + nameLength),
      crc: zip.readUInt32LE(row + 16),
      bytes: zip.readUInt16LE(row + 10) === 0 ? packed : inflateRawSync(packed),
    };
    row += 46 + nameLength + zip.readUInt16LE(row + 30) + zip.readUInt16LE(row + 32);
    return member;
  });
}

/** What stands before a file that is stored as it is. @param {string} name @param {number} crc @param {number} size */
function header(name, crc, size) {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(FILE, 0);
  head.writeUInt16LE(20, 4); // the version of the format
  head.writeUInt32LE(crc, 14);
  head.writeUInt32LE(size, 18);
  head.writeUInt32LE(size, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name, "latin1")]);
}

/** For esbuild: `import weights from ".../digits.npz"` gives the bytes that lib/npz.js reads. */
export const npz = /** @type {import("esbuild").Plugin} */ ({
  name: "npz",
  setup(build) {
    build.onLoad({ filter: /\.npz$/ }, ({ path }) => ({ contents: storedNpz(path), loader: "binary" }));
  },
});
