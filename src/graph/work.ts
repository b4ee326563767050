import { sizeOf, type Shape } from "../tensor/shape.ts";
import type { Node } from "./graph.ts";
import type { AnyOperator } from "./operator.ts";
import type { Initialization, Parameter } from "./traits.ts";

/** Cubic resampling reads four rows of four columns. */
const tapsOfResampling = 16;

/**
 * The multiplications and additions of one node, from shapes alone, within a small factor: an output of a linear operator
 * sums as many terms as its weight has inputs, one of a pooling as many as its window has, and others touch each number
 * once.
 */
export function multiplyAdds(
  { attributes, inputs, outputs }: Node,
  shapeOf: (name: string) => Shape,
  { traits }: Pick<AnyOperator, "traits">,
): number {
  const given = inputs.map((name) => (name === null ? undefined : shapeOf(name)));
  const written = outputs.reduce((sum, name) => sum + sizeOf(shapeOf(name)), 0);
  const read = given.reduce((sum, shape) => sum + (shape ? sizeOf(shape) : 0), 0);
  switch (traits?.kind) {
    case "linear":
    case "recurrent":
      return read + written * termsOf(given, attributes, traits.parameters);
    case "pools": {
      const window = attributes["kernel_shape"];
      return read + written * (Array.isArray(window) ? sizeOf(window as Shape) : tapsOfResampling);
    }
    default:
      return read + written;
  }
}

type AnyParameter = Parameter<never>;

/** How many products each output sums: the fan-in of all weights together. */
function termsOf(
  shapes: readonly (Shape | undefined)[],
  attributes: Node["attributes"],
  parameters: AnyParameter | Readonly<Record<number, AnyParameter>> | undefined,
): number {
  const fanIns = shapes.flatMap((shape, i) => {
    const parameter = typeof parameters === "function" ? parameters : parameters?.[i];
    const start: Initialization | undefined = shape && parameter?.(shape, attributes as never);
    return start?.kind === "normal" ? [start.fanIn] : [];
  });
  return Math.max(1, ...fanIns);
}
