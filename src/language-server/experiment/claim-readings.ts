import { CompletionItemKind } from "vscode-languageserver";
import type { Suggestion } from "./suggestion.ts";

type Readings = readonly (readonly [path: string, words: string])[];

const maps: Readings = [
  ["share(mask)", "The share of the map's magnitude on the object of the mask."],
  ["half", "The smallest share of the places that holds half of the magnitude."],
  ["certificate.target.score", "The value that the map explains."],
  ["map.greatest", "The greatest value; also least, sum, mean, magnitude, norm, at(…)."],
];

/** What is read of each method's answers; of a method without an entry, what is read of maps. */
const byMethod: Readonly<Record<string, Readings>> = {
  prediction: [
    ["top.1.name", "The best class."],
    ["top.1.probability", "Its probability."],
    ["probability(class)", "The probability of a class, by name or number."],
    ["logit(class)", "The logit of a class."],
  ],
  "integrated-gradients": [
    ["certificate.completeness.net", "By how much the shares miss the target's change."],
    ...maps,
  ],
  "linear-probes": [
    [
      "trained(site).test.accuracy",
      "On rows that the probe never saw; also balancedAccuracy and bits. trained(2) is the second site, trained(mean) of them all.",
    ],
    ["trained(site).validationBits", "Cross-validated on the training rows: what layers are compared by."],
    ["trained(site).gap", "Accuracy on training rows minus accuracy on test rows."],
    ["random(site).test.accuracy", "The same on a randomly initialised twin."],
    ["shuffled(site).test.accuracy", "The same with shuffled labels."],
    ["raw.test.accuracy", "The same of the input itself."],
    ["majority.accuracy", "Of always answering the most frequent class."],
  ],
  "maximized-activation": [
    ["greatest", "The greatest activation of the grown pictures."],
    ["photograph", "The greatest of real ones."],
    ["images.1.activation", "That of the first picture."],
  ],
  "next-tokens": [
    ["top.1.name", "What is expected most after the last token."],
    ["top.1.probability", "Its probability; top(3).1 is after token 3."],
    ["entropy(token)", "In nats."],
    ["rank(token)", "Of the word that came next."],
  ],
  generate: [
    ["text", "What was generated."],
    ["count", "How many tokens."],
  ],
  attention: [["head(0.0).previous", "The head's mean weight on the token before; also self, first, spread."]],
  "attention-head": [["weight(query, key)", "The head's weight from one token to another."]],
  "logit-lens": [
    [
      "cell(layer, token).name",
      "What the layer would say there; also probability, rank, followed, entropy, divergence.",
    ],
  ],
  "direct-logit-attribution": [
    [
      "effect(component)",
      "What a component writes into the first word's logit; effect(component, 2) into the second's.",
    ],
    ["logit(word)", "Words count from 1."],
  ],
  ...Object.fromEntries(
    ["activation-patching", "attribution-patching"].map((method) => [
      method,
      [
        ["recovered(layer, column)", "The share of the gap between the runs that comes back."],
        ["cell(layer, column)", "The metric with that activation replaced."],
        ["clean", "The metric of the clean run."],
        ["corrupted", "That of the corrupted run."],
      ],
    ]),
  ),
};

/** What a claim may read of an analysis, with its name before it. */
export const claimReadings = (name: string, method: string | undefined): readonly Suggestion[] =>
  (byMethod[method ?? ""] ?? maps).map(([path, words]) => ({
    label: `${name}.${path}`,
    kind: CompletionItemKind.Variable,
    words,
  }));
