/** Elements in one call: h("button", { type: "button", onclick: step }, "Step"). */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, any>} Attributes `on…` is a listener, `class`, `style` and the rest are attributes;
 *   `null`, `undefined` and `false` leave one out, `true` writes it without value.
 */

/**
 * @param {Element} element
 * @param {Attributes} attributes
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(.../** @type {(Node | string)[]} */ (children.filter(isThere)));
  return element;
}

/**
 * The same for SVG.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  set(element, attributes);
  element.append(.../** @type {(Node | string)[]} */ (children.filter(isThere)));
  return element;
}

/** @param {Child} child */
function isThere(child) {
  return child !== null && child !== undefined && child !== false;
}

/**
 * The same as text, for the stills that are drawn where there is no browser.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...(string | number | null | undefined | false)} children markup, already escaped
 */
export function text(tag, attributes = {}, ...children) {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined && value !== false)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  return `<${tag}${written.join("")}>${children.filter(isThere).join("")}</${tag}>`;
}

/** @param {string} words */
export function escaped(words) {
  return words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
