import assert from "node:assert/strict";
import { test } from "node:test";
import { alone, outcomeOf, referenceNetwork } from "../../../test/reference-network.ts";
import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { logit, type Target } from "../../graph/target.ts";
import type { Measure } from "../../protocol/generic-answers.ts";
import type { Heatmap } from "../../protocol/result.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { Network } from "../network.ts";
import { parseOptions } from "../option.ts";
import { deletionInsertion } from "./deletion-insertion.ts";

const side = 4;
const pixels = side * side;
const picture = Float32Array.from({ length: pixels }, (_, i) => ((i * 7) % 11) - 4);
const weights = Float32Array.from({ length: pixels }, (_, i) => ((i * 5) % 13) - 5);

/** Two logits: w·x and 0. */
function linear(): Network {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [1, 1, side, side] });
  const columns = Float32Array.from({ length: 2 * pixels }, (_, i) => (i % 2 ? 0 : weights[i >> 1]!));
  const flat = b.apply("Reshape", [x], { shape: [1, pixels] });
  const graph = b.finish([b.matmul(flat, b.tensor(float32([pixels, 2], columns)))]);
  return referenceNetwork(graph);
}

const mapOf = (values: ArrayLike<number>): Heatmap => ({
  kind: "heatmap",
  values: float32([1, side, side], values),
  extent: [side, side],
  grain: "pixel",
  blank: undefined,
});

const exact = mapOf(picture.map((value, i) => value * weights[i]!));

const run = (target: Target, map: Heatmap, cancelled = alone.cancelled) =>
  outcomeOf(
    deletionInsertion.run({
      ...alone,
      network: linear(),
      input: float32([1, 1, side, side], picture),
      target,
      pixels: undefined,
      options: parseOptions(deletionInsertion.options, { map: "a map", pixelValue: "sum", steps: pixels }),
      cancelled,
      ask: async () => map as never,
    }),
  );

const curveOf = ({ curves }: Measure, title: string, name: string) =>
  curves.find((each) => each.title === title)!.lines.find((line) => line.name === name)!;

/** Twice logit 0: not one class' probability, so the value itself is measured. */
const value: Target = { terms: [{ kind: "logit", index: 0, weight: 2 }] };
const parts = Array.from(picture, (x, i) => 2 * x * weights[i]!).sort((a, b) => b - a);
const whole = parts.reduce((a, b) => a + b);

test("on a linear network, each step of deletion takes the greatest remaining contribution away", async () => {
  const { data } = await run(value, exact);
  const { x, y } = curveOf(data, "Deletion", "a map");
  let left = whole;
  const expected = [whole, ...parts.map((part) => (left -= part))];
  y.forEach((each, i) => assert.ok(Math.abs(each - expected[i]!) < 1e-4, `step ${i}: ${each}, not ${expected[i]!}`));
  assert.deepEqual([x[0], x[8], x[pixels]], [0, 0.5, 1]);
  // The mean of the curve by the trapezoidal rule.
  const area = (expected.reduce((a, b) => a + b) - (expected[0]! + expected.at(-1)!) / 2) / pixels;
  assert.ok(Math.abs(data.numbers.find(({ name }) => name === "deletion, a map")!.value - area) < 1e-4);
});

test("insertion ends at the picture's own value, and every order starts and ends alike", async () => {
  const { data } = await run(value, exact);
  for (const { lines } of data.curves) {
    assert.equal(lines.length, 3);
    for (const { y } of lines) {
      assert.ok(Math.abs(y[0]! - lines[0]!.y[0]!) < 1e-6);
      assert.ok(Math.abs(y.at(-1)! - lines[0]!.y.at(-1)!) < 1e-6);
    }
  }
  assert.ok(Math.abs(curveOf(data, "Insertion", "edges").y.at(-1)! - whole) < 1e-4);
});

test("the best order passes, its reverse fails: no order of a linear network deletes faster", async () => {
  const statusOf = async (map: Heatmap) =>
    (await run(value, map)).certificate.find(({ id }) => id === "random")!.status;
  assert.equal(await statusOf(exact), "pass");
  const reverse = mapOf(picture.map((each, i) => -each * weights[i]!));
  const { data, certificate } = await run(value, reverse);
  assert.ok(certificate.find(({ id }) => id === "random")!.numbers.deletion! < 0);
  const { y } = curveOf(data, "Deletion", "random order");
  const best = curveOf((await run(value, exact)).data, "Deletion", "a map").y;
  assert.ok(y.every((each, i) => each >= best[i]! - 1e-4));
});

test("one class is measured as a probability", async () => {
  const { data } = await run(logit(0), exact);
  const { y } = curveOf(data, "Deletion", "a map");
  assert.equal(data.curves[0]!.yAxis, "probability");
  // The baseline has the logits 0 and 0.
  assert.ok(Math.abs(y.at(-1)! - 0.5) < 1e-6);
  const z = whole / 2;
  assert.ok(Math.abs(y[0]! - 1 / (1 + Math.exp(-z))) < 1e-6);
});

test("a stopped run returns the curves that it has", async () => {
  let asked = 0;
  const { data } = await run(value, exact, () => ++asked > 20);
  assert.ok(data.curves.length >= 1);
  assert.ok(data.numbers.length < 6, `${data.numbers.length} curves`);
});
