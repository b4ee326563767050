import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { contributions } from "./contributions.ts";
import { MODEL_EXTENSIONS, ON_MODEL_FILE } from "./modelFiles.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();

test("package.json is what scripts/generate-manifest.mjs would write", () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const current = Object.fromEntries(Object.keys(contributions()).map((key) => [key, manifest[key]]));
  assert.deepEqual(current, JSON.parse(JSON.stringify(contributions())), "run: node scripts/generate-manifest.mjs");
});

test("menus show on model files only, whatever the case of their names", () => {
  const pattern = /=~ \/(.*)\/i$/.exec(ON_MODEL_FILE)?.[1];
  assert.ok(pattern);
  const matches = (extension: string): boolean => new RegExp(pattern, "i").test(extension);
  for (const extension of [...MODEL_EXTENSIONS, ".ONNX"]) assert.ok(matches(extension), extension);
  for (const extension of [".json", "xonnx", ".onnx2", ".png", ""]) assert.ok(!matches(extension), extension);
});
