import { analysis } from "../analysis.ts";
import { head } from "../option.ts";
import { patternSite, strongestPairs, valueWeighted as weightedByValues } from "./attention-patterns.ts";
import { patternCheck } from "./components.ts";
import { checkIndex } from "./positions.ts";
import { edits, valueWeighted } from "./prompt-options.ts";
import { traceLayer } from "./traced-layer.ts";
import { attentionProgram } from "./transformer-lens.ts";
import { worded } from "./worded.ts";

const listedPairs = 20;

/** The exact attention pattern of one head, [query, key]. Cost: one forward pass. */
export const attentionHead = analysis("attention-head", {
  family: "language-model",
  title: "Attention of one head",
  summary: "The exact weights of one head, from every token to every earlier token.",
  command: { name: "attention", when: "head" },
  cost: "one forward pass",
  paper: undefined,
  takes: "prompt",
  gives: "attention-weights",
  needsTarget: false,
  options: { head: head({ label: "Head", description: "Layer and head, e.g. 5.3." }), valueWeighted, edits },
  async *run(context) {
    const { model, ids, options } = context;
    const { layer, head } = options.head;
    checkIndex("layer", layer, model.decoder.layers);
    checkIndex("head", head, model.decoder.heads);
    const trace = await traceLayer(context, layer, await context.edits(options.edits, ids.length));
    const pattern = trace.get(patternSite(layer));
    const shown = options.valueWeighted ? weightedByValues(model, trace, layer) : pattern;
    const size = ids.length ** 2;
    return {
      data: {
        kind: "attention-weights",
        layer,
        head,
        tokens: Int32Array.from(ids),
        weights: Float32Array.from((shown.data as Float32Array).subarray(head * size, (head + 1) * size)),
        top: strongestPairs(shown, head, listedPairs),
        ...worded(context, ids),
      },
      certificate: [patternCheck([pattern])],
    };
  },
  python: (context, file) => attentionProgram(context, file, context.options.head),
});
