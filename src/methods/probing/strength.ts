import type { Curvature } from "./curvature.ts";
import { standardizationOf, type Features } from "./design.ts";
import { solveLogistic, type Fit, type Problem } from "./logistic-regression.ts";
import { fitTogether, type Products } from "./together.ts";

/** From one that allows almost no weight to one that hardly binds, on standardised features. */
const strengths: readonly number[] = [1e-4, 1e-3, 1e-2, 1e-1, 1];
/** To compare strengths, and for labels in random order, this share of the first gradient is enough. */
export const roughShare = 3e-3;

interface Strength {
  readonly C: number;
  readonly validationLoss: number;
  /** Whether it is the weakest regularisation that was tried. */
  readonly atEdge: boolean;
}

/**
 * The strongest regularisation whose held-out log-loss is within one standard error (over folds) of the least. From strong to
 * weak, each begun where the one before ended; once the loss is a standard error above the least, weaker ones are not tried.
 */
export async function chooseStrength(x: Features, y: Int32Array, classes: number, folds: readonly Int32Array[], curvature: Curvature, products: Products): Promise<Strength> {
  const problems = folds.map((fold) => withoutFold({ x, y, classes }, fold));
  const curve: { readonly C: number; readonly mean: number; readonly error: number }[] = [];
  let fits: readonly Fit[] = [];
  for (const C of strengths) {
    const solvers = problems.map((problem, i) => solveLogistic({ ...problem, C }, curvature.at(C, classes), { share: roughShare, start: fits[i], exact: false }));
    fits = await fitTogether(solvers, products);
    const scores = await products.scores(fits);
    const losses = folds.map((fold, i) => meanLoss(fits[i]!, scores[i]!, y, fold));
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    const deviation = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / Math.max(1, losses.length - 1));
    curve.push({ C, mean, error: deviation / Math.sqrt(losses.length) });
    const least = leastOf(curve);
    if (mean > least.mean + least.error) break;
  }
  const least = leastOf(curve);
  const chosen = curve.find(({ mean }) => mean <= least.mean + least.error)!;
  return { C: chosen.C, validationLoss: chosen.mean, atEdge: least.C === strengths.at(-1) };
}

const leastOf = <T extends { readonly mean: number }>(curve: readonly T[]): T => curve.reduce((best, each) => (each.mean < best.mean ? each : best));

/** Mean −ln p of the true class over `rows`, from scores [row, output]. */
function meanLoss({ outputs }: Fit, scores: Float64Array, y: Int32Array, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) {
    if (outputs === 1) {
      const z = y[row] === 1 ? -scores[row]! : scores[row]!;
      sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
      continue;
    }
    const own = scores.subarray(row * outputs, (row + 1) * outputs);
    const most = own.reduce((a, b) => Math.max(a, b), -Infinity);
    sum += most + Math.log(own.reduce((total, z) => total + Math.exp(z - most), 0)) - own[y[row]!]!;
  }
  return sum / rows.length;
}

/**
 * The rows that are not in the fold, standardised by themselves: their means are left to the intercept, which is not
 * penalised, and their deviations to the penalty. So all folds share the rows as they stand, and their products.
 */
export function withoutFold({ x, y, classes }: Pick<Problem, "x" | "y" | "classes">, fold: Int32Array): Omit<Problem, "C"> {
  const weights = new Float64Array(x.rows).fill(1);
  for (const row of fold) weights[row] = 0;
  const rest = Array.from({ length: x.rows }, (_, row) => row).filter((row) => weights[row] === 1);
  return { x, y, classes, weights, deviations: standardizationOf(x, rest).deviation };
}
