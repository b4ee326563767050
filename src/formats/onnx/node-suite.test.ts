import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeSuite, nodeSuiteIsHere, type NodeCase } from "../../../test/conformance/onnx-node-suite.ts";
import { bounded } from "../../../test/fuzz/bounded.ts";
import { fuzzRuns } from "../../../test/fuzz/mutate.ts";
import { survives } from "../../../test/fuzz/survives.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { identify } from "../kind.ts";
import { memorySource } from "../source.ts";
import { dtypeOf } from "./element-types.ts";
import { readTensorProto } from "./read-tensor.ts";
import { readOnnx } from "./read.ts";
import type { OnnxGraph, OnnxNode } from "./records.ts";
import { readTensorData } from "./tensor-data.ts";

const skip = nodeSuiteIsHere() ? false : "the ONNX node suite is not here (../shared/conformance)";
let cases: NodeCase[] | undefined;
const suite = (): NodeCase[] => (cases ??= nodeSuite());

test("every model of ONNX's node suite is read, with the counts that the onnx package finds", { skip }, (t) => {
  const count = { models: 0, nodes: 0, initializers: 0, inputs: 0, outputs: 0, functions: 0, subgraphs: 0 };
  const attributes = new Map<string, number>();
  const addNodes = (nodes: readonly OnnxNode[]): void => {
    count.nodes += nodes.length;
    for (const attribute of nodes.flatMap((node) => [...node.attributes.values()])) {
      attributes.set(attribute.kind, (attributes.get(attribute.kind) ?? 0) + 1);
      const graphs =
        attribute.kind === "graph" ? [attribute.value] : attribute.kind === "graphs" ? attribute.value : [];
      count.subgraphs += graphs.length;
      graphs.forEach(addGraph);
    }
  };
  const addGraph = (graph: OnnxGraph): void => {
    count.initializers += graph.initializers.length;
    count.inputs += graph.inputs.length;
    count.outputs += graph.outputs.length;
    addNodes(graph.nodes);
  };
  for (const { name, model } of suite()) {
    const source = memorySource(name, model);
    assert.equal(identify(source).id, "onnx", name);
    const { graph, functions } = readOnnx(source);
    count.models++;
    count.functions += functions.length;
    addGraph(graph);
    functions.forEach(({ nodes }) => addNodes(nodes));
  }
  t.diagnostic(`${count.models} models, ${count.nodes} nodes`);
  // onnx 1.23.2 (Python), the same walk over the same archive.
  assert.deepEqual(count, {
    models: 1802,
    nodes: 12566,
    initializers: 16,
    inputs: 4117,
    outputs: 2429,
    functions: 0,
    subgraphs: 90,
  });
  assert.deepEqual(Object.fromEntries([...attributes].sort()), {
    float: 139,
    graph: 90,
    int: 4627,
    ints: 655,
    string: 257,
    strings: 8,
    tensor: 1517,
    type: 1,
  });
});

/**
 * Tensors, elements, and Σ min(|x|, 10⁶)·(1 + i mod 7) over the finite elements, of each element
 * type, from onnx.numpy_helper 1.23.2 over the same archive.
 */
const expected: Readonly<Record<string, readonly [tensors: number, elements: number, sum: number]>> = {
  bfloat16: [20, 102, 204.9140625],
  bool: [197, 15965, 31365],
  double: [118, 8130, 33463.208978133196],
  float: [4128, 1947037, 234830728.41374022],
  float16: [227, 26662, 6986396.485647202],
  float4e2m1: [20, 201, 2835.5],
  float8e4m3fn: [32, 292, 116978],
  float8e4m3fnuz: [26, 270, 57834],
  float8e5m2: [29, 281, 14156987],
  float8e5m2fnuz: [26, 270, 13762803],
  float8e8m0: [4, 32, 244],
  int16: [49, 2003, 17657451],
  int2: [23, 125, 532],
  int32: [119, 1415, 469039343],
  int4: [23, 396, 6269],
  int64: [625, 85269, 12691194],
  int8: [89, 3440, 371284],
  uint16: [48, 1746, 17401700],
  uint2: [23, 125, 845],
  uint32: [43, 1611, 6067197],
  uint4: [23, 396, 12362],
  uint64: [53, 2004, 1387669227],
  uint8: [149, 46433, 19847834],
};

test("every input and output tensor of the suite has the values that NumPy gives", { skip }, (t) => {
  const found = new Map<string, [number, number, number]>();
  let refused = 0;
  for (const { name, inputs, outputs } of suite()) {
    for (const bytes of [...inputs, ...outputs]) {
      const source = memorySource(name, bytes);
      try {
        const record = readTensorProto(source);
        if (dtypeOf(record.elementType) === undefined) continue;
        const values = toFloat64(readTensorData(record, { source }));
        const sum = found.get(record.elementType) ?? [0, 0, 0];
        sum[0]++;
        sum[1] += values.length;
        values.forEach((value, i) => {
          if (Number.isFinite(value)) sum[2] += Math.min(Math.abs(value), 1e6) * (1 + (i % 7));
        });
        found.set(record.elementType, sum);
      } catch (error) {
        assert.ok(error instanceof GlassboxError, `${name}: ${String(error)}`);
        refused++;
      }
    }
  }
  t.diagnostic(
    `${[...found.values()].reduce((sum, [count]) => sum + count, 0)} tensors; ${refused} files are sequences or optionals`,
  );
  assert.deepEqual([...found.keys()].sort(), Object.keys(expected).sort());
  for (const [type, [tensors, elements, sum]] of Object.entries(expected)) {
    const [foundTensors, foundElements, foundSum] = found.get(type)!;
    assert.deepEqual([foundTensors, foundElements], [tensors, elements], type);
    assert.ok(Math.abs(foundSum - sum) <= 1e-9 * sum, `${type}: ${foundSum} instead of ${sum}`);
  }
});

/** Forty of the suite's smaller models, spread over it. */
const someModels = (): NodeCase[] => {
  const smaller = suite().filter(({ model }) => model.length < 8192);
  return smaller.filter((_, i) => i % Math.ceil(smaller.length / 40) === 0);
};

function readsOrRefuses(bytes: Uint8Array, name: string): void {
  bounded(name, () => {
    try {
      readOnnx(memorySource("test.onnx", bytes));
    } catch (error) {
      assert.ok(error instanceof GlassboxError, `${name}: ${String(error)}`);
    }
  });
}

test("a model of the suite cut off at any length is read or refused", { skip }, () => {
  const { name, model } = suite().find((found) => found.name === "test_if")!;
  for (let length = 0; length < model.length; length++)
    readsOrRefuses(model.subarray(0, length), `${name} cut at ${length}`);
});

test("damaged models of the suite are read or refused, with bounded work", { skip }, (t) =>
  survives(
    t,
    fuzzRuns(2000),
    someModels().map(({ model }) => model),
    (damaged) => void readOnnx(memorySource("test.onnx", damaged)),
  ),
);
