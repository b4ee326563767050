import type { LoweringContext, Lowerings } from "./context.ts";
import { lowerCore } from "./core.ts";
import type { Value } from "../../../graph/builder.ts";

/** Upsample, and Resize of opset 10, read at x/scale and round down, or up where they shrink. */
function resizeByScales(c: LoweringContext): readonly (Value | null)[] {
  const x = c.input(0);
  const legacyScales =
    c.version < 7 ? [1, 1, c.float("height_scale", 1), c.float("width_scale", 1)] : c.floats("scales");
  const scales = c.version >= 9 ? c.required(1, "scales") : (legacyScales ?? c.refuse("it has no scales"));
  const mode = c.text("mode", "nearest");
  const operands = [x, null, c.constant("float32", [scales.length], scales)];
  return c.lower("Resize", operands, {
    mode: { kind: "string", value: mode === "bilinear" ? "linear" : mode },
    coordinate_transformation_mode: { kind: "string", value: "asymmetric" },
    nearest_mode: { kind: "string", value: scales.some((scale) => scale < 1) ? "ceil" : "floor" },
  });
}

/** Operators that ONNX renamed or withdrew. */
export const legacy: Lowerings = {
  Upsample: resizeByScales,
  Resize: (c) => (c.version < 11 ? resizeByScales(c) : lowerCore(c)),
  Affine: (c) => c.b.shift(c.b.scale(c.input(0), c.float("alpha", 1)), c.float("beta", 0)),
  ImageScaler: (c) => {
    const x = c.input(0);
    const bias = c.floats("bias") ?? [];
    return c.b.add(c.b.scale(x, c.float("scale", 1)), c.constant(x.dtype, [bias.length, 1, 1], bias));
  },
};
