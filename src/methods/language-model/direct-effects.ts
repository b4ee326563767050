import type { DirectAttribution } from "../../protocol/language-model.ts";
import type { Check } from "../../protocol/result.ts";
import { takeRows } from "../../tensor/rows.ts";
import {
  checkedSites,
  checkOf,
  contributionsOf,
  finalSite,
  rowAt,
  runChecks,
  stacked,
  streamRows,
  type NamedRow,
} from "./components.ts";
import type { SiteEdit } from "./edits.ts";
import { headResults } from "./head-results.ts";
import type { LanguageModel, Trace } from "./language-model.ts";

const zSite = (layer: number): string => `blocks.${layer}.attn.hook_z`;

export const attributionSites = (model: LanguageModel): readonly string[] => [
  ...checkedSites(model),
  ...Array.from({ length: model.decoder.layers }, (_, layer) => zSite(layer)),
];

/**
 * Direct logit attribution (Elhage et al. 2021): how much the output of each component contributes directly to the logits of
 * a few tokens at one position, by embedding, head, attention bias and MLP. The readout's bias is not part of the sum. In an
 * edited run, an edit of the stream is a separate part, and it changes what was written before it.
 */
export async function directEffects(
  model: LanguageModel,
  trace: Trace,
  token: number,
  tokenIds: readonly number[],
  edits: readonly SiteEdit[] = [],
): Promise<{ readonly data: DirectAttribution; readonly certificate: readonly Check[] }> {
  const { heads, width, layers } = model.decoder;
  const edited = new Set(edits.map(({ site }) => model.site(site).value));
  const byHead = new Map<string, readonly NamedRow[]>();
  for (let layer = 0; layer < layers; layer++) {
    const site = `blocks.${layer}.hook_attn_out`;
    // An attention output that was edited as a whole is no longer the sum of its heads.
    if (!edited.has(model.site(site).value)) byHead.set(site, await attentionRows(model, trace, layer, token));
  }
  const { names, rows } = streamRows(
    model,
    edits,
    token,
    (site) => byHead.get(site) ?? [{ name: site, row: rowAt(trace, site, token, width) }],
  );
  const { values, bias } = await contributionsOf(model, trace, token, stacked(model, rows), tokenIds);
  const logits = Float64Array.from(
    (await model.readTokenLogits(takeRows(trace.get(finalSite(model)), token, 1), tokenIds)).data as Float32Array,
  );
  const worst = Math.max(
    ...tokenIds.map((_, column) => Math.abs(sumOf(values, column, tokenIds.length) + bias[column]! - logits[column]!)),
  );
  const certificate = [
    ...runChecks(model, trace, edits),
    checkOf(
      "attribution",
      "attribution = logit − bias",
      worst,
      1e-3 * Math.max(1, ...logits.map(Math.abs)),
      "The components' direct effects add up to the logits.",
      "The components' direct effects do not add up to the logits.",
    ),
  ];
  return {
    data: {
      kind: "direct-attribution",
      token,
      words: Int32Array.from(tokenIds),
      layers,
      heads,
      components: names,
      values,
      bias,
      logits,
    },
    certificate,
  };
}

/** The output of each head, and the part of attention beyond its heads, which is its output bias. */
async function attentionRows(
  model: LanguageModel,
  trace: Trace,
  layer: number,
  token: number,
): Promise<readonly NamedRow[]> {
  const { heads, width } = model.decoder;
  const written = (await headResults(model, layer, takeRows(trace.get(zSite(layer)), token, 1))).data as Float32Array;
  const rows = Array.from({ length: heads }, (_, head): NamedRow => ({
    name: `blocks.${layer}.attn.head.${head}`,
    row: Float64Array.from(written.subarray(head * width, (head + 1) * width)),
  }));
  const whole = rowAt(trace, `blocks.${layer}.hook_attn_out`, token, width);
  const rest = whole.map((value, i) => value - rows.reduce((sum, { row }) => sum + row[i]!, 0));
  return [...rows, { name: `blocks.${layer}.attn.bias`, row: rest }];
}

function sumOf(values: Float64Array, column: number, columns: number): number {
  let sum = 0;
  for (let i = column; i < values.length; i += columns) sum += values[i]!;
  return sum;
}
