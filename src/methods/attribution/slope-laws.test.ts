/** Each network is sound; then one of its laws is broken on purpose, and every gradient method must say so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { alone, outcomeOf } from "../../../test/reference-network.ts";
import { Builder, type Value } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import type { BackwardLaw } from "../../graph/operator.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { logit } from "../../graph/target.ts";
import type { BackwardRule } from "../../graph/transform/differentiate.ts";
import type { CheckStatus } from "../../protocol/result.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { float32 } from "../../tensor/tensor.ts";
import { Network } from "../network.ts";
import { parseOptions } from "../option.ts";
import { gradient } from "./gradient.ts";
import { inputGradient } from "./input-gradient.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { smoothGrad } from "./smoothgrad.ts";

/** A network whose operators have the laws that `rule` gives instead of their own. */
class RuledNetwork extends Network {
  readonly #rule: BackwardRule | undefined;

  constructor(at: (batch: number) => Graph, batchable: boolean, rule?: BackwardRule) {
    const layout = "NCHW";
    const logits = at(1).outputs[0]!;
    super({ hash: "toy", at, batchable, input: "x", logits, layout, classNames: undefined }, referenceRuntime, 2 ** 30);
    this.#rule = rule;
  }

  override gradients(...[rows, target, program]: Parameters<Network["gradients"]>): ReturnType<Network["gradients"]> {
    return super.gradients(rows, target, this.#rule ? { ...program, rule: this.#rule } : program);
  }
}

const methods = [
  { name: "gradient", run: gradient.run, options: parseOptions(gradient.options, {}) },
  { name: "gradient × input", run: inputGradient.run, options: parseOptions(inputGradient.options, {}) },
  { name: "SmoothGrad", run: smoothGrad.run, options: parseOptions(smoothGrad.options, { samples: 4, noise: 0.01 }) },
  {
    name: "integrated gradients",
    run: integratedGradients.run,
    options: parseOptions(integratedGradients.options, { rule: "midpoint", steps: 4 }),
  },
];

const random = new Random(5);
const normals = (shape: Shape): Float32Array => Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
const picture: Shape = [1, 1, 32, 32];
const input = float32(picture, normals(picture));

/** What each method's check of the slope says. */
async function verdicts(network: Network): Promise<ReadonlyMap<string, CheckStatus | undefined>> {
  const found = new Map<string, CheckStatus | undefined>();
  for (const { name, run, options } of methods) {
    const context = { ...alone, network, input, target: logit(0), pixels: undefined, options };
    const { certificate } = await outcomeOf(run(context as never));
    found.set(name, certificate.find(({ id }) => id === "slope")?.status);
  }
  return found;
}

const graphOf =
  (body: (b: Builder, x: Value) => Value) =>
  (batch: number): Graph => {
    const b = new Builder(coreOperators);
    return b.finish([body(b, b.input("x", { dtype: "float32", shape: [batch, ...picture.slice(1)] }))]);
  };

const own = (op: string): BackwardLaw => coreOperators.get(op)!.backward as BackwardLaw;
const only =
  (op: string, law: BackwardLaw): BackwardRule =>
  (node) =>
    node.op === op ? law : undefined;

async function allFail(network: Network): Promise<void> {
  for (const [name, status] of await verdicts(network)) assert.equal(status, "fail", name);
}

async function noneFails(network: Network): Promise<void> {
  for (const [name, status] of await verdicts(network))
    assert.ok(status !== undefined && status !== "fail", `${name}: ${status}`);
}

const gridWeights = float32(
  [1024, 8],
  normals([1024, 8]).map((value) => value / 32),
);
const readout = float32([4, 1], [1, -2, 3, 0.5]);

/** The picture says where it is sampled, so that both inputs of GridSample depend on it. */
const transformer = graphOf((b, x) => {
  const places = b.apply("Tanh", [b.matmul(b.reshape(x, [1, 1024]), b.tensor(gridWeights))]);
  const smooth = b.apply("AveragePool", [x], { kernel_shape: [8, 8], strides: [8, 8] });
  return b.matmul(
    b.reshape(b.apply("GridSample", [smooth, b.reshape(places, [1, 2, 2, 2])], {}), [1, 4]),
    b.tensor(readout),
  );
});

test("a spatial transformer: a law that counts the path through the grid twice, or both paths, is caught", async () => {
  await noneFails(new RuledNetwork(transformer, false));
  const counted = (image: number, grid: number): BackwardRule =>
    only("GridSample", (context) =>
      own("GridSample")(context).map((grad, i) => grad && context.b.scale(grad, i === 0 ? image : grid)),
    );
  await allFail(new RuledNetwork(transformer, false, counted(1, 2)));
  await allFail(new RuledNetwork(transformer, false, counted(2, 2)));
});

const wide = float32([1024, 1], normals([1024, 1]).map(Math.abs));

/** Rounds to 1/127 of the largest magnitude, as dynamic quantisation does. */
const quantised = graphOf((b, x) => {
  const flat = b.reshape(x, [1, 1024]);
  const largest = b.apply("ReduceMax", [b.apply("Abs", [flat])], { axes: [1], keepdims: true });
  const scale = b.scale(b.shift(largest, 1e-6), 1 / 127);
  const rounded = b.apply("Round", [b.div(flat, scale)]);
  return b.matmul(b.mul(rounded, scale), b.tensor(wide));
});

test("dynamic quantisation: straight through is its slope across the stairs; Round without a slope is caught", async () => {
  await noneFails(
    new RuledNetwork(
      quantised,
      false,
      only("Round", ({ grad }) => [grad]),
    ),
  );
  await allFail(new RuledNetwork(quantised, false));
});

/** Each pixel is normalised by the statistics of the batch, as batch normalisation in training mode does. */
const normalised = graphOf((b, x) => {
  const flat = b.reshape(x, [x.shape[0]!, 1024]);
  const mean = b.apply("ReduceMean", [flat], { axes: [0], keepdims: true });
  return b.matmul(b.add(b.scale(flat, 0.1), b.sub(flat, mean)), b.tensor(wide));
});

test("a batch that mixes: run together the rows differ from the function of one row, and that is caught", async () => {
  await noneFails(new RuledNetwork(normalised, false));
  await allFail(new RuledNetwork(normalised, true));
});
