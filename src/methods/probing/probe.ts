import { Random } from "../../tensor/random.ts";
import type { Split } from "../../data/split.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { Curvature } from "./curvature.ts";
import { standardizationOf, standardized, type Features } from "./design.ts";
import { probabilities, solveLogistic, type Fit } from "./logistic-regression.ts";
import { Products, fitTogether } from "./together.ts";

/** What is to be decoded, from which rows, judged on which. */
export interface Task {
  /** The class of each row. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly split: Split;
  /** Rows of the training side, in parts, for the choice of C. */
  readonly folds: readonly Int32Array[];
}

export interface Probed {
  readonly C: number;
  /** Mean held-out log-loss in nats at the chosen C. */
  readonly validationLoss: number;
  readonly atEdge: boolean;
  readonly distance: number;
  /** [row, class] of the split's rows, in its order. */
  readonly train: Float64Array;
  readonly test: Float64Array;
}

/** From one that allows almost no weight to one that hardly binds, on standardised features. */
export const strengths: readonly number[] = [1e-4, 1e-3, 1e-2, 1e-1, 1];

/** Coefficients of the probes that are shown are this near to the optimum, or nearer. */
const shownTolerance = 1e-6;
/** To compare strengths, and for labels in random order, this share of the first gradient is enough. */
const roughShare = 3e-3;

/**
 * A probe of one site (Alain and Bengio 2016): L2-regularised logistic regression on frozen features. Standardised with
 * training rows only; C by cross-validated log-loss on training rows with the one-standard-error rule. One Gram matrix,
 * and one factor for each C, serve all folds, the real labels and the shuffled ones; `curvatureOf` may know them from
 * another label on the same rows.
 */
export async function probe(
  features: Features,
  { labels, classes, split, folds }: Task,
  runtime: Runtime,
  shuffledSeed: number | undefined,
  curvatureOf: (make: () => Promise<Curvature>) => Promise<Curvature> = (make) => make(),
): Promise<{ readonly real: Probed; readonly shuffled: Probed | undefined }> {
  checkFinite(features);
  const scaling = standardizationOf(features, split.train);
  const x = standardized(features, scaling, split.train);
  const held = standardized(features, scaling, split.test);
  const y = pick(labels, split.train);
  const curvature = await curvatureOf(() => Curvature.of(x, runtime));
  const products = new Products(x, runtime);
  try {
    const choice = await chooseStrength(x, y, classes, folds.map((fold) => positions(split.train, fold)), curvature, products);
    const { C } = choice;
    const permuted = shuffledSeed === undefined ? undefined : pick(y, new Random(shuffledSeed).permutation(y.length));
    const solvers = [
      solveLogistic({ x, y, classes, C }, curvature.at(C, classes), { tolerance: shownTolerance }),
      ...(permuted ? [solveLogistic({ x, y: permuted, classes, C }, curvature.at(C, classes), { share: roughShare, exact: false })] : []),
    ];
    const fits = await fitTogether(solvers, products);
    const [real, shuffled] = fits.map((fit): Probed => ({ ...choice, distance: fit.distance, train: probabilities(fit, x), test: probabilities(fit, held) }));
    return { real: real!, shuffled };
  } finally {
    await products.release();
  }
}

/** The labels that a probe of shuffled labels was given on training rows; test rows keep theirs, so its test accuracy is chance. */
export const shuffledLabels = (labels: Int32Array, train: Int32Array, seed: number): Int32Array => {
  const y = pick(labels, train);
  return pick(y, new Random(seed).permutation(y.length));
};

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
async function chooseStrength(x: Features, y: Int32Array, classes: number, folds: readonly Int32Array[], curvature: Curvature, products: Products): Promise<Strength> {
  const masks = folds.map((fold) => {
    const weights = new Float64Array(x.rows).fill(1);
    for (const row of fold) weights[row] = 0;
    return weights;
  });
  const curve: { readonly C: number; readonly mean: number; readonly error: number }[] = [];
  let fits: readonly Fit[] = [];
  for (const C of strengths) {
    const solvers = masks.map((weights, i) => solveLogistic({ x, y, classes, weights, C }, curvature.at(C, classes), { share: roughShare, start: fits[i], exact: false }));
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

/** Where each of `wanted` stands in `among`, both in ascending order. */
function positions(among: Int32Array, wanted: Int32Array): Int32Array {
  const place = new Map(Array.from(among, (row, i) => [row, i]));
  return wanted.map((row) => place.get(row)!);
}

const pick = (values: Int32Array, at: Int32Array): Int32Array => at.map((i) => values[i]!);

function checkFinite({ data, columns }: Features): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new GlassboxError("input", `feature ${bad % columns} of row ${Math.floor(bad / columns)} is ${data[bad]}`, { hint: "The network overflows on this input; check the preprocessing." });
}
