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

/** The replacement of the trained constant "w" in a graph with the input x. */
function untrained(
  shape: readonly number[],
  w: Tensor,
  build: (b: Builder, x: Value, w: Value) => Value,
): Float64Array {
  const b = new Builder(coreOperators);
  const graph = b.finish([build(b, b.input("x", { dtype: "float32", shape }), b.tensor(w, "w"))]);
  return toFloat64(withRandomWeights(sourceOf(graph), 3).at(1).constants.get("w")!.load());
}

/** The replacement of a trained matrix at one input of an operator: "drawn", the number that fills it, "stays" or "refused". */
function outcome(op: string, input: number): string {
  const w = trained([4, 4]);
  const constant = { ...w, load: () => w };
  const type = { dtype: "float32", shape: w.shape } as const;
  const inputs = Array.from({ length: input + 1 }, (_, i) => (i === input ? "w" : "x"));
  // Types are not checked: the outcome depends only on the operator and the input, or on the Conv that reads the result.
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

/** Operators by the replacement of a constant at each input. Unary operators of a constant are computed at import, so they are not listed. */
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
  // Bounds, exponents, and operands of comparisons.
  "stays stays": [
    ...["And", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater", "GreaterOrEqual"],
    ...["GridSample", "Less", "LessOrEqual", "Mod", "Or", "Pow", "Sub", "Xor"],
  ],
  "stays stays stays": ["ScatterElements", "ScatterND", "Where"],
  "stays stays stays stays stays stays stays stays": ["Max", "Min"],
};

test("every operator defines the initialization of a constant at each input, or is rejected", () => {
  const found: Record<string, string[]> = {};
  for (const [op, { inputs }] of coreOperators) {
    const most = typeof inputs === "number" ? inputs : Math.min(inputs[1], 8);
    if (most === 1) continue;
    const outcomes = Array.from({ length: most }, (_, input) => outcome(op, input)).join(" ");
    found[outcomes] = [...(found[outcomes] ?? []), op].sort();
  }
  assert.deepEqual(found, expected);
});

test("a unary operator is rejected, or the reader of its result defines the initialization", () => {
  const unary = [...coreOperators.values()].filter(({ inputs }) => inputs === 1).map(({ name }) => name);
  const drawn = unary.filter((op) => outcome(op, 0) === "drawn");
  assert.deepEqual(drawn.sort(), ["Cast", "Expand", "Identity", "Pad", "Reshape", "Slice", "Tile", "Transpose"]);
  assert.equal(outcome("Exp", 0), "refused");
});

test("an operator outside the core is rejected; the error names the operator and the node, and gives a hint", () => {
  assert.equal(outcome("Novel", 1), "refused");
});

test("a scale of one number is a setting, a vector of scales is not", () => {
  const scaled = (w: Tensor) => untrained([1, 3], w, (b, x, y) => b.mul(x, y));
  assert.deepEqual([...scaled(float32([], [0.5]))], [0.5]);
  assert.deepEqual([...scaled(float32([3], [0.5, 0.5, 2]))], [1, 1, 1]);
});

test("a class token starts at 0, and padding stays unchanged", () => {
  const joined = (w: Tensor) => untrained([1, 2, 3], w, (b, x, y) => b.concat([y, x], 1));
  assert.deepEqual([...joined(float32([1, 1, 3], [1, 2, 3]))], [0, 0, 0]);
  assert.deepEqual([...joined(float32([1, 1, 3], [7, 7, 7]))], [7, 7, 7]);
});

test("the fan-in of a matrix is the summed extent, on whichever side the matrix is", () => {
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
