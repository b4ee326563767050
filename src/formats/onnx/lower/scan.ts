import { normalizeAxis } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import { otherwise, type LoweringContext, type Lowerings } from "./context.ts";

/** Running products by doubling (Hillis and Steele 1986), with ones shifted in. */
function cumulativeProduct(c: LoweringContext): Value {
  const { b } = c;
  const x = c.input(0);
  const axis = normalizeAxis(c.number(1, "axis") ?? 0, x.shape.length);
  const extent = x.shape[axis]!;
  const backward = c.flag("reverse");
  const shifted = (value: Value, by: number): Value => {
    const ones = b.expand(
      b.scalar(1, x.dtype),
      x.shape.map((e, i) => (i === axis ? Math.min(by, extent) : e)),
    );
    if (by >= extent) return ones;
    const kept = backward ? b.slice(value, [axis], [by], [extent]) : b.slice(value, [axis], [0], [extent - by]);
    return b.concat(backward ? [kept, ones] : [ones, kept], axis);
  };
  let product = c.flag("exclusive") ? shifted(x, 1) : x;
  for (let span = 1; span < extent; span *= 2) product = b.mul(product, shifted(product, span));
  return product;
}

export const scans: Lowerings = { CumProd: otherwise(cumulativeProduct) };
