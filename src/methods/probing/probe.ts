import { Random } from "../../tensor/random.ts";
import type { Split } from "../../data/split.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { Curvature } from "./curvature.ts";
import { standardizationOf, standardized, type Features } from "./design.ts";
import { probabilities, solveLogistic } from "./logistic-regression.ts";
import { chooseRegularization, preconditionerFor, roughShare } from "./regularization.ts";
import { Products, fitBatched } from "./batched-products.ts";

/** The labels to decode, with training and test rows. */
export interface Task {
  /** The class index of each row. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly split: Split;
  /** The training rows, divided into folds for the choice of C. */
  readonly folds: readonly Int32Array[];
}

export interface Probed {
  readonly C: number;
  /** The mean held-out log-loss in nats at the chosen C. */
  readonly validationLoss: number;
  readonly atEdge: boolean;
  readonly distance: number;
  /** Probabilities, [row, class], in the order of the split's rows. */
  readonly train: Float64Array;
  readonly test: Float64Array;
}

/** The maximum distance between the coefficients of the shown probes and the optimum. */
const shownTolerance = 1e-6;

/**
 * A probe of one site (Alain and Bengio 2016): L2-regularised logistic regression on frozen features. Features are
 * standardised with training rows only. C is chosen by cross-validated log-loss on training rows with the
 * one-standard-error rule; each fold is standardised with its own rows. One Gram matrix, and one factor for each C, serve
 * all folds, the real labels and the shuffled ones, until the curvature at the folds' fits gives a better preconditioner.
 * `curvatureOf` may return them from a cache for another label on the same rows.
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
    const { start, curvatures, ...choice } = await chooseRegularization(
      x,
      y,
      classes,
      folds.map((fold) => positions(split.train, fold)),
      curvature,
      products,
    );
    const { C } = choice;
    const permuted = shuffledSeed === undefined ? undefined : pick(y, new Random(shuffledSeed).permutation(y.length));
    const preconditioner = await preconditionerFor(C, classes, curvatures, curvature, products);
    const solvers = [
      solveLogistic({ x, y, classes, C }, preconditioner, {
        tolerance: shownTolerance,
        start,
        curvatureKnown: curvatures !== undefined,
      }),
      ...(permuted
        ? [solveLogistic({ x, y: permuted, classes, C }, curvature.at(C, classes), { share: roughShare, exact: false })]
        : []),
    ];
    const fits = await fitBatched(solvers, products);
    const [real, shuffled] = fits.map((fit): Probed => ({
      ...choice,
      distance: fit.distance,
      train: probabilities(fit, x),
      test: probabilities(fit, held),
    }));
    return { real: real!, shuffled };
  } finally {
    await products.release();
  }
}

/** The labels that a probe of shuffled labels was trained on. Test rows keep their labels, so its test accuracy is at chance. */
export const shuffledLabels = (labels: Int32Array, train: Int32Array, seed: number): Int32Array => {
  const y = pick(labels, train);
  return pick(y, new Random(seed).permutation(y.length));
};

/** The index of each element of `wanted` in `among`; both are in ascending order. */
function positions(among: Int32Array, wanted: Int32Array): Int32Array {
  const index = new Map(Array.from(among, (row, i) => [row, i]));
  return wanted.map((row) => index.get(row)!);
}

const pick = (values: Int32Array, at: Int32Array): Int32Array => at.map((i) => values[i]!);

function checkFinite({ data, columns }: Features): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new GlassboxError("input", `feature ${i % columns} of row ${Math.floor(i / columns)} is ${data[i]}`, {
      hint: "The network overflows on this input; check the preprocessing.",
    });
  }
}
