import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { array64, type Array64 } from "../../src/graph/array64.ts";
import { Builder, type Value } from "../../src/graph/builder.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { prune } from "../../src/graph/prune.ts";
import { differentiate, type BackwardRule } from "../../src/graph/transform/differentiate.ts";
import { deconvnetRule, guidedRule } from "../../src/graph/transform/rectified.ts";
import { gaussLegendre } from "../../src/methods/attribution/quadrature.ts";
import { sizeOf } from "../../src/tensor/shape.ts";
import { toyGraph, type ToyNetwork } from "./toy-network.ts";

type Values = Readonly<Record<string, readonly number[]>>;

interface ToyCase {
  readonly id: string;
  readonly model: string;
  readonly method: string;
  readonly inputs: Values;
  readonly target: number | null;
  readonly options: {
    readonly steps?: number;
    readonly baseline?: Values;
    readonly site?: string;
    readonly relu?: boolean;
    readonly neuron?: number | "sum";
    readonly noise?: readonly (readonly number[])[];
  };
  readonly expected: Values;
}

const file = path.join(process.env["GLASSBOX_ROOT"] ?? process.cwd(), "test", "oracles", "toy-vectors.json");
const { models, cases } = JSON.parse(fs.readFileSync(file, "utf8")) as {
  models: Record<string, ToyNetwork>;
  cases: readonly ToyCase[];
};

interface Question {
  readonly of: string;
  readonly index: number | "sum";
  readonly wrt: readonly string[];
  readonly rule?: BackwardRule | undefined;
}

/** Gradients of one element of a value (or of their sum), then the values themselves that they were taken by. */
function gradientsOf(
  graph: Graph,
  { of, index, wrt, rule }: Question,
): (inputs: Values) => { grads: Float64Array[]; values: Float64Array[] } {
  const b = Builder.extend(graph, coreOperators);
  const value = b.value(of);
  const seed = new Float64Array(sizeOf(value.shape)).map((_, i) => Number(index === "sum" || index === i));
  const cotangent = b.tensor({ dtype: "float64", shape: value.shape, data: seed });
  const sources = wrt.map((name) => b.value(name));
  const grads = differentiate(b, [{ of: value, cotangent }], sources, rule).map(
    (grad, k) => grad ?? b.zeros(sources[k]!),
  );
  const program = prune(b.finish([...grads, ...sources]));
  return (inputs) => {
    const feeds = new Map(
      graph.inputs.map((name): [string, Array64] => [
        name,
        array64("float64", graph.types.get(name)!.shape, inputs[name]!),
      ]),
    );
    const found = evaluate(program, feeds, coreOperators);
    const read = (values: readonly Value[]): Float64Array[] => values.map(({ name }) => found.get(name)!.data);
    return { grads: read(grads), values: read(sources) };
  };
}

const combine = (inputs: Values, by: (values: readonly number[], name: string) => readonly number[]): Values =>
  Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, by(values, name)]));

/** The mean over positions of each channel's gradient weighs that channel's map. */
function gradCam(grad: Float64Array, activation: Float64Array, channels: number): number[] {
  const area = activation.length / channels;
  const map = new Array<number>(area).fill(0);
  for (let c = 0; c < channels; c++) {
    const weight = grad.subarray(c * area, (c + 1) * area).reduce((sum, g) => sum + g, 0) / area;
    for (let i = 0; i < area; i++) map[i]! += weight * activation[c * area + i]!;
  }
  return map;
}

function answer({ model, method, inputs, target, options }: ToyCase): Values {
  const network = models[model]!;
  const graph = toyGraph(network);
  const names = network.inputs.map(({ name }) => name);
  const of = network.output;
  const index = target ?? "sum";
  const site = options.site ?? "";
  const byInput = (rule?: BackwardRule): ((at: Values) => Record<string, Float64Array>) => {
    const run = gradientsOf(graph, { of, index, wrt: names, rule });
    return (at) => {
      const { grads } = run(at);
      return Object.fromEntries(names.map((name, i) => [name, grads[i]!]));
    };
  };
  switch (method) {
    case "gradient":
      return combine(inputs, ((g) => (_, name) => [...g[name]!])(byInput()(inputs)));
    case "gradientTimesInput":
      return combine(
        inputs,
        (
          (g) => (x, name) =>
            x.map((value, i) => value * g[name]![i]!)
        )(byInput()(inputs)),
      );
    case "guidedBackprop":
    case "deconvnet":
      return combine(
        inputs,
        ((g) => (_, name) => [...g[name]!])(
          byInput(method === "guidedBackprop" ? guidedRule(coreOperators) : deconvnetRule(coreOperators))(inputs),
        ),
      );
    case "integratedGradients": {
      const { nodes, weights } = gaussLegendre(options.steps!);
      const run = byInput();
      const baseline = options.baseline!;
      const mean = combine(inputs, (x) => x.map(() => 0)) as Record<string, number[]>;
      nodes.forEach((alpha, k) => {
        const g = run(
          combine(inputs, (x, name) =>
            x.map((value, i) => baseline[name]![i]! + alpha * (value - baseline[name]![i]!)),
          ),
        );
        for (const name of names) g[name]!.forEach((value, i) => (mean[name]![i]! += weights[k]! * value));
      });
      return combine(inputs, (x, name) => x.map((value, i) => (value - baseline[name]![i]!) * mean[name]![i]!));
    }
    case "gradCam":
    case "layerGradientTimesActivation": {
      const { grads, values } = gradientsOf(graph, { of, index, wrt: [site] })(inputs);
      if (method !== "gradCam") return { [site]: Array.from(values[0]!, (value, i) => value * grads[0]![i]!) };
      const map = gradCam(grads[0]!, values[0]!, graph.types.get(site)!.shape[1]!);
      return { [site]: options.relu ? map.map((value) => Math.max(value, 0)) : map };
    }
    case "neuronGradient":
      return { x: [...gradientsOf(graph, { of: site, index: options.neuron!, wrt: ["x"] })(inputs).grads[0]!] };
    default: {
      const run = byInput();
      const samples = options.noise!.map((row) => run({ x: row.map((noise, i) => noise + inputs["x"]![i]!) })["x"]!);
      const moment = (power: number): number[] =>
        inputs["x"]!.map((_, i) => samples.reduce((sum, g) => sum + g[i]! ** power, 0) / samples.length);
      const [mean, square] = [moment(1), moment(2)];
      const variance = square.map((value, i) => value - mean[i]! ** 2);
      return { x: { smoothGrad: mean, smoothGradSquared: square, varGrad: variance }[method]! };
    }
  }
}

for (const toy of cases) {
  test(`${toy.method} of ${toy.id} is PyTorch's to 1e-11`, () => {
    const found = answer(toy);
    for (const [name, expected] of Object.entries(toy.expected)) {
      const scale = Math.max(1e-3, ...expected.map(Math.abs));
      assert.equal(found[name]?.length, expected.length);
      expected.forEach((value, i) => {
        const off = Math.abs(found[name]![i]! - value) / scale;
        assert.ok(off <= 1e-11, `${name}[${i}] is ${found[name]![i]}, not ${value}`);
      });
    }
  });
}
