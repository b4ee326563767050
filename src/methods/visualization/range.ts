import type { Builder, Value } from "../../graph/builder.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import { meanColour } from "./colour.ts";

/** How colours of any size are taken into [0, 1]. */
export type Range = "sigmoid" | "soft";

/**
 * [batch, channel, row, column]. `soft` is ½ + ½·u/√(1 + u²) with u = 2(x + the mean colour) − 1: lucid's other range,
 * x/max(1, |x|), with its corner rounded. Its slope falls with the cube of u where the sigmoid's falls exponentially and
 * lucid's is 0, so what has saturated can come back.
 */
export function intoRange(b: Builder, x: Value, range: Range, order: "RGB" | "BGR" | "grey"): Value {
  if (range === "sigmoid") return b.apply("Sigmoid", [x]);
  const mean = meanColour(order);
  const u = b.shift(b.scale(b.add(x, b.tensor(fromFloat64(x.dtype, [1, mean.length, 1, 1], mean))), 2), -1);
  const length = b.apply("Sqrt", [b.shift(b.mul(u, u), 1)]);
  return b.shift(b.scale(b.div(u, length), 0.5), 0.5);
}
