import type { Table } from "../../../protocol/generic-answers.ts";
import { analysis } from "../../analysis.ts";
import { headMatrices } from "./composition.ts";
import { eigenScores } from "./copying.ts";
import { layerSpectra, vocabularyProducts, type HeadSpectra } from "./head-spectra.ts";
import { layerWeights } from "./head-weights.ts";
import { spectraCheck, spectraError } from "./spectra-check.ts";
import { gains } from "./weight-options.ts";
import { frameworkPaper } from "../framework-paper.ts";

const columns = [
  "head",
  "copying",
  "positive OV eigenvalues",
  "copying without vocabulary",
  "matching",
  "positive QK eigenvalues",
  "norm of OV",
  "first direction's share of OV",
  "norm of QK",
  "first direction's share of QK",
];

/** Copying and matching scores of all heads, from their weights alone. */
export const headWeights = analysis("head-weights", {
  family: "language-model",
  title: "Weights of heads",
  summary:
    "Which heads copy the token they read (OV circuit) and which match equal tokens (QK circuit), from the weights alone. The prompt is not read.",
  cost: "two products over the vocabulary, then eigenvalues of a matrix of the head's width for each head",
  paper: frameworkPaper,
  takes: "prompt",
  gives: "table",
  needsTarget: false,
  options: { gains },
  async *run({ model, options, cancelled }) {
    const { layers } = model.decoder;
    const rows: (string | number)[][] = [];
    let error = 0;
    const data: Table = { kind: "table", rowKind: "head", columns: columns.map((name) => ({ name, unit: "" })), rows };
    yield { progress: { done: 0, total: layers, note: "products over the vocabulary" } };
    const products = await vocabularyProducts(model, options.gains, cancelled);
    for (let layer = 0; layer < layers && !cancelled(); layer++) {
      const weights = await layerWeights(model, layer, options.gains);
      (await layerSpectra(model, weights, products)).forEach((spectra, head) => {
        error = Math.max(error, spectraError(headMatrices(weights, head), spectra));
        rows.push([`${layer}.${head}`, ...scores(spectra)]);
      });
      yield {
        progress: { done: layer + 1, total: layers, note: `layer ${layer} of ${layers - 1}` },
        partial: { data: { ...data, rows: [...rows] }, certificate: [spectraCheck(error)] },
      };
    }
    return { data, certificate: [spectraCheck(error)] };
  },
});

function scores(spectra: HeadSpectra): readonly number[] {
  const copying = eigenScores(spectra.fullOvEigenvalues);
  const matching = eigenScores(spectra.fullQkEigenvalues);
  return [
    copying.score,
    copying.positive,
    eigenScores(spectra.ovEigenvalues).score,
    matching.score,
    matching.positive,
    normOf(spectra.ov),
    firstShare(spectra.ov),
    normOf(spectra.qk),
    firstShare(spectra.qk),
  ];
}

const normOf = (sigma: Float64Array): number => Math.sqrt(sigma.reduce((sum, value) => sum + value ** 2, 0));

/** The share of the squared norm; 0 of a zero matrix. */
const firstShare = (sigma: Float64Array): number => (sigma[0]! / (normOf(sigma) || 1)) ** 2;
