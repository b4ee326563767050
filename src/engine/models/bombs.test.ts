/** Files of a few hundred bytes that would take gigabytes or hours are refused before any of it is spent. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { floats, integers, onnxGraph, type GraphParts, type NodeParts } from "../../../test/files/onnx-graph.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { openNetwork, type OpenNetwork } from "./open-network.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bombs-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const quarter = 2 ** 28;
let files = 0;

async function open(parts: Pick<GraphParts, "nodes" | "weights">, budget = quarter): Promise<OpenNetwork> {
  const file = path.join(folder, `${files++}.onnx`);
  const inputs = { x: [1, 4] };
  fs.writeFileSync(file, onnxGraph({ inputs, outputs: { y: [1, 4] }, ...parts }));
  return (await openNetwork(file, referenceRuntime, budget, undefined)).model;
}

async function refused(
  parts: Pick<GraphParts, "nodes" | "weights">,
  kind: GlassboxError["kind"],
  sentence: RegExp,
): Promise<void> {
  await assert.rejects(open(parts), (error) => {
    assert.ok(error instanceof GlassboxError, String((error as Error).stack));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, sentence);
    return true;
  });
}

const node = (op: string, inputs: readonly string[], output: string, more: Partial<NodeParts> = {}): NodeParts => ({
  op,
  inputs,
  output,
  ...more,
});
/** Reduces whatever was made to a number and adds it to the input. */
const toAnswer = (made: string): readonly NodeParts[] => [
  node("ReduceMean", [made], "mean", { attributes: { keepdims: 0 } }),
  node("Add", ["x", "mean"], "y"),
];

const shape = (...extents: readonly number[]) => ({ shape: integers(...extents) });
const large: readonly (readonly [string, Pick<GraphParts, "nodes" | "weights">])[] = [
  ["Expand", { nodes: [node("Expand", ["x", "shape"], "big"), ...toAnswer("big")], weights: shape(250_000_000, 4) }],
  ["Tile", { nodes: [node("Tile", ["x", "shape"], "big"), ...toAnswer("big")], weights: shape(250_000_000, 1) }],
  ["Pad", { nodes: [node("Pad", ["x", "shape"], "big"), ...toAnswer("big")], weights: shape(0, 0, 1_000_000, 1000) }],
  [
    "ConstantOfShape",
    { nodes: [node("ConstantOfShape", ["shape"], "big"), ...toAnswer("big")], weights: shape(1 << 20, 1000) },
  ],
  [
    "Resize",
    {
      nodes: [
        node("Reshape", ["x", "image"], "picture"),
        node("Resize", ["picture", "", "", "shape"], "big"),
        ...toAnswer("big"),
      ],
      weights: { image: integers(1, 1, 2, 2), ...shape(1, 1, 30_000, 30_000) },
    },
  ],
  [
    "Concat, doubled 27 times",
    {
      nodes: [
        ...Array.from({ length: 27 }, (_, i) =>
          node("Concat", Array<string>(2).fill(i === 0 ? "x" : `c${i - 1}`), `c${i}`, { attributes: { axis: 0 } }),
        ),
        ...toAnswer("c26"),
      ],
    },
  ],
  [
    "an outer product",
    {
      nodes: [
        node("Transpose", ["x"], "column"),
        node("Expand", ["column", "wide"], "a"),
        node("Expand", ["x", "tall"], "b"),
        node("MatMul", ["b", "a"], "big"),
        ...toAnswer("big"),
      ],
      weights: { wide: integers(4, 30_000), tall: integers(30_000, 4) },
    },
  ],
];

for (const [name, parts] of large) {
  test(`${name} over the memory budget is refused with both numbers and the node's name`, () =>
    refused(
      parts,
      "resource",
      /one run of this network, whose largest value is that of \w+ ".+", needs .+ GB, over the limit of 256 MB/,
    ));
}

test("what fits into the budget is not refused", async () => {
  const parts = { nodes: [node("Expand", ["x", "shape"], "big"), ...toAnswer("big")], weights: shape(1_000_000, 4) };
  assert.equal((await open(parts)).card.kind, "network");
  await refused({ ...parts, weights: shape(100_000_000, 4) }, "resource", /over the limit/);
  assert.equal((await open({ ...parts, weights: shape(100_000_000, 4) }, 2 ** 31)).card.kind, "network");
});

test("constants that are made at import count: a dozen of a sixth of the budget each", async () => {
  const made = Array.from({ length: 12 }, (_, i) => i);
  await refused(
    {
      nodes: [
        ...made.map((i) => node("ConstantOfShape", [`s${i}`], `c${i}`)),
        ...made.map((i) => node("MatMul", ["x", `c${i}`], `m${i}`)),
        ...made.map((i) => node("ReduceMean", [`m${i}`], `r${i}`, { attributes: { keepdims: 0 } })),
        ...made.map((i) => node("Add", [i === 0 ? "x" : `a${i - 1}`, `r${i}`], `a${i}`)),
        node("Identity", ["a11"], "y"),
      ],
      weights: Object.fromEntries(made.map((i) => [`s${i}`, integers(4, 2_500_000 + i)])),
    },
    "resource",
    /needs .* over the limit/,
  );
});

test("weights that are multiplied with each other for hours are refused, and nothing of it is computed", () =>
  refused(
    {
      nodes: [
        node("ConstantOfShape", ["shape"], "c"),
        node("Softmax", ["c"], "w0"),
        ...Array.from({ length: 8 }, (_, i) => node("MatMul", [`w${i}`, `w${i}`], `w${i + 1}`)),
        ...toAnswer("w8"),
      ],
      weights: shape(2000, 2000),
    },
    "resource",
    /numbers of its weights with each other, over the limit of .* \(w\d\)/,
  ));

test("a small product of weights is folded, a larger one is left to the runtime", async () => {
  const product = (side: number): Promise<OpenNetwork> =>
    open({
      nodes: [
        node("ConstantOfShape", ["shape"], "c"),
        node("Softmax", ["c"], "w"),
        node("MatMul", ["w", "w"], "ww"),
        ...toAnswer("ww"),
      ],
      weights: shape(side, side),
    });
  const operators = (network: OpenNetwork) => network.network.graph.nodes.map(({ op }) => op);
  assert.ok(!operators(await product(100)).includes("MatMul"));
  assert.ok(operators(await product(1000)).includes("MatMul"));
});

test("extents that are no whole numbers of elements are refused by the node that makes them", async () => {
  const extents = (...values: readonly number[]): Pick<GraphParts, "nodes" | "weights"> => ({
    nodes: [node("ConstantOfShape", ["shape"], "big"), ...toAnswer("big")],
    weights: shape(...values),
  });
  await refused(extents(-5), "unsupported", /no tensor of shape \[-5\].*node "big"/);
  await refused(extents(2 ** 30, 2 ** 30), "unsupported", /no tensor of shape/);
  await refused(
    {
      nodes: [
        ...Array.from({ length: 60 }, (_, i) =>
          node("Concat", Array<string>(2).fill(i === 0 ? "x" : `c${i - 1}`), `c${i}`, { attributes: { axis: 0 } }),
        ),
        ...toAnswer("c59"),
      ],
    },
    "unsupported",
    /no tensor of shape .*node "c\d+"/,
  );
  await refused(
    {
      nodes: [
        node("Reshape", ["x", "image"], "picture"),
        node("Resize", ["picture", "", "scales"], "big"),
        ...toAnswer("big"),
      ],
      weights: { image: integers(1, 1, 2, 2), scales: floats([4], [1, 1, Infinity, 1]) },
    },
    "unsupported",
    /node "big"/,
  );
});

const links = Array.from({ length: 6000 }, (_, i) => i);

test("a chain of six thousand constants is computed without the call stack", async () => {
  const { network } = await open({
    nodes: [
      ...links.map((i) => node(i % 2 ? "Neg" : "Abs", [i === 0 ? "w" : `c${i - 1}`], `c${i}`)),
      node("Add", ["x", `c${links.length - 1}`], "y"),
    ],
    weights: { w: floats([4], [1, -2, 3, -4]) },
  });
  const [made] = [...network.graph.constants.values()].filter(({ folded }) => folded);
  assert.deepEqual(toNumbers(made!.load()), [-1, -2, -3, -4]);
});

test("a shape at the end of six thousand steps is known", async () => {
  const { network } = await open({
    nodes: [
      ...links.map((i) => node(i % 2 ? "Add" : "Sub", [i === 0 ? "shape" : `c${i - 1}`, "one"], `c${i}`)),
      node("Expand", ["x", `c${links.length - 1}`], "big"),
      ...toAnswer("big"),
    ],
    weights: { ...shape(3, 4), one: integers(1, 1) },
  });
  assert.deepEqual(network.graph.nodes.find(({ op }) => op === "Expand")?.attributes["shape"], [3, 4]);
});

test("shape arithmetic that multiplies matrices for long is refused", () =>
  refused(
    {
      nodes: [
        node("ConstantOfShape", ["shape"], "c"),
        ...Array.from({ length: 9 }, (_, i) => node("MatMul", [i ? `m${i - 1}` : "c", i ? `m${i - 1}` : "c"], `m${i}`)),
        node("ReduceMean", ["m8"], "mean", { attributes: { keepdims: 0 } }),
        node("Cast", ["mean"], "whole", { attributes: { to: 7 } }),
        node("Reshape", ["whole", "two"], "extents"),
        node("Expand", ["x", "extents"], "big"),
        ...toAnswer("big"),
      ],
      weights: { ...shape(1000, 1000), two: integers(1) },
    },
    "resource",
    /computing the shapes of the model takes too much work/,
  ));
