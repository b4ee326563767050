import type { Value } from "../../../graph/builder.ts";
import { traitsOf } from "../../../graph/ops/table.ts";
import { otherwise, type LoweringContext, type Lowerings } from "./context.ts";

const clamp = (c: LoweringContext, x: Value, min: number, max: number): Value => c.apply("Clip", [x], { min, max });

/** x · σ(αx). */
const swish = (c: LoweringContext, x: Value, alpha: number): Value =>
  c.b.mul(x, c.apply("Sigmoid", [c.b.scale(x, alpha)]));

/** Activation functions that the core does not have under these names. Silu is Swish, in functions that exporters define. */
const composedActivations: ReadonlySet<string> = new Set(["HardSwish", "Swish", "Silu", "Mish"]);

/** Whether an operator of a file is an activation function. */
export const isActivation = (opType: string): boolean =>
  traitsOf(opType)?.activation === true || composedActivations.has(opType);

/** Activations that are short sums and products of others. */
export const activation: Lowerings = {
  HardSwish: otherwise((c) => c.b.mul(c.input(0), clamp(c, c.b.shift(c.b.scale(c.input(0), 1 / 6), 0.5), 0, 1))),
  Swish: otherwise((c) => swish(c, c.input(0), c.float("alpha", 1))),
  SwiGLU: otherwise((c) => c.b.mul(swish(c, c.input(0), c.float("alpha", 1)), c.input(1))),
  Mish: otherwise((c) => c.b.mul(c.input(0), c.apply("Tanh", [c.apply("Softplus", [c.input(0)])]))),
  /** Its defaults got more digits with opset 6. */
  Selu: (c) =>
    c.apply("Selu", [c.input(0)], {
      alpha: c.float("alpha", c.version < 6 ? 1.6732 : 1.6732631921768188),
      gamma: c.float("gamma", c.version < 6 ? 1.0507 : 1.0507010221481323),
    }),
  /** x + bias below −λ, x − bias above λ, 0 between. */
  Shrink: otherwise((c) => {
    const x = c.input(0);
    const lambda = c.float("lambd", 0.5);
    const bias = c.float("bias", 0);
    const limit = (value: number): Value => c.b.scalar(value, x.dtype);
    const low = c.b.where(c.b.greater(limit(-lambda), x), c.b.shift(x, bias), limit(0));
    return c.b.where(c.b.greater(x, limit(lambda)), c.b.shift(x, -bias), low);
  }),
  /** A slope per channel: before opset 7 it stood at the channel axis whatever its rank. */
  PRelu: (c) => {
    const x = c.input(0);
    const slope = c.input(1);
    const perChannel = c.version < 7 && slope.shape.length === 1 && slope.shape[0] !== 1;
    const aligned = perChannel ? c.b.reshape(slope, [slope.shape[0]!, ...x.shape.slice(2).map(() => 1)]) : slope;
    return c.apply("PRelu", [x, aligned]);
  },
  /** 1 at the first of the largest. */
  Hardmax: (c) => {
    const x = c.input(0);
    if (c.version < 13) {
      const axis = c.axis("axis", 1);
      const rows = x.shape.slice(0, axis).reduce((n, extent) => n * extent, 1);
      const flat = c.b.reshape(x, [rows, x.shape.slice(axis).reduce((n, extent) => n * extent, 1)]);
      return c.b.reshape(hardmax(c, flat, 1), x.shape);
    }
    return hardmax(c, x, c.axis("axis", -1));
  },
};

function hardmax(c: LoweringContext, x: Value, axis: number): Value {
  const extent = x.shape[axis]!;
  const winner = c.apply("ArgMax", [x], { axis, keepdims: true });
  const places = c.constant(
    "int64",
    x.shape.map((_, i) => (i === axis ? extent : 1)),
    Array.from({ length: extent }, (_, i) => i),
  );
  return c.b.cast(c.apply("Equal", [places, winner]), x.dtype);
}
