/** A knob to turn: drag it up or to the right for more; arrow keys; it shows which way would lower the loss. */
import { h, s } from "../lib/dom.js";
import { arrows, clamp, drag, plain } from "../lib/plane.js";

export const MOST = 8;
const SWEEP = 135; // degrees to each side of zero, which is at the top
const REACH = 17;

/** @param {number} value @param {number} radius */
function place(value, radius) {
  const angle = (value / MOST) * SWEEP * (Math.PI / 180);
  return [Math.sin(angle) * radius, -Math.cos(angle) * radius];
}

/** A part of the rim from one value to another. @param {number} from @param {number} to */
function arc(from, to) {
  const large = Math.abs(to - from) * (SWEEP / MOST) > 180 ? 1 : 0;
  return `M${place(from, REACH)}A${REACH} ${REACH} 0 ${large} ${to > from ? 1 : 0} ${place(to, REACH)}`;
}

/**
 * @param {{ label: string, sign: string, read: () => number, turn: (value: number) => void, start: () => void }} options
 */
export function knob({ label, sign, read, turn, start }) {
  const turned = s("path", { class: "turned" });
  const hand = s("line", { class: "hand", x1: 0, y1: 0 });
  const hint = s("path", { class: "hint" });
  const dial = s("svg", { viewBox: "-22 -22 44 44", class: "dial", role: "slider", tabindex: 0, "aria-label": label, "aria-valuemin": -MOST, "aria-valuemax": MOST },
    s("path", { d: arc(-MOST, MOST), class: "rim" }), turned, s("circle", { r: 12, class: "cap" }), hand, hint);
  const number = h("span", { class: "number" });
  let [from, x, y] = [0, 0, 0];
  const set = (/** @type {number} */ value) => turn(clamp(Math.round(value * 10) / 10, -MOST, MOST) + 0);
  drag(dial, {
    start: (event) => {
      [from, x, y] = [read(), event.clientX, event.clientY];
      start();
    },
    move: (event) => set(from + (event.clientX - x - (event.clientY - y)) * 0.05),
  });
  arrows(dial, (across, up) => {
    start();
    set(read() + (across + up) / 10);
  });
  dial.addEventListener("dblclick", () => turn(0));
  /** @param {number} value @param {number | null} slope */
  const show = (value, slope) => {
    turned.setAttribute("d", Math.abs(value) < 0.01 ? "" : arc(0, value));
    turned.classList.toggle("less", value < 0);
    const [x2, y2] = place(value, 11);
    hand.setAttribute("x2", `${x2}`);
    hand.setAttribute("y2", `${y2}`);
    hint.setAttribute("d", slope === null ? "" : arrow(value, slope));
    number.textContent = plain(value);
    dial.setAttribute("aria-valuenow", String(value));
    dial.setAttribute("aria-valuetext", plain(value) + said(slope));
  };
  return { element: h("div", { class: "knob" }, h("span", { "aria-hidden": "true" }, sign), dial, number), dial, show };
}

/** @param {number | null} slope */
function said(slope) {
  if (slope === null) return "";
  if (Math.abs(slope) < 0.005) return ", no way helps";
  return slope < 0 ? ", more would help" : ", less would help";
}

/** An arrow at the rim, in the direction in which the loss falls, the longer the steeper. @param {number} value @param {number} slope */
function arrow(value, slope) {
  if (Math.abs(slope) < 0.005) return "";
  const way = slope < 0 ? 1 : -1;
  const long = 1.2 + 4 * Math.min(1, Math.abs(slope) * 3);
  const [a, b] = [place(value, 21.5), place(value + way * long * 0.6, 21.5)];
  const [tip, out, inn] = [place(value + way * (long * 0.6 + 1.3), 21.5), place(value + way * long * 0.6, 25), place(value + way * long * 0.6, 18)];
  return `M${a}L${b}M${tip}L${out}L${inn}Z`;
}
