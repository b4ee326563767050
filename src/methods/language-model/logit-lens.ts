import type { LensPart } from "../../protocol/language-model.ts";
import { analysis } from "../analysis.ts";
import { indices, token } from "../option.ts";
import { bestTokens } from "./best-tokens.ts";
import { checkedSites, finalSite, runChecks } from "./components.ts";
import { lensLayers, lensSites } from "./lens-layers.ts";
import { checkIndex } from "./positions.ts";
import { edits, top } from "./prompt-options.ts";
import { lensProgram } from "./transformer-lens.ts";
import { worded } from "./worded.ts";

/** Unembeds the residual stream of each layer. Cost: one forward pass, and an unembedding for each layer and position. */
export const logitLens = analysis("logit-lens", {
  family: "language-model",
  title: "Logit lens",
  summary: "The model's prediction if it ended after each layer.",
  command: { name: "lens" },
  cost: "one forward pass, and an unembedding for each layer",
  paper: {
    title: "interpreting GPT: the logit lens",
    authors: "nostalgebraist",
    year: 2020,
    link: "https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/interpreting-gpt-the-logit-lens",
  },
  takes: "prompt",
  gives: "lens",
  needsTarget: false,
  options: {
    top: top(100),
    positions: indices({
      label: "Positions",
      description: "Positions to read, counted from 0, separated by commas; all if empty.",
    }),
    trackToken: token({
      label: "Track token",
      description:
        "The token whose rank and probability are tracked through the layers, as text or as # and an id. If empty, the model's top token at each position.",
    }),
    edits,
  },
  async *run(context) {
    const { model, ids, vocabulary, options, cancelled } = context;
    const positions = options.positions ?? Array.from(ids.keys());
    for (const position of positions) checkIndex("position", position, ids.length);
    const edits = await context.edits(options.edits, ids.length);
    const trace = await context.trace(ids, [...new Set([...lensSites(model), ...checkedSites(model)])], edits);
    const { trackToken, top } = options;
    const tracked =
      trackToken === undefined
        ? await bestTokens(model, trace.get(finalSite(model)), positions, 1)
        : positions.map(() => vocabulary.id(trackToken));
    const rows = model.decoder.layers + 1;
    const parts: LensPart[] = [];
    let done = 0;
    for await (const layer of lensLayers(model, trace, { positions, top, tracked, cancelled })) {
      const part = { ...layer, names: vocabulary.names(layer.ids) };
      parts.push(part);
      done += layer.followed.length;
      yield { progress: { done, total: rows * positions.length, note: `layer ${layer.layer} of ${rows - 1}` }, part };
    }
    return {
      data: {
        kind: "lens",
        tokens: Int32Array.from(ids),
        positions: Int32Array.from(positions),
        rows,
        top,
        follow: Int32Array.from(tracked),
        parts,
        ...worded(context, ids, tracked),
      },
      certificate: runChecks(model, trace, edits),
    };
  },
  python: lensProgram,
});
