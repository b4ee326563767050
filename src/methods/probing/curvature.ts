import type { Runtime } from "../../runtime/runtime.ts";
import { gramOf, kernelOf, type Features } from "./design.ts";
import {
  curvatureBound,
  FeaturePreconditioner,
  RowPreconditioner,
  type Preconditioner,
  type CurvatureAndPenalty,
} from "./preconditioner.ts";

/**
 * The data shared by all labels, folds, values of C and controls on the same rows: the Gram matrix of features or of rows,
 * whichever is smaller, and its factor for each C. It only preconditions the solver; the solution does not depend on it and
 * is certified for any preconditioner.
 */
export class Curvature {
  readonly #rows: number;
  readonly #make: (terms: CurvatureAndPenalty) => Preconditioner;
  readonly #ownBytes: number;
  readonly #factors = new Map<string, Preconditioner>();

  private constructor(rows: number, ownBytes: number, make: (terms: CurvatureAndPenalty) => Preconditioner) {
    this.#rows = rows;
    this.#ownBytes = ownBytes;
    this.#make = make;
  }

  /** @param x standardised */
  static async of(x: Features, runtime: Runtime): Promise<Curvature> {
    if (x.rows > x.columns) {
      const gram = await gramOf(x, runtime);
      return new Curvature(x.rows, gram.byteLength, (terms) => new FeaturePreconditioner(gram, x.columns, terms));
    }
    const rows = Float32Array.from(x.data);
    const kernel = await kernelOf(x, rows, runtime);
    return new Curvature(
      x.rows,
      kernel.byteLength + x.data.byteLength + rows.byteLength,
      (terms) => new RowPreconditioner(kernel, x, rows, terms),
    );
  }

  /** The preconditioner for problems with this C and number of classes. */
  at(C: number, classes: number): Preconditioner {
    const key = `${C} ${classes === 2}`;
    const known =
      this.#factors.get(key) ??
      this.#make({ curvature: curvatureBound(this.#rows, classes), lambda: 1 / (C * this.#rows) });
    this.#factors.set(key, known);
    return known;
  }

  get bytes(): number {
    return [...this.#factors.values()].reduce((sum, { bytes }) => sum + bytes, this.#ownBytes);
  }
}
