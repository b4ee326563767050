import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();

/** What the linter of ids says about a tree of these files. */
function lint(files: Readonly<Record<string, string>>): { readonly status: number | null; readonly said: string } {
  const tree = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-ids-"));
  for (const [name, code] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
    fs.writeFileSync(path.join(tree, name), code);
  }
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "scripts/lint-ids.mjs"), tree], {
    encoding: "utf8",
  });
  fs.rmSync(tree, { recursive: true });
  return { status, said: stderr };
}

const own = {
  "src/methods/attribution/smoothgrad.ts":
    'export const smoothGrad = analysis("smoothgrad", { command: { name: "lens" } });',
  "src/methods/language-model/lens.ts": 'export const lens = analysis(\n  "lens", {});',
};

test("an analysis may be named in its own file, in comments and in tests", () => {
  const { status, said } = lint({
    ...own,
    "src/cli/ask.ts": '/** As "smoothgrad" does. */\n// "lens"\nexport const rows = { lens: "a lens" };',
    "src/cli/ask.test.ts": 'const id = "smoothgrad";',
    // A room that cannot know analyses.
    "src/graph/graph.ts": 'const origin = "lens";',
  });
  assert.equal(status, 0, said);
  assert.match(said, /2 analyses, each named in its own file; 0 requests/);
});

test("anywhere else it is refused, with its line", () => {
  const { status, said } = lint({
    ...own,
    "webview/explain/state.ts": '// state\nexport const first = ["smoothgrad"];',
    "src/engine/run.ts": "if (id === 'lens') run();",
  });
  assert.equal(status, 1);
  assert.match(
    said,
    /webview\/explain\/state\.ts:2 names the analysis smoothgrad, which only src\/methods\/attribution\//,
  );
  assert.match(said, /src\/engine\/run\.ts:1 names the analysis lens/);
});

test("the protocol has at most 45 requests and events", () => {
  const declared = (count: number): string =>
    Array.from({ length: count }, (_, i) => `export const e${i} = new NotificationType<null>("e/${i}");`).join("\n");
  assert.equal(lint({ "src/protocol/many.ts": declared(45) }).status, 0);
  const { status, said } = lint({ "src/protocol/many.ts": declared(44), "src/protocol/more.ts": declared(2) });
  assert.equal(status, 1);
  assert.match(said, /46 requests and events; 45 are allowed/);
});
