import type { Runtime } from "../../runtime/runtime.ts";
import { gramOf, type Features, type Gram } from "./design.ts";
import { Preconditioner } from "./preconditioner.ts";

/**
 * What all labels, folds, strengths and controls on the same rows share: their Gram matrix, and for each strength its factor.
 * It steers the solver and has no part in the solution, which is certified whatever it was steered by.
 */
export class Curvature {
  readonly #gram: Gram;
  readonly #rows: number;
  readonly #columns: number;
  readonly #factors = new Map<string, Preconditioner>();

  private constructor(gram: Gram, { rows, columns }: Features) {
    this.#gram = gram;
    this.#rows = rows;
    this.#columns = columns;
  }

  static async of(x: Features, runtime: Runtime): Promise<Curvature> {
    return new Curvature(await gramOf(x, runtime), x);
  }

  /** For problems of this strength and number of classes. */
  at(C: number, classes: number): Preconditioner {
    const key = `${C} ${classes === 2}`;
    const known = this.#factors.get(key) ?? new Preconditioner(this.#gram, this.#columns, { rows: this.#rows, lambda: 1 / (C * this.#rows), classes });
    this.#factors.set(key, known);
    return known;
  }

  get bytes(): number {
    return [...this.#factors.values()].reduce((sum, { bytes }) => sum + bytes, this.#gram.byteLength);
  }
}
