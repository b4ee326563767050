import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { contributions } from "./contributions.ts";
import { SETTINGS, settingId } from "./settings.ts";
import { MODEL_FILES, onModelFile, type ModelUse } from "./modelFiles.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();

test("package.json is what scripts/generate-manifest.mjs would write", () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const current = Object.fromEntries(Object.keys(contributions()).map((key) => [key, manifest[key]]));
  assert.deepEqual(current, JSON.parse(JSON.stringify(contributions())), "run: node scripts/generate-manifest.mjs");
});

test("each command shows on its own model files only, whatever the case of their names", () => {
  const everyUse = Object.keys(MODEL_FILES) as ModelUse[];
  for (const use of everyUse) {
    const pattern = /resourceExtname =~ \/(.*?)\/i/.exec(onModelFile(use))?.[1];
    assert.ok(pattern);
    const matches = (extension: string): boolean => new RegExp(pattern, "i").test(extension);
    const own: readonly string[] = MODEL_FILES[use];
    const others = everyUse
      .flatMap((other): readonly string[] => MODEL_FILES[other])
      .filter((extension) => !own.includes(extension));
    for (const extension of own)
      assert.ok(matches(extension) && matches(extension.toUpperCase()), `${use} on ${extension}`);
    for (const extension of [...others, ".json", "xonnx", ".onnx2", ".png", ""])
      assert.ok(!matches(extension), `${use} not on ${extension}`);
  }
});

test("a workspace that is not trusted changes no setting", () => {
  const { supported, restrictedConfigurations } = contributions().capabilities.untrustedWorkspaces;
  assert.equal(supported, "limited");
  assert.deepEqual(
    restrictedConfigurations,
    Object.keys(SETTINGS).map((name) => settingId(name as keyof typeof SETTINGS)),
  );
});
