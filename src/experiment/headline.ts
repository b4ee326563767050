import type { AnalysisData, DataOf } from "../protocol/answer-data.ts";
import { wordOf } from "./readings/token-words.ts";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

type Says = { readonly [Kind in AnalysisData["kind"]]?: (data: DataOf<Kind>) => string | undefined };

const says: Says = {
  prediction: ({ top: [best] }) => best && `${best.name} ${percent(best.probability)}`,
  probes({ points, metric, label }) {
    const best = points.filter(({ series }) => series === "trained").sort((a, b) => b.test[metric] - a.test[metric])[0];
    return best && `${label} ${percent(best.test[metric])} at ${best.site}`;
  },
  grown: ({ images, photographs }) =>
    `activation ${greatest(images).toFixed(2)}, of photographs at most ${greatest(photographs).toFixed(2)}`,
  "next-tokens"(data) {
    const last = (data.tokens.length - 1) * data.top;
    return `${JSON.stringify(wordOf(data, data.ids[last]!))} ${percent(data.probabilities[last]!)}`;
  },
  generated: ({ text }) => JSON.stringify(text),
  "direct-attribution": ({ components, values, logits }) => {
    const effects = components
      .map((component, row) => ({ component, effect: values[row * logits.length]! }))
      .sort((a, b) => b.effect - a.effect);
    return effects[0] && `most by ${effects[0].component}, ${effects[0].effect.toFixed(2)} of ${logits[0]!.toFixed(2)}`;
  },
  patched: ({ metric, clean, corrupted }) =>
    `${metric.kind}: clean ${clean.toFixed(3)}, corrupted ${corrupted.toFixed(3)}`,
};

/** The answer in a few words; `undefined` where the certificate says more. */
export const headline = (data: AnalysisData): string | undefined =>
  (says[data.kind] as ((data: AnalysisData) => string | undefined) | undefined)?.(data);

const greatest = (each: readonly { readonly activation: number }[]): number =>
  Math.max(...each.map(({ activation }) => activation));
