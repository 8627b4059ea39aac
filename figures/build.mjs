/**
 * Bundle the figures: figures/<stem>/figure.js becomes src/cvlessons/static/<stem>.mjs, one file with everything in it,
 * for the page and for anywidget alike; lib/host.js becomes host.js for the pages.
 * Pictures and weights that a figure imports travel inside its file: a page opened from disk may fetch nothing.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { npz } from "./npz.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const TARGET = join(here, "../src/cvlessons/static");
const stems = readdirSync(here).filter((stem) => stem !== "lib" && existsSync(join(here, stem, "figure.js"))).sort();

const options = /** @type {import("esbuild").BuildOptions} */ ({
  bundle: true,
  minify: true,
  charset: "utf8",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  loader: { ".bin": "binary", ".jpg": "dataurl", ".png": "dataurl", ".webp": "dataurl" },
  plugins: [npz],
  absWorkingDir: join(here, ".."),
});

rmSync(TARGET, { recursive: true, force: true });
await build({ ...options, format: "iife", entryPoints: [join(here, "lib/host.js")], outfile: join(TARGET, "host.js") });
await Promise.all(
  stems.map((stem) =>
    build({ ...options, format: "esm", entryPoints: [join(here, stem, "figure.js")], outfile: join(TARGET, `${stem}.mjs`) }),
  ),
);

// What a figure's state is called and starts with: the notebook's widgets read it (cvlessons.figures).
const defaults = /** @type {Record<string, object>} */ ({});
for (const stem of stems) defaults[stem] = (await import(pathToFileURL(join(TARGET, `${stem}.mjs`)).href)).default.defaults;
writeFileSync(join(TARGET, "defaults.json"), `${JSON.stringify(defaults, null, 1)}\n`);
