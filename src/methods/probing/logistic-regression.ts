import type { Features } from "./design.ts";
import { passOver, scoresOver, type Pass } from "./pass.ts";
import type { Preconditioner } from "./preconditioner.ts";

/**
 * L2-regularised logistic regression, binary or multinomial, solved to its optimum:
 *
 *   f(w, b) = 1/S Σᵢ sᵢ ℓ(yᵢ, xᵢ·w + b) + λ/2 ‖w‖²,  λ = 1/(C·S),  S = Σ sᵢ.
 *
 * The intercept is not penalised. The objective is scikit-learn's, but the stopping criterion is not: f is λ-strongly
 * convex in w (times the least d² if columns have deviations), so once b is optimal, ‖w − w*‖ ≤ ‖∇‖/λ. The fit reports
 * this bound.
 */
export interface Fit {
  /** [column, output]: one output for two classes; otherwise one per class, and the sum over classes is 0. */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
  readonly outputs: number;
  /** An upper bound of ‖w − w*‖. */
  readonly distance: number;
  readonly objective: number;
  readonly iterations: number;
  /** The number of passes over the data. */
  readonly passes: number;
}

export interface Problem {
  readonly x: Features;
  /** The class of each row, 0 … classes − 1. */
  readonly y: ArrayLike<number>;
  readonly classes: number;
  /** The weight of each row; 1 by default. */
  readonly weights?: Float64Array | undefined;
  /** The deviation d of each column, 1 by default. The penalty λ/2 Σ (d_c w_c)² is that of columns divided by d. */
  readonly deviations?: Float64Array | undefined;
  readonly C: number;
}

/** A solver's request to apply its preconditioner to a residual, [column + 1, output]. The answer has the same shape. */
export interface PreconditionRequest {
  readonly kind: "precondition";
  readonly preconditioner: Preconditioner;
  readonly residual: Float64Array;
  readonly outputs: number;
}

/** A solver's request to build a preconditioner from the curvature at a point, 1/total · Σᵢ ωᵢ x̃ᵢx̃ᵢᵀ + λI. A caller that cannot build one may ignore it. The answer is empty. */
export interface BuildPreconditionerRequest {
  readonly kind: "build-preconditioner";
  /** The weight ω of each row. */
  readonly weights: Float64Array;
  readonly total: number;
  readonly lambda: number;
  readonly accept: (preconditioner: Preconditioner) => void;
}

/** The empty answer to a `BuildPreconditionerRequest`. */
export const nothing = new Float64Array(0);

export type SolverRequest = Pass | PreconditionRequest | BuildPreconditionerRequest;
export type Solver = Generator<SolverRequest, Fit, Float64Array>;

const mostIterations = 100;
/** Until the gradient is this share of the first one, float32 gradients suffice: their error is a hundred times smaller. */
const roundedUntil = 1e-3;
const mostInner = 200;
/** A Gram matrix pays off if it saves more than columns / `columnsPerProduct` products with one column each. */
const columnsPerProduct = 32;

export interface SolveOptions {
  /** The required bound of ‖w − w*‖. */
  readonly tolerance?: number;
  /** Alternatively, stop once the gradient is this share of the first one, which suffices to compare values of C. */
  readonly share?: number;
  /** The starting point, e.g. the fit with a stronger regularization; 0 by default. */
  readonly start?: Fit | undefined;
  /** Whether the preconditioner already contains the curvature near the optimum, so that no better one is requested. */
  readonly curvatureKnown?: boolean;
  /** Whether the last gradients, which decide about stopping, are computed in double precision. Curvature products never are, because they only determine the step. */
  readonly exact?: boolean;
}

/**
 * Newton's method, with each step by preconditioned conjugate gradients, to `tolerance` or to the limit of precision. It
 * yields requests for passes over the data and receives their results. `fitLogistic` solves one problem, `fitBatched` solves
 * many on the same rows.
 */
export function* solveLogistic(
  problem: Problem,
  first: Preconditioner,
  { tolerance = 1e-9, share = 0, start, exact = true, curvatureKnown = false }: SolveOptions = {},
): Solver {
  const objective = new Objective(problem);
  const { convexity, outputs, columns } = objective;
  let preconditioner = first;
  let parameters: Float64Array = new Float64Array((columns + 1) * outputs);
  let at = yield* objective.evaluate(parameters);
  const steepest = norm(at.gradient);
  const enough = Math.max(tolerance * convexity, share * steepest);
  if (start) {
    parameters.set(start.weights);
    parameters.set(start.intercepts, columns * outputs);
    at = yield* objective.evaluate(parameters);
  }
  const near = Math.max(enough, roundedUntil * steepest);
  let iterations = 0;
  for (; iterations < mostIterations; iterations++) {
    if (exact && !objective.exact && norm(at.gradient) <= near) {
      objective.exact = true;
      at = yield* objective.evaluate(parameters);
      // From here on the curvature hardly changes. If probabilities are near 0 and 1, it is far from its bound, and preconditioning by the bound would take about four times as many further passes as were needed so far (measured).
      const worthwhile = !curvatureKnown && objective.passes * outputs > columns / columnsPerProduct;
      if (norm(at.gradient) > enough && worthwhile)
        yield {
          kind: "build-preconditioner",
          weights: objective.curvatures(at),
          total: objective.total,
          lambda: convexity,
          accept: (made) => (preconditioner = made),
        };
    }
    if (norm(at.gradient) <= enough) break;
    const step = yield* newtonStep(objective, at, preconditioner, enough);
    const next = yield* lineSearch(objective, parameters, at, step);
    if (next === undefined) {
      // If rounded values allow no progress, exact values may.
      if (!exact || objective.exact) break;
      objective.exact = true;
      at = yield* objective.evaluate(parameters);
      continue;
    }
    parameters = next.parameters;
    at = next.at;
  }
  centre(parameters, outputs, columns);
  return {
    weights: parameters.slice(0, columns * outputs),
    intercepts: parameters.slice(columns * outputs),
    outputs,
    distance: norm(at.gradient) / convexity,
    objective: at.value,
    iterations,
    passes: objective.passes,
  };
}

/** Solves one problem with the given preconditioner. All passes are in double precision. */
export function fitLogistic(problem: Problem, preconditioner: Preconditioner, options: SolveOptions = {}): Fit {
  const solver = solveLogistic(problem, preconditioner, options);
  for (let step = solver.next(); ;) {
    if (step.done) return step.value;
    const request: SolverRequest = step.value;
    step = solver.next(
      request.kind === "pass"
        ? passOver(problem.x, request)
        : request.kind === "precondition"
          ? request.preconditioner.apply(request.residual, request.outputs)
          : nothing,
    );
  }
}

/** The scores of rows: [row, output]. */
export function decisions({ weights, intercepts, outputs }: Fit, x: Features): Float64Array {
  const parameters = new Float64Array(weights.length + outputs);
  parameters.set(weights);
  parameters.set(intercepts, weights.length);
  return scoresOver(x, parameters, outputs);
}

/** The class probabilities of rows: [row, class]. */
export function probabilities(fit: Fit, x: Features): Float64Array {
  const scores = decisions(fit, x);
  if (fit.outputs > 1) return outputProbabilities(scores, fit.outputs);
  const both = new Float64Array(x.rows * 2);
  scores.forEach((score, r) => {
    both[2 * r + 1] = sigmoid(score);
    both[2 * r] = sigmoid(-score);
  });
  return both;
}

/** The mean curvature of each row at scores [row, output], over the directions that affect the softmax: Σ p(1 − p)/(K − 1), or p(1 − p) for two classes. */
export const curvaturesAt = (scores: Float64Array, outputs: number): Float64Array =>
  curvaturesOf(outputProbabilities(scores.slice(), outputs), outputs);

function curvaturesOf(p: Float64Array, outputs: number): Float64Array {
  const out = new Float64Array(p.length / outputs);
  for (let row = 0, at = 0; row < out.length; row++) {
    let sum = 0;
    for (let k = 0; k < outputs; k++, at++) sum += p[at]! * (1 - p[at]!);
    out[row] = sum / Math.max(1, outputs - 1);
  }
  return out;
}

/** Replaces scores, [row, output], by probabilities; for two classes, by that of the second class. */
function outputProbabilities(scores: Float64Array, outputs: number): Float64Array {
  if (outputs === 1) for (let r = 0; r < scores.length; r++) scores[r] = sigmoid(scores[r]!);
  else for (let at = 0; at < scores.length; at += outputs) softmaxInPlace(scores, at, outputs);
  return scores;
}

interface Point {
  readonly value: number;
  /** [column + 1, output], the intercepts last. */
  readonly gradient: Float64Array;
  /** The probabilities, [row, output], needed for the curvature. */
  readonly p: Float64Array;
}

class Objective {
  readonly convexity: number;
  readonly outputs: number;
  readonly columns: number;
  /** Whether values and gradients are requested in double precision. */
  exact = false;
  passes = 0;
  readonly #problem: Problem;
  /** S */
  readonly total: number;
  /** λd² of each column. */
  readonly #penalties: Float64Array;

  constructor(problem: Problem) {
    this.#problem = problem;
    this.columns = problem.x.columns;
    this.outputs = problem.classes === 2 ? 1 : problem.classes;
    this.total = problem.weights?.reduce((sum, weight) => sum + weight, 0) ?? problem.x.rows;
    const lambda = 1 / (problem.C * this.total);
    this.#penalties =
      problem.deviations?.map((deviation) => lambda * deviation ** 2) ?? new Float64Array(this.columns).fill(lambda);
    this.convexity = this.#penalties.reduce((least, each) => Math.min(least, each), Infinity);
  }

  /** Smaller relative differences of f are rounding errors. */
  get resolution(): number {
    return this.exact ? 1e-14 : 1e-7;
  }

  *evaluate(parameters: Float64Array): Generator<Pass, Point, Float64Array> {
    const { y, weights } = this.#problem;
    const { outputs } = this;
    const p = new Float64Array(this.#problem.x.rows * outputs);
    let loss = 0;
    const gradient = yield* this.#pass(parameters, this.exact, (z, row) => {
      const weight = weights?.[row] ?? 1;
      if (outputs === 1) {
        const positive = y[row] === 1;
        loss += weight * softplus(positive ? -z[0]! : z[0]!);
        p[row] = sigmoid(z[0]!);
        z[0] = weight * (p[row]! - (positive ? 1 : 0));
        return;
      }
      const target = z[y[row]!]!;
      const logSum = softmaxInPlace(z, 0, outputs);
      loss += weight * (logSum - target);
      for (let k = 0; k < outputs; k++) {
        p[row * outputs + k] = z[k]!;
        z[k] = weight * (z[k]! - (k === y[row] ? 1 : 0));
      }
    });
    return { value: loss / this.total + this.#penalise(parameters, gradient), gradient, p };
  }

  /** The Hessian at `point` times `direction`. */
  *curvature({ p }: Point, direction: Float64Array): Generator<Pass, Float64Array, Float64Array> {
    const { weights } = this.#problem;
    const { outputs } = this;
    const product = yield* this.#pass(direction, false, (z, row) => {
      const weight = weights?.[row] ?? 1;
      if (outputs === 1) {
        z[0] = z[0]! * weight * p[row]! * (1 - p[row]!);
        return;
      }
      let mean = 0;
      for (let k = 0; k < outputs; k++) mean += p[row * outputs + k]! * z[k]!;
      for (let k = 0; k < outputs; k++) z[k] = weight * p[row * outputs + k]! * (z[k]! - mean);
    });
    this.#penalise(direction, product);
    return product;
  }

  /** The curvature of each row times its weight. */
  curvatures({ p }: Point): Float64Array {
    const { weights } = this.#problem;
    const own = curvaturesOf(p, this.outputs);
    return weights ? own.map((curvature, row) => weights[row]! * curvature) : own;
  }

  /** Returns the penalty of `v` and adds its gradient to `gradient`. */
  #penalise(v: Float64Array, gradient: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < this.columns * this.outputs; i++) {
      const slope = this.#penalties[Math.trunc(i / this.outputs)]! * v[i]!;
      sum += slope * v[i]!;
      gradient[i] = gradient[i]! + slope;
    }
    return sum / 2;
  }

  /** 1/S Σᵢ x̃ᵢ g(x̃ᵢ·v)ᵀ. */
  *#pass(
    parameters: Float64Array,
    exact: boolean,
    transform: Pass["transform"],
  ): Generator<Pass, Float64Array, Float64Array> {
    this.passes++;
    return yield { kind: "pass", parameters, outputs: this.outputs, total: this.total, exact, transform };
  }
}

/** −H⁻¹∇ by conjugate gradients. The accuracy increases as the gradient shrinks, so that the final convergence is quadratic. */
function* newtonStep(
  objective: Objective,
  point: Point,
  preconditioner: Preconditioner,
  enough: number,
): Generator<SolverRequest, Float64Array, Float64Array> {
  const { gradient } = point;
  const size = gradient.length;
  const step = new Float64Array(size);
  const residual = gradient.map((value) => -value);
  const { outputs } = objective;
  let curvatureKnown: Float64Array = yield { kind: "precondition", preconditioner, residual, outputs };
  const direction = curvatureKnown.slice();
  let rho = dot(residual, curvatureKnown);
  // Never more accurate than the stopping criterion requires.
  const goal = Math.max(Math.min(0.1, Math.sqrt(norm(gradient))) * norm(gradient), 0.3 * enough);
  for (let inner = 0; inner < mostInner && norm(residual) > goal; inner++) {
    const product = yield* objective.curvature(point, direction);
    const alpha = rho / dot(direction, product);
    if (!Number.isFinite(alpha) || alpha <= 0) break;
    for (let i = 0; i < size; i++) {
      step[i] = step[i]! + alpha * direction[i]!;
      residual[i] = residual[i]! - alpha * product[i]!;
    }
    curvatureKnown = yield { kind: "precondition", preconditioner, residual, outputs };
    const next = dot(residual, curvatureKnown);
    for (let i = 0; i < size; i++) direction[i] = curvatureKnown[i]! + (next / rho) * direction[i]!;
    rho = next;
  }
  return step;
}

/** Armijo's rule. Near the optimum, where f no longer changes in floating point, a smaller gradient is accepted instead. */
function* lineSearch(
  objective: Objective,
  parameters: Float64Array,
  at: Point,
  step: Float64Array,
): Generator<Pass, { readonly parameters: Float64Array; readonly at: Point } | undefined, Float64Array> {
  const slope = dot(at.gradient, step);
  for (let length = 1; length > 1e-6; length /= 2) {
    const moved = parameters.map((value, i) => value + length * step[i]!);
    const next = yield* objective.evaluate(moved);
    const flat = Math.abs(next.value - at.value) <= objective.resolution * Math.abs(at.value);
    if (flat ? norm(next.gradient) < norm(at.gradient) : next.value <= at.value + 1e-4 * length * slope)
      return { parameters: moved, at: next };
  }
  return undefined;
}

/** Centres the intercepts, because a constant added to all classes does not change the softmax. The weights already sum to 0. */
function centre(parameters: Float64Array, outputs: number, columns: number): void {
  if (outputs === 1) return;
  for (let c = 0; c <= columns; c++) {
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += parameters[c * outputs + k]!;
    for (let k = 0; k < outputs; k++) parameters[c * outputs + k] = parameters[c * outputs + k]! - sum / outputs;
  }
}

const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const norm = (x: Float64Array): number => Math.sqrt(dot(x, x));

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Replaces scores by probabilities, and returns ln Σ exp. */
function softmaxInPlace(z: Float64Array, start: number, count: number): number {
  let max = -Infinity;
  for (let k = start; k < start + count; k++) max = Math.max(max, z[k]!);
  let sum = 0;
  for (let k = start; k < start + count; k++) sum += z[k] = Math.exp(z[k]! - max);
  for (let k = start; k < start + count; k++) z[k] = z[k]! / sum;
  return max + Math.log(sum);
}
