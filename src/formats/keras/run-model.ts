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

/** A reference whose call is counted from 0. */
const counted = (reference: TensorReference, first: ReadonlyMap<string, number>): TensorReference => ({
  ...reference,
  node: reference.node - (first.get(reference.layer) ?? 0),
});

const keyOf = ({ layer, node }: Pick<TensorReference, "layer" | "node">): string => JSON.stringify([layer, node]);

function runFunctional(
  environment: Environment,
  model: ModelRecord,
  inputs: readonly LayerTensor[],
  path: string,
): readonly LayerTensor[] {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const firstCalls = firstCallsOf(model, environment.version);
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
    const call = layer.calls[reference.node];
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
        outputsOf(counted(tensor, firstCalls.inLayers), depth + 1)[tensor.tensor] ??
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
    layer.calls.forEach((_, node) => {
      if (layer.className !== "InputLayer") outputsOf({ layer: layer.name, node }, 0);
    });
  return model.outputs.map((reference) => {
    const outputs = outputsOf(counted(reference, firstCalls.inOutputs), 0);
    return (
      outputs[reference.tensor] ?? refuse(`its output ${JSON.stringify(reference.layer.slice(0, 80))} is not computed`)
    );
  });
}

/** The number that a layer's first call has where other layers read it, and where the model's outputs do. */
interface FirstCalls {
  readonly inLayers: ReadonlyMap<string, number>;
  readonly inOutputs: ReadonlyMap<string, number>;
}

/**
 * A model that stands where a layer does was called once when it was made, and some versions count that call. Keras 3 counts it
 * in a model's outputs only, and only for functional models. Keras 2 counts it everywhere or, in old files, nowhere; there the
 * references themselves say it, because the last call is read.
 */
function firstCallsOf(model: ModelRecord, version: number): FirstCalls {
  const models = model.layers.flatMap((layer) => (layer.model ? [{ ...layer, inside: layer.model }] : []));
  if (version === 3) {
    const functional = models.filter(({ inside }) => inside.className === "Functional");
    return { inLayers: new Map(), inOutputs: new Map(functional.map(({ name }) => [name, 1])) };
  }
  const read = new Map<string, number[]>(models.map(({ name }) => [name, []]));
  const visit = (argument: Argument): void => {
    if (argument.kind === "tensor") read.get(argument.tensor.layer)?.push(argument.tensor.node);
    if (argument.kind === "list") argument.items.forEach(visit);
  };
  for (const { calls } of model.layers)
    for (const { args, kwargs } of calls) [...args, ...kwargs.values()].forEach(visit);
  for (const { layer, node } of model.outputs) read.get(layer)?.push(node);
  const first = new Map(
    models.map(({ name, calls }) => {
      const nodes = read.get(name)!;
      return [
        name,
        nodes.length > 0 && (Math.max(...nodes) >= calls.length || Math.min(...nodes) > 0) ? 1 : 0,
      ] as const;
    }),
  );
  return { inLayers: first, inOutputs: first };
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
