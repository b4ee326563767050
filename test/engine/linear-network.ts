import fs from "node:fs";
import path from "node:path";
import { Builder } from "../../src/graph/builder.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { emitOnnx } from "../../src/runtime/onnxruntime/emit.ts";
import { writeNpy } from "../../src/formats/numpy/npy.ts";
import { sizeOf } from "../../src/tensor/shape.ts";
import { float32 } from "../../src/tensor/tensor.ts";

const picture = [1, 3, 10, 10];
const inputs = 300;
export const classes = 5;

/** Scores that are exact in float32 and different in every version: class c of version v has v + c / 8. */
export const scoresOf = (version: number): readonly number[] =>
  Array.from({ length: classes }, (_, index) => version + index / 8);

/**
 * Writes a network of one product, whose scores for the input of ones tell its version; with `data`, its weights lie in that file next to
 * it. Each file appears whole.
 */
export function writeLinear(file: string, version: number, data?: string): void {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: picture });
  // Only the first input counts, so that sums are exact.
  const weights = new Float32Array(inputs * classes);
  weights.set(scoresOf(version));
  const y = b.apply("MatMul", [b.reshape(x, [1, inputs]), b.tensor(float32([inputs, classes], weights), "weight")]);
  const bytes = emitOnnx(b.finish([y]), (constant) =>
    data === undefined ? undefined : { file: data, offset: 0, bytes: 4 * sizeOf(constant.shape) },
  );
  if (data !== undefined) replace(path.join(path.dirname(file), data), new Uint8Array(weights.buffer));
  replace(file, bytes);
}

/** As most programs write a file: under another name first. */
export function replace(file: string, contents: Uint8Array | string): void {
  const other = `${file}.new`;
  fs.writeFileSync(other, contents);
  fs.renameSync(other, file);
}

/** The input of ones. */
export const writeOnes = (file: string): void =>
  fs.writeFileSync(file, writeNpy(float32(picture, new Float32Array(inputs).fill(1))));
