/**
 * Checks backward laws: the gradient that `differentiate` builds, evaluated by the float64 reference, is compared with
 * central differences of the same reference. The check knows nothing about individual operators.
 */
import { isFloat } from "../tensor/dtype.ts";
import { Random } from "../tensor/random.ts";
import { sizeOf } from "../tensor/shape.ts";
import { array64, type Array64 } from "./array64.ts";
import { Builder, type OperatorTable, type Value } from "./builder.ts";
import { evaluate } from "./evaluate.ts";
import type { AttributeValue, Graph } from "./graph.ts";
import { prune } from "./prune.ts";
import { differentiate } from "./transform/differentiate.ts";

/** Builds the function under test. Outputs that are not floats are not checked. */
export type BuildFunction = (b: Builder, inputs: readonly Value[]) => Value | readonly Value[];

export interface GradientCheck {
  readonly operators: OperatorTable;
  readonly build: BuildFunction;
  /** The point at which to differentiate. Use float64, and keep a distance of more than `2 · step` from kinks. */
  readonly inputs: readonly Array64[];
  /** Indices of the inputs to differentiate by; all float inputs by default. */
  readonly wrt?: readonly number[] | undefined;
  /** 2 also checks the gradient of the gradient, with respect to the inputs and the cotangent. */
  readonly order?: 1 | 2 | undefined;
  readonly seed?: number | undefined;
  readonly step?: number | undefined;
  readonly tolerance?: number | undefined;
}

/** The function that applies a single operator, which most checks test. */
export const applying =
  (op: string, attributes: Readonly<Record<string, AttributeValue>> = {}): BuildFunction =>
  (b, inputs) =>
    b.applyAll(op, inputs, attributes);

/** Throws if a gradient is off by more than `tolerance` (1e-6) of its norm. The error names the input and its worst element. */
export function checkGradient({ order = 1, tolerance = 1e-6, ...check }: GradientCheck): void {
  for (const { input, error, worst } of gradientErrors(check)) {
    if (!(error <= tolerance)) {
      throw new Error(
        `the gradient by input ${input} is off by ${error.toExponential(2)} of its norm; ` +
          `worst at element ${worst.at}: ${worst.analytic} by the law, ${worst.numeric} by differences`,
      );
    }
  }
  if (order === 2) {
    const { build, inputs } = gradientAsFunction(check);
    // First derivatives come from the gradient graph, not from differences, so differencing them loses no digits.
    checkGradient({ ...check, build, inputs, wrt: undefined, tolerance, order: 1, seed: (check.seed ?? 1) + 1 });
  }
}

export interface GradientError {
  readonly input: number;
  /** ‖analytic − numeric‖ / max(‖analytic‖, ‖numeric‖, 1e-4). */
  readonly error: number;
  readonly worst: { readonly at: number; readonly analytic: number; readonly numeric: number };
}

export function gradientErrors(check: Omit<GradientCheck, "order" | "tolerance">): readonly GradientError[] {
  const { operators, inputs, step = 1e-3 } = check;
  const { build, inputs: withCotangents, wrt } = gradientAsFunction(check);
  const gradient = evaluate(graphOf(operators, build, withCotangents), feedsOf(withCotangents), operators);
  const analytic = [...gradient.values()];
  const forward = graphOf(operators, (b, values) => floatOutputs(check.build(b, values)), inputs);
  const cotangents = withCotangents.slice(inputs.length);
  const objective = (): number => {
    const outputs = evaluate(forward, feedsOf(inputs), operators);
    return forward.outputs.reduce((sum, name, k) => sum + inner(outputs.get(name)!.data, cotangents[k]!.data), 0);
  };
  return wrt.map((input, k) =>
    compare(input, analytic[k]!.data, centralDifferences(inputs[input]!.data, objective, step)),
  );
}

/**
 * The gradient as a function of the inputs and of one random cotangent per output. Its outputs are aliases with distinct
 * names, because two gradients may be the same value.
 */
function gradientAsFunction(check: Omit<GradientCheck, "order" | "tolerance">) {
  const { operators, inputs, seed = 1 } = check;
  const wrt = check.wrt ?? inputs.flatMap(({ dtype }, i) => (isFloat(dtype) ? [i] : []));
  const probe = new Builder(operators);
  const outputs = floatOutputs(
    check.build(
      probe,
      inputs.map((type, i) => probe.input(`x${i}`, type)),
    ),
  );
  const random = new Random(seed);
  const cotangents = outputs.map(({ dtype, shape }) => array64(dtype, shape, random.normals(sizeOf(shape))));
  const build: BuildFunction = (b, values) => {
    const seeds = floatOutputs(check.build(b, values.slice(0, inputs.length))).map((of, k) => ({
      of,
      cotangent: values[inputs.length + k]!,
    }));
    const sources = wrt.map((i) => values[i]!);
    return differentiate(b, seeds, sources).map((grad, k) => checkedType(b, grad ?? b.zeros(sources[k]!), sources[k]!));
  };
  return { build, inputs: [...inputs, ...cotangents], wrt };
}

function checkedType(b: Builder, grad: Value, source: Value): Value {
  if (grad.dtype !== source.dtype || `${grad.shape}` !== `${source.shape}`) {
    throw new Error(
      `a cotangent of ${grad.dtype} [${grad.shape}] was made for a value of ${source.dtype} [${source.shape}]`,
    );
  }
  return b.apply("Identity", [grad], {}, { names: [b.fresh("gradient")] });
}

const floatOutputs = (outputs: Value | readonly Value[]): readonly Value[] =>
  ("name" in outputs ? [outputs] : outputs).filter(({ dtype }) => isFloat(dtype));

function graphOf(operators: OperatorTable, build: BuildFunction, inputs: readonly Array64[]): Graph {
  const b = new Builder(operators);
  const outputs = build(
    b,
    inputs.map((type, i) => b.input(`x${i}`, type)),
  );
  return prune(b.finish("name" in outputs ? [outputs] : outputs));
}

const feedsOf = (inputs: readonly Array64[]): Map<string, Array64> =>
  new Map(inputs.map((value, i) => [`x${i}`, value]));

/** Fourth-order differences: f′ ≈ (f(x−2h) − 8f(x−h) + 8f(x+h) − f(x+2h)) / 12h. Changes each element of `x` in place and restores it. */
function centralDifferences(x: Float64Array, f: () => number, step: number): Float64Array {
  return x.map((at, i) => {
    const h = step * Math.max(1, Math.abs(at));
    const difference = (k: number): number => {
      x[i] = at + k * h;
      const ahead = f();
      x[i] = at - k * h;
      const behind = f();
      x[i] = at;
      return ahead - behind;
    };
    return (8 * difference(1) - difference(2)) / (12 * h);
  });
}

function compare(input: number, analytic: Float64Array, numeric: Float64Array): GradientError {
  let square = 0;
  let worst = { at: 0, analytic: analytic[0] ?? 0, numeric: numeric[0] ?? 0 };
  analytic.forEach((value, at) => {
    const off = Math.abs(value - numeric[at]!);
    square += off * off;
    if (!(off <= Math.abs(worst.analytic - worst.numeric))) worst = { at, analytic: value, numeric: numeric[at]! };
  });
  const error = Math.sqrt(square) / Math.max(norm(analytic), norm(numeric), 1e-4);
  return { input, error, worst };
}

const inner = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
const norm = (x: Float64Array): number => Math.sqrt(inner(x, x));
