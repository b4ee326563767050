import type { Check } from "../../../protocol/result.ts";
import { Random } from "../../../tensor/random.ts";
import { analysis } from "../../analysis.ts";
import { choice, count, head, seed } from "../../option.ts";
import { transpose } from "../../linear-algebra/matrix.ts";
import { singularValuesOfProduct } from "../../linear-algebra/singular-values.ts";
import { checkIndex } from "../positions.ts";
import { headMatrices } from "./composition.ts";
import { eigenScores } from "./copying.ts";
import { layerSpectra, vocabularyProducts } from "./head-spectra.ts";
import { layerWeights } from "./head-weights.ts";
import { ownTokenShare } from "./own-token-share.ts";
import { singularDirections, type TopTokens } from "./singular-directions.ts";
import { spectraCheck, spectraError } from "./spectra-check.ts";
import { gains } from "./weight-options.ts";

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** The largest singular directions of one head's OV or QK circuit, as tokens. */
export const headCircuit = analysis("head-circuit", {
  family: "language-model",
  title: "Circuit of one head",
  summary:
    "What one head reads and writes (OV), or which queries it matches with which keys (QK), as tokens along its largest singular directions. The prompt is not read.",
  cost: "a few products over the vocabulary",
  paper: {
    title: "The Singular Value Decompositions of Transformer Weight Matrices are Highly Interpretable",
    authors: "Millidge, Black",
    year: 2022,
    link: "https://www.lesswrong.com/posts/mkbGjzxD8d8XqKHzA/the-singular-value-decompositions-of-transformer-weight",
  },
  takes: "prompt",
  gives: "table",
  needsTarget: false,
  options: {
    head: head({ label: "Head", description: "Layer and head, e.g. 5.3." }),
    circuit: choice(["ov", "qk"], {
      label: "Circuit",
      description:
        "`ov`: from the token that is read to the logits it writes. `qk`: from the query's token to the key's.",
    }),
    directions: count(8, 1, 64, { label: "Directions", description: "Number of singular directions, largest first." }),
    top: count(8, 1, 100, {
      label: "Top tokens",
      description: "Number of tokens listed for each side of a direction.",
    }),
    gains,
    copied: count(256, 0, 100_000, {
      label: "Copied tokens",
      description:
        "Number of random tokens, by seed, whose own logit is compared with all others. All if there are fewer.",
    }),
    seed: seed(),
  },
  async *run({ model, vocabulary, options, cancelled }) {
    const { layer, head } = options.head;
    checkIndex("layer", layer, model.decoder.layers);
    checkIndex("head", head, model.decoder.heads);
    const total = 3;
    yield { progress: { done: 0, total, note: "products over the vocabulary" } };
    const products = await vocabularyProducts(model, options.gains, cancelled);
    const weights = await layerWeights(model, layer, options.gains);
    const own = headMatrices(weights, head);
    const spectra = (await layerSpectra(model, weights, products))[head]!;
    yield { progress: { done: 1, total, note: "singular directions" } };
    const isOv = options.circuit === "ov";
    const values = isOv ? singularValuesOfProduct(own.v, own.o) : singularValuesOfProduct(own.q, transpose(own.k));
    const directions = await singularDirections(model, values, {
      reads: "embedding",
      writes: isOv ? "unembedding" : "embedding",
      gains: options.gains,
      count: options.directions,
      top: options.top,
      cancelled,
    });
    const listed = ({ ids }: TopTokens): string => ids.map((id) => vocabulary.display(id)).join(" | ");
    const norm = values.sigma.reduce((sum, sigma) => sum + sigma ** 2, 0) || 1;
    const data = {
      kind: "table" as const,
      rowKind: "direction",
      columns: [
        "direction",
        "singular value",
        "share of squared norm",
        ...(isOv ? ["reads", "writes"] : ["query", "key"]),
      ].map((name) => ({ name, unit: "" })),
      rows: directions.map(({ sigma, reads, writes }, i) => [
        String(i + 1),
        sigma,
        sigma ** 2 / norm,
        listed(reads),
        listed(writes),
      ]),
    };
    const certificate = [
      spectraCheck(spectraError(own, spectra)),
      eigenCheck("copying", "OV, from token to logits,", eigenScores(spectra.fullOvEigenvalues)),
      eigenCheck("matching", "QK, from query token to key token,", eigenScores(spectra.fullQkEigenvalues)),
    ];
    if (options.copied === 0 || cancelled()) return { data, certificate };
    yield { progress: { done: 2, total, note: "copied tokens" }, partial: { data, certificate } };
    const ids = someTokens(model.decoder.vocabulary, options.copied, options.seed);
    const share = await ownTokenShare(model, own, ids, options.gains, cancelled);
    return { data, certificate: cancelled() ? certificate : [...certificate, copiedCheck(share, ids.length)] };
  },
});

function eigenCheck(id: string, what: string, { score, positive }: { score: number; positive: number }): Check {
  return {
    id,
    label: id,
    status: "info",
    value: score.toFixed(2),
    sentence: `Of the eigenvalues of ${what} ${percent(positive)} have a positive real part; their sum is ${score.toFixed(2)} of the sum of their sizes.`,
    numbers: { score, positive },
  };
}

const copiedCheck = (share: number, tokens: number): Check => ({
  id: "copied",
  label: "own token first",
  status: "info",
  value: percent(share),
  sentence: `Of ${tokens} tokens, ${percent(share)} get the largest logit of all from this head's OV circuit if it reads their embedding.`,
  numbers: { share, tokens },
});

/** Distinct tokens in order, all of them if there are no more. */
function someTokens(vocabulary: number, count: number, seed: number): readonly number[] {
  if (count >= vocabulary) return Array.from({ length: vocabulary }, (_, id) => id);
  const random = new Random(seed);
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(random.integer(vocabulary));
  return [...drawn].sort((a, b) => a - b);
}
