import type { Check } from "../../protocol/result.ts";
import { analysis, type Outcome } from "../analysis.ts";
import { amount, choice, count } from "../option.ts";
import { converged, integrateAdaptively, type AdaptiveLimits, type PathIntegral } from "./adaptive-path.ts";
import { baselineOption } from "./baseline.ts";
import { explained } from "./explained.ts";
import { integrateByRule } from "./fixed-path.ts";
import { slopeAt } from "./gradient.ts";
import { pixelMap } from "./heatmap.ts";
import { straightPath } from "./path.ts";
import { quadratureRules } from "./quadrature.ts";
import { slopeLawCheck } from "./slope-check.ts";

/**
 * Integrated gradients (Sundararajan, Taly, Yan 2017, eq. 1): aᵢ = (xᵢ − x′ᵢ) ∫₀¹ ∂F(x′ + α(x − x′))/∂xᵢ dα.
 * Complete: Σ a = F(x) − F(x′). The customary 50 uniform steps miss 10 % or more of it on real networks, so the default
 * refines the path until the error is small, and reports the remaining error.
 * Cost: one gradient per evaluation, and one with two forward passes or more to check them.
 */
export const integratedGradients = analysis("integrated-gradients", {
  family: "attribution",
  title: "Integrated gradients",
  formula: "aᵢ = (xᵢ − x′ᵢ) ∫₀¹ ∂F(x′ + α(x − x′))/∂xᵢ dα",
  byDefault: true,
  summary:
    "The slope integrated along the path from a baseline to the image: the shares add up to the change of the target.",
  cost: "one gradient per evaluation, usually 40 to 130",
  paper: {
    title: "Axiomatic Attribution for Deep Networks",
    authors: "Sundararajan, Taly, Yan",
    year: 2017,
    link: "https://arxiv.org/abs/1703.01365",
  },
  readings: [["certificate.completeness.net", "The part of the target's change that the attributions miss."]],
  takes: "picture",
  gives: "heatmap",
  options: {
    rule: choice(["adaptive", "gauss-legendre", "trapezoid", "midpoint", "left", "right"], {
      label: "Rule",
      description:
        "How the path is sampled. Adaptive refines it where the network is nonlinear; the others use a fixed number of steps.",
    }),
    steps: count(50, 2, 4096, {
      label: "Steps",
      description: "The number of nodes of a fixed rule; the adaptive rule ignores it.",
    }),
    netError: amount(0.01, 0, 1, {
      label: "Net error",
      description:
        "The adaptive rule continues until the attributions add up to the change of the target within this share of it.",
    }),
    localError: amount(0.1, 0, 10, {
      label: "Local error",
      description:
        "… and until the absolute errors of all intervals, which cannot cancel, add up to at most this share.",
    }),
    evaluations: count(256, 9, 4096, {
      label: "Maximum evaluations",
      description: "The adaptive rule stops after this number of evaluations, whatever the error.",
    }),
    baseline: baselineOption,
  },
  needsTarget: true,
  async *run(context) {
    const { options, cancelled, network } = context;
    const path = straightPath(context, options.baseline);
    const limits: AdaptiveLimits = {
      net: options.netError,
      local: options.localError,
      evaluations: options.evaluations,
    };
    const rule = quadratureRules.get(options.rule);
    const integral = rule ? integrateByRule(path, rule(options.steps)) : integrateAdaptively(path, limits);
    const total = rule ? options.steps + 2 : options.evaluations;
    const outcome = (known: PathIntegral, law: readonly Check[] = []): Outcome => ({
      data: pixelMap(
        network,
        known.mean.map((value, i) => value * path.difference[i]!),
        blankReason(known),
      ),
      certificate: [explained(context, known.end), ...completeness(known, limits), ...law],
    });
    let known: PathIntegral | undefined;
    for await (known of integral) {
      const note = `${known.evaluations} of ${rule ? "" : "≤ "}${total} evaluations, ${percent(known.netError, known)}${rule ? " net error" : ` going to ${100 * limits.net} %`}`;
      yield { progress: { done: known.evaluations, total, note }, partial: outcome(known) };
      if (cancelled()) break;
    }
    if (cancelled()) return outcome(known!);
    const { score, slope } = await slopeAt(context);
    return outcome(known!, await slopeLawCheck(context, score, slope, "at the end of the path"));
  },
});

const percent = (error: number, { start, end }: PathIntegral): string =>
  `${((100 * error) / Math.abs(end - start)).toPrecision(2)} %`;

const blankReason = ({ start, end }: PathIntegral): string | undefined =>
  start === end
    ? "The target has the same value at the baseline and at the image, so there is nothing to attribute. Choose another baseline."
    : undefined;

function completeness(known: PathIntegral, limits: AdaptiveLimits): readonly Check[] {
  const change = known.end - known.start;
  const net = known.netError / Math.abs(change);
  const local = known.localError === undefined ? undefined : known.localError / Math.abs(change);
  const good = converged(known, limits);
  return [
    {
      id: "completeness",
      label: "completeness",
      status: good ? "pass" : net <= 0.05 ? "warn" : "fail",
      value: `${percent(known.netError, known)} of the change is missing${known.localError === undefined ? "" : `, local ${percent(known.localError, known)}`}`,
      sentence: good
        ? `The attributions add up to the change of the target, ${change.toFixed(3)}, within ${percent(known.netError, known)}.`
        : `The attributions miss ${percent(known.netError, known)} of the change of the target, ${change.toFixed(3)}; take more evaluations.`,
      numbers: {
        net,
        ...(local !== undefined && { local }),
        change,
        start: known.start,
        end: known.end,
        evaluations: known.evaluations,
      },
    },
  ];
}
