import { Builder } from "../../graph/builder.ts";
import { fold } from "../../graph/fold.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import type { DType } from "../../tensor/dtype.ts";
import { castTensor } from "../../tensor/tensor.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Fact, Imported, Port, Sizes, SymbolicExtent } from "../imported.ts";
import { Dimensions } from "../onnx/dimensions.ts";
import { renamed } from "../onnx/rename.ts";
import { inputsOf } from "./inputs.ts";
import { asLayerTensor, inKerasOrder, type LayerTensor } from "./layers/layer-tensor.ts";
import type { LayerRecord, ModelRecord } from "./records.ts";
import { runModel } from "./run-model.ts";
import { SiteRecorder } from "./sites.ts";
import type { LayerWeights } from "./weights/weight.ts";

/** A Keras model as its container gives it. */
export interface KerasModel {
  readonly model: ModelRecord;
  readonly weights: LayerWeights;
  readonly version: 1 | 2 | 3;
  readonly facts: readonly Fact[];
}

/** A Keras model's network in core operators, at fixed sizes. Weights stay in the file until they are needed. */
export function importKeras(
  { model, weights, version, facts }: KerasModel,
  sizes: Sizes = {},
  hash?: string,
): Imported {
  const b = new Builder(coreOperators);
  const dimensions = new Dimensions(sizes);
  const recorder = new SiteRecorder();
  const given = inputsOf(model);
  const inputs: Port[] = [];
  const tensors = given.map(({ name, shape, dtype }) => {
    const computed = sizes.asFloat?.includes(name) ? "float32" : (graphDTypes[dtype] ?? unknownDType(name, dtype));
    const fixed = sizes.fixed?.[name];
    if (fixed) return asLayerTensor(b.tensor(castTensor(fixed, computed), name));
    const type = { dtype: computed, shape: dimensions.shapeOf({ name, shape }) };
    const value = b.input(name, type);
    inputs.push({ name, value: value.name, elementType: dtype, ...type, symbolicShape: shape });
    return asLayerTensor(value);
  });
  for (const tensor of tensors) recorder.input(tensor);
  const outputs = runModel(
    { b, version, hash, weights, observe: (path, layer, from, to) => recorder.record(path, layer, from, to) },
    model,
    tensors,
  );
  return finished(b, { model, facts, inputs, outputs, recorder, dimensions });
}

const graphDTypes: Readonly<Record<string, DType>> = {
  float16: "float32",
  bfloat16: "float32",
  float32: "float32",
  float64: "float32",
  uint8: "float32",
  int8: "int32",
  int16: "int32",
  int32: "int32",
  int64: "int64",
  bool: "bool",
};

function unknownDType(name: string, dtype: string): never {
  throw new GlassboxError(
    "unsupported",
    `the input "${name.slice(0, 80)}" is of the type ${dtype.slice(0, 40)}, which cannot be computed with`,
    { hint: "Only models whose inputs are numbers or booleans can be opened." },
  );
}

interface Parts {
  readonly model: ModelRecord;
  readonly facts: readonly Fact[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly LayerTensor[];
  readonly recorder: SiteRecorder;
  readonly dimensions: Dimensions;
}

function finished(b: Builder, { model, facts, inputs, outputs, recorder, dimensions }: Parts): Imported {
  // An output may be named twice, or be an input as it came: runtimes take neither.
  const isInput = new Set(inputs.map(({ value }) => value));
  const values = outputs.map((output) => {
    const value = inKerasOrder(b, output);
    return isInput.has(value.name) ? b.apply("Identity", [value]) : value;
  });
  const distinct = [...new Map(values.map((value) => [value.name, value])).values()];
  const simple = prune(fold(b.finish(distinct), coreOperators));
  const sites = recorder.sites.filter(
    ({ value }) => simple.types.has(value) && !simple.constants.has(value) && !isInput.has(value),
  );
  const names = new Map<string, string>();
  outputNames(model, outputs.length).forEach((name, i) => names.set(values[i]!.name, name));
  for (const { name, value } of sites) if (!names.has(value)) names.set(value, name);
  const graph = renamed({ ...simple, sites }, names);
  const renamedOutputs = new Map(distinct.map(({ name }, i) => [name, graph.outputs[i]!]));
  return {
    graph,
    inputs,
    outputs: values.map((value, i): Port => {
      const symbolic: readonly SymbolicExtent[] = value.shape.map((extent, axis) => (axis === 0 ? undefined : extent));
      return {
        name: outputNames(model, outputs.length)[i]!,
        value: renamedOutputs.get(value.name)!,
        elementType: value.dtype,
        dtype: value.dtype,
        symbolicShape: symbolic,
        shape: value.shape,
      };
    }),
    notes: [],
    operators: histogram(model),
    facts,
    dimensions: dimensions.chosen,
  };
}

function outputNames(model: ModelRecord, count: number): readonly string[] {
  if (model.className === "Functional")
    return model.outputs.map(({ layer, tensor }) => (tensor === 0 ? layer : `${layer}:${tensor}`));
  const last = model.layers.at(-1)?.name ?? "output";
  return Array.from({ length: count }, (_, i) => (i === 0 ? last : `${last}:${i}`));
}

function histogram(model: ModelRecord): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const visit = (layer: LayerRecord): void => {
    if (layer.className === "InputLayer") return;
    if (layer.model) layer.model.layers.forEach(visit);
    else counts.set(layer.className, (counts.get(layer.className) ?? 0) + 1);
  };
  model.layers.forEach(visit);
  return new Map([...counts].sort((a, c) => c[1] - a[1] || a[0].localeCompare(c[0])));
}
