/** What axes mean in about fifty networks as PyTorch exports them (`test/oracles/axes-exports.py`): right or unknown, never wrong. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { importOnnx } from "../../formats/onnx/import.ts";
import { readOnnx } from "../../formats/onnx/read.ts";
import { memorySource } from "../../formats/source.ts";

const folder = path.resolve(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/axes");
type Modules = Record<string, { readonly axes: readonly string[]; readonly shape: readonly number[] }>;
const networks = JSON.parse(fs.readFileSync(path.join(folder, "axes.json"), "utf8")) as Record<string, Modules>;

/** Axes of one element may be left without a meaning. */
const open: ReadonlySet<string> = new Set(["unknown", "single"]);

for (const [name, modules] of Object.entries(networks)) {
  test(`${name}: no module's axes are wrong, and most are known`, () => {
    const file = memorySource(name, gunzipSync(fs.readFileSync(path.join(folder, `${name}.onnx.gz`))));
    const { graph } = importOnnx(readOnnx(file), { dimensions: name.startsWith("huggingface") ? { s27: 7 } : {} });
    const sites = new Map(graph.sites.map((site) => [site.name, site]));
    let right = 0;
    let seen = 0;
    for (const [module, { axes, shape }] of Object.entries(modules)) {
      const site = sites.get(module);
      if (!site || graph.types.get(site.value)!.shape.join() !== shape.join()) continue;
      seen++;
      if (site.axes.join() === axes.join()) right++;
      else
        assert.ok(
          site.axes.every((axis, i) => axis === axes[i] || open.has(axis)),
          `${module}: ${site.axes.join()}`,
        );
    }
    assert.ok(seen > 0 && right >= 0.8 * seen, `${right} of ${seen}`);
  });
}
