/** The reader's camera: asked for by a button only, let go by every way out. What it sees stays in the page. */
import { h } from "./dom.js";

const WISHES = { video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } }, audio: false };
const OUT_OF_SIGHT = "The camera was switched off when the figure went out of sight. Press the button to start it again.";
const UNPLUGGED = "The camera is gone: unplugged, or taken by another program.";

/**
 * Why the camera did not start, and what helps.
 * @param {string} name of the browser's error
 */
export function refusal(name) {
  if (name === "NotAllowedError")
    return "The camera was refused, by you or by a setting of this browser. If you change your mind, the sign beside the page's address opens its permissions.";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "The browser finds no camera. Plug one in and press the button again.";
  if (name === "NotReadableError" || name === "AbortError")
    return "The camera is busy: another program has it, perhaps a video call. Close that and press the button again.";
  if (name === "TypeError" || name === "SecurityError")
    return "Browsers give a camera only to a page that came safely: from an address with https, or from your own machine.";
  return `The camera did not start (${name}). Press the button again.`;
}

/**
 * @param {import("./figure.js").Stage} stage
 * @param {object} how
 * @param {string} how.without what the figure does without a camera
 * @param {string} [how.welcome] what to do before a camera that is on
 * @param {number} [how.pause] the least number of milliseconds between two frames
 * @param {(video: HTMLVideoElement) => void} how.onFrame
 * @param {() => void} how.onChange on or off, or other words
 * @param {() => void} [how.onSight] the figure came into sight or went out of it, with the camera off
 */
export function makeCamera(stage, { without, welcome = "", pause = 0, onFrame, onChange, onSight = () => {} }) {
  const video = h("video", { playsinline: true });
  video.muted = true; // as an attribute it would not count
  let stream = /** @type {MediaStream | null} */ (null);
  let asking = 0; // the number of the request that is waited for; 0: none
  let requests = 0;
  let words = "";
  let seen = true;
  const loop = frames(video, pause, onFrame);
  const release = (/** @type {MediaStream | null} */ which) => which?.getTracks().forEach((track) => track.stop());
  const stop = (why = "") => {
    loop.stop();
    release(stream);
    stream = video.srcObject = null;
    [asking, words] = [0, why];
    onChange();
  };
  const start = async () => {
    const mine = (asking = ++requests);
    words = "The browser asks whether this page may use the camera.";
    onChange();
    let given = /** @type {MediaStream | null} */ (null);
    try {
      given = await navigator.mediaDevices.getUserMedia(WISHES);
      if (asking !== mine) return release(given); // stopped while the question stood
      video.srcObject = given;
      await video.play();
      if (asking !== mine) return release(given);
      [stream, asking, words] = [given, 0, welcome];
      stream.getVideoTracks()[0].addEventListener("ended", () => stream === given && stop(`${UNPLUGGED} ${without}`));
      onChange();
      loop.start();
    } catch (error) {
      release(given);
      if (asking === mine) stop(`${refusal(/** @type {Error} */ (error).name)} ${without}`);
    }
  };
  const look = (/** @type {boolean} */ inSight) => {
    seen = inSight && !document.hidden;
    if (!seen && (stream || asking)) stop(OUT_OF_SIGHT);
    else if (!stream) onSight();
  };
  const forget = watchSight(stage.root, look);
  stage.onLeave(() => {
    forget();
    onChange = () => {};
    stop();
  });
  return {
    start,
    stop,
    on: () => stream !== null,
    asking: () => asking !== 0,
    words: () => words,
    seen: () => seen,
    mirror: () => stream?.getVideoTracks()[0]?.getSettings().facingMode !== "environment",
  };
}

/**
 * Follow the frames of a video.
 * @param {HTMLVideoElement} video
 * @param {number} pause
 * @param {(video: HTMLVideoElement) => void} onFrame
 */
function frames(video, pause, onFrame) {
  const byFrame = "requestVideoFrameCallback" in video;
  let id = 0;
  let last = 0;
  const start = () => (id = byFrame ? video.requestVideoFrameCallback(next) : requestAnimationFrame(next));
  const next = () => {
    start(); // first, so that whoever is given the frame can stop
    if (!video.videoWidth || performance.now() - last < pause) return;
    last = performance.now();
    onFrame(video);
  };
  return { start, stop: () => (byFrame ? video.cancelVideoFrameCallback(id) : cancelAnimationFrame(id)) };
}

/**
 * @param {Element} element
 * @param {(inSight: boolean) => void} look told whenever it comes into sight or goes, and when the tab does
 */
function watchSight(element, look) {
  const watch = new IntersectionObserver((entries) => look(entries[entries.length - 1].isIntersecting));
  const turn = () => look(!document.hidden);
  watch.observe(element);
  document.addEventListener("visibilitychange", turn);
  return () => {
    watch.disconnect();
    document.removeEventListener("visibilitychange", turn);
  };
}
