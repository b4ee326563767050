import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();

/** What the linter says about a tree of these files. */
function lint(files: Readonly<Record<string, string>>): { readonly status: number | null; readonly said: string } {
  const tree = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-rooms-"));
  for (const [name, code] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
    fs.writeFileSync(path.join(tree, name), code);
  }
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "scripts/lint-rooms.mjs"), tree], {
    encoding: "utf8",
  });
  fs.rmSync(tree, { recursive: true });
  return { status, said: stderr };
}

const accepted = {
  "src/methods/ig.ts":
    'import type { Graph } from "../graph/graph.ts";\nimport { tap } from "../graph/transform/tap.ts";',
  "src/extension/extension.ts": 'import * as vscode from "vscode";\nimport { engine } from "../client/engine.ts";',
  "src/runtime/runtime.ts": 'import * as ort from "onnxruntime-node";',
  "src/graph/fold.test.ts":
    'import { test } from "node:test";\nimport { differentiate } from "./transform/differentiate.ts";',
  "src/engine/ask/asker.ts":
    'import { prepare } from "../subjects/table.ts";\nimport { version } from "../version.ts";',
  "src/tensor/half.ts":
    '// import { graph } from "../graph/graph.ts" would break the architecture\nexport const half = "import x from node:fs";',
  "webview/explain/main.tsx":
    'import { render } from "preact";\nimport { viridis } from "../../src/data/colormap/viridis.ts";\nimport { canvas } from "../lib/canvas.tsx";',
};

const refused: readonly (readonly [file: string, code: string, reason: RegExp])[] = [
  [
    "src/graph/fold.ts",
    'import { ig } from "../methods/ig.ts";',
    /src\/graph may import src\/graph\/transform, src\/tensor, but not src\/methods/,
  ],
  ["src/tensor/half.ts", 'import fs from "node:fs";', /only src\/files reads and writes the disk/],
  ["src/tensor/half.ts", 'const os = await import("os");', /no os/],
  ["src/methods/ig.ts", 'import {\n  InferenceSession,\n} from "onnxruntime-node";', /cannot load onnxruntime-node/],
  ["src/engine/main.ts", 'import * as vscode from "vscode";', /only src\/extension imports vscode/],
  [
    "src/engine/subjects/picture.ts",
    'import { Asker } from "../ask/asker.ts";',
    /src\/engine\/ask comes later in the engine's order than src\/engine\/subjects/,
  ],
  ["src/engine/kept/disk-store.ts", 'import { open } from "../models/registry.ts";', /src\/engine\/models comes later/],
  ["src/engine/somewhere/thing.ts", 'import { version } from "../version.ts";', /has no place in the engine's order/],
  ["src/extension/extension.ts", 'export { read } from "../formats/onnx/read.ts";', /not src\/formats/],
  ["src/formats/onnx/read.test.ts", 'import { explain } from "../../engine/explain.ts";', /not src\/engine/],
  ["webview/explain/main.tsx", 'import { other } from "../atlas/view.tsx";', /webview\/lib/],
  ["webview/explain/main.tsx", 'import yaml from "yaml";', /imports no yaml/],
  ["src/elsewhere/thing.ts", "export const thing = 1;", /is in no room/],
];

test("imports that follow the architecture's arrows pass", () => {
  const { status, said } = lint(accepted);
  assert.equal(status, 0, said);
});

test("each import against the arrows is refused with its reason", () => {
  for (const [file, code, reason] of refused) {
    const { status, said } = lint({ [file]: code });
    assert.equal(status, 1, `${file}: ${code}`);
    assert.match(said, reason);
  }
});
