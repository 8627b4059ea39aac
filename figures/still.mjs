/**
 * Draw the stills: reads lines of JSON {"stem", "state"}, answers each with {"svg"} or {"error"}.
 * The bundled file is asked, so what is printed is what the page shows.
 */
import { createInterface } from "node:readline";
import pngjs from "pngjs";

const TARGET = new URL("../src/cvlessons/static/", import.meta.url);

/** @param {number} width @param {number} height @param {Uint8Array | Uint8ClampedArray} rgba */
function png(width, height, rgba) {
  const picture = new pngjs.PNG({ width, height });
  picture.data.set(rgba);
  return `data:image/png;base64,${pngjs.PNG.sync.write(picture).toString("base64")}`;
}

/** @param {string} stem @param {Record<string, any>} changes */
async function still(stem, changes) {
  const { default: figure } = await import(new URL(`${stem}.mjs`, TARGET).href);
  const unknown = Object.keys(changes).filter((name) => !(name in figure.defaults));
  if (unknown.length) throw new Error(`its state has no ${unknown.join(", ")}: ${Object.keys(figure.defaults).join(", ")}`);
  const state = { ...figure.defaults, ...changes };
  const fault = figure.check(state);
  if (fault) throw new Error(fault);
  return figure.still(state, { png });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { stem, state } = JSON.parse(line);
  const answer = await still(stem, state).then(
    (svg) => ({ svg }),
    (error) => ({ error: error.message }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
