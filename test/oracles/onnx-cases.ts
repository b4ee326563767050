import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { importOnnx } from "../../src/formats/onnx/import.ts";
import type { Imported } from "../../src/formats/imported.ts";
import { readOnnx } from "../../src/formats/onnx/read.ts";
import { memorySource } from "../../src/formats/source.ts";
import { array64, type Array64 } from "../../src/graph/array64.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import type { DType } from "../../src/tensor/dtype.ts";

interface Listed {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A model with inputs and what another program computes from them. */
export interface OnnxCase {
  readonly name: string;
  readonly output: Listed;
  readonly run: () => { readonly imported: Imported; readonly found: Array64 };
}

/** The cases of `test/oracles/NAME.json.gz`. */
export function onnxCases(name: string): OnnxCase[] {
  const file = path.resolve(process.env["GLASSBOX_ROOT"] ?? ".", `test/oracles/${name}.json.gz`);
  const cases = JSON.parse(gunzipSync(fs.readFileSync(file)).toString()) as Record<
    string,
    { readonly model: string; readonly inputs: Record<string, Listed>; readonly output: Listed }
  >;
  return Object.entries(cases).map(([label, { model, inputs, output }]) => ({
    name: label,
    output,
    run: () => {
      const imported = importOnnx(readOnnx(memorySource(label, Buffer.from(model, "base64"))));
      const feeds = new Map(
        Object.entries(inputs).map(([key, { dtype, shape, data }]) => [key, array64(dtype, shape, data)]),
      );
      return { imported, found: evaluate(imported.graph, feeds, coreOperators).get(imported.outputs[0]!.value)! };
    },
  }));
}
