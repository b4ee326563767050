import type { Value } from "../../../graph/builder.ts";
import { otherwise, type LoweringContext, type Lowerings } from "./context.ts";

const when = (c: LoweringContext, condition: Value, x: Value, y: Value): Value => c.b.where(condition, x, y);
const zero = (c: LoweringContext): Value => c.b.scalar(0, c.input(0).dtype);
const clamp = (c: LoweringContext, x: Value, min: number, max: number): Value => c.apply("Clip", [x], { min, max });

/** x · σ(αx). */
const swish = (c: LoweringContext, x: Value, alpha: number): Value => c.b.mul(x, c.apply("Sigmoid", [c.b.scale(x, alpha)]));

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
const softplus = (c: LoweringContext, x: Value): Value =>
  c.b.add(c.apply("Relu", [x]), c.apply("Log", [c.b.shift(c.apply("Exp", [c.b.neg(c.apply("Abs", [x]))]), 1)]));

/** Gaussian error linear unit: x·Φ(x), or its tanh approximation (Hendrycks and Gimpel 2016). */
export function gelu(c: LoweringContext, x: Value, approximate: boolean): Value {
  const { b } = c;
  if (!approximate) return b.scale(b.mul(x, b.shift(c.apply("Erf", [b.scale(x, Math.SQRT1_2)]), 1)), 0.5);
  const cubic = b.scale(b.mul(x, b.mul(x, x)), 0.044715);
  return b.scale(b.mul(x, b.shift(c.apply("Tanh", [b.scale(b.add(x, cubic), Math.sqrt(2 / Math.PI))]), 1)), 0.5);
}

/** Activations that are short sums and products of others. */
export const activation: Lowerings = {
  HardSigmoid: otherwise((c) => clamp(c, c.b.shift(c.b.scale(c.input(0), c.float("alpha", 0.2)), c.float("beta", 0.5)), 0, 1)),
  HardSwish: otherwise((c) => c.b.mul(c.input(0), clamp(c, c.b.shift(c.b.scale(c.input(0), 1 / 6), 0.5), 0, 1))),
  Swish: otherwise((c) => swish(c, c.input(0), c.float("alpha", 1))),
  SwiGLU: otherwise((c) => c.b.mul(swish(c, c.input(0), c.float("alpha", 1)), c.input(1))),
  Mish: otherwise((c) => c.b.mul(c.input(0), c.apply("Tanh", [c.lower("Softplus", [c.input(0)])[0]]))),
  Softplus: otherwise((c) => softplus(c, c.input(0))),
  Softsign: otherwise((c) => c.b.div(c.input(0), c.b.shift(c.apply("Abs", [c.input(0)]), 1))),
  Gelu: otherwise((c) => gelu(c, c.input(0), c.text("approximate") === "tanh")),
  /** Its defaults got more digits with opset 6. */
  Selu: (c) => c.apply("Selu", [c.input(0)], {
    alpha: c.float("alpha", c.version < 6 ? 1.6732 : 1.6732631921768188),
    gamma: c.float("gamma", c.version < 6 ? 1.0507 : 1.0507010221481323),
  }),
  Elu: otherwise((c) => {
    const below = c.b.scale(c.b.shift(c.apply("Exp", [c.apply("Min", [c.input(0), zero(c)])]), -1), c.float("alpha", 1));
    return c.b.add(c.apply("Relu", [c.input(0)]), below);
  }),
  /** max(0, x) + min(0, α(e^{x/α} − 1)). */
  Celu: otherwise((c) => {
    const alpha = c.float("alpha", 1);
    const x = c.input(0);
    const below = c.b.scale(c.b.shift(c.apply("Exp", [c.b.scale(c.apply("Min", [x, zero(c)]), 1 / alpha)]), -1), alpha);
    return c.b.add(c.apply("Relu", [x]), below);
  }),
  ThresholdedRelu: otherwise((c) => {
    const x = c.input(0);
    return c.b.mul(x, c.b.mask(c.b.greater(x, c.b.scalar(c.float("alpha", 1), x.dtype)), x.dtype));
  }),
  /** x + bias below −λ, x − bias above λ, 0 between. */
  Shrink: otherwise((c) => {
    const x = c.input(0);
    const lambda = c.float("lambd", 0.5);
    const bias = c.float("bias", 0);
    const limit = (value: number): Value => c.b.scalar(value, x.dtype);
    const low = when(c, c.b.greater(limit(-lambda), x), c.b.shift(x, bias), limit(0));
    return when(c, c.b.greater(x, limit(lambda)), c.b.shift(x, -bias), low);
  }),
  LeakyRelu: otherwise((c) => {
    const x = c.input(0);
    return c.b.add(c.apply("Relu", [x]), c.b.scale(c.apply("Min", [x, zero(c)]), c.float("alpha", 0.01)));
  }),
  /** A slope per channel: before opset 7 it stood at the channel axis whatever its rank. */
  PRelu: (c) => {
    const x = c.input(0);
    const slope = c.input(1);
    const perChannel = c.version < 7 && slope.shape.length === 1 && slope.shape[0] !== 1;
    const aligned = perChannel ? c.b.reshape(slope, [slope.shape[0]!, ...x.shape.slice(2).map(() => 1)]) : slope;
    if (c.b.operators.has("PRelu")) return c.apply("PRelu", [x, aligned]);
    return c.b.where(c.b.greater(zero(c), x), c.b.mul(x, aligned), x);
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
  const places = c.constant("int64", x.shape.map((_, i) => (i === axis ? extent : 1)), Array.from({ length: extent }, (_, i) => i));
  return c.b.cast(c.apply("Equal", [places, winner]), x.dtype);
}
