/**
 * Every kind of target on a small network of its own: the score is what a formula on the network's numbers says, and the
 * gradient is what finite differences of that formula say. The formulas know nothing of derived values, seeds or places.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { derive } from "../../contract/derive.ts";
import { headsOf } from "../../contract/heads.ts";
import { array64 } from "../../graph/array64.ts";
import { Builder, type Value } from "../../graph/builder.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { formatTarget } from "../../graph/target.ts";
import { Network, rowsOf } from "../../methods/network.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";
import type { OpenNetwork } from "../models/open-network.ts";
import { chooseTarget } from "./choose-target.ts";

const inputs = 12;

/** A smooth network of 12 numbers with outputs of these shapes, and what its file would be taken to be. */
function made(shape: readonly number[], end: (b: Builder, x: Value) => readonly Value[], names?: readonly string[]) {
  const b = new Builder(coreOperators);
  const width = sizeOf(shape);
  const x = b.input("x", { dtype: "float32", shape: [1, inputs] });
  const hidden = b.apply("Tanh", [
    b.matmul(x, b.tensor(float32([inputs, width], new Random(7).normals(inputs * width)))),
  ]);
  const outputs = end(b, b.reshape(b.scale(hidden, 2), shape));
  b.site({ name: "hidden", value: hidden.name, axes: ["batch", "feature"], role: "Tanh" });
  const graph = b.finish(outputs);
  const ports = outputs.map(({ name }, i) => ({ name: `out${i}`, value: name }));
  const { heads } = headsOf(graph, ports, {
    picture: { rows: 16, columns: 16, layout: "NCHW" },
    named: names?.length,
    said: undefined,
  });
  const [head, ...others] = heads;
  const derived = derive(graph, [head!, ...others]);
  const network = new Network(
    {
      hash: "small",
      at: () => derived.graph,
      batchable: false,
      input: "x",
      logits: derived.scores,
      output: head!.kind.value,
      probabilities: derived.probabilities,
      direction: derived.direction,
      otherOutputs: new Map(derived.others.map((value, i) => [others[i]!.output, value])),
      layout: "NCHW",
      classNames: names,
    },
    referenceRuntime,
    2 ** 30,
  );
  const card = { name: "small.onnx", classes: names && { names } };
  return { model: { network, card } as unknown as OpenNetwork, graph, outputs: outputs.map(({ name }) => name) };
}

const point = new Random(3).normals(inputs);

const softmax = (line: readonly number[]): number[] => {
  const powers = line.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
};
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

type Outputs = readonly (readonly number[])[];

interface Case {
  readonly what: string;
  readonly shape: readonly number[];
  readonly end?: (b: Builder, x: Value) => readonly Value[];
  readonly names?: readonly string[];
  readonly text: string | undefined;
  readonly target: string;
  /** From the numbers of each output as the file gives them. */
  readonly value: (outputs: Outputs) => number;
}

const plain = (_b: Builder, x: Value): readonly Value[] => [x];
/** YOLO v8 of one class at 16 × 16: 4 + 1 numbers for 5 boxes of strides 8, 16 and 32 (of which 32 has none). */
const boxes = [1, 5, 5];

const cases: readonly Case[] = [
  { what: "a class", shape: [1, 4], text: "2", target: "logit:2", value: ([z]) => z![2]! },
  {
    what: "a class by name",
    shape: [1, 3],
    names: ["cat", "dog", "hen"],
    text: "Dog",
    target: "logit:1",
    value: ([z]) => z![1]!,
  },
  {
    what: "a difference",
    shape: [1, 4],
    text: "logit:0 - 2*logit:3",
    target: "logit:0 - 2*logit:3",
    value: ([z]) => z![0]! - 2 * z![3]!,
  },
  {
    what: "a probability",
    shape: [1, 4],
    text: "probability:2",
    target: "probability:2",
    value: ([z]) => softmax(z!)[2]!,
  },
  {
    what: "an independent probability, which is what the file itself gives",
    shape: [1, 4],
    end: (b, x) => [b.apply("Sigmoid", [x])],
    text: "probability:2",
    target: "probability:2",
    value: ([p]) => p![2]!,
  },
  {
    what: "the one score of two classes, negative where the first is meant",
    shape: [1, 1],
    end: (b, x) => [b.apply("Sigmoid", [x])],
    names: ["no", "yes"],
    text: "no",
    target: "-score",
    value: ([p]) => -Math.log(p![0]! / (1 - p![0]!)),
  },
  {
    what: "the probability of the second of two classes",
    shape: [1, 1],
    end: (b, x) => [b.apply("Sigmoid", [x])],
    text: "probability:1",
    target: "probability:1",
    value: ([p]) => p![0]!,
  },
  { what: "a number", shape: [1, 1], text: undefined, target: "number:0", value: ([z]) => z![0]! },
  {
    what: "a class over all pixels",
    shape: [1, 3, 2, 4],
    end: (b, x) => [b.apply("Softmax", [x], { axis: 1 }), x],
    text: "1",
    target: "logit:1",
    value: ([, z]) => mean(z!.slice(8, 16)),
  },
  {
    what: "a class at a pixel, by its probability",
    shape: [1, 3, 2, 4],
    end: (b, x) => [b.apply("Softmax", [x], { axis: 1 })],
    text: "probability:1@1,2",
    target: "probability:1@1,2",
    value: ([p]) => p![8 + 6]!,
  },
  {
    what: "a class in a rectangle, channels last",
    shape: [1, 2, 4, 3],
    end: (b, x) => [b.apply("Softmax", [x], { axis: 3 }), x],
    text: "2@0,1,2,3",
    target: "logit:2@0,1,2,3",
    value: ([, z]) => mean([1, 2, 5, 6].map((pixel) => z![pixel * 3 + 2]!)),
  },
  {
    what: "a class on the pixels that the model gives it",
    shape: [1, 3, 2, 4],
    end: (b, x) => [b.apply("Softmax", [x], { axis: 1 }), x],
    text: "logit:0@own",
    target: "logit:0@own",
    value: ([, z]) => {
      const own = Array.from({ length: 8 }, (_, i) => i).filter((i) => z![i]! > z![8 + i]! && z![i]! > z![16 + i]!);
      return mean(own.map((i) => z![i]!));
    },
  },
  {
    what: "the score of a class in a box",
    shape: boxes,
    text: "box:3:class:0",
    target: "box:3:class:0",
    value: ([z]) => z![4 * 5 + 3]!,
  },
  {
    what: "where a box is",
    shape: boxes,
    text: "box:2:width - box:1:x",
    target: "box:2:width - box:1:x",
    value: ([z]) => z![2 * 5 + 2]! - z![1]!,
  },
  {
    what: "a feature at a place of a sequence",
    shape: [1, 3, 7],
    text: "logit:5@2",
    target: "logit:5@2",
    value: ([z]) => z![2 * 7 + 5]!,
  },
  {
    what: "another output",
    shape: [1, 4],
    end: (b, x) => [b.apply("Softmax", [x], { axis: 1 }), b.slice(b.mul(x, x), [1], [0], [3]), x],
    text: "output:out1:2 + logit:0",
    target: "output:out1:2 + logit:0",
    value: ([, squares, z]) => squares![2]! + z![0]!,
  },
  {
    what: "a unit of any site",
    shape: [1, 4],
    text: "3*unit:hidden:1",
    target: "3*unit:hidden:1",
    value: ([z]) => 1.5 * z![1]!,
  },
];

for (const { what, shape, end = plain, names, text, target, value } of cases) {
  test(`${what}: ${text ?? "as the model finds it"}`, async () => {
    const { model, graph, outputs } = made(shape, end, names);
    const input = float32([1, inputs], point);
    const services = {} as Parameters<typeof chooseTarget>[0]["services"];
    const chosen = await chooseTarget({ services, model, input, preprocessing: undefined }, text);
    assert.equal(formatTarget(chosen), target);
    const at = (x: Float64Array): number => {
      const found = evaluate(graph, new Map([["x", array64("float32", [1, inputs], x)]]), coreOperators);
      return value(outputs.map((name) => [...found.get(name)!.data]));
    };
    const x = toFloat64(input);
    for await (const { scores, gradients } of model.network.gradients(rowsOf(input), chosen, { wrt: ["x"] })) {
      near(scores[0]!, at(x), "the score");
      toFloat64(gradients[0]!).forEach((slope, i) => {
        const moved = (by: number): number => at(x.map((each, k) => (k === i ? each + by : each)));
        near(slope, (moved(1e-5) - moved(-1e-5)) / 2e-5, `the slope at ${i}`);
      });
    }
  });
}

function near(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= 1e-6 * (1 + Math.abs(expected)), `${what}: ${found}, expected ${expected}`);
}

test("what cannot be read is refused with a sentence", async () => {
  const scores = made([1, 4], plain).model;
  const map = made([1, 3, 2, 4], (b, x) => [b.apply("Softmax", [x], { axis: 1 })]).model;
  const refused: readonly (readonly [OpenNetwork, string, RegExp])[] = [
    [scores, "score", /more than one number/],
    [scores, "logit:9", /there are 4/],
    [scores, "logit:1@2,3", /outside an output without places/],
    [scores, "logit:1@own", /the output of small.onnx is classes/],
    [scores, "box:1:x", /has no boxes/],
    [scores, "output:aux:1", /no other output named aux/],
    [map, "logit:1@9,9", /outside 2 × 4/],
    [map, "logit:1@3,3,2,4", /cannot be read/],
  ];
  for (const [model, text, sentence] of refused) {
    const input = float32([1, inputs], point);
    const services = {} as Parameters<typeof chooseTarget>[0]["services"];
    const asked = async (): Promise<void> => {
      const target = await chooseTarget({ services, model, input, preprocessing: undefined }, text);
      model.network.seeds(target);
    };
    await assert.rejects(asked, sentence, text);
  }
});
