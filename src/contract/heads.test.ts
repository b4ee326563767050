import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder, type Value } from "../graph/builder.ts";
import { typeOf } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import type { OutputKind } from "../protocol/contract.ts";
import { derive } from "./derive.ts";
import type { FoundHead, Hints } from "./found-head.ts";
import { headsOf } from "./heads.ts";

const noHints: Hints = { picture: undefined, named: undefined, said: undefined };
const at = (rows: number, columns = rows): Hints => ({ ...noHints, picture: { rows, columns, layout: "NCHW" } });

/** The heads of a network that ends as `end` says, from features of a shape that look like a layer's. */
function found(shape: readonly number[], end: (b: Builder, x: Value) => readonly Value[], hints = noHints) {
  const b = new Builder(coreOperators);
  const x = b.apply("Relu", [b.input("input", { dtype: "float32", shape })]);
  const outputs = end(b, x);
  const graph = b.finish(outputs);
  const ports = outputs.map(({ name }, i) => ({ name: i === 0 ? "output" : `output${i}`, value: name }));
  return { ...headsOf(graph, ports, hints), graph, x: x.name };
}

/** exp(x)/Σ exp(x), with or without the largest number taken off first. */
function writtenSoftmax(b: Builder, x: Value, axis: number, stable: boolean): Value {
  const shifted = stable ? b.sub(x, b.apply("ReduceMax", [x], { axes: [axis], keepdims: true })) : x;
  const powers = b.apply("Exp", [shifted]);
  return b.div(powers, b.sum(powers, [axis], true));
}

const logSum = (b: Builder, x: Value): Value => b.apply("Log", [b.sum(b.apply("Exp", [x]), [1], true)]);

const cases: readonly {
  readonly what: string;
  readonly shape: readonly number[];
  readonly end: (b: Builder, x: Value) => readonly Value[];
  readonly hints?: Hints;
  readonly kind: Partial<OutputKind>;
  readonly sure?: boolean;
  /** Whether targets read the features before the last step. */
  readonly behind?: boolean;
}[] = [
  { what: "plain numbers", shape: [1, 8], end: (_b, x) => [x], kind: { is: "classes", given: "logits" }, sure: false },
  {
    what: "a softmax",
    shape: [1, 8],
    end: (b, x) => [b.apply("Softmax", [x], { axis: 1 })],
    kind: { is: "classes", classes: 8, given: "probabilities" },
    behind: true,
  },
  {
    what: "a softmax behind a reshape",
    shape: [1, 8],
    end: (b, x) => [b.reshape(b.apply("Softmax", [x], { axis: -1 }), [1, 8, 1, 1])],
    kind: { is: "classes", given: "probabilities" },
    behind: true,
  },
  {
    what: "a softmax that is written out",
    shape: [1, 8],
    end: (b, x) => [writtenSoftmax(b, x, 1, false)],
    kind: { is: "classes", given: "probabilities" },
    behind: true,
  },
  {
    what: "a softmax that is written out with its largest number taken off",
    shape: [1, 8],
    end: (b, x) => [writtenSoftmax(b, x, 1, true)],
    kind: { is: "classes", given: "probabilities" },
    behind: true,
  },
  {
    what: "a softmax that is clipped",
    shape: [1, 8],
    end: (b, x) => [b.apply("Clip", [b.apply("Softmax", [x], { axis: 1 })], { min: 1e-7, max: 1 - 1e-7 })],
    kind: { is: "classes", given: "probabilities" },
    behind: true,
  },
  {
    what: "the exponential of a log-softmax",
    shape: [1, 8],
    end: (b, x) => [b.apply("Exp", [b.apply("LogSoftmax", [x], { axis: 1 })])],
    kind: { is: "classes", given: "probabilities" },
    behind: true,
  },
  {
    what: "a log-softmax that is written out",
    shape: [1, 8],
    end: (b, x) => [b.sub(x, logSum(b, x))],
    kind: { is: "classes", given: "log-probabilities" },
    behind: true,
  },
  {
    what: "the logarithm of a softmax with a small offset",
    shape: [1, 8],
    end: (b, x) => [b.apply("Log", [b.shift(b.apply("Softmax", [x], { axis: 1 }), 1e-7)])],
    kind: { is: "classes", given: "log-probabilities" },
    behind: true,
  },
  {
    what: "the index of the largest",
    shape: [1, 8],
    end: (b, x) => [b.apply("ArgMax", [x], { axis: 1, keepdims: false })],
    kind: { is: "classes", given: "labels" },
    behind: true,
  },
  {
    what: "a sigmoid of several",
    shape: [1, 5],
    end: (b, x) => [b.apply("Sigmoid", [x])],
    kind: { is: "independent", classes: 5, given: "probabilities" },
    behind: true,
  },
  {
    what: "a sigmoid of several that is written out",
    shape: [1, 5],
    end: (b, x) => [b.apply("Reciprocal", [b.shift(b.apply("Exp", [b.neg(x)]), 1)])],
    kind: { is: "independent", given: "probabilities" },
    behind: true,
  },
  {
    what: "a sigmoid of one number",
    shape: [1, 1],
    end: (b, x) => [b.apply("Sigmoid", [x])],
    kind: { is: "binary", given: "probabilities" },
    behind: true,
  },
  { what: "one number", shape: [1, 1], end: (_b, x) => [affine(_b, x)], kind: { is: "number", numbers: 1 } },
  {
    what: "numbers between −1 and 1",
    shape: [1, 3],
    end: (b, x) => [b.apply("Tanh", [affine(b, x)])],
    kind: { is: "number", numbers: 3, range: { low: -1, high: 1 } },
    sure: false,
  },
  {
    what: "a softmax at every pixel",
    shape: [1, 4, 6, 6],
    end: (b, x) => [b.apply("Softmax", [x], { axis: 1 })],
    kind: { is: "segmentation", classes: 4, rows: 6, columns: 6, exclusive: true },
    behind: true,
  },
  {
    what: "a softmax at every pixel, channels last",
    shape: [1, 6, 7, 4],
    end: (b, x) => [b.apply("Softmax", [x], { axis: 3 })],
    kind: { is: "segmentation", classes: 4, rows: 6, columns: 7, exclusive: true },
  },
  {
    what: "a mask",
    shape: [1, 1, 6, 6],
    end: (b, x) => [b.apply("Sigmoid", [x])],
    kind: { is: "segmentation", classes: 1, exclusive: false },
    behind: true,
  },
  {
    what: "the best class of every pixel",
    shape: [1, 4, 6, 6],
    end: (b, x) => [b.apply("ArgMax", [x], { axis: 1, keepdims: false })],
    kind: { is: "segmentation", classes: 4, given: "labels" },
    behind: true,
  },
  {
    what: "a picture",
    shape: [1, 3, 6, 6],
    end: (_b, x) => [x],
    hints: at(6),
    kind: { is: "pixels", channels: 3 },
    sure: false,
  },
  {
    what: "a vector of length 1",
    shape: [1, 8],
    end: (b, x) => [b.div(x, b.apply("Sqrt", [b.sum(b.mul(x, x), [1], true)]))],
    kind: { is: "embedding", size: 8, unitLength: true },
    behind: true,
  },
  {
    what: "numbers for each token",
    shape: [1, 7, 16],
    end: (_b, x) => [x],
    kind: { is: "sequence", positions: 7, features: 16, exclusive: false },
    sure: false,
  },
  {
    what: "YOLO v8: 4 + classes for each cell of three grids",
    shape: [1, 7, 84],
    end: (_b, x) => [x],
    hints: at(64),
    kind: { is: "boxes", layout: "yolo-v8", boxes: 84, classes: 3, objectness: false },
  },
  {
    what: "YOLO v5: 5 + classes for three anchors in each cell",
    shape: [1, 252, 8],
    end: (_b, x) => [x],
    hints: at(64),
    kind: { is: "boxes", layout: "yolo-v5", boxes: 252, classes: 3, objectness: true },
  },
  {
    what: "YOLO v11 with masks: prototypes in a second output, names in the file",
    shape: [1, 11, 84],
    end: (b, x) => [x, b.reshape(b.slice(x, [1, 2], [0, 0], [4, 64]), [1, 4, 8, 8])],
    hints: { ...at(64), named: 3 },
    kind: { is: "boxes", layout: "yolo-v8", classes: 3, further: 4 },
  },
  {
    what: "boxes after suppression",
    shape: [1, 300, 6],
    end: (_b, x) => [x],
    hints: at(640),
    kind: { is: "boxes", layout: "end-to-end", boxes: 300 },
    sure: false,
  },
  {
    what: "SSD: a pair of places and softmax scores of anchors",
    shape: [1, 2000, 7],
    end: (b, x) => [b.slice(x, [2], [0], [4]), b.apply("Softmax", [b.slice(x, [2], [4], [7])], { axis: 2 })],
    kind: { is: "boxes", layout: "ssd", boxes: 2000, classes: 3, background: 0 },
  },
  {
    what: "DETR: a pair of sigmoid places and logits of queries",
    shape: [1, 100, 7],
    end: (b, x) => [b.slice(x, [2], [4], [7]), b.apply("Sigmoid", [b.slice(x, [2], [0], [4])])],
    kind: { is: "boxes", layout: "detr", boxes: 100, classes: 3, background: 2 },
  },
];

/** Numbers that no last step makes, so that a single one is not taken for a sigmoid's. */
const affine = (b: Builder, x: Value): Value => b.shift(b.scale(x, 2), 0.5);

for (const { what, shape, end, hints, kind, sure = true, behind } of cases) {
  test(`${what}: ${kind.is}`, () => {
    const { heads, graph, x } = found(shape, end, hints);
    const [head] = heads;
    assert.ok(head, "a head is found");
    assert.deepEqual({ ...head.kind.value, ...kind }, head.kind.value);
    assert.equal(head.kind.sure, sure, head.kind.evidence.words);
    if (behind)
      assert.deepEqual(
        head.parts.map(({ value }) => value),
        [x],
      );
    checkDerived(graph, head);
  });
}

/** Channels come second in what targets read, and there are as many as the kind says. */
function checkDerived(graph: Parameters<typeof derive>[0], head: FoundHead): void {
  const kind = head.kind.value;
  const derived = derive(graph, [head]);
  const [, channels, ...positions] = typeOf(derived.graph, derived.scores).shape;
  const expected = {
    classes: () => [kind.is === "classes" ? kind.classes : 0],
    independent: () => [kind.is === "independent" ? kind.classes : 0],
    binary: () => [1],
    number: () => [kind.is === "number" ? kind.numbers : 0],
    embedding: () => [kind.is === "embedding" ? kind.size : 0],
    segmentation: () => (kind.is === "segmentation" ? [kind.classes, kind.rows, kind.columns] : []),
    pixels: () => (kind.is === "pixels" ? [kind.channels, kind.rows, kind.columns] : []),
    sequence: () => (kind.is === "sequence" ? [kind.features, kind.positions] : []),
    boxes: () =>
      kind.is === "boxes"
        ? [kind.layout === "end-to-end" ? 6 : 4 + (kind.objectness ? 1 : 0) + kind.classes + kind.further, kind.boxes]
        : [],
  }[kind.is]();
  assert.deepEqual([channels, ...positions], expected);
}

test("of several heads the class scores come first, and the others are offered", () => {
  const { heads } = found([1, 8], (b, x) => [
    b.div(x, b.apply("Sqrt", [b.sum(b.mul(x, x), [1], true)])),
    b.apply("Softmax", [b.slice(x, [1], [0], [5])], { axis: 1 }),
  ]);
  assert.deepEqual(
    heads.map(({ output, kind }) => [output, kind.value.is]),
    [
      ["output1", "classes"],
      ["output", "embedding"],
    ],
  );
});

test("logits beside their own softmax are one head", () => {
  const { heads } = found([1, 8], (b, x) => [x, b.apply("Softmax", [x], { axis: 1 })]);
  assert.equal(heads.length, 1);
});

test("features from which another output is computed are an embedding", () => {
  const { heads } = found([1, 8], (b, x) => [x, b.slice(affine(b, x), [1], [0], [5])]);
  assert.deepEqual(
    heads.map(({ output, kind }) => [output, kind.value.is]),
    [
      ["output1", "classes"],
      ["output", "embedding"],
    ],
  );
});

test("a person decides between what a shape may be, and chooses among heads", () => {
  const said = { output: "output1", kind: "independent" } as const;
  const { heads } = found([1, 8], (b, x) => [b.apply("Softmax", [x], { axis: 1 }), affine(b, x)], { ...noHints, said });
  assert.deepEqual(
    [heads[0]!.output, heads[0]!.kind.value.is, heads[0]!.kind.evidence.from],
    ["output1", "independent", "person"],
  );
});

test("what is known to be nothing of these is said", () => {
  const { heads, unexplained } = found([1, 2, 3, 4, 5], (_b, x) => [x]);
  assert.deepEqual(heads, []);
  assert.match(unexplained!, /no kind of output that is known here/);
});
