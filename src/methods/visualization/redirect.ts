import { traitsOf } from "../../graph/ops/table.ts";
import type { BackwardRule } from "../../graph/transform/differentiate.ts";
import type { BackwardLaw } from "../../graph/operator.ts";

/**
 * If a rectifier is inactive everywhere in a sample, no gradient passes and the optimization could never start. Then, and
 * only then, the cotangent passes where it would bring the unit back into its active range: upwards below 0, downwards
 * above the upper bound. These are lucid's redirected gradients of ReLU and ReLU6, used in the first steps.
 */
export const redirectDead: BackwardRule = (node) => {
  const [low, high] = traitsOf(node.op)?.passes?.(node.attributes as never) ?? [];
  return low === 0 ? redirected(high === Infinity ? undefined : high) : undefined;
};

const redirected =
  (top: number | undefined): BackwardLaw =>
  ({ inputs: [x], grad, b }) => {
    const zero = b.scalar(0, x!.dtype);
    const is = (condition: typeof grad): typeof grad => b.mask(condition, x!.dtype);
    const below = b.apply("Less", [x!, zero]);
    const above = top === undefined ? undefined : b.greater(x!, b.scalar(top, x!.dtype));
    const inside = b.sub(b.scalar(1, x!.dtype), above ? b.add(is(below), is(above)) : is(below));
    const own = b.mul(grad, inside);
    const axes = x!.shape.slice(1).map((_, i) => i + 1);
    const dead = is(b.apply("Equal", [b.sum(b.apply("Abs", [own]), axes, true), zero]));
    const upwards = b.mul(is(below), is(b.greater(grad, zero)));
    const homewards = above ? b.add(upwards, b.mul(is(above), is(b.apply("Less", [grad, zero])))) : upwards;
    return [b.add(own, b.mul(b.mul(grad, homewards), dead))];
  };
