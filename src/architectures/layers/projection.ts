import type { Value } from "../../graph/builder.ts";
import { sizeOf } from "../../tensor/shape.ts";
import type { Context } from "./context.ts";
import type { Parameters } from "./parameters.ts";

/** How a family stores its linear maps. */
export interface ProjectionStyle {
  /** `out-in`: y = x·Wᵀ, as PyTorch's Linear. `in-out`: y = x·W, as GPT-2's Conv1D. */
  readonly orientation: "out-in" | "in-out";
  /** Whether there are biases; `where-stored` adds those that the file has. */
  readonly bias: "always" | "where-stored" | "never";
}

/** A family's linear maps, by the name that stands before `.weight` and `.bias`. */
export interface Projections {
  readonly transposed: boolean;
  /** x [batch, token, feature] to [batch, token, outputs]. */
  apply(c: Context, x: Value, name: string, outputs: number): Value;
  weight(c: Context, name: string, inputs: number, outputs: number): Value;
}

export function projectionsOf(parameters: Parameters, { orientation, bias }: ProjectionStyle): Projections {
  const transposed = orientation === "out-in";
  const weight: Projections["weight"] = (c, name, inputs, outputs) =>
    parameters.value(c, `${name}.weight`, transposed ? [outputs, inputs] : [inputs, outputs]);
  const hasBias = (name: string): boolean =>
    bias === "always" || (bias === "where-stored" && parameters.has(`${name}.bias`));
  return {
    transposed,
    weight,
    apply(c, x, name, outputs) {
      const w = weight(c, name, x.shape.at(-1)!, outputs);
      return linear(c, x, w, hasBias(name) ? parameters.value(c, `${name}.bias`, [outputs]) : undefined, transposed);
    },
  };
}

/** x·W or x·Wᵀ, plus a bias: all tokens are one matrix. */
export function linear({ b }: Context, x: Value, w: Value, bias: Value | undefined, transposed: boolean): Value {
  const flat = b.reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);
  const y = b.apply("Gemm", [flat, w, ...(bias ? [bias] : [])], { transB: transposed });
  return b.reshape(y, [...x.shape.slice(0, -1), y.shape[1]!]);
}
