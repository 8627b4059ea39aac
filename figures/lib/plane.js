/** A square of the plane of two inputs, the marks of its points, and numbers as they are written on it. */

/** @typedef {[number, number]} Point */
/** @typedef {(tag: any, attributes?: Record<string, any>, ...children: any[]) => any} Maker `s` of dom.js on a page, `text` in a still */

/** What every picture of two inputs shows: the corners 0 and 1, with room around them. */
export const LOW = -0.5;
export const HIGH = 1.5;

/**
 * Plane to picture and back: `side` picture units wide, with `left` and `top` before it.
 * @param {number} side
 * @param {number} [left]
 * @param {number} [top]
 */
export function square(side, left = 0, top = 0) {
  const scale = side / (HIGH - LOW);
  return {
    side, left, top,
    x: (/** @type {number} */ value) => left + (value - LOW) * scale,
    y: (/** @type {number} */ value) => top + (HIGH - value) * scale,
    /** @param {{ clientX: number, clientY: number }} event @param {SVGSVGElement} svg @returns {Point} */
    at: (event, svg) => {
      const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()?.inverse());
      return [LOW + (place.x - left) / scale, HIGH - (place.y - top) / scale];
    },
  };
}

/** @typedef {ReturnType<typeof square>} Square */

/**
 * A point whose answer should be yes is a filled square, one that should be no is a hollow circle; a wrong one has a cross beside it.
 * @param {Maker} make
 * @param {number} x
 * @param {number} y
 * @param {{ yes: boolean, wrong?: boolean, size?: number, colours: Record<string, string> }} options
 */
export function mark(make, x, y, { yes, wrong = false, size = 9, colours }) {
  const line = { stroke: yes ? colours.above : colours.below, "stroke-width": size / 3 };
  const shape = yes
    ? make("rect", { x: x - size, y: y - size, width: 2 * size, height: 2 * size, fill: colours.above, ...line })
    : make("circle", { cx: x, cy: y, r: size, fill: colours.page, ...line });
  return make("g", {}, shape, wrong && badge(make, x + size * 1.2, y - size * 1.2, size, colours));
}

/** @param {Maker} make @param {number} x @param {number} y @param {number} size @param {Record<string, string>} colours */
function badge(make, x, y, size, colours) {
  const far = size * 0.4;
  const d = `M${x - far} ${y - far}l${2 * far} ${2 * far}M${x - far} ${y + far}l${2 * far} ${-2 * far}`;
  return make(
    "g",
    {},
    make("circle", { cx: x, cy: y, r: size, fill: colours.text, stroke: colours.page, "stroke-width": size / 5 }),
    make("path", { d, stroke: colours.page, "stroke-width": size / 3.5, "stroke-linecap": "round", fill: "none" }),
  );
}

/** The colours of a page, which follow its theme, and those of white paper. */
export const PAGE = {
  above: "var(--above)", below: "var(--below)", page: "var(--page)", text: "var(--text)", muted: "var(--muted)",
  line: "var(--line)", soft: "var(--soft)", strong: "var(--strong)", mark: "var(--mark)",
};
export const PAPER = {
  above: "#b84e00", below: "#0072b2", page: "#fff", text: "#1a1a1a", muted: "#555",
  line: "#c8c8c8", soft: "#f2f2f2", strong: "#0a6b87", mark: "#00785a",
};

/**
 * Words on a picture. Their look is a style, since the page's own rule for text would win over attributes.
 * @param {Maker} make
 * @param {number} x
 * @param {number} y
 * @param {string} words
 * @param {{ size?: number, anchor?: string, fill?: string, bold?: boolean }} [look]
 */
export function label(make, x, y, words, { size = 14, anchor = "middle", fill = "currentColor", bold = false } = {}) {
  const style = `font-size:${size}px;fill:${fill};font-weight:${bold ? 700 : 400}`;
  return make("text", { x, y, "text-anchor": anchor, style }, words);
}

/** A number with at most so many places, and a true minus. @param {number} value */
export function plain(value, places = 2) {
  return String(Number(value.toFixed(places))).replace("-", "−").replace(/^−0$/, "0");
}

/** The same with its sign always written. @param {number} value */
export function signed(value, places = 2) {
  const words = plain(value, places);
  return words.startsWith("−") ? words : `+${words}`;
}

/** @param {number} value @param {number} least @param {number} most */
export function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

/**
 * Let an element be dragged by mouse, pen or finger.
 * @param {Element} element
 * @param {{ start?: (event: PointerEvent) => void, move: (event: PointerEvent) => void, end?: () => void }} actions
 */
export function drag(element, { start, move, end }) {
  // A group inside an SVG has no touch-action of its own in Chromium: the page would scroll away under the finger.
  element.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  let held = false;
  const stop = () => {
    if (held) end?.();
    held = false;
  };
  element.addEventListener("pointerdown", (raw) => {
    const event = /** @type {PointerEvent} */ (raw);
    if (event.button !== 0) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    /** @type {HTMLElement} */ (element).focus?.({ preventScroll: true });
    held = true;
    start?.(event);
  });
  element.addEventListener("pointermove", (event) => held && move(/** @type {PointerEvent} */ (event)));
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) element.addEventListener(name, stop);
}

/**
 * What the arrow keys ask for: one step right or up is +1; with Shift it is ten times as far.
 * @param {Element} element
 * @param {(across: number, up: number) => void} act
 */
export function arrows(element, act) {
  const steps = /** @type {Record<string, Point>} */ ({
    ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], PageUp: [0, 10], PageDown: [0, -10],
  });
  element.addEventListener("keydown", (raw) => {
    const event = /** @type {KeyboardEvent} */ (raw);
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    act(step[0] * far, step[1] * far);
  });
}
