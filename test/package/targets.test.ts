import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const script = (name: string): string =>
  pathToFileURL(path.join(process.env.GLASSBOX_ROOT!, "scripts/package", name)).href;
const { TARGETS, copyRuntimePackages } = (await import(script("runtime-packages.mjs"))) as {
  TARGETS: readonly string[];
  copyRuntimePackages(target: string, folder: string): string[];
};
const { thirdPartyNotices } = (await import(script("notices.mjs"))) as {
  thirdPartyNotices(inside: { folders: readonly string[]; windows: boolean }): string;
};

/** ONNX Runtime, the binding that loads it, and on Windows what its providers for graphics cards load. */
const LIBRARIES = {
  linux: ["libonnxruntime.so.1", "onnxruntime_binding.node"],
  darwin: ["libonnxruntime.1.dylib", "onnxruntime_binding.node"],
  win32: ["DirectML.dll", "dxcompiler.dll", "dxil.dll", "onnxruntime.dll", "onnxruntime_binding.node"],
} as const;

for (const target of TARGETS)
  test(`${target} has its own libraries and no others, each with a licence`, () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-target-"));
    try {
      const folders = copyRuntimePackages(target, folder);
      const [platform, processor] = target.split("-") as [keyof typeof LIBRARIES, string];
      const bin = path.join(folder, "node_modules/onnxruntime-node/bin/napi-v6");
      const files = fs
        .readdirSync(bin, { recursive: true, encoding: "utf8" })
        .map((file) => file.replaceAll("\\", "/"));
      assert.deepEqual(
        files.filter((file) => path.extname(file)).sort(),
        LIBRARIES[platform].map((name) => `${platform}/${processor}/${name}`),
      );
      const notices = thirdPartyNotices({ folders, windows: platform === "win32" });
      for (const name of LIBRARIES[platform].filter((each) => /^(DirectML|dx)/.test(each)))
        assert.ok(notices.includes(name), name);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
