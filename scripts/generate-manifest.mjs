// Writes the contributions of src/extension/manifest into package.json. Run it after changing a table there.
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { root } from "./bundles.mjs";

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ["src/extension/manifest/contributions.ts"],
  bundle: true,
  format: "esm",
  write: false,
});
const { contributions } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);
const file = path.join(root, "package.json");
const before = fs.readFileSync(file, "utf8");
const after = `${JSON.stringify({ ...JSON.parse(before), ...contributions() }, null, 2)}\n`;
if (after !== before) fs.writeFileSync(file, after);
console.error(after === before ? "package.json is current." : "package.json was written.");
