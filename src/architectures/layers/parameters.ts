import type { Value } from "../../graph/builder.ts";
import type { Constant } from "../../graph/graph.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { Weights } from "../weights.ts";
import type { Context } from "./context.ts";

/** A family's weights as values of a graph, by the family's own names. */
export interface Parameters {
  has(name: string): boolean;
  /** The weight in the graph once, under its name; refuses another shape than this. */
  value(c: Context, name: string, shape: Shape): Value;
}

/** @param prefix what the file puts before every name, which the graph leaves out */
export const parametersOf = (weights: Weights, prefix = ""): Parameters => ({
  has: (name) => weights.has(`${prefix}${name}`),
  value: (c, name, shape) => weight(c, name, weights.get(`${prefix}${name}`, shape)),
});

/** One that is stored in float16 is widened whole where it is used. */
function weight({ b }: Context, name: string, constant: Constant): Value {
  if (b.has(name)) return b.value(name);
  if (constant.dtype === "float32") return b.constant(constant, name);
  return b.apply("Cast", [b.constant(constant, `${name} as ${constant.dtype}`)], { to: "float32" }, { names: [name] });
}

/** Rows of a table of weights by index. Of a table in float16 only these are widened. */
export function rowsOf({ b }: Context, table: Value, indices: Value): Value {
  const widening = b.nodes.find(({ op, outputs }) => op === "Cast" && outputs[0] === table.name);
  return b.cast(
    b.apply("Gather", [widening ? b.value(widening.inputs[0]!) : table, indices], { axis: 0 }),
    table.dtype,
  );
}
