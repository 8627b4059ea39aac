/**
 * For pages opened from disk: each bundled figure once more as a plain script, beside the module.
 * Called with the folder that holds the bundles: `node figures/disk.mjs _build/offline/…/_static/figures`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const folder = process.argv[2];
for (const file of readdirSync(folder).filter((name) => name.endsWith(".mjs"))) {
  const stem = file.slice(0, -".mjs".length);
  await build({
    entryPoints: [join(folder, file)],
    outfile: join(folder, `${stem}.js`),
    format: "iife",
    globalName: `cvFigure_${stem}`,
    minify: true,
    charset: "utf8",
    logLevel: "warning",
  });
}
