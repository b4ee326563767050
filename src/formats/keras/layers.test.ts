import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { deviations, kerasFolder, kerasRecord, shapesOf } from "../../../test/oracles/keras-record.ts";
import { openGraph } from "../open.ts";

const files = fs.readdirSync(kerasFolder).filter((file) => /\.(keras|h5)$/.test(file));

for (const file of files) {
  test(`${file} gives the outputs and gradients of Keras`, async () => {
    const record = kerasRecord(file.replace(/\.\w+$/, ""));
    const opened = await openGraph(path.join(kerasFolder, file));
    try {
      const { outputs, gradients } = deviations(opened.importWith({ inputShapes: shapesOf(record) }), record);
      outputs.forEach((off, i) => assert.ok(off < 1e-5, `output ${i} is off by ${off}`));
      for (const [input, off] of Object.entries(gradients))
        assert.ok(off < 1e-4, `the gradient by ${input} is off by ${off}`);
    } finally {
      opened.close();
    }
  });
}
