import { Builder } from "../../graph/builder.ts";
import type { Graph, ValueName } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { ownName } from "../../graph/own-name.ts";
import { prune } from "../../graph/prune.ts";
import { Random } from "../../tensor/random.ts";
import { float32 } from "../../tensor/tensor.ts";
import { canonicalUnits } from "./unit-grid.ts";
import { euclideanLength } from "../../tensor/euclidean-length.ts";

/** Above this number of units the rotation is left out: making it takes time that grows with their cube. */
export const mostRotated = 1024;

export const rotatedName = (value: ValueName): ValueName => ownName(`rotated ${value}`);

/**
 * A random rotation, uniform over all of them: Gram and Schmidt's orthonormal basis of normal deviates, with the signs that
 * the procedure gives (Mezzadri 2007). [unit, unit], row-major.
 */
export function randomRotation(units: number, seed: number): Float64Array {
  const q = new Random(seed ^ 0x5eed0f0).normals(units * units);
  for (let row = 0; row < units; row++) {
    const own = q.subarray(row * units, (row + 1) * units);
    // Twice, because one pass loses orthogonality to rounding.
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < row; other++) {
        const base = other * units;
        let dot = 0;
        for (let i = 0; i < units; i++) dot += own[i]! * q[base + i]!;
        for (let i = 0; i < units; i++) own[i] = own[i]! - dot * q[base + i]!;
      }
    }
    const length = euclideanLength(own);
    for (let i = 0; i < units; i++) own[i] = own[i]! / length;
  }
  return q;
}

/** The graph whose output is the activation in a rotated basis, [batch, unit, position]: its units are multiplied by the rotation. */
export function rotatedGraph(graph: Graph, value: ValueName, rotation: Float64Array): Graph {
  const b = Builder.extend(graph, coreOperators);
  b.origin = "rotation";
  const x = canonicalUnits(b, graph, value);
  const units = x.shape[1]!;
  const matrix = b.tensor(float32([units, units], rotation));
  const turned = b.matmul(matrix, x);
  return prune(b.finish([b.apply("Identity", [turned], {}, { names: [rotatedName(value)] })]));
}
