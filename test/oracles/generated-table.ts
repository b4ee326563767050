import { Lcg } from "./lcg.ts";

export interface TableRecipe {
  readonly seed: number;
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
}

/** The labelled table of a recipe in `logistic-regression.json`, value for value; its law stands in `logistic-regression.py`. */
export function generatedTable({ seed, rows, features, classes }: TableRecipe): {
  x: Float64Array;
  labels: Uint8Array;
} {
  const stream = new Lcg(seed);
  const outputs = classes === 2 ? 1 : classes;
  const x = Float64Array.from({ length: rows * features }, () => stream.normal());
  const v = Float64Array.from({ length: outputs * features }, () => stream.normal());
  const e = Float64Array.from({ length: rows * outputs }, () => stream.uniform());
  const labels = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    let best = -Infinity;
    for (let k = 0; k < outputs; k++) {
      let score = 0;
      for (let j = 0; j < features; j++) score += x[i * features + j]! * v[k * features + j]!;
      score += 4 * (e[i * outputs + k]! - 0.5);
      if (score <= best) continue;
      best = score;
      labels[i] = outputs === 1 ? Number(score > 0.5) : k;
    }
  }
  return { x, labels };
}
