import type { Value } from "../../../graph/builder.ts";
import type { LoweringContext, Lowerings } from "./context.ts";

/**
 * −w[target]·logp[target] over the class axis 1, as a product with one-hot targets; ignored places
 * count neither in the sum nor in the mean's denominator.
 */
function negativeLogLikelihood(c: LoweringContext, logp: Value, target: Value, weight: Value | null): Value {
  const { b } = c;
  const classes = logp.shape[1]!;
  const labels = b.reshape(b.cast(target, "int64"), [target.shape[0]!, 1, ...target.shape.slice(1)]);
  const places = c.literal("int64", [classes, ...logp.shape.slice(2).map(() => 1)], (i) => i);
  const hot = b.cast(c.apply("Equal", [labels, places]), logp.dtype);
  const ignore = c.integer("ignore_index");
  const counted =
    ignore === undefined
      ? hot
      : b.mul(hot, b.cast(c.apply("Not", [c.apply("Equal", [labels, b.scalar(ignore, "int64")])]), logp.dtype));
  const weighed = weight ? b.mul(counted, b.reshape(weight, [classes, ...logp.shape.slice(2).map(() => 1)])) : counted;
  const losses = b.neg(b.sum(b.mul(weighed, logp), [1]));
  const reduction = c.text("reduction", "mean");
  if (reduction === "none") return losses;
  const total = b.sum(
    losses,
    losses.shape.map((_, axis) => axis),
  );
  if (reduction === "sum") return total;
  return b.div(
    total,
    b.sum(
      weighed,
      weighed.shape.map((_, axis) => axis),
    ),
  );
}

export const loss: Lowerings = {
  NegativeLogLikelihoodLoss: (c) => negativeLogLikelihood(c, c.input(0), c.input(1), c.optional(2)),
  SoftmaxCrossEntropyLoss: (c) => {
    const logp = c.apply("LogSoftmax", [c.input(0)], { axis: 1 });
    return [negativeLogLikelihood(c, logp, c.input(1), c.optional(2)), logp];
  },
};
