import type { PathIntegral } from "./adaptive-path.ts";
import type { Path } from "./path.ts";
import type { Quadrature } from "./quadrature.ts";

/** Integrates the gradient along a path by a rule with fixed nodes. Two more evaluations give F at the ends. */
export async function* integrateByRule(path: Path, { nodes, weights }: Quadrature): AsyncGenerator<PathIntegral> {
  const ends: number[] = [];
  for await (const { score } of path.evaluate([0, 1])) ends.push(score);
  const [start, end] = ends as [number, number];
  const mean = new Float64Array(path.difference.length);
  let along = 0;
  let done = 0;
  for await (const { slope, gradient } of path.evaluate(Array.from(nodes))) {
    const weight = weights[done++]!;
    for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + weight * gradient[i]!;
    along += weight * slope;
    yield { mean, start, end, netError: Math.abs(along - (end - start)), localError: undefined, evaluations: done + 2 };
  }
}
