import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { deviations, shapesOf, type KerasRecord } from "../../../test/oracles/keras-record.ts";
import { openGraph } from "../open.ts";

/** What test/oracles/keras-applications.py wrote; networks of that size are not kept with the code. */
const folder = process.env["GLASSBOX_KERAS_APPLICATIONS"];
const files = folder === undefined ? [] : fs.readdirSync(folder).filter((file) => /\.(keras|h5)$/.test(file));

test(
  "networks of keras.applications",
  { skip: folder === undefined && "GLASSBOX_KERAS_APPLICATIONS names no folder" },
  async (t) => {
    for (const file of files) {
      await t.test(file, async () => {
        const packed = fs.readFileSync(path.join(folder!, file.replace(/\.\w+$/, ".json.gz")));
        const record = JSON.parse(gunzipSync(packed).toString()) as KerasRecord;
        const opened = await openGraph(path.join(folder!, file));
        try {
          const { outputs, gradients } = deviations(opened.importWith({ inputShapes: shapesOf(record) }), record);
          assert.ok(
            outputs.every((off) => off < 1e-4),
            `outputs are off by ${outputs.join(", ")}`,
          );
          // Kinks of rectifiers turn on the last digits of float32, in which the witness computes.
          assert.ok(
            Object.values(gradients).every((off) => off < 1e-2),
            `gradients are off by ${Object.values(gradients).join(", ")}`,
          );
        } finally {
          opened.close();
        }
      });
    }
  },
);
