import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { deviations, kerasFolder, kerasRecord, shapesOf } from "../../../test/oracles/keras-record.ts";
import { openGraph } from "../open.ts";

/** Each file with the record that it is compared with: one network may be kept in several ways. */
const files: readonly (readonly [file: string, record: string])[] = [
  ...fs
    .readdirSync(kerasFolder)
    .filter((file) => /\.(keras|h5)$/.test(file))
    .map((file) => [file, file.replace(/\.\w+$/, "")] as const),
  ["layers-model/model.json", "keras2"],
  ["quantized-layers-model/model.json", "quantized-layers-model"],
];

for (const [file, recorded] of files) {
  test(`${file} gives the outputs and gradients of Keras`, async () => {
    const record = kerasRecord(recorded);
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
