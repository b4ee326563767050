import { Builder, type Value } from "../graph/builder.ts";
import { typeOf, type Graph, type ValueName } from "../graph/graph.ts";
import { canonicalShape, fromCanonical, toCanonical } from "../graph/axes/layout.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { ownName } from "../graph/own-name.ts";
import { prune } from "../graph/prune.ts";
import { differentiate, type BackwardRule, type Cotangent } from "../graph/transform/differentiate.ts";
import { plainLayout, siteLayout } from "./site-layout.ts";

export const seedName = (value: ValueName): ValueName => ownName(`seed of ${value}`);
export const scoreName: ValueName = ownName("score");
export const gradientName = (value: ValueName): ValueName => ownName(`gradient of ${value}`);

export interface GradientProgram {
  /** The values that the target reads. */
  readonly read: readonly ValueName[];
  /** Those of them that the target reads at places, so that each number has a weight of its own. */
  readonly positional?: readonly ValueName[];
  /** Those of `read` whose channels lie where their axes say. All others are [batch, channel, position…]. */
  readonly sites?: readonly ValueName[];
  /** The values to differentiate with respect to. */
  readonly wrt: readonly ValueName[];
  /** Additional values to return unchanged. */
  readonly also?: readonly ValueName[];
  readonly rule?: BackwardRule;
}

/**
 * One graph for the score and its gradients. The weights of each value's channels are an input of shape
 * [batch, channel, 1…], or of the value's own shape where places are read, so one compiled program serves every target.
 * Outputs: `score` [batch]; `gradient of v` for each `wrt`, in its shape; then `also`.
 */
export function gradientGraph(
  graph: Graph,
  { read, positional = [], sites = [], wrt, also = [], rule }: GradientProgram,
): Graph {
  const b = Builder.extend(graph, coreOperators);
  b.origin = "gradient";
  const parts: Value[] = [];
  const seeds = read.map((name): Cotangent => {
    const of = b.value(name);
    const layout = sites.includes(name) ? siteLayout(graph, name) : plainLayout(of.shape);
    const canonical = canonicalShape(layout);
    const seed = b.input(seedName(name), {
      dtype: of.dtype,
      shape: canonical.map((extent, axis) => (axis < 2 || positional.includes(name) ? extent : 1)),
    });
    const spread = b.expand(seed, canonical);
    parts.push(sumOfSample(b, b.mul(toCanonical(b, of, layout), spread)));
    return { of, cotangent: fromCanonical(b, spread, layout) };
  });
  const score = b.apply("Identity", [parts.reduce(b.add)], {}, { names: [scoreName] });
  const targets = wrt.map((name) => b.value(name));
  const gradients = differentiate(b, seeds, targets, rule).map((gradient, i) =>
    b.apply("Identity", [gradient ?? b.zeros(typeOf(graph, wrt[i]!))], {}, { names: [gradientName(wrt[i]!)] }),
  );
  return prune(b.finish([score, ...gradients, ...also.map((name) => b.value(name))]));
}

/** [batch]. */
const sumOfSample = (b: Builder, x: Value): Value =>
  b.sum(
    x,
    x.shape.slice(1).map((_, i) => i + 1),
  );
