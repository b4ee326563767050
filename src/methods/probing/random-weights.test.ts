import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder, type Value } from "../../graph/builder.ts";
import type { Attributes, Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { Random } from "../../tensor/random.ts";
import { float32, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { NetworkSource } from "../network.ts";
import { withRandomWeights } from "./random-weights.ts";

const sourceOf = (graph: Graph): NetworkSource => ({
  hash: "h",
  at: () => graph,
  batchable: false,
  input: graph.inputs[0]!,
  logits: graph.outputs[0]!,
  layout: "NCHW",
  classNames: undefined,
});

const trained = (shape: readonly number[]): Tensor =>
  float32(shape, new Random(5).normals(shape.reduce((size, extent) => size * extent, 1)));

/** What becomes of the trained constant "w" in a graph on the input x. */
function untrained(
  shape: readonly number[],
  w: Tensor,
  build: (b: Builder, x: Value, w: Value) => Value,
): Float64Array {
  const b = new Builder(coreOperators);
  const graph = b.finish([build(b, b.input("x", { dtype: "float32", shape }), b.tensor(w, "w"))]);
  return toFloat64(withRandomWeights(sourceOf(graph), 3).at(1).constants.get("w")!.load());
}

/** What becomes of a trained matrix at one input of an operator: "drawn", the number that fills it, "stays" or "refused". */
function outcome(op: string, input: number): string {
  const w = trained([4, 4]);
  const constant = { ...w, load: () => w };
  const type = { dtype: "float32", shape: w.shape } as const;
  const inputs = Array.from({ length: input + 1 }, (_, i) => (i === input ? "w" : "x"));
  // Types are not checked: the outcome depends on the operator and the input alone, or on the Conv that reads the result.
  const nodes = [
    { op, inputs, outputs: ["y"], attributes: {} as Attributes, origin: "layer 7" },
    { op: "Conv", inputs: ["x", "y"], outputs: ["z"], attributes: {} as Attributes },
  ];
  const types = new Map(["x", "w", "y", "z"].map((name) => [name, type]));
  const graph: Graph = {
    inputs: ["x"],
    outputs: ["z"],
    nodes,
    constants: new Map([["w", constant]]),
    types,
    sites: [],
  };
  let values: Float64Array;
  try {
    values = toFloat64(withRandomWeights(sourceOf(graph), 3).at(1).constants.get("w")!.load());
  } catch (error) {
    assert.match(
      (error as Error).message,
      new RegExp(`the operator ${op} reads the constant "w".*node "layer 7".*--no-random`),
    );
    return "refused";
  }
  if (values.every((value, i) => value === w.data[i])) return "stays";
  return values.every((value) => value === values[0]) ? `${values[0]}` : "drawn";
}

/** By what becomes of a constant at each input. An operator of one constant is computed at import, so those are left out. */
const expected: Readonly<Record<string, readonly string[]>> = {
  "stays drawn 0": ["Conv", "ConvTranspose"],
  // GatherElements and GatherND pass a weight on to the Conv that reads it.
  "drawn drawn": ["GatherElements", "GatherND", "MatMul"],
  "drawn drawn 0": ["Gemm"],
  "stays drawn drawn 0 stays 0 0 drawn": ["LSTM"],
  "stays drawn drawn 0 stays 0": ["GRU", "RNN"],
  "stays 1 0": ["GroupNormalization", "InstanceNormalization", "LayerNormalization"],
  "stays 0.25": ["PRelu"],
  "drawn stays": ["Gather"],
  "0 0": ["Add"],
  "1 1": ["Mul"],
  "0 0 0 0 0 0 0 0": ["Concat"],
  // Bounds, exponents, and what is compared with.
  "stays stays": [
    ...["And", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater", "GreaterOrEqual"],
    ...["GridSample", "Less", "LessOrEqual", "Mod", "Or", "Pow", "Sub", "Xor"],
  ],
  "stays stays stays": ["ScatterElements", "ScatterND", "Where"],
  "stays stays stays stays stays stays stays stays": ["Max", "Min"],
};

test("every operator says what a constant at each input is before training, or is refused", () => {
  const found: Record<string, string[]> = {};
  for (const [op, { inputs }] of coreOperators) {
    const most = typeof inputs === "number" ? inputs : Math.min(inputs[1], 8);
    if (most === 1) continue;
    const outcomes = Array.from({ length: most }, (_, input) => outcome(op, input)).join(" ");
    found[outcomes] = [...(found[outcomes] ?? []), op].sort();
  }
  assert.deepEqual(found, expected);
});

test("an operator of one input is refused, or what reads its result says what the constant is", () => {
  const unary = [...coreOperators.values()].filter(({ inputs }) => inputs === 1).map(({ name }) => name);
  const drawn = unary.filter((op) => outcome(op, 0) === "drawn");
  assert.deepEqual(drawn.sort(), ["Cast", "Expand", "Identity", "Pad", "Reshape", "Slice", "Tile", "Transpose"]);
  assert.equal(outcome("Exp", 0), "refused");
});

test("an operator that is not in the core is refused, by its name and its node, and what to do is said", () => {
  assert.equal(outcome("Novel", 1), "refused");
});

test("a scale of one number is a setting, a vector of scales is not", () => {
  const scaled = (w: Tensor) => untrained([1, 3], w, (b, x, y) => b.mul(x, y));
  assert.deepEqual([...scaled(float32([], [0.5]))], [0.5]);
  assert.deepEqual([...scaled(float32([3], [0.5, 0.5, 2]))], [1, 1, 1]);
});

test("a class token starts at 0, and padding stays what it is", () => {
  const joined = (w: Tensor) => untrained([1, 2, 3], w, (b, x, y) => b.concat([y, x], 1));
  assert.deepEqual([...joined(float32([1, 1, 3], [1, 2, 3]))], [0, 0, 0]);
  assert.deepEqual([...joined(float32([1, 1, 3], [7, 7, 7]))], [7, 7, 7]);
});

test("the fan-in of a matrix is the extent that is summed, whichever side it stands on", () => {
  const variance = (values: Float64Array): number => values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  const close = (values: Float64Array, fanIn: number) =>
    assert.ok(Math.abs((variance(values) * fanIn) / 2 - 1) < 0.1, `${variance(values)} is not 2 / ${fanIn}`);
  const matrix = trained([20, 100]);
  close(
    untrained([1, 20], matrix, (b, x, w) => b.matmul(x, w)),
    20,
  );
  close(
    untrained([100, 1], matrix, (b, x, w) => b.matmul(w, x)),
    100,
  );
  close(
    untrained([1, 2000], trained([2000]), (b, x, w) => b.matmul(x, w)),
    2000,
  );
  close(
    untrained([1, 100], matrix, (b, x, w) => b.apply("Gemm", [x, w], { transB: true })),
    100,
  );
  close(
    untrained([20, 1], matrix, (b, x, w) => b.apply("Gemm", [w, x], { transA: true })),
    20,
  );
});
