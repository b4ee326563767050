import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import type { Program, Runtime } from "../../runtime/runtime.ts";
import type { Shape } from "../../tensor/shape.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";
import { gramOf, type Features } from "./design.ts";
import {
  nothing,
  type Fit,
  type PreconditionRequest,
  type Solver,
  type BuildPreconditionerRequest,
  type SolverRequest,
} from "./logistic-regression.ts";
import { passOver, type Pass } from "./pass.ts";
import { FeaturePreconditioner, type Preconditioner } from "./preconditioner.ts";
import type { Multiply } from "./inverse-factor.ts";
import { transposeInto } from "./transpose.ts";

/** The widths of batched products are rounded up to a multiple of it, so that few programs serve all. A single column is a product with a vector. */
const widthStep = 8;

/**
 * Products with the rows of a design matrix by the runtime, in float32. Folds, values of C, labels and controls on the same
 * rows share each product: their parameters are batched as columns.
 */
export class Products {
  readonly #x: Features;
  /** The features as [row, column] for scores, and as [column, row] for gradients: each product then reads contiguous memory, which is up to twice as fast. */
  readonly #rows: Tensor;
  readonly #columns: Tensor;
  readonly #runtime: Runtime;
  readonly #programs = new Map<string, Promise<Program>>();

  constructor(x: Features, runtime: Runtime) {
    this.#x = x;
    this.#rows = float32([x.rows, x.columns], x.data);
    this.#columns = float32(
      [x.columns, x.rows],
      transposeInto(new Float32Array(x.data.length), x.data, x.rows, x.columns),
    );
    this.#runtime = runtime;
  }

  /** Answers all requests together: exact passes in double precision, everything else with the runtime. */
  async answer(requests: readonly SolverRequest[]): Promise<Float64Array[]> {
    const rounded = requests.filter((each): each is Pass => each.kind === "pass" && !each.exact);
    const products = rounded.length === 0 ? [] : await this.#batchedPasses(rounded);
    const preconditionings = requests.filter((each): each is PreconditionRequest => each.kind === "precondition");
    const preconditioned = new Map<SolverRequest, Float64Array>();
    for (const preconditioner of new Set(preconditionings.map((each) => each.preconditioner))) {
      const own = preconditionings.filter((each) => each.preconditioner === preconditioner);
      (await this.#precondition(preconditioner, own)).forEach((answer, i) => preconditioned.set(own[i]!, answer));
    }
    for (const each of requests) if (each.kind === "build-preconditioner") await this.#buildPreconditioner(each);
    return requests.map((each) => {
      if (each.kind === "build-preconditioner") return nothing;
      if (each.kind === "precondition") return preconditioned.get(each)!;
      return each.exact ? passOver(this.#x, each) : products[rounded.indexOf(each)]!;
    });
  }

  /** The scores x̃·v for each set of parameters: [row, output]. */
  async scores(
    parameters: readonly {
      readonly weights: Float64Array;
      readonly intercepts: Float64Array;
      readonly outputs: number;
    }[],
  ): Promise<Float64Array[]> {
    const { rows, columns } = this.#x;
    const width = widthOf(parameters.map(({ outputs }) => outputs));
    const v = new Float32Array(columns * width);
    let at = 0;
    for (const { weights, outputs } of parameters) {
      for (let c = 0; c < columns; c++)
        for (let k = 0; k < outputs; k++) v[c * width + at + k] = weights[c * outputs + k]!;
      at += outputs;
    }
    const z = await this.#product("scores", width, v);
    at = 0;
    return parameters.map(({ intercepts, outputs }) => {
      const own = new Float64Array(rows * outputs);
      for (let r = 0; r < rows; r++)
        for (let k = 0; k < outputs; k++) own[r * outputs + k] = z[r * width + at + k]! + intercepts[k]!;
      at += outputs;
      return own;
    });
  }

  async release(): Promise<void> {
    for (const program of this.#programs.values()) await (await program).release();
    this.#programs.clear();
  }

  async #batchedPasses(passes: readonly Pass[]): Promise<Float64Array[]> {
    const { rows, columns } = this.#x;
    const split = passes.map(({ parameters, outputs }) => ({
      weights: parameters,
      intercepts: parameters.subarray(columns * outputs),
      outputs,
    }));
    const scores = await this.scores(split);
    const width = widthOf(passes.map(({ outputs }) => outputs));
    // One row per output of a problem.
    const g = new Float32Array(width * rows);
    let at = 0;
    const intercepts = passes.map(({ outputs, total, transform }, i) => {
      const z = new Float64Array(outputs);
      const sums = new Float64Array(outputs);
      const own = scores[i]!;
      for (let r = 0; r < rows; r++) {
        for (let k = 0; k < outputs; k++) z[k] = own[r * outputs + k]!;
        transform(z, r);
        for (let k = 0; k < outputs; k++) {
          g[(at + k) * rows + r] = z[k]! / total;
          sums[k] = sums[k]! + z[k]! / total;
        }
      }
      at += outputs;
      return sums;
    });
    const product = await this.#product("gradient", width, g);
    at = 0;
    return passes.map(({ outputs }, i) => {
      const out = new Float64Array((columns + 1) * outputs);
      for (let k = 0; k < outputs; k++)
        for (let c = 0, from = (at + k) * columns; c < columns; c++) out[c * outputs + k] = product[from + c]!;
      out.set(intercepts[i]!, columns * outputs);
      at += outputs;
      return out;
    });
  }

  /** A preconditioner from the curvature of weighted rows; `undefined` if there are more features than rows. There the curvature bound suffices: few steps remain, and the kernel of weighted rows cannot represent the intercept. */
  async preconditionerFrom(weights: Float64Array, total: number, lambda: number): Promise<Preconditioner | undefined> {
    const { rows, columns } = this.#x;
    if (rows <= columns) return undefined;
    return new FeaturePreconditioner(await gramOf(this.#x, this.#runtime, weights), columns, {
      curvature: 1 / total,
      lambda,
    });
  }

  async #buildPreconditioner({ weights, total, lambda, accept }: BuildPreconditionerRequest): Promise<void> {
    const made = await this.preconditionerFrom(weights, total, lambda);
    if (made) accept(made);
  }

  /** Applies a preconditioner to all residuals in one batch. */
  async #precondition(preconditioner: Preconditioner, own: readonly PreconditionRequest[]): Promise<Float64Array[]> {
    const { size } = preconditioner;
    if (!preconditioner.prefersBatches)
      return own.map(({ residual, outputs }) => preconditioner.apply(residual, outputs));
    const width = widthOf(own.map(({ outputs }) => outputs));
    const residuals = new Float32Array(size * width);
    let at = 0;
    // Residuals are scaled to about 1, so that small ones keep their digits in float32.
    const scales = own.map(({ residual, outputs }) => {
      const scale = residual.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
      for (let c = 0; c < size; c++)
        for (let k = 0; k < outputs; k++) residuals[c * width + at + k] = residual[c * outputs + k]! / scale;
      at += outputs;
      return scale;
    });
    const whole = await preconditioner.applyBatched(residuals, width, this.#multiply);
    at = 0;
    return own.map(({ outputs }, i) => {
      const out = new Float64Array(size * outputs);
      for (let c = 0; c < size; c++)
        for (let k = 0; k < outputs; k++) out[c * outputs + k] = whole[c * width + at + k]! * scales[i]!;
      at += outputs;
      return out;
    });
  }

  /** a·b, or aᵀ·b. */
  readonly #multiply: Multiply = async (a, b, m, k, n, transposed = false) => {
    const key = `${m} ${k} ${n} ${transposed}`;
    const shapes = [transposed ? [k, m] : [m, k], [k, n]] as const;
    const known = this.#programs.get(key) ?? this.#compile(shapes[0], shapes[1], { transA: transposed });
    this.#programs.set(key, known);
    const [product] = (
      await (
        await known
      ).run(
        new Map([
          ["x", float32(shapes[0], a)],
          ["v", float32(shapes[1], b)],
        ]),
      )
    ).values();
    return product!.data as Float32Array;
  };

  /** The product rows · `other`, [column, width], or `other` · rows, [width, row]. */
  async #product(kind: "scores" | "gradient", width: number, other: Float32Array): Promise<Float32Array> {
    const { rows, columns } = this.#x;
    const key = `${kind} ${width}`;
    const shape = kind === "scores" ? [columns, width] : [width, rows];
    const known =
      this.#programs.get(key) ??
      (kind === "scores"
        ? this.#compile(this.#rows.shape, shape)
        : this.#compile(shape, this.#columns.shape, { transB: true }));
    this.#programs.set(key, known);
    const [left, right] =
      kind === "scores" ? [this.#rows, float32(shape, other)] : [float32(shape, other), this.#columns];
    const [product] = (
      await (
        await known
      ).run(
        new Map([
          ["x", left],
          ["v", right],
        ]),
      )
    ).values();
    return product!.data as Float32Array;
  }

  #compile(
    left: Shape,
    right: Shape,
    turned: { readonly transA?: boolean; readonly transB?: boolean } = {},
  ): Promise<Program> {
    const b = new Builder(coreOperators);
    const x = b.input("x", { dtype: "float32", shape: left });
    const v = b.input("v", { dtype: "float32", shape: right });
    const product = turned.transA || turned.transB ? b.apply("Gemm", [x, v], turned) : b.matmul(x, v);
    return this.#runtime.compile(b.finish([product]), { effort: "light" });
  }
}

function widthOf(outputs: readonly number[]): number {
  const total = outputs.reduce((sum, n) => sum + n, 0);
  return total === 1 ? 1 : Math.ceil(total / widthStep) * widthStep;
}

/** Solves many problems on the same rows in lockstep, so that each pass over the data serves all unfinished ones. */
export async function fitBatched(solvers: readonly Solver[], products: Products): Promise<Fit[]> {
  const fits: Fit[] = [];
  let waiting = solvers.map((solver, i) => ({ i, solver, step: solver.next() }));
  for (;;) {
    for (const { i, step } of waiting) if (step.done) fits[i] = step.value;
    const running = waiting.flatMap(({ i, solver, step }) => (step.done ? [] : [{ i, solver, request: step.value }]));
    if (running.length === 0) return fits;
    const answers = await products.answer(running.map(({ request }) => request));
    waiting = running.map(({ i, solver }, at) => ({ i, solver, step: solver.next(answers[at]!) }));
  }
}
