// Renders walkthroughs/<id>/*.md into dist/walkthroughs/<id>.json: Markdown to HTML, formulas to MathML (no fonts and no renderer
// ship), and lines of Glassbox's own source cut out of their files. Fails where a walkthrough is wrong, with file and line.
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { renderToString } from "katex";
import { root } from "./bundles.mjs";

const source = path.join(root, "walkthroughs");

async function loadParser() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: {
      contents: 'export * from "./parse.ts"; export * from "./glossary.ts";',
      resolveDir: path.join(root, "src/walkthrough"),
    },
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "warning",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("file:///");' },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const formula = (tex, displayMode) =>
  renderToString(tex, { output: "mathml", displayMode, throwOnError: true, strict: "error" });

function excerpt(read) {
  return (file, from, lines) => {
    const whole = fs.readFileSync(path.join(root, file), "utf8").split("\n");
    read.add(file);
    const start = whole.findIndex((line) => line.includes(from));
    if (start < 0) throw new Error(`${file} has no line with "${from}"`);
    const cut = whole.slice(start, start + lines);
    const indent = Math.min(...cut.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length));
    return { file, line: start + 1, text: cut.map((line) => line.slice(indent)).join("\n") };
  };
}

/**
 * @param {string} [folder] dist/walkthroughs is written below it
 * @returns {Promise<{ read: string[], written: string[] }>} `read`: paths in the repository; `written`: paths below `folder`
 */
export async function buildWalkthroughs(folder = root) {
  const target = path.join(folder, "dist", "walkthroughs");
  const { parseWalkthrough, parseGlossary } = await loadParser();
  const read = new Set(["src/walkthrough/parse.ts", "scripts/build-walkthroughs.mjs", "walkthroughs/glossary.yaml"]);
  const glossary = parseGlossary(fs.readFileSync(path.join(source, "glossary.yaml"), "utf8"), "glossary.yaml");
  const written = [];
  fs.mkdirSync(target, { recursive: true });
  for (const id of fs.readdirSync(source).sort()) {
    if (!fs.existsSync(path.join(source, id, "walkthrough.md"))) continue;
    const names = fs.readdirSync(path.join(source, id)).filter((name) => name.endsWith(".md"));
    const files = new Map(names.map((name) => [name, fs.readFileSync(path.join(source, id, name), "utf8")]));
    for (const name of names) read.add(`walkthroughs/${id}/${name}`);
    const text = `${JSON.stringify(parseWalkthrough(id, files, { formula, excerpt: excerpt(read), glossary }))}\n`;
    const file = path.join(target, `${id}.json`);
    if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) fs.writeFileSync(file, text);
    written.push(`dist/walkthroughs/${id}.json`);
  }
  return { read: [...read], written };
}

if (process.argv[1]?.endsWith("build-walkthroughs.mjs")) {
  await buildWalkthroughs().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
