// What is bundled into dist/, by which settings. An entry that does not exist yet is left out.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Packages that load a file from beside themselves: never bundled. They are found in node_modules, which a VSIX has below dist/. */
export const UNBUNDLED = [
  "onnxruntime-node",
  "onnxruntime-common",
  "@cwasm/jpeg-turbo",
  "@cwasm/webp",
  "@tensorflow/*",
  "h5wasm",
];

/** Copied next to the bundles: codecs as WebAssembly, and the terminal's command. */
export const BESIDE = {
  "dist/jpeg-turbo.wasm": "node_modules/@cwasm/jpeg-turbo/jpeg-turbo.wasm",
  "dist/webp.wasm": "node_modules/@cwasm/webp/webp.wasm",
  "dist/bin/glassbox": "src/cli/terminal/glassbox",
  "dist/bin/glassbox.cmd": "src/cli/terminal/glassbox.cmd",
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: true,
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
  loader: { ".svg": "text", ".vert": "text", ".frag": "text", ".md": "text", ".woff2": "dataurl", ".ttf": "dataurl" },
};

const node = { ...shared, platform: "node", external: UNBUNDLED };

// Packages written as CommonJS call require() on node's own modules, which a bundle in module format lacks.
const REQUIRE = `import { createRequire as __createRequire } from "node:module";
import { fileURLToPath as __fileURLToPath } from "node:url";
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __fileURLToPath(new URL(".", import.meta.url));`;

const esm = { ...node, format: "esm", mainFields: ["module", "main"], banner: { js: REQUIRE } };

// The extension host loads CommonJS; import.meta.url stays true there, so that the same code finds the engine beside it.
const cjs = {
  ...node,
  format: "cjs",
  external: ["vscode", ...UNBUNDLED],
  define: { "import.meta.url": "__fileUrl" },
  banner: { js: 'const __fileUrl = require("node:url").pathToFileURL(__filename).href;' },
};

const browser = { ...shared, platform: "browser", format: "iife" };

const ENTRIES = {
  "dist/extension.cjs": { from: "src/extension/extension.ts", options: cjs },
  "dist/surfaces.cjs": { from: "src/extension/surfaces.ts", options: cjs },
  "dist/language-client.cjs": { from: "src/extension/language-server/language-client.ts", options: cjs },
  "dist/engine.mjs": { from: "src/engine/main.ts", options: esm },
  "dist/compute.mjs": { from: "src/engine/compute.ts", options: esm },
  "dist/language.mjs": { from: "src/language-server/main.ts", options: esm },
  "dist/language-reading.mjs": { from: "src/language-server/reading/thread.ts", options: esm },
  "dist/glassbox.mjs": { from: "src/library/glassbox.ts", options: esm },
  "dist/cli.mjs": { from: "src/cli/main.ts", options: { ...esm, banner: { js: `#!/usr/bin/env node\n${REQUIRE}` } } },
};

/** Every webview/<panel>/main.tsx becomes dist/webview/<panel>.js, and .css where it imports styles. */
function panels() {
  const folder = path.join(root, "webview");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  return names.map((name) => [`dist/webview/${name}.js`, { from: `webview/${name}/main.tsx`, options: browser }]);
}

/**
 * @param {{ production?: boolean }} [wanted]
 * @returns {{ file: string, from: string, options: import("esbuild").BuildOptions }[]}
 */
export function bundles({ production = false } = {}) {
  return [...Object.entries(ENTRIES), ...panels()]
    .filter(([, { from }]) => fs.existsSync(path.join(root, from)))
    .map(([file, { from, options }]) => ({
      file,
      from,
      options: {
        ...options,
        entryPoints: [{ in: from, out: file.replace(/\.\w+$/, "") }],
        outdir: ".",
        outExtension: { ".js": path.extname(file) },
        define: { ...options.define, "process.env.NODE_ENV": production ? '"production"' : '"development"' },
        minify: production,
        sourcemap: production ? false : "linked",
        // THIRD-PARTY-NOTICES.txt has the whole licences.
        legalComments: "none",
        metafile: true,
        write: false,
      },
    }));
}
