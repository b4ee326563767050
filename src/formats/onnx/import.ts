import { formatShape, sizeOf, type Shape } from "../../tensor/shape.ts";
import { Builder, type Value } from "../../graph/builder.ts";
import { namedAxes } from "../../graph/axes/flow.ts";
import { fold } from "../../graph/fold.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { modelName } from "../../graph/own-name.ts";
import { prune } from "../../graph/prune.ts";
import { castTensor } from "../../tensor/tensor.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { ExternalFiles } from "./external-data.ts";
import { Dimensions } from "./dimensions.ts";
import type { Badge, Fact, Imported, Port, Sizes } from "../imported.ts";
import { Scope } from "./lower/scope.ts";
import { resolved, Session, versionsOf } from "./lower/session.ts";
import { standardDomain } from "./lower/table.ts";
import type { OnnxModel, OnnxTensor, OnnxValueInfo } from "./records.ts";
import { renamed } from "./rename.ts";
import { sitesOf } from "./sites.ts";
import { graphDType, graphDTypeOf, weightConstant } from "./weights.ts";

export interface ImportOptions extends Sizes {
  /** The files that its tensors name, if it may name any. */
  readonly external?: ExternalFiles | undefined;
  /** The model file's path, where weights may be mapped from it. */
  readonly file?: string | undefined;
  /** The hash of the model file and of the files that its tensors name, for weight stores that outlive the process. */
  readonly hash?: string | undefined;
}

/**
 * An ONNX file's network in core operators, at fixed sizes. Weights stay in the file until they are
 * needed, so importing again at other sizes costs only the structure.
 */
export function importOnnx(model: OnnxModel, options: ImportOptions = {}): Imported {
  if (options.batch === undefined || options.batch === 1) return importAt(model, options, undefined);
  const shapesAtOne = new Map<string, Shape>();
  importAt(model, { ...options, batch: 1 }, undefined, shapesAtOne);
  const many = importAt(model, options, { size: options.batch, shapesAtOne });
  for (const { name, shape } of many.outputs) {
    if (shapesAtOne.get(name)?.[0] === 1 && shape[0] !== options.batch) {
      throw new GlassboxError(
        "unsupported",
        `the model cannot compute ${options.batch} samples at once: its output "${name}" would be ${formatShape(shape)}`,
        { hint: "They have to be computed one after the other." },
      );
    }
  }
  return many;
}

function importAt(
  model: OnnxModel,
  options: ImportOptions,
  batch: Session["batch"],
  shapes?: Map<string, Shape>,
): Imported {
  const { graph: file } = model;
  const b = new Builder(coreOperators);
  const notes: Badge[] = [];
  const weightTypes = new Set<string>();
  const place = { source: model.source, external: options.external, file: options.file, hash: options.hash };
  const weight = (tensor: OnnxTensor): Value => {
    const own = modelName(tensor.name);
    const name = tensor.name !== "" && !b.has(own) ? own : undefined;
    if (["float16", "bfloat16", "double"].includes(tensor.elementType) && sizeOf(tensor.dims) > 1)
      weightTypes.add(tensor.elementType);
    return b.constant(weightConstant(tensor, place), name);
  };
  const session = new Session(b, { functions: model.functions, weight, batch });
  const scope = new Scope(versionsOf(model.opsetImports));
  const dimensions = new Dimensions(options);
  const initialized = new Set(file.initializers.map(({ name }) => name));

  const inputs = file.inputs
    .filter(({ name }) => !initialized.has(name))
    .flatMap((info): Port[] => {
      const asFloat = options.asFloat?.includes(info.name) === true;
      if (info.elementType) session.elementTypes.set(info.name, asFloat ? "float" : info.elementType);
      const fixed = options.fixed?.[info.name];
      if (fixed) {
        scope.set(info.name, b.tensor(castTensor(fixed, graphDType(fixed.dtype)), modelName(info.name)));
        return [];
      }
      if (info.kind !== "tensor")
        throw new GlassboxError("unsupported", `the input "${info.name}" is a ${info.kind}, not a tensor`);
      const type = {
        dtype: asFloat ? ("float32" as const) : graphDTypeOf(info.elementType, `the input "${info.name}"`),
        shape: dimensions.shapeOf(info),
      };
      const value = b.input(modelName(info.name), type);
      scope.set(info.name, value);
      return [portOf(info, value)];
    });
  for (const tensor of file.initializers) scope.set(tensor.name, session.weight(tensor));

  session.lowerNodes(file.nodes, scope);
  const results = file.outputs.map(({ name }) => resolved(scope, name, file.name));
  for (const [name, value] of scope.bindings) shapes?.set(name, value.shape);

  // An output may be named twice, or be an input as it came: runtimes take neither.
  const computed = results.map((value) =>
    inputs.some((input) => input.value === value.name) ? b.apply("Identity", [value]) : value,
  );
  const distinct = [...new Map(computed.map((value) => [value.name, value])).values()];
  const simple = prune(fold(b.finish(distinct), coreOperators));
  const sites = sitesOf(session.trace, namedAxes(simple, coreOperators)).filter(
    // A weight, or what is computed of weights alone, is the same for every input.
    ({ value }) => !simple.inputs.includes(value) && !simple.constants.has(value),
  );
  const names = new Map<string, string>();
  file.outputs.forEach(({ name }, i) => {
    if (!names.has(computed[i]!.name)) names.set(computed[i]!.name, name);
  });
  for (const [name, value] of scope.bindings) if (!names.has(value.name)) names.set(value.name, name);
  const graph = renamed({ ...simple, sites }, names);

  for (const type of weightTypes)
    notes.push({
      kind: "widened",
      text: `${type === "double" ? "float64 weights rounded" : `${type} weights widened`} to float32`,
    });
  for (const text of session.notes)
    notes.push({
      kind: text.includes("quantised") ? "dequantised" : text.includes("unrolled") ? "unrolled" : "training",
      text,
    });
  const named = new Map(distinct.map(({ name }, i) => [name, graph.outputs[i]!]));
  const outputs = file.outputs.map((info, i) => portOf(info, { ...computed[i]!, name: named.get(computed[i]!.name)! }));
  return {
    graph,
    inputs,
    outputs,
    notes,
    operators: histogram(model),
    facts: factsOf(model, scope),
    dimensions: dimensions.chosen,
  };
}

function factsOf(model: OnnxModel, { versions }: Scope): Fact[] {
  const producer = [model.producerName, model.producerVersion].filter(Boolean).join(" ");
  return [
    { name: "opset", value: String(versions.get(standardDomain) ?? 1) },
    ...(producer ? [{ name: "producer", value: producer }] : []),
  ];
}

const portOf = (info: OnnxValueInfo, value: Value): Port => ({
  name: info.name,
  value: value.name,
  elementType:
    info.elementType ?? (value.dtype === "float32" ? "float" : value.dtype === "float64" ? "double" : value.dtype),
  dtype: value.dtype,
  symbolicShape: info.shape,
  shape: value.shape,
});

function histogram(model: OnnxModel): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { domain, opType } of model.graph.nodes) {
    const name = domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return new Map([...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])));
}
