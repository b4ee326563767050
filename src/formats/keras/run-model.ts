import type { Builder } from "../../graph/builder.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { exportHint } from "./layers/activation-functions.ts";
import { isTensor, LayerCall, type Given, type Surroundings } from "./layers/layer-call.ts";
import type { LayerTensor } from "./layers/layer-tensor.ts";
import { lawOf } from "./layers/table.ts";
import { lambdaHint, whyNot } from "./layers/not-run.ts";
import { operationOf } from "./operations/table.ts";
import type { Argument, LayerRecord, ModelRecord, TensorReference } from "./records.ts";
import type { LayerWeights } from "./weights/weight.ts";

/** Told of each layer's outputs, in the order of computing. */
export type Observe = (
  path: string,
  layer: LayerRecord,
  inputs: readonly LayerTensor[],
  outputs: readonly LayerTensor[],
) => void;

/** No activation of a real network has so many elements; a file of a few bytes may claim them. */
const mostElements = 2 ** 31;
const deepest = 2000;

/** What laws need to know of their model. */
export interface Environment extends Omit<Surroundings, "run" | "b" | "weightOf"> {
  readonly b: Builder;
  readonly weights: LayerWeights;
  readonly observe: Observe;
}

/** Computes a model on its inputs, layer by layer. @param path the names of the models around it, each with a slash */
export function runModel(
  environment: Environment,
  model: ModelRecord,
  inputs: readonly LayerTensor[],
  path = "",
): readonly LayerTensor[] {
  return model.className === "Sequential"
    ? runSequential(environment, model, inputs, path)
    : runFunctional(environment, model, inputs, path);
}

function runSequential(
  environment: Environment,
  { layers, name }: ModelRecord,
  inputs: readonly LayerTensor[],
  path: string,
): readonly LayerTensor[] {
  const first = inputs[0];
  if (first === undefined)
    throw new GlassboxError("file", `the model ${JSON.stringify(name.slice(0, 80))} is called without an input`);
  return layers
    .filter(({ className }) => className !== "InputLayer")
    .reduce<readonly LayerTensor[]>(
      (given, layer) => runLayer(environment, layer, given.length === 1 ? given : [given], new Map(), path),
      inputs,
    );
}

const keyOf = ({ layer, node }: Pick<TensorReference, "layer" | "node">): string => JSON.stringify([layer, node]);

function runFunctional(
  environment: Environment,
  model: ModelRecord,
  inputs: readonly LayerTensor[],
  path: string,
): readonly LayerTensor[] {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const firstCalls = firstCallsOf(model);
  const done = new Map<string, readonly LayerTensor[]>();
  const begun = new Set<string>();
  const refuse = (what: string): never => {
    throw new GlassboxError("file", what, { where: `the model ${JSON.stringify(model.name.slice(0, 80))}` });
  };
  if (inputs.length !== model.inputs.length)
    refuse(`it is called with ${inputs.length} tensors, but it has ${model.inputs.length} inputs`);
  model.inputs.forEach((reference, i) => done.set(keyOf(reference), [inputs[i]!]));

  const outputsOf = (reference: Pick<TensorReference, "layer" | "node">, depth: number): readonly LayerTensor[] => {
    const key = keyOf(reference);
    const known = done.get(key);
    if (known) return known;
    const layer =
      byName.get(reference.layer) ?? refuse(`it has no layer ${JSON.stringify(reference.layer.slice(0, 80))}`);
    const call = layer.calls[reference.node - (firstCalls.get(layer.name) ?? 0)];
    if (call === undefined)
      return refuse(
        `the layer ${JSON.stringify(layer.name.slice(0, 80))} is called fewer times than its results are read`,
      );
    if (begun.has(key)) refuse(`the layer ${JSON.stringify(layer.name.slice(0, 80))} needs its own result`);
    if (depth > deepest) refuse("its layers are in no order that could be computed");
    begun.add(key);
    const given = (argument: Argument): Given => {
      if (argument.kind === "constant") return { constant: argument.value };
      if (argument.kind === "list") return argument.items.map(given);
      const { tensor } = argument;
      return (
        outputsOf(tensor, depth + 1)[tensor.tensor] ??
        refuse(`the layer ${JSON.stringify(tensor.layer.slice(0, 80))} has no output ${tensor.tensor}`)
      );
    };
    const kwargs = new Map([...call.kwargs].map(([name, argument]) => [name, given(argument)]));
    const outputs = runLayer(environment, layer, call.args.map(given), kwargs, path);
    done.set(key, outputs);
    return outputs;
  };

  // In the file's order, which is one of computing, so that what is asked for below is there already.
  for (const layer of model.layers)
    layer.calls.forEach((_, i) => {
      const node = i + (firstCalls.get(layer.name) ?? 0);
      if (layer.className !== "InputLayer") outputsOf({ layer: layer.name, node }, 0);
    });
  return model.outputs.map((reference) => {
    const outputs = outputsOf(reference, 0);
    return (
      outputs[reference.tensor] ?? refuse(`its output ${JSON.stringify(reference.layer.slice(0, 80))} is not computed`)
    );
  });
}

/**
 * The number of a layer's first call. A model that is called as a layer was called once when it was made, so Keras counts from 1
 * there, but not in every version: what is read beyond the last call says so.
 */
function firstCallsOf(model: ModelRecord): ReadonlyMap<string, number> {
  const calls = new Map(model.layers.filter((layer) => layer.model).map((layer) => [layer.name, layer.calls.length]));
  const first = new Map<string, number>();
  const note = ({ layer, node }: TensorReference): void => {
    const count = calls.get(layer);
    if (count !== undefined && node >= count) first.set(layer, Math.max(first.get(layer) ?? 0, node - count + 1));
  };
  const visit = (argument: Argument): void => {
    if (argument.kind === "tensor") note(argument.tensor);
    if (argument.kind === "list") argument.items.forEach(visit);
  };
  for (const { calls: each } of model.layers)
    for (const { args, kwargs } of each) [...args, ...kwargs.values()].forEach(visit);
  model.outputs.forEach(note);
  return first;
}

/** One call of a layer, of an operation, or of a model that stands where a layer does. */
function runLayer(
  environment: Environment,
  layer: LayerRecord,
  args: readonly Given[],
  kwargs: ReadonlyMap<string, Given>,
  path: string,
): readonly LayerTensor[] {
  const surroundings: Surroundings = {
    ...environment,
    weightOf: (owner, variable) => environment.weights.get(owner)?.get(variable),
    run: (inner, innerArgs, innerKwargs) =>
      runLayer({ ...environment, observe: () => undefined }, inner, innerArgs, innerKwargs ?? new Map(), path),
  };
  const call = new LayerCall(surroundings, layer, args, kwargs);
  const outputs = layer.model
    ? runModel(environment, layer.model, call.inputs, `${path}${layer.name}/`)
    : computed(call, layer);
  for (const { value } of outputs)
    if (sizeOf(value.shape) > mostElements) call.refuse(`it would give ${sizeOf(value.shape)} numbers`);
  environment.observe(`${path}${layer.name}`, layer, call.inputs, outputs);
  return outputs;
}

function computed(call: LayerCall, layer: LayerRecord): readonly LayerTensor[] {
  const law = operationOf(layer) ?? lawOf(layer.className);
  if (law === undefined) {
    if (layer.className === "Lambda")
      call.refuse(`the layer "${layer.name}" is a Lambda, a program in the file, which is never run`, lambdaHint);
    return call.refuse(
      whyNot(layer.className) ?? `layers of the class ${layer.className.slice(0, 80)} are not known`,
      exportHint,
    );
  }
  try {
    const result = law(call);
    return isTensor(result as Given) ? [result as LayerTensor] : (result as readonly LayerTensor[]);
  } catch (error) {
    // Laws of shapes throw these.
    if (error instanceof RangeError || error instanceof TypeError)
      throw new GlassboxError("file", `its options do not fit its input: ${error.message}`, {
        where: call.config.where,
      });
    throw error;
  }
}
