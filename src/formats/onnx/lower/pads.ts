import type { Shape } from "../../../tensor/shape.ts";
import type { LoweringContext } from "./context.ts";

interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** The padding that `auto_pad` stands for: SAME keeps ⌈extent / stride⌉ places, the odd one after (UPPER) or before. */
export function explicitPads(
  c: LoweringContext,
  extents: Shape,
  { kernel, strides, dilations }: Window,
): readonly number[] {
  const auto = c.text("auto_pad", "NOTSET");
  if (auto === "NOTSET" || auto === "") return c.integers("pads") ?? [...kernel, ...kernel].map(() => 0);
  if (auto === "VALID") return [...kernel, ...kernel].map(() => 0);
  if (auto !== "SAME_UPPER" && auto !== "SAME_LOWER") c.refuse(`its auto_pad is ${JSON.stringify(auto)}`);
  const total = extents.map((extent, i) => {
    const places = Math.ceil(extent / strides[i]!);
    return Math.max(0, (places - 1) * strides[i]! + (kernel[i]! - 1) * dilations[i]! + 1 - extent);
  });
  const before = total.map((padding) => (auto === "SAME_UPPER" ? Math.floor(padding / 2) : Math.ceil(padding / 2)));
  return [...before, ...total.map((padding, i) => padding - before[i]!)];
}
