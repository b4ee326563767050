import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();

test("activation reads a small bundle: what answers lies in another one, at least twenty times as large", () => {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "scripts", "build.mjs")], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const bytes = (name: string): number => fs.statSync(path.join(root, "dist", name)).size;
  assert.ok(20 * bytes("extension.cjs") < bytes("surfaces.cjs"));
  assert.ok(20 * bytes("extension.cjs") < bytes("language-client.cjs"));
});
