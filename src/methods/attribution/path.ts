import { float32, tensor, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { RunContext } from "../analysis.ts";
import type { OptionTable } from "../option.ts";
import { baselineOf } from "./baseline.ts";

/** The straight line from a baseline x′ to the input x. */
export interface Path {
  readonly difference: Float64Array;
  /** Computes F and ∇F at x′ + α(x − x′) for each α, in order, and the slope s = ⟨∇F, x − x′⟩ along the path. */
  evaluate(alphas: readonly number[]): AsyncGenerator<PathPoint>;
}

export interface PathPoint {
  readonly alpha: number;
  readonly score: number;
  readonly slope: number;
  readonly gradient: Float64Array | Float32Array;
}

export function straightPath(context: RunContext<"picture", OptionTable>, baseline: string): Path {
  const { network, input, target } = context;
  const from = baselineOf(baseline, context);
  const difference = toFloat64(input).map((value, i) => value - from[i]!);
  const size = difference.length;
  const precise = network.runtime.name === "reference";
  const points = (alphas: readonly number[]): Tensor => {
    const values = new Float64Array(alphas.length * size);
    alphas.forEach((alpha, row) => {
      for (let i = 0; i < size; i++) values[row * size + i] = from[i]! + alpha * difference[i]!;
    });
    const shape = [alphas.length, ...input.shape.slice(1)];
    return precise ? tensor("float64", shape, values) : float32(shape, values);
  };
  return {
    difference,
    async *evaluate(alphas) {
      const rows = {
        count: alphas.length,
        rows: (start: number, count: number) => points(alphas.slice(start, start + count)),
      };
      for await (const { start, scores, gradients } of network.gradients(rows, target, {
        wrt: [network.source.input],
      })) {
        const data = gradients[0]!.data as Float32Array | Float64Array;
        for (let row = 0; row < scores.length; row++) {
          const gradient = data.slice(row * size, (row + 1) * size);
          yield { alpha: alphas[start + row]!, score: scores[row]!, slope: dot(gradient, difference), gradient };
        }
      }
    },
  };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
