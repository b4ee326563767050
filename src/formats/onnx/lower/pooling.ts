import type { Value } from "../../../graph/builder.ts";
import { maxPoolIndices } from "../../../graph/ops/pooling-indices.ts";
import { otherwise, type LoweringContext, type Lowerings } from "./context.ts";
import { explicitPads } from "./pads.ts";

function window(c: LoweringContext): {
  kernel_shape: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  pads: readonly number[];
  ceil_mode: boolean;
} {
  const kernel = c.integers("kernel_shape") ?? c.refuse("it has no kernel shape");
  const strides = c.integers("strides") ?? kernel.map(() => 1);
  const dilations = c.integers("dilations") ?? kernel.map(() => 1);
  const pads = explicitPads(c, c.input(0).shape.slice(2), { kernel, strides, dilations });
  return { kernel_shape: kernel, strides, dilations, pads, ceil_mode: c.flag("ceil_mode") };
}

const spatial = (x: Value): number[] => x.shape.slice(2).map((_, i) => i + 2);

/** (Σ |x|ᵖ)^{1/p} over windows: the mean of |x|ᵖ times the number of places. */
function lpPool(c: LoweringContext): Value {
  const p = c.integer("p", 2);
  const { kernel_shape, ...rest } = window(c);
  const x = c.apply("Pow", [c.apply("Abs", [c.input(0)]), c.b.scalar(p, c.input(0).dtype)]);
  const mean = c.apply("AveragePool", [x], { kernel_shape, ...rest, count_include_pad: true });
  const count = kernel_shape.reduce((n, extent) => n * extent, 1);
  return c.apply("Pow", [c.b.scale(mean, count), c.b.scalar(1 / p, x.dtype)]);
}

export const pooling: Lowerings = {
  MaxPool: (c) => {
    const x = c.b.cast(c.input(0), "float32");
    const attributes = window(c);
    const y = c.apply("MaxPool", [x], attributes);
    const places =
      (c.node.outputs[1] ?? "") === ""
        ? []
        : [maxPoolIndices(c.b, x, y, { ...attributes, storage_order: c.integer("storage_order", 0) })];
    return [c.b.cast(y, c.input(0).dtype), ...places];
  },
  AveragePool: (c) =>
    c.apply("AveragePool", [c.input(0)], { ...window(c), count_include_pad: c.flag("count_include_pad") }),
  LpPool: otherwise(lpPool),
  GlobalLpPool: otherwise((c) => {
    const p = c.integer("p", 2);
    const powers = c.apply("Pow", [c.apply("Abs", [c.input(0)]), c.b.scalar(p, c.input(0).dtype)]);
    return c.apply("Pow", [c.b.sum(powers, spatial(c.input(0)), true), c.b.scalar(1 / p, powers.dtype)]);
  }),
};
