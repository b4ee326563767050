import { Random } from "../../tensor/random.ts";
import { float32, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { Check } from "../../protocol/result.ts";
import { analysis, type RunContext } from "../analysis.ts";
import { amount, count, seed, type OptionTable } from "../option.ts";
import type { Evaluation, RowSource } from "../network.ts";
import { explained, saturation } from "./explained.ts";
import { pixelMap } from "./heatmap.ts";
import { similarity } from "./similarity.ts";
import { slopeLawCheck } from "./slope-check.ts";

/**
 * SmoothGrad (Smilkov, Thorat, Kim, Viégas, Wattenberg 2017, eq. 1): the mean gradient at the input
 * plus Gaussian noise, 1/n Σ ∂F(x + ε)/∂x, ε ~ N(0, σ²). σ is a share of the input's range, max − min. Libraries disagree on
 * its unit, so the result records both. Cost: one gradient per sample, and two forward passes or more to check them.
 */
export const smoothGrad = analysis("smoothgrad", {
  family: "attribution",
  title: "SmoothGrad",
  formula: "aᵢ = 1/n Σₖ ∂F(x + εₖ)/∂xᵢ, εₖ ∼ N(0, σ²)",
  byDefault: true,
  summary: "The gradient averaged over noisy copies of the image, which removes the noise of a single point.",
  cost: "one gradient per sample, two forward passes to check",
  paper: {
    title: "SmoothGrad: removing noise by adding noise",
    authors: "Smilkov, Thorat, Kim, Viégas, Wattenberg",
    year: 2017,
    link: "https://arxiv.org/abs/1706.03825",
  },
  takes: "picture",
  gives: "heatmap",
  options: {
    samples: count(32, 2, 1000, {
      label: "Samples",
      description: "The number of noisy copies. The paper uses 50; the map changes little beyond 30.",
    }),
    noise: amount(0.15, 0, 1, {
      label: "Noise",
      description: "Standard deviation as a share of the input's range (max − min). The paper recommends 0.10 to 0.20.",
    }),
    seed: seed(),
  },
  needsTarget: true,
  async *run(context) {
    const { network, target, options, cancelled } = context;
    const rows = noisyCopies(context, options);
    /** Sums over even and odd samples. The similarity of their maps is the certificate. */
    const halves = [new Float64Array(rows.size), new Float64Array(rows.size)] as const;
    let score = 0;
    let done = 0;
    let law: readonly Check[] = [];
    let first: { readonly score: number; readonly slope: Float64Array } | undefined;
    const outcome = () => {
      const mean = halves[0].map((value, i) => (value + halves[1][i]!) / done);
      const checks = [
        explained(context, score / done, "on average over the noisy copies"),
        ...saturation(mean),
        ...(done >= 4 ? [stability(context, halves)] : []),
        noiseUsed(options.noise, rows.sigma),
        ...law,
      ];
      return { data: pixelMap(network, mean), certificate: checks };
    };
    for await (const evaluation of network.gradients(rows, target, { wrt: [network.source.input] })) {
      done = evaluation.start + evaluation.scores.length;
      score += evaluation.scores.reduce((sum, value) => sum + value, 0);
      addAlternately(halves, evaluation);
      first ??= { score: evaluation.scores[0]!, slope: toFloat64(evaluation.gradients[0]!).slice(0, rows.size) };
      yield {
        progress: { done, total: options.samples, note: `${done} of ${options.samples} samples` },
        partial: outcome(),
      };
      if (cancelled()) break;
    }
    if (first && !cancelled())
      law = await slopeLawCheck(
        { ...context, input: rows.rows(0, 1) },
        first.score,
        first.slope,
        "at the first noisy copy",
      );
    return outcome();
  },
});

function noisyCopies(
  { input }: Pick<RunContext<"picture", OptionTable>, "input">,
  { samples, noise, seed }: { samples: number; noise: number; seed: number },
): RowSource & { sigma: number; size: number } {
  const values = toFloat64(input);
  const range =
    values.reduce((max, value) => Math.max(max, value), -Infinity) -
    values.reduce((min, value) => Math.min(min, value), Infinity);
  const sigma = noise * range;
  return {
    count: samples,
    sigma,
    size: values.length,
    rows: (start, count): Tensor => {
      const copies = new Float32Array(count * values.length);
      for (let row = 0; row < count; row++) {
        const random = noiseOf(seed, start + row);
        for (let i = 0; i < values.length; i++) copies[row * values.length + i] = values[i]! + sigma * random.normal();
      }
      return float32([count, ...input.shape.slice(1)], copies);
    },
  };
}

/** Each copy has random numbers of its own, because copies may be made in any order, and twice. */
const noiseOf = (seed: number, copy: number): Random =>
  new Random(Math.imul(seed + 1, 0x9e3779b9) ^ Math.imul(copy + 1, 0x85ebca6b));

function addAlternately(halves: readonly [Float64Array, Float64Array], { start, scores, gradients }: Evaluation): void {
  const slopes = toFloat64(gradients[0]!);
  const size = halves[0].length;
  for (let row = 0; row < scores.length; row++) {
    const half = halves[(start + row) % 2]!;
    for (let i = 0; i < size; i++) half[i] = half[i]! + slopes[row * size + i]!;
  }
}

/** The correlation of the two halves' maps, extrapolated to the whole by the Spearman–Brown formula 2r/(1 + r). */
function stability(
  { network }: RunContext<"picture", OptionTable>,
  halves: readonly [Float64Array, Float64Array],
): Check {
  const half = similarity(network, halves[0], halves[1]);
  const r = half > 0 ? (2 * half) / (1 + half) : half;
  return {
    id: "stability",
    label: "stable over seeds",
    status: r >= 0.9 ? "pass" : r >= 0.7 ? "warn" : "fail",
    value: `r = ${r.toFixed(2)}`,
    sentence:
      r >= 0.9
        ? "Two halves of the samples give the same map."
        : "Two halves of the samples give different maps; use more samples before interpreting details.",
    numbers: { r, half },
  };
}

function noiseUsed(share: number, sigma: number): Check {
  return {
    id: "noise",
    label: "noise",
    status: "info",
    value: `σ = ${sigma.toPrecision(3)}`,
    sentence: `Noise of σ = ${(100 * share).toFixed(0)} % of the input's range, which is ${sigma.toPrecision(3)} in the model's units.`,
    numbers: { share, sigma },
  };
}
