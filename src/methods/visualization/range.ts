import type { Builder, Value } from "../../graph/builder.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import { meanColour } from "./colour.ts";

/** How unbounded colours are mapped to [0, 1]. */
export type Range = "sigmoid" | "soft";

/**
 * Maps [batch, channel, row, column] to [0, 1]. `soft` is ½ + ½·u/√(1 + u²) with u = 2(x + the mean colour) − 1: a smooth
 * version of lucid's other range, x/max(1, |x|). Its slope decreases with the cube of u, whereas the sigmoid's decreases
 * exponentially and lucid's is 0. So saturated pixels can recover.
 */
export function intoRange(b: Builder, x: Value, range: Range, order: "RGB" | "BGR" | "grey"): Value {
  if (range === "sigmoid") return b.apply("Sigmoid", [x]);
  const mean = meanColour(order);
  const u = b.shift(b.scale(b.add(x, b.tensor(fromFloat64(x.dtype, [1, mean.length, 1, 1], mean))), 2), -1);
  const length = b.apply("Sqrt", [b.shift(b.mul(u, u), 1)]);
  return b.shift(b.scale(b.div(u, length), 0.5), 0.5);
}
