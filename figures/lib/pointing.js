/** Where the reader points. */

/**
 * Calls `act` when the pointer is pressed or has really moved: a page that scrolls or is redrawn under a pointer at rest
 * sends the same events, and would take back what the arrow keys have just done.
 * @param {HTMLElement} element
 * @param {(event: PointerEvent) => void} act
 */
export function pointing(element, act) {
  let last = "";
  const listen = (/** @type {PointerEvent} */ event) => {
    const at = `${event.screenX} ${event.screenY}`;
    if (event.type === "pointermove" && at === last) return;
    last = at;
    act(event);
  };
  element.addEventListener("pointermove", listen);
  element.addEventListener("pointerdown", listen);
}
