/** The reader's camera, asked for by a button only: grey squares, several a second. They never leave the page. */
import { h } from "../lib/dom.js";

/** @typedef {import("./digits.js").Picture} Picture */

export const SQUARE = 112; // pixels: four for each of the network's
const PAUSE = 80; // milliseconds between two pictures
const UNPLUGGED = "The camera is gone: it was unplugged, or another program took it.";
const STAYS = "What it sees stays in this page.";

/**
 * Why there is no picture, in words.
 * @param {string} name of the browser's error
 */
export function refusal(name) {
  if (name === "NotAllowedError")
    return "The camera was refused, by you or by a setting of the browser. If you change your mind: the sign beside the page's address opens its permissions. Drawing works without.";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "The browser finds no camera. Plug one in and press the button again, or draw.";
  if (name === "NotReadableError" || name === "AbortError")
    return "The camera is busy: another program has it, perhaps a video call. Close that and press the button again, or draw.";
  if (name === "TypeError" || name === "SecurityError")
    return "Browsers give a camera only to a page that came safely: by https, or from your own machine. Drawing works here, too.";
  return `The camera did not start (${name}). Press the button again, or draw.`;
}

/**
 * @param {object} listener
 * @param {(picture: Picture) => void} listener.onPicture
 * @param {(on: boolean, words: string) => void} listener.onChange
 */
export function makeCamera({ onPicture, onChange }) {
  const video = h("video", { playsinline: true });
  video.muted = true;
  const canvas = h("canvas", { width: SQUARE, height: SQUARE });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  /** @type {MediaStream | null} */
  let stream = null;
  let request = 0; // which asking is the last: who stops while the browser still asks gets no camera afterwards
  let timer = 0;
  const look = () => {
    if (video.videoWidth) onPicture(greySquare(video, context));
    timer = window.setTimeout(look, PAUSE);
  };
  const stop = (words = "") => {
    request++;
    clearTimeout(timer);
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    onChange(false, words);
  };
  const start = async () => {
    const mine = ++request;
    onChange(false, "The browser asks whether this page may use the camera.");
    try {
      const given = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, height: { ideal: 480 } }, audio: false });
      if (mine !== request) return given.getTracks().forEach((track) => track.stop());
      stream = given;
      given.getVideoTracks()[0].addEventListener("ended", () => stream === given && stop(UNPLUGGED));
      video.srcObject = given;
      await video.play();
      if (mine !== request) return;
      onChange(true, `Hold a digit before the camera, so that plain paper fills the square. ${STAYS}`);
      look();
    } catch (error) {
      if (mine === request) stop(refusal(/** @type {Error} */ (error).name));
    }
  };
  return { start, stop, on: () => stream !== null };
}

/**
 * The middle of the picture, grey.
 * @param {HTMLVideoElement} video
 * @param {CanvasRenderingContext2D} context
 * @returns {Picture}
 */
function greySquare(video, context) {
  const side = Math.min(video.videoWidth, video.videoHeight);
  context.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, SQUARE, SQUARE);
  const { data } = context.getImageData(0, 0, SQUARE, SQUARE);
  const luma = (/** @type {number} */ k) => 0.299 * data[4 * k] + 0.587 * data[4 * k + 1] + 0.114 * data[4 * k + 2];
  return { height: SQUARE, width: SQUARE, bytes: Uint8Array.from({ length: SQUARE * SQUARE }, (_, k) => Math.round(luma(k))) };
}
