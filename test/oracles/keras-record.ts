import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { array64, type Array64 } from "../../src/graph/array64.ts";
import { Builder } from "../../src/graph/builder.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { prune } from "../../src/graph/prune.ts";
import { differentiate } from "../../src/graph/transform/differentiate.ts";
import { isFloat } from "../../src/tensor/dtype.ts";
import { sizeOf, type Shape } from "../../src/tensor/shape.ts";
import type { Imported } from "../../src/formats/imported.ts";

interface Numbers {
  readonly shape: Shape;
  readonly data: readonly number[];
}

/** What keras_witness.py writes of a model. */
export interface KerasRecord {
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly outputs: readonly Numbers[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

export const kerasFolder = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/keras");

export const kerasRecord = (name: string): KerasRecord =>
  JSON.parse(gunzipSync(fs.readFileSync(path.join(kerasFolder, `${name}.json.gz`))).toString()) as KerasRecord;

/** The shapes of a record's inputs, batch included, to import at. */
export const shapesOf = ({ inputs }: KerasRecord): Record<string, Shape> =>
  Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));

/** How far outputs and gradients are from the record's, each as the largest difference over the largest number, or 1. */
export function deviations(
  { graph, inputs, outputs }: Imported,
  record: KerasRecord,
): { outputs: readonly number[]; gradients: Record<string, number> } {
  const feeds = new Map<string, Array64>(
    inputs.map(({ name, value, dtype, shape }) => [
      value,
      array64(dtype, shape, Float64Array.from(record.inputs[name]!.data)),
    ]),
  );
  const computed = evaluate(graph, feeds, coreOperators);
  const far = outputs.map(({ value, shape, name }, k) => {
    const wanted = record.outputs[k]!;
    if (`${shape}` !== `${wanted.shape}`)
      throw new Error(`the output ${name} is [${shape}], and in Keras [${wanted.shape}]`);
    return distance(computed.get(value)!.data, wanted.data);
  });
  const b = Builder.extend(graph, coreOperators);
  const seeds = outputs
    .map(({ value, shape, dtype }, k) => ({ value, shape, dtype, k }))
    .filter(({ dtype }) => isFloat(dtype))
    .map(({ value, shape, k }) => {
      const cosines = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.cos(i + k));
      return { of: b.value(value), cotangent: b.tensor({ dtype: "float32", shape, data: cosines }) };
    });
  const wrt = inputs.filter(({ dtype }) => isFloat(dtype));
  const gradients = differentiate(
    b,
    seeds,
    wrt.map(({ value }) => b.value(value)),
  ).map((gradient, i) =>
    b.apply("Identity", [gradient ?? b.zeros(b.value(wrt[i]!.value))], {}, { names: [b.fresh("gradient")] }),
  );
  const graded = evaluate(prune(b.finish(gradients)), feeds, coreOperators);
  return {
    outputs: far,
    gradients: Object.fromEntries(
      wrt.map(({ name }, i) => [name, distance(graded.get(gradients[i]!.name)!.data, record.gradients[name]!)]),
    ),
  };
}

function distance(found: Float64Array, wanted: readonly number[]): number {
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return found.reduce((most, value, i) => {
    const off = Math.abs(value - wanted[i]!) / scale;
    return off <= most ? most : off;
  }, 0);
}
