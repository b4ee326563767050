import type { Path, PathPoint } from "./path.ts";

/** The estimate of the integral ∫₀¹ ∇F dα, intermediate or final. */
export interface PathIntegral {
  /** ∫ ∇F dα, in the layout of the input. */
  readonly mean: Float64Array;
  /** F at the baseline (`start`) and at the input (`end`). */
  readonly start: number;
  readonly end: number;
  /** Σe: the part of F(x) − F(x′) that the attributions miss. */
  readonly netError: number;
  /** Σ|e|: the same without cancellation; `undefined` for rules that do not compute it. */
  readonly localError: number | undefined;
  readonly evaluations: number;
}

export interface AdaptiveLimits {
  /** The limit of the net error, as a share of |F(x) − F(x′)|. */
  readonly net: number;
  readonly local: number;
  readonly evaluations: number;
}

interface Interval {
  readonly left: PathPoint;
  readonly right: PathPoint;
  /** (r − l)(s(l) + s(r))/2 − (F(r) − F(l)), known exactly because each evaluation gives both the gradient and F. */
  readonly error: number;
}

const firstIntervals = 8;
const bisectedAtOnce = 8;

/**
 * Integrates the gradient along a path with adaptive refinement: every evaluation gives F as well as ∇F, so the trapezoid
 * error of each interval is known. The worst intervals are bisected until the net error and the summed local error are
 * small. On ReLU networks this takes about a quarter of the evaluations of a uniform rule, and the local error reveals a
 * result that is right only by chance.
 */
export async function* integrateAdaptively(path: Path, limits: AdaptiveLimits): AsyncGenerator<PathIntegral> {
  const mean = new Float64Array(path.difference.length);
  let intervals: Interval[] = [];
  let evaluations = 0;
  const addTo = (point: PathPoint, weight: number): void => {
    const { gradient } = point;
    for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + weight * gradient[i]!;
  };
  const summary = (): PathIntegral => ({
    mean: mean.slice(),
    start: intervals[0]!.left.score,
    end: intervals[intervals.length - 1]!.right.score,
    netError: Math.abs(sum(intervals.map(({ error }) => error))),
    localError: sum(intervals.map(({ error }) => Math.abs(error))),
    evaluations,
  });

  const width = 1 / firstIntervals;
  let previous: PathPoint | undefined;
  for await (const point of path.evaluate(Array.from({ length: firstIntervals + 1 }, (_, i) => i * width))) {
    evaluations++;
    addTo(point, previous === undefined || evaluations === firstIntervals + 1 ? width / 2 : width);
    if (previous) intervals.push(interval(previous, point));
    previous = point;
  }
  yield summary();

  while (!converged(summary(), limits) && evaluations < limits.evaluations) {
    const worst = [...intervals]
      .sort((a, b) => Math.abs(b.error) - Math.abs(a.error))
      .slice(0, Math.min(bisectedAtOnce, limits.evaluations - evaluations));
    const halves = new Map<Interval, readonly [Interval, Interval]>();
    let next = 0;
    for await (const middle of path.evaluate(worst.map(({ left, right }) => (left.alpha + right.alpha) / 2))) {
      evaluations++;
      const split = worst[next++]!;
      const { left, right } = split;
      const span = right.alpha - left.alpha;
      addTo(left, -span / 4);
      addTo(right, -span / 4);
      addTo(middle, span / 2);
      halves.set(split, [interval(left, middle), interval(middle, right)]);
    }
    intervals = intervals.flatMap((old) => halves.get(old) ?? [old]);
    yield summary();
  }
}

export const converged = (
  { start, end, netError, localError }: PathIntegral,
  { net, local }: AdaptiveLimits,
): boolean => netError <= net * Math.abs(end - start) && (localError ?? 0) <= local * Math.abs(end - start);

function interval(left: PathPoint, right: PathPoint): Interval {
  const trapezoid = ((right.alpha - left.alpha) * (left.slope + right.slope)) / 2;
  return { left, right, error: trapezoid - (right.score - left.score) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
