import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { array64, type Array64 } from "../array64.ts";
import { Builder, type OperatorTable, type Value } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import { gradientErrors } from "../gradient-check.ts";
import type { AnyOperator, BackwardLaw } from "../operator.ts";
import { coreOperators as operators } from "../ops/table.ts";
import { buildProgram, describeProgram, leavesOf, randomProgram, type Program } from "../random-graph.ts";
import { reachable, shrink } from "../shrink.ts";
import { differentiate } from "./differentiate.ts";

const scalarInput = (b: Builder, name: string): Value => b.input(name, { dtype: "float64", shape: [] });
const one = (b: Builder): Value => b.scalar(1, "float64");

function valuesAt(
  b: Builder,
  outputs: readonly Value[],
  feeds: Readonly<Record<string, readonly number[]>>,
): number[][] {
  const inputs = new Map(
    Object.entries(feeds).map(([name, data]) => [name, array64("float64", b.value(name).shape, data)]),
  );
  const results = evaluate(b.finish(outputs), inputs, operators);
  return outputs.map(({ name }) => [...results.get(name)!.data]);
}

test("a value that is read several times collects the cotangents of all its readers", () => {
  const b = new Builder(operators);
  const x = scalarInput(b, "x");
  // Expected: x³ + x·sin x, differentiated by hand.
  const y = b.add(b.mul(x, b.mul(x, x)), b.mul(x, b.apply("Sin", [x])));
  const [dx] = differentiate(b, [{ of: y, cotangent: one(b) }], [x]);
  const at = 0.7;
  const [[value]] = valuesAt(b, [dx!], { x: [at] }) as [[number]];
  assert.ok(Math.abs(value - (3 * at ** 2 + Math.sin(at) + at * Math.cos(at))) < 1e-15);
});

test("differentiating three times gives third derivatives", () => {
  const b = new Builder(operators);
  const x = scalarInput(b, "x");
  let y: Value = b.apply("Tanh", [b.mul(x, x)]);
  for (let order = 0; order < 3; order++) y = differentiate(b, [{ of: y, cotangent: one(b) }], [x])[0]!;
  // Expected: mpmath.diff.
  const [[value]] = valuesAt(b, [y], { x: [0.7] }) as [[number]];
  assert.ok(Math.abs(value - -7.71631331111147) < 1e-12, `${value}`);
});

test("any inner value may be differentiated by, and one that nothing depends on has no gradient", () => {
  const b = new Builder(operators);
  const [x, unused] = [scalarInput(b, "x"), scalarInput(b, "unused")];
  const inner = b.apply("Exp", [x]);
  const y = b.mul(inner, inner);
  const [dInner, none, dy] = differentiate(b, [{ of: y, cotangent: one(b) }], [inner, unused, y]);
  assert.equal(none, null);
  assert.deepEqual(valuesAt(b, [dInner!, dy!], { x: [0], unused: [0] }), [[2], [1]]);
});

test("several targets are differentiated as their weighted sum", () => {
  const b = new Builder(operators);
  const x = scalarInput(b, "x");
  const [square, sine] = [b.mul(x, x), b.apply("Sin", [x])];
  const [dx] = differentiate(
    b,
    [
      { of: square, cotangent: b.scalar(3, "float64") },
      { of: sine, cotangent: b.scalar(-2, "float64") },
    ],
    [x],
  );
  assert.deepEqual(valuesAt(b, [dx!], { x: [2] }), [[12 - 2 * Math.cos(2)]]);
});

test("a rule replaces the law of the nodes it names: guided backpropagation through ReLU", () => {
  const b = new Builder(operators);
  const x = b.input("x", { dtype: "float64", shape: [3] });
  const y = b.apply("Relu", [x]);
  const cotangent = b.input("d", { dtype: "float64", shape: [3] });
  const guided: BackwardLaw = ({ outputs: [out], grad, b: builder }) => {
    const positive = (value: Value): Value =>
      builder.mask(builder.greater(value, builder.scalar(0, value.dtype)), value.dtype);
    return [builder.mul(grad, builder.mul(positive(out!), positive(grad)))];
  };
  const [plain] = differentiate(b, [{ of: y, cotangent }], [x]);
  const [replaced] = differentiate(b, [{ of: y, cotangent }], [x], ({ op }) => (op === "Relu" ? guided : undefined));
  assert.deepEqual(valuesAt(b, [plain!, replaced!], { x: [1, 2, -1], d: [3, -4, 5] }), [
    [3, -4, 0],
    [3, -0, 0],
  ]);
});

test("Hessian–vector products are symmetric: ⟨u, Hv⟩ = ⟨v, Hu⟩", () => {
  const b = new Builder(operators);
  const type = { dtype: "float64", shape: [5] } as const;
  const [x, u, v] = ["x", "u", "v"].map((name) => b.input(name, type));
  const y = b.sum(b.mul(b.apply("Softmax", [x]), b.apply("Gelu", [x])), [0]);
  const [gradient] = differentiate(b, [{ of: y, cotangent: one(b) }], [x!]);
  const product = (direction: Value): Value => differentiate(b, [{ of: gradient!, cotangent: direction }], [x!])[0]!;
  const random = new Random(4);
  const draw = (): number[] => [...random.normals(5)];
  const products = [b.sum(b.mul(u!, product(v!)), [0]), b.sum(b.mul(v!, product(u!)), [0])];
  const [[left], [right]] = valuesAt(b, products, { x: draw(), u: draw(), v: draw() }) as [[number], [number]];
  assert.ok(Math.abs(left) > 1e-3 && Math.abs(left - right) < 1e-14);
});

/** The error of the worst input, at the best of three step sizes: a kink within a long step need not lie within a short one. */
function errorOf(program: Program, table: OperatorTable): number {
  const inputs = leavesOf(program);
  const build = (b: Builder, values: readonly Value[]): Value => buildProgram(b, program, values).at(-1)!;
  let best = Infinity;
  for (const step of [1e-3, 2e-5, 2e-6]) {
    const errors = gradientErrors({ operators: table, build, inputs, step }).map(({ error }) =>
      Number.isNaN(error) ? Infinity : error,
    );
    best = Math.min(best, Math.max(0, ...errors));
    if (best <= 1e-6) break;
  }
  return best;
}

/** The result's elements, summed with random weights, as a function of the distance along a random direction. */
function alongLine(program: Program, seed: number): (distance: number) => number {
  const random = new Random(seed);
  const leaves = leavesOf(program);
  const b = new Builder(operators);
  const result = buildProgram(
    b,
    program,
    leaves.map((leaf, i) => b.input(`x${i}`, leaf)),
  ).at(-1)!;
  const graph = b.finish([result]);
  const directions = leaves.map(({ data }) => random.normals(data.length));
  const weights = random.normals(result.shape.reduce((n, extent) => n * extent, 1));
  return (distance) => {
    const moved = leaves.map((leaf, i): Array64 => ({
      ...leaf,
      data: leaf.data.map((x, k) => x + distance * directions[i]![k]!),
    }));
    const { data } = evaluate(graph, new Map(moved.map((leaf, i) => [`x${i}`, leaf])), operators).get(result.name)!;
    return data.reduce((sum, x, i) => sum + weights[i]! * x, 0);
  };
}

/**
 * Whether the point itself lies on a kink or jump. The test uses no backward law: halving the step divides the second
 * difference of a smooth function by 4, of a kink by 2, of a jump by 1.
 */
function hasKink(program: Program): boolean {
  return [1, 2, 3].some((seed) => {
    const f = alongLine(program, seed);
    const second = (h: number): number => Math.abs(f(h) - 2 * f(0) + f(-h));
    return second(8e-6) > 1e-13 * (1 + Math.abs(f(0))) && second(8e-6) < 3 * second(4e-6);
  });
}

const isTame = (program: Program): boolean => Math.abs(alongLine(program, 0)(0)) < 1e4;

test("gradients of random networks agree with differences", (t) => {
  const seen = new Map<string, number>();
  const count = { checked: 0, wild: 0, kinks: 0 };
  for (let seed = 0; seed < 1000; seed++) {
    const program = reachable(randomProgram(seed, operators));
    if (!isTame(program)) count.wild++;
    else if (errorOf(program, operators) <= 1e-6) count.checked++;
    else if (hasKink(program)) count.kinks++;
    else {
      const smallest = shrink(program, operators, (smaller) => errorOf(smaller, operators) > 1e-6 && !hasKink(smaller));
      assert.fail(`seed ${seed}: the gradient is off by ${errorOf(smallest, operators)}\n${describeProgram(smallest)}`);
    }
    for (const entry of program) if ("op" in entry) seen.set(entry.op, (seen.get(entry.op) ?? 0) + 1);
  }
  t.diagnostic(
    `${count.checked} networks of ${seen.size} operators agree; left out: ${count.wild} with huge values, ${count.kinks} on a kink`,
  );
  assert.ok(count.checked >= 0.99 * 1000 && seen.size > 40, JSON.stringify(count));
});

test("a wrong law is found and shrinks to its operator alone", () => {
  const wrong: AnyOperator = {
    ...operators.get("Tanh")!,
    backward: ({ outputs: [y], grad, b }: { outputs: readonly Value[]; grad: Value; b: Builder }) => [
      b.mul(grad, b.sub(b.scalar(1, y!.dtype), y!)),
    ],
  };
  const table: OperatorTable = new Map(operators).set("Tanh", wrong);
  const fails = (program: Program): boolean => errorOf(program, table) > 1e-6;
  const programs = Array.from({ length: 60 }, (_, seed) => reachable(randomProgram(seed, table)));
  const found = programs.filter((program) => program.length > 8 && fails(program));
  assert.ok(found.length > 0);
  for (const program of found.slice(0, 3)) {
    const ops = shrink(program, table, fails).flatMap((entry) => ("op" in entry ? [entry.op] : []));
    assert.deepEqual(ops, ["Tanh"]);
  }
});
