import type { Check } from "../../../protocol/result.ts";
import type { Grid } from "../../../protocol/grid.ts";
import { GlassboxError } from "../../../tensor/errors.ts";
import { analysis } from "../../analysis.ts";
import { choice, count } from "../../option.ts";
import { patternSite } from "../attention-patterns.ts";
import { checkOf, patternCheck } from "../components.ts";
import { resolvePosition } from "../positions.ts";
import { edits } from "../prompt-options.ts";
import { traceLayer } from "../traced-layer.ts";
import { worded } from "../worded.ts";
import { flowRow, rolloutRow, withResidual } from "./rollout.ts";

const mostFlowTokens = 128;

/** How much of each input token reaches a position through the attention of all layers up to each. */
export const attentionRollout = analysis("attention-rollout", {
  family: "language-model",
  title: "Attention rollout and flow",
  summary:
    "How much of each input token can reach a position through attention and residual connections, after each layer.",
  cost: "one forward pass; for flow also a maximum flow for each layer and token",
  paper: {
    title: "Quantifying Attention Flow in Transformers",
    authors: "Abnar, Zuidema",
    year: 2020,
    link: "https://aclanthology.org/2020.acl-main.385/",
  },
  takes: "prompt",
  gives: "grid",
  needsTarget: false,
  options: {
    quantity: choice(["rollout", "flow"], {
      label: "Quantity",
      description:
        "`rollout` multiplies the layers' attention; `flow` takes it for capacities and asks the maximum flow.",
    }),
    position: count(-1, -1, 1_000_000, {
      label: "Position",
      description: "The position that attends, counted from 0; -1 is the last.",
    }),
    edits,
  },
  async *run(context) {
    const { model, ids, options, cancelled } = context;
    const position = resolvePosition(options.position, ids.length);
    if (options.quantity === "flow" && position >= mostFlowTokens)
      throw new GlassboxError("option", `attention flow to position ${position} would take hours`, {
        hint: `Ask for rollout, or for a position below ${mostFlowTokens}.`,
      });
    const { layers } = model.decoder;
    const specs = await context.edits(options.edits, ids.length);
    const cells = new Float64Array(layers * ids.length).fill(Number.NaN);
    const data: Grid = {
      kind: "grid",
      quantity: `attention ${options.quantity} to position ${position}`,
      unit: "",
      rowAxis: "layer",
      columnAxis: "token",
      rows: Array.from({ length: layers }, (_, layer) => String(layer)),
      columns: worded(context, ids).shown.map((text, i) => `${i} ${text}`),
      cells,
      signed: false,
    };
    const seen: Float64Array[] = [];
    const certificate = (): Check[] => (check ? [check, ...sumCheck(cells, ids.length, options.quantity)] : []);
    let check: Check | undefined;
    for (let layer = 0; layer < layers && !cancelled(); layer++) {
      const pattern = (await traceLayer(context, layer, specs)).get(patternSite(layer));
      const own = patternCheck([pattern]);
      if (check === undefined || own.numbers["error"]! > check.numbers["error"]!) check = own;
      seen.push(withResidual(pattern));
      const row =
        options.quantity === "flow"
          ? flowRow(seen, ids.length, position, cancelled)
          : rolloutRow(seen, ids.length, position);
      if (row === undefined) break;
      cells.set(row, layer * ids.length);
      yield {
        progress: { done: layer + 1, total: layers, note: `layer ${layer} of ${layers - 1}` },
        partial: { data: { ...data, cells: cells.slice() }, certificate: certificate() },
      };
    }
    return { data, certificate: certificate() };
  },
});

/** Shares of a rollout add up to 1; flows to several tokens share edges, so they do not. */
function sumCheck(cells: Float64Array, tokens: number, quantity: string): Check[] {
  if (quantity !== "rollout") return [];
  let worst = 0;
  for (let from = 0; from < cells.length && !Number.isNaN(cells[from]!); from += tokens)
    worst = Math.max(worst, Math.abs(cells.subarray(from, from + tokens).reduce((sum, share) => sum + share, 0) - 1));
  return [
    checkOf(
      "rollout",
      "shares sum to 1",
      worst,
      1e-4,
      "The shares of each layer sum to 1.",
      "The shares do not sum to 1.",
    ),
  ];
}
