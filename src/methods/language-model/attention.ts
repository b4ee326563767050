import type { AttentionGlance } from "../../protocol/language-model.ts";
import type { Check } from "../../protocol/result.ts";
import { analysis } from "../analysis.ts";
import { patternSite, summarizeHeads, valueWeighted as weightedByValues } from "./attention-patterns.ts";
import { patternCheck } from "./components.ts";
import { inductionScore } from "./induction.ts";
import { pooledPattern } from "./pooled-pattern.ts";
import { edits, valueWeighted } from "./prompt-options.ts";
import { traceLayer } from "./traced-layer.ts";
import { attentionProgram } from "./transformer-lens.ts";
import { worded } from "./worded.ts";

/** All attention patterns, reduced to screen size, layer by layer. Cost: one forward pass; several for a long prompt. */
export const attention = analysis("attention", {
  family: "language-model",
  title: "Attention",
  summary: "What each head attends to: all patterns at a glance, with summary statistics of each head.",
  command: { name: "attention" },
  cost: "one forward pass",
  paper: undefined,
  takes: "prompt",
  gives: "attention-patterns",
  needsTarget: false,
  options: { valueWeighted, edits },
  async *run(context) {
    const { model, ids, options, cancelled } = context;
    const { layers, heads } = model.decoder;
    const edits = await context.edits(options.edits, ids.length);
    const parts: AttentionGlance[] = [];
    let check: Check | undefined;
    for (let layer = 0; layer < layers && !cancelled(); layer++) {
      const trace = await traceLayer(context, layer, edits);
      const pattern = trace.get(patternSite(layer));
      check = worse(check, patternCheck([pattern]));
      const shown = options.valueWeighted ? weightedByValues(model, trace, layer) : pattern;
      const { planes, side, scale } = pooledPattern(shown, options.valueWeighted);
      const weights = pattern.data as Float32Array;
      const summaries = summarizeHeads(pattern, layer).map(({ head, self, previous, first, spread }) => ({
        self,
        previous,
        first,
        spread,
        induction: inductionScore(weights.subarray(head * ids.length ** 2, (head + 1) * ids.length ** 2), ids),
      }));
      const part = { layer, side, planes, scale, heads: summaries };
      parts.push(part);
      yield { progress: { done: layer + 1, total: layers, note: `layer ${layer} of ${layers - 1}` }, part };
    }
    return {
      data: { kind: "attention-patterns", tokens: Int32Array.from(ids), layers, heads, parts, ...worded(context, ids) },
      certificate: check ? [check] : [],
    };
  },
  python: (context, file) => attentionProgram(context, file, undefined),
});

const worse = (a: Check | undefined, b: Check): Check =>
  a !== undefined && a.numbers["error"]! >= b.numbers["error"]! ? a : b;
