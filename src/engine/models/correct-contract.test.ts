import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { correctContract } from "./correct-contract.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-correct-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const model = path.join(folder, "net.onnx");
const companion = path.join(folder, "net.glassbox.json");

test("a correction is written next to the model, and what stood there stays", () => {
  fs.writeFileSync(companion, '{"classes": "names.txt"}');
  correctContract({ model, correction: { kind: "independent" } });
  correctContract({ model, correction: { output: "aux" } });
  assert.deepEqual(JSON.parse(fs.readFileSync(companion, "utf8")), {
    classes: "names.txt",
    kind: "independent",
    output: "aux",
  });
});

test("a file that cannot be read is told, not overwritten", () => {
  fs.writeFileSync(companion, "{ not JSON");
  assert.throws(() => correctContract({ model, correction: { kind: "number" } }), /not valid JSON/);
  assert.equal(fs.readFileSync(companion, "utf8"), "{ not JSON");
});

test("without such a file one is made", () => {
  fs.rmSync(companion);
  correctContract({ model, correction: { kind: "number" } });
  assert.deepEqual(JSON.parse(fs.readFileSync(companion, "utf8")), { kind: "number" });
});
