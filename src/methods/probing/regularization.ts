import type { Curvature } from "./curvature.ts";
import { standardizationOf, type Features } from "./design.ts";
import { curvaturesAt, solveLogistic, type Fit, type Problem } from "./logistic-regression.ts";
import type { Preconditioner } from "./preconditioner.ts";
import { fitBatched, type Products } from "./batched-products.ts";

/** Candidate values of C for standardised features, from very strong to very weak regularization. */
const candidates: readonly number[] = [1e-4, 1e-3, 1e-2, 1e-1, 1];
/** To compare values of C, and for shuffled labels, this share of the first gradient is accurate enough. */
export const roughShare = 1e-3;

/**
 * With weak regularization, the curvature bound is far above the actual curvature and is a poor preconditioner. The mean
 * curvature at the folds' fits justifies its Gram matrix and factor once the fits took more products with one column than
 * this share of the number of columns (measured).
 */
const productsPerColumn = 1 / 3;

export interface ChosenRegularization {
  readonly C: number;
  readonly validationLoss: number;
  /** Whether the lowest loss is at the weakest candidate. */
  readonly atEdge: boolean;
  /** A starting point for a fit on all rows: the mean of the folds' fits. */
  readonly start: Fit;
  /** The curvature of each row, if it justifies a factor. */
  readonly curvatures: Float64Array | undefined;
}

/**
 * Chooses the strongest regularization whose held-out log-loss is within one standard error (over folds) of the lowest.
 * Candidates are tried from strong to weak, each starting from the previous fits. Once the loss is a standard error above
 * the lowest, weaker candidates are skipped.
 */
export async function chooseRegularization(
  x: Features,
  y: Int32Array,
  classes: number,
  folds: readonly Int32Array[],
  curvature: Curvature,
  products: Products,
): Promise<ChosenRegularization> {
  const problems = folds.map((fold) => withoutFold({ x, y, classes }, fold));
  const tried: (Pick<ChosenRegularization, "C" | "start" | "curvatures"> & {
    readonly mean: number;
    readonly error: number;
  })[] = [];
  let fits: readonly Fit[] = [];
  let curvatures: Float64Array | undefined;
  for (const C of candidates) {
    const preconditioner = await preconditionerFor(C, classes, curvatures, curvature, products);
    fits = await fitBatched(
      problems.map((problem, i) =>
        solveLogistic({ ...problem, C }, preconditioner, { share: roughShare, start: fits[i], exact: false }),
      ),
      products,
    );
    const scores = await products.scores(fits);
    const losses = folds.map((fold, i) => meanLoss(fits[i]!, scores[i]!, y, fold));
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    const deviation = Math.sqrt(
      losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / Math.max(1, losses.length - 1),
    );
    const spent = fits.reduce((sum, { passes, outputs }) => sum + passes * outputs, 0);
    if (curvatures || spent > x.columns * productsPerColumn)
      curvatures = meanOf(fits.map(({ outputs }, i) => curvaturesAt(scores[i]!, outputs)));
    tried.push({ C, mean, error: deviation / Math.sqrt(losses.length), start: middleOf(fits), curvatures });
    const least = leastOf(tried);
    if (mean > least.mean + least.error) break;
  }
  const least = leastOf(tried);
  const chosen = tried.find(({ mean }) => mean <= least.mean + least.error)!;
  return {
    C: chosen.C,
    validationLoss: chosen.mean,
    atEdge: least.C === candidates.at(-1),
    start: chosen.start,
    curvatures: chosen.curvatures,
  };
}

/** The preconditioner of a fit on all rows: from their curvatures, if those are known and usable, or else from the bound. */
export const preconditionerFor = async (
  C: number,
  classes: number,
  curvatures: Float64Array | undefined,
  curvature: Curvature,
  products: Products,
): Promise<Preconditioner> =>
  (curvatures && (await products.preconditionerFrom(curvatures, curvatures.length, 1 / (C * curvatures.length)))) ??
  curvature.at(C, classes);

const middleOf = (fits: readonly Fit[]): Fit => ({
  ...fits[0]!,
  weights: meanOf(fits.map(({ weights }) => weights)),
  intercepts: meanOf(fits.map(({ intercepts }) => intercepts)),
});

const meanOf = (arrays: readonly Float64Array[]): Float64Array =>
  arrays[0]!.map((_, i) => arrays.reduce((sum, values) => sum + values[i]!, 0) / arrays.length);

const leastOf = <T extends { readonly mean: number }>(curve: readonly T[]): T =>
  curve.reduce((best, each) => (each.mean < best.mean ? each : best));

/** The mean −ln p of the true class over `rows`, from scores [row, output]. */
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
 * The problem on the rows outside the fold, standardised by those rows. Their means are absorbed by the intercept, which is
 * not penalised, and their deviations by the penalty. So all folds share the same matrix of rows and its products.
 */
export function withoutFold(
  { x, y, classes }: Pick<Problem, "x" | "y" | "classes">,
  fold: Int32Array,
): Omit<Problem, "C"> {
  const weights = new Float64Array(x.rows).fill(1);
  for (const row of fold) weights[row] = 0;
  const rest = Int32Array.from({ length: x.rows }, (_, row) => row).filter((row) => weights[row] === 1);
  return { x, y, classes, weights, deviations: standardizationOf(x, rest).deviation };
}
