/** What the network is shown of the reader's camera. */

/** @typedef {import("../digits/digits.js").Picture} Picture */

export const SQUARE = 112; // pixels: four for each of the network's

/**
 * The middle of the camera's picture, grey.
 * @param {HTMLVideoElement} video
 * @param {CanvasRenderingContext2D} context
 * @returns {Picture}
 */
export function greySquare(video, context) {
  const side = Math.min(video.videoWidth, video.videoHeight);
  context.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, SQUARE, SQUARE);
  const { data } = context.getImageData(0, 0, SQUARE, SQUARE);
  const luma = (/** @type {number} */ k) => 0.299 * data[4 * k] + 0.587 * data[4 * k + 1] + 0.114 * data[4 * k + 2];
  return { height: SQUARE, width: SQUARE, bytes: Uint8Array.from({ length: SQUARE * SQUARE }, (_, k) => Math.round(luma(k))) };
}
