import type { Value } from "../../../graph/builder.ts";
import type { LoweringContext, Lowerings } from "./context.ts";
import { einsum } from "./einsum.ts";

/** α·A·B + β·C, C broadcast; before opset 7 it was broadcast only on demand, to the same effect. */
function gemm(c: LoweringContext): Value {
  const { b } = c;
  const [alpha, beta] = [c.float("alpha", 1), c.float("beta", 1)];
  const [transA, transB] = [c.flag("transA"), c.flag("transB")];
  const bias = c.optional(2);
  const x = c.input(0);
  const y = c.input(1);
  if (x.dtype === "float32") return c.apply("Gemm", bias ? [x, y, bias] : [x, y], { alpha, beta, transA, transB });
  const product = b.matmul(transA ? b.transpose(x, [1, 0]) : x, transB ? b.transpose(y, [1, 0]) : y);
  const scaled = b.scale(product, alpha);
  return bias ? b.add(scaled, b.scale(bias, beta)) : scaled;
}

export const matrix: Lowerings = {
  Gemm: gemm,
  Einsum: (c) =>
    einsum(
      c,
      c.text("equation") ?? c.refuse("it has no equation"),
      c.inputs.map((_, i) => c.input(i)),
    ),
};
