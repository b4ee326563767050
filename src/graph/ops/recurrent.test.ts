import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64, type Array64 } from "../array64.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { checkGradient, type BuildFunction } from "../gradient-check.ts";
import type { AttributeValue } from "../graph.ts";
import { recurrentLayers, type RecurrentOperator } from "./recurrent-unrolled.ts";
import { coreOperators as operators } from "./table.ts";

type Attributes = Readonly<Record<string, AttributeValue>>;

const random = new Random(23);
const normal = (shape: Shape) => array64("float64", shape, random.normals(sizeOf(shape)));

const [time, batch, features, hidden] = [3, 2, 2, 2];

function inputsOf(op: RecurrentOperator, directions: number): readonly Array64[] {
  const { gates, states } = recurrentLayers[op];
  const start = [directions, batch, hidden];
  return [
    normal([time, batch, features]),
    normal([directions, gates * hidden, features]),
    normal([directions, gates * hidden, hidden]),
    normal([directions, 2 * gates * hidden]),
    array64("int32", [batch], [3, 1]),
    ...Array.from({ length: states }, () => normal(start)),
    ...(op === "LSTM" ? [normal([directions, 3 * hidden])] : []),
  ];
}

const applyLayer =
  (op: string, attributes: Attributes): BuildFunction =>
  (b, inputs) =>
    b.applyAll(op, inputs, { hidden_size: hidden, ...attributes });

const variants: readonly (readonly [RecurrentOperator, Attributes])[] = [
  ["LSTM", { direction: "forward" }],
  [
    "LSTM",
    {
      direction: "reverse",
      input_forget: true,
      activations: ["HardSigmoid", "Softsign", "Elu"],
      activation_alpha: [0.15, 0.8],
    },
  ],
  ["GRU", { direction: "reverse" }],
  [
    "GRU",
    {
      direction: "forward",
      linear_before_reset: true,
      activations: ["Sigmoid", "Affine"],
      activation_alpha: [0.7],
      activation_beta: [0.1],
    },
  ],
  [
    "RNN",
    {
      direction: "bidirectional",
      activations: ["ScaledTanh", "Softplus"],
      activation_alpha: [1.2],
      activation_beta: [0.8],
    },
  ],
];

for (const [op, attributes] of variants) {
  test(`${op} ${JSON.stringify(attributes)}: gradients by all inputs, of sequences of unequal length`, () => {
    checkGradient({
      operators,
      build: applyLayer(op, attributes),
      inputs: inputsOf(op, attributes["direction"] === "bidirectional" ? 2 : 1),
    });
  });
}

test("second order holds through an LSTM", () => {
  checkGradient({ operators, build: applyLayer("LSTM", {}), inputs: inputsOf("LSTM", 1), order: 2, wrt: [0, 5] });
});

const run = (op: string, inputs: readonly Array64[], attributes: Attributes): readonly Array64[] => {
  const b = new Builder(operators);
  const graph = b.finish(
    b.applyAll(
      op,
      inputs.map((input, i) => b.input(`x${i}`, input)),
      { hidden_size: hidden, ...attributes },
    ),
  );
  return [...evaluate(graph, new Map(inputs.map((input, i) => [`x${i}`, input])), operators).values()];
};

test("a padded sequence has the states of the sequence alone, in both directions, and 0 where it is padding", () => {
  for (const op of ["LSTM", "GRU", "RNN"] as const) {
    const inputs = inputsOf(op, 2);
    const attributes = { direction: "bidirectional" };
    const [all, last] = run(op, inputs, attributes);
    const second = (value: Array64): Array64 =>
      array64(
        "float64",
        [2, 1, hidden],
        [0, 1].flatMap((d) => [...value.data.subarray((d * batch + 1) * hidden, (d * batch + 2) * hidden)]),
      );
    const alone = run(
      op,
      [
        array64("float64", [1, 1, features], inputs[0]!.data.slice(features, 2 * features)),
        ...inputs.slice(1, 4),
        array64("int32", [1], [1]),
        ...inputs.slice(5).map((input) => (input.shape.length === 3 ? second(input) : input)),
      ],
      attributes,
    );
    const near = (x: number, y: number): void => assert.ok(Math.abs(x - y) < 1e-14, `${op}: ${x} and ${y}`);
    second(last!).data.forEach((value, i) => near(value, alone[1]!.data[i]!));
    for (let t = 1; t < time; t++) {
      for (let d = 0; d < 2; d++)
        for (let i = 0; i < hidden; i++) near(all!.data[((t * 2 + d) * batch + 1) * hidden + i]!, 0);
    }
  }
});

test("clip bounds what enters the activations", () => {
  const one = (shape: Shape, value: number) => array64("float64", shape, new Array<number>(sizeOf(shape)).fill(value));
  const [y] = run("RNN", [one([1, 1, 1], 10), one([1, 1, 1], 1), one([1, 1, 1], 0)], { clip: 0.5, hidden_size: 1 });
  assert.equal(y!.data[0], Math.tanh(0.5));
});

test("what does not fit is refused in a sentence", () => {
  const apply = (shapes: readonly Shape[], attributes: Attributes = {}) => {
    const b = new Builder(operators);
    return b.applyAll(
      "GRU",
      shapes.map((shape, i) => b.input(`x${i}`, { dtype: "float32", shape })),
      { hidden_size: 2, ...attributes },
    );
  };
  assert.throws(
    () =>
      apply([
        [3, 2, 4],
        [1, 6, 5],
        [1, 6, 2],
      ]),
    /GRU in 1 direction cannot apply weights .*: W does not fit/,
  );
  assert.throws(
    () =>
      apply(
        [
          [3, 2, 4],
          [1, 6, 4],
          [1, 6, 2],
        ],
        { direction: "bidirectional" },
      ),
    /GRU in 2 directions/,
  );
  assert.throws(
    () =>
      apply(
        [
          [3, 2, 4],
          [1, 6, 4],
          [1, 6, 2],
        ],
        { direction: "up" },
      ),
    /does not support the direction up/,
  );
  assert.throws(
    () =>
      apply(
        [
          [3, 2, 4],
          [1, 6, 4],
          [1, 6, 2],
        ],
        { activations: ["Sigmoid", "Swish"] },
      ),
    /does not support the activation Swish/,
  );
});
