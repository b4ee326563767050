import type { Builder, Value } from "../../graph/builder.ts";
import type { Sequence } from "../sequence.ts";

/** What every builder of layers is given: the graph under construction, and which tokens see which. */
export interface Context {
  readonly b: Builder;
  readonly sequence: Sequence;
}

const featureAxes = ["batch", "token", "feature"];
const headAxes = ["batch", "token", "head", "feature"];
const patternAxes = ["batch", "head", "query", "key"];

/** Names a value as TransformerLens does, and gives it back. */
export function site({ b }: Context, name: string, value: Value, role: string): Value {
  const axes = role === "pattern" ? patternAxes : value.shape.length === 4 ? headAxes : featureAxes;
  b.site({ name, value: value.name, axes, role });
  return value;
}
