import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { array64, type Array64 } from "../array64.ts";
import { Builder, type Value } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { coreOperators } from "../ops/table.ts";
import { hessianVectorProduct, jacobianVectorProduct } from "./directional.ts";

const shape = [3, 4];
const network = (b: Builder, x: Value): Value =>
  b.apply("Softmax", [b.apply("Tanh", [b.matmul(x, b.transpose(x, [1, 0]))])], { axis: -1 });
const random = new Random(7);
const point = array64("float64", shape, random.normals(12));
const direction = array64("float64", shape, random.normals(12));
const moved = (by: number): Array64 =>
  array64(
    "float64",
    shape,
    point.data.map((value, i) => value + by * direction.data[i]!),
  );

function run(build: (b: Builder, x: Value, v: Value) => Value, x: Array64): Float64Array {
  const b = new Builder(coreOperators);
  const input = b.input("x", { dtype: "float64", shape });
  const v = b.input("v", { dtype: "float64", shape });
  const graph = b.finish([build(b, input, v)]);
  return evaluate(
    graph,
    new Map([
      ["x", x],
      ["v", direction],
    ]),
    coreOperators,
  ).get(graph.outputs[0]!)!.data;
}

const close = (a: Float64Array, b: Float64Array): void =>
  a.forEach((value, i) => assert.ok(Math.abs(value - b[i]!) < 1e-8, `${value} against ${b[i]}`));
const difference = (f: (x: Array64) => Float64Array, h = 1e-5): Float64Array => {
  const [high, low] = [f(moved(h)), f(moved(-h))];
  return high.map((value, i) => (value - low[i]!) / (2 * h));
};

test("a Jacobian–vector product is the derivative along the vector", () => {
  close(
    run((b, x, v) => jacobianVectorProduct(b, network(b, x), x, v)!, point),
    difference((x) => run((b, input) => network(b, input), x)),
  );
});

test("a Hessian–vector product is the gradient's derivative along the vector", () => {
  const scalar = (b: Builder, x: Value): Value =>
    b.sum(b.mul(network(b, x), b.apply("Sin", [b.matmul(x, b.transpose(x, [1, 0]))])), [0, 1]);
  const along = (b: Builder, x: Value, v: Value): Value => hessianVectorProduct(b, scalar(b, x), x, v)!;
  const slope = (x: Array64): Float64Array =>
    run((b, input, v) => jacobianVectorProduct(b, scalar(b, input), input, v)!, x);
  // ⟨v, H v⟩ is the second derivative along v.
  const curvature = run(along, point).reduce((sum, value, i) => sum + value * direction.data[i]!, 0);
  close(Float64Array.of(curvature), difference(slope));
});

test("nothing depends on what is not read", () => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float64", shape });
  const y = b.input("y", { dtype: "float64", shape });
  assert.equal(jacobianVectorProduct(b, network(b, y), x, x), null);
  assert.equal(hessianVectorProduct(b, b.sum(x, [0, 1]), x, x), null);
});
