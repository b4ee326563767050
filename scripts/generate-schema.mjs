// Writes media/experiment.schema.json from the methods' option tables. Run it after changing a method's options.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./bundles.mjs";

const contents = `import { experimentSchema } from "./src/experiment/schema.ts";
import { analysisCards } from "./src/methods/table.ts";
export const schema = experimentSchema(analysisCards);`;
// A file, not a data URL: its packages stay outside the bundle and are found from here.
const bundle = path.join(root, "dist-test", `schema-${process.pid}.mjs`);
await build({
  absWorkingDir: root,
  stdin: { contents, resolveDir: root, loader: "ts" },
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  outfile: bundle,
});
const { schema } = await import(pathToFileURL(bundle).href);
fs.rmSync(bundle);
const file = path.join(root, "media", "experiment.schema.json");
const after = `${JSON.stringify(schema, null, 1)}\n`;
const current = fs.existsSync(file) && fs.readFileSync(file, "utf8") === after;
fs.mkdirSync(path.dirname(file), { recursive: true });
if (!current) fs.writeFileSync(file, after);
console.error(`media/experiment.schema.json ${current ? "is current" : "was written"}.`);
