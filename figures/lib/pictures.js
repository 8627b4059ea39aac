/** The reader's own picture: opened, reduced, refused in words. It never leaves the page. */
import { signal } from "@preact/signals-core";
import { button } from "./controls.js";
import { h } from "./dom.js";

/** @typedef {import("./figure.js").Stage} Stage */
/** @typedef {{ height: number, width: number, channels: number, data: ArrayLike<number> }} Picture rows of pixels, the channels side by side */

const LARGEST_FILE = 50e6;

/**
 * The size a picture is reduced to: it fits into `most`, and each side is a multiple.
 * @param {number} width
 * @param {number} height
 * @param {{ width: number, height: number, multiple?: number }} most
 */
export function reducedSize(width, height, { multiple = 1, ...most }) {
  const scale = Math.min(1, most.width / width, most.height / height);
  const side = (/** @type {number} */ size) => Math.max(multiple, Math.round((size * scale) / multiple) * multiple);
  return { width: side(width), height: side(height) };
}

/**
 * What is wrong with a file before anyone looks inside; nothing if it may be a picture.
 * @param {{ name: string, type: string, size: number }} file
 */
export function fileFault({ name, type, size }) {
  if (size === 0) return `${name} is empty: choose another file.`;
  if (type && !type.startsWith("image/")) return `${name} is no picture: choose a JPEG, PNG, WebP or GIF file.`;
  if (size > LARGEST_FILE) return `${name} has ${Math.round(size / 1e6)} MB, and 50 is the most: save it smaller.`;
  return null;
}

/**
 * @param {File} file
 * @param {{ width: number, height: number, multiple?: number }} most
 * @returns {Promise<{ picture: Picture, from: string }>} red, green, blue, and the size that it had
 */
export async function openPicture(file, most) {
  const fault = fileFault(file);
  if (fault) throw new RangeError(fault);
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new RangeError(
      `${file.name} cannot be opened: it is damaged, or of a kind that this browser does not read. Save it as JPEG or PNG, and choose that.`,
    );
  });
  const { width, height } = reducedSize(bitmap.width, bitmap.height, most);
  const canvas = h("canvas", { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.fillStyle = "white"; // what shows through where the picture is transparent
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const from = `${bitmap.width} × ${bitmap.height}`;
  bitmap.close();
  return { picture: { height, width, channels: 3, data: rgb(context.getImageData(0, 0, width, height).data) }, from };
}

/** @param {Uint8ClampedArray} rgba */
function rgb(rgba) {
  return Uint8Array.from({ length: (rgba.length / 4) * 3 }, (_, i) => rgba[Math.floor(i / 3) * 4 + (i % 3)]);
}

/** The same picture as a canvas wants it. @param {Picture} picture */
export function rgba({ width, height, channels, data }) {
  const made = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let c = 0; c < 3; c++) made[4 * pixel + c] = data[pixel * channels + (channels === 1 ? 0 : c)];
  return made;
}

/**
 * Paint a picture on a canvas that is as large as it has pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 */
export function paint(canvas, picture) {
  const { width, height } = picture;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.putImageData(new ImageData(rgba(picture), width, height), 0, 0);
}

/**
 * A button that opens a file, what became of it in words, and the picture for all who follow it.
 * @param {Stage} stage
 * @param {{ width: number, height: number, multiple?: number }} most
 * @param {(picture: Picture) => void} opened e.g. put the state to it
 */
export function ownPicture(stage, most, opened) {
  const picture = signal(/** @type {Picture | null} */ (null));
  const told = h("p", { class: "told", role: "status" });
  const input = h("input", { type: "file", accept: "image/*", hidden: true, "aria-label": "Your own picture" });
  const open = async (/** @type {File} */ file) => {
    try {
      const { picture: made, from } = await openPicture(file, most);
      picture.value = made;
      const small = `${made.width} × ${made.height}`;
      const reduced = small === from ? "" : ` It was reduced from ${from} to ${small} pixels.`;
      told.textContent = `Your picture stays in this page: nothing is sent anywhere.${reduced}`;
      opened(made);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      told.textContent = `⚠ ${error.message}`;
    }
  };
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = ""; // so that the same file may be chosen again
    if (file) open(file);
  });
  return { picture, told, input, choose: button("Your own…", () => input.click(), { class: "own" }) };
}
