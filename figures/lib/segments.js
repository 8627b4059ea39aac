/** A choice among a few that all stay in sight: buttons side by side, one of them pressed. */
import { h } from "./dom.js";

/**
 * @template V
 * @param {import("./figure.js").Stage} stage
 * @param {string} name
 * @param {{ label: string, choices: [V, string][], choose?: (value: V) => void }} options `choose`: when more must change than this
 */
export function segments(stage, name, { label, choices, choose = (value) => stage.put({ [name]: value }) }) {
  const buttons = choices.map(([value, called]) => h("button", { type: "button", onclick: () => choose(value) }, called));
  stage.follow(() => {
    choices.forEach(([value], k) => buttons[k].setAttribute("aria-pressed", String(stage.asked(name) === value)));
  });
  const group = h("div", { role: "group", "aria-label": label, class: "segments" }, ...buttons);
  return h("div", { class: "label choices" }, h("span", { "aria-hidden": "true" }, label), group);
}

/** How they look: one row that breaks where it must. */
export const SEGMENTS = `
.choices { flex-wrap: wrap }
.segments { display: inline-flex; flex-wrap: wrap; gap: 0; isolation: isolate }
.segments button { border-radius: 0; margin-inline-start: -1px; position: relative }
.segments button:first-child { border-radius: 6px 0 0 6px; margin: 0 }
.segments button:last-child { border-radius: 0 6px 6px 0 }
.segments button[aria-pressed="true"], .segments button:focus-visible { z-index: 1 }
`;
