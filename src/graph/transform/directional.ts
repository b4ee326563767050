import type { Builder, Value } from "../builder.ts";
import { differentiate } from "./differentiate.ts";

/**
 * Jacobian–vector product Σ ∂of/∂wrt · tangent, from reverse laws alone: the gradient Jᵀu is linear in its cotangent u, so
 * differentiating ⟨Jᵀu, tangent⟩ by u gives J·tangent for any u. The result is `null` if nothing depends on `wrt`.
 * Cost: about two gradients. u disappears when the graph is pruned and folded.
 */
export function jacobianVectorProduct(b: Builder, of: Value, wrt: Value, tangent: Value): Value | null {
  // The value gets a fresh name, because it must not be merged with an equal constant elsewhere.
  const u = b.apply("Identity", [b.zeros(of)], {}, { names: [b.fresh("cotangent")] });
  const [gradient] = differentiate(b, [{ of, cotangent: u }], [wrt]);
  if (!gradient) return null;
  return differentiate(b, [{ of: gradient, cotangent: tangent }], [u])[0]!;
}

/** Hessian–vector product ∇²f · direction of a scalar f by x: the gradient of ⟨∇f, direction⟩. The result is `null` if f is linear in x. */
export function hessianVectorProduct(b: Builder, f: Value, x: Value, direction: Value): Value | null {
  const one = b.expand(b.scalar(1, f.dtype), f.shape);
  const [gradient] = differentiate(b, [{ of: f, cotangent: one }], [x]);
  return gradient ? differentiate(b, [{ of: gradient, cotangent: direction }], [x])[0]! : null;
}
