import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { onnxRuntime } from "../../src/runtime/onnxruntime/onnxruntime.ts";
import { WeightStore } from "../../src/runtime/weight-store.ts";
import { judgeChannels, verdictOf, writeTable } from "./hundred-channels.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-channels-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const slow = process.env.GLASSBOX_SLOW_TESTS ? false : "set GLASSBOX_SLOW_TESTS=1: it grows 200 pictures, in minutes";

test(
  "100 random channels over five depths: above every photograph, kept under transforms, above ascent on pixels",
  { skip: slow },
  async () => {
    const rows = await judgeChannels(
      await onnxRuntime(new WeightStore(folder)),
      path.join(root, "samples", "vision"),
      20,
    );
    const verdict = verdictOf(rows);
    console.log(verdict);
    if (process.env.GLASSBOX_WRITE_DOCS) writeTable(rows, path.join(root, "docs"));
    assert.ok(verdict.abovePhotographs >= 0.95, `${verdict.abovePhotographs} are above every photograph`);
    assert.ok(verdict.kept >= 0.8, `${verdict.kept} is kept in the median`);
    assert.ok(verdict.abovePixelAscent >= 0.95, `${verdict.abovePixelAscent} are above ascent on pixels`);
  },
);
