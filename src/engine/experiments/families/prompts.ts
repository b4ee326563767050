import type { OptionTable, OptionsOf } from "../../../methods/option.ts";
import { readOptions } from "../../../methods/option.ts";
import type { Analysis } from "../../../methods/analysis.ts";
import {
  activationPatchingAnalysis,
  attentionAnalysis,
  attentionHeadAnalysis,
  attributionPatchingAnalysis,
  directAttributionAnalysis,
  generateAnalysis,
  logitLensAnalysis,
  nextTokensAnalysis,
} from "../../../methods/language-model/analyses.ts";
import { readEdits, readIds, readPlaces, readToken } from "../../../protocol/prompt-text.ts";
import type { PlannedPrompt } from "../../../protocol/experiment.ts";
import type { LanguageAnswer } from "../../../protocol/answer-data.ts";
import type {
  AttentionGlance,
  Component,
  GeneratedPart,
  LanguageOutcome,
  LanguageProof,
  LensPart,
  MetricSpec,
  PatchParams,
  Prompt,
  Word,
  Words,
} from "../../../protocol/language-model.ts";
import type { Progress } from "../../../protocol/result.ts";
import { readTexts } from "../../../protocol/written-lists.ts";
import { GlassboxError } from "../../../tensor/errors.ts";
import type { LanguageService } from "../../language-model/language-service.ts";
import type { Emit } from "../../language-model/stream.ts";
import type { Family } from "./family.ts";

/** A prompt's question as the language service takes it. */
interface Asked {
  readonly language: LanguageService;
  readonly job: string;
  readonly model: string;
  readonly planned: PlannedPrompt;
  readonly hear: (progress: Progress) => void;
  readonly cancelled: () => boolean;
}

/** What the service answered, and what its stream carried. */
interface Heard extends LanguageProof {
  readonly data: LanguageAnswer extends infer Each
    ? Each extends unknown
      ? Omit<Each, "names" | "shown">
      : never
    : never;
  readonly words: Words;
  readonly cached: boolean;
  readonly cancelled?: boolean;
}

type Run<T extends OptionTable> = (asked: Asked, options: OptionsOf<T>) => Promise<Heard>;

interface Way {
  readonly analysis: Analysis;
  readonly run: Run<OptionTable>;
}

const way = <T extends OptionTable>(analysis: Analysis<T>, run: Run<T>): Way => ({
  analysis,
  run: run as unknown as Run<OptionTable>,
});

const ways: readonly Way[] = [
  way(nextTokensAnalysis, ({ language, model, planned: { prompt } }, { top, edits }) =>
    language.nextTokens({ model, prompt, top, edits: readEdits(edits) }),
  ),
  way(generateAnalysis, async (asked, { stop, edits, ...options }) => {
    const {
      language,
      job,
      model,
      planned: { prompt },
      cancelled,
    } = asked;
    return collected(asked, (emit: Emit<GeneratedPart>) =>
      language.generate(
        { job, model, prompt, ...options, stop: readTexts(stop).map(readToken), edits: readEdits(edits) },
        emit,
        cancelled,
      ),
    );
  }),
  way(attentionAnalysis, async (asked, { valueWeighted, edits }) => {
    const {
      language,
      job,
      model,
      planned: { prompt },
      cancelled,
    } = asked;
    return collected(asked, (emit: Emit<AttentionGlance>) =>
      language.attention({ job, model, prompt, valueWeighted, edits: readEdits(edits) }, emit, cancelled),
    );
  }),
  way(attentionHeadAnalysis, wholeHead),
  way(logitLensAnalysis, async (asked, { top, positions, follow, edits }) => {
    const {
      language,
      job,
      model,
      planned: { prompt },
      cancelled,
    } = asked;
    const params = {
      job,
      model,
      prompt,
      top,
      positions: readPlaces("positions", positions),
      follow: follow === "" ? undefined : readToken(follow),
      edits: readEdits(edits),
    };
    return collected(asked, (emit: Emit<LensPart>) => language.lens(params, emit, cancelled));
  }),
  way(directAttributionAnalysis, ({ language, model, planned: { prompt } }, { token, targets, edits }) => {
    const words = readTexts(targets).map(readToken);
    return language.directAttribution({
      model,
      prompt,
      token: token < 0 ? undefined : token,
      targets: words.length ? words : undefined,
      edits: readEdits(edits),
    });
  }),
  way(activationPatchingAnalysis, (asked, { replacement, means, ...options }) =>
    patched(asked, options, {
      method: "exact",
      replacement: replacement as PatchParams["replacement"],
      means: readTexts(means).map((text) => likePrompt(text, asked.planned)),
    }),
  ),
  way(attributionPatchingAnalysis, (asked, options) =>
    patched(asked, options, { method: "attribution", replacement: "run" }),
  ),
];

/** Prompts and pairs of prompts. */
export const promptFamily: Family<"prompt"> = {
  open: ({ language }, model) => language.open({ model }),
  async run({ language }, { job, model, task: { planned, method, options } }, hear, cancelled) {
    const { analysis, run } = ways.find((each) => each.analysis.id === method)!;
    const {
      data,
      words,
      cached,
      cancelled: stopped = false,
      certificate,
      provenance,
      code,
    } = await run({ language, job, model, planned, hear, cancelled }, readOptions(analysis.options, options));
    const { tokens } = await language.tokenize({ model, prompt: planned.prompt });
    const answer = { ...data, names: words, shown: tokens.map(({ display }) => display) } as LanguageAnswer;
    return { result: { data: answer, certificate, provenance, code }, cached, cancelled: stopped };
  },
};

/** Another prompt in the same form: text or token ids. */
const likePrompt = (text: string, { prompt }: PlannedPrompt): Prompt =>
  "ids" in prompt ? readIds(text) : { ...prompt, text };

/** A stream as one answer. */
async function collected<Part, Data extends object>(
  { hear }: Asked,
  ask: (emit: Emit<Part>) => Promise<LanguageOutcome<Data>>,
): Promise<LanguageOutcome<Data & { readonly parts: readonly Part[] }>> {
  const parts: Part[] = [];
  const outcome = await ask(({ progress, part }) => {
    parts.push(part);
    hear(progress);
  });
  return { ...outcome, data: { ...outcome.data, parts } };
}

/** All rows of a head, which come in pages that fit into a message. */
async function wholeHead(
  { language, model, planned: { prompt } }: Asked,
  { head: named, valueWeighted, edits }: OptionsOf<typeof attentionHeadAnalysis.options>,
): Promise<Heard> {
  const [layer, head] = /^(\d+)\.(\d+)$/.exec(named)?.slice(1).map(Number) ?? [];
  if (layer === undefined || head === undefined)
    throw new GlassboxError("option", `head is ${named}`, { hint: "Write layer and head, e.g. 5.3." });
  const page = (from: number) =>
    language.attentionRows({ model, prompt, layer, head, valueWeighted, from, edits: readEdits(edits) });
  const first = await page(0);
  const tokens = first.data.tokens.length;
  const weights = new Float32Array(tokens ** 2);
  let filled = 0;
  for (let next = first; ; next = await page(filled / tokens)) {
    weights.set(next.data.weights, filled);
    filled += next.data.weights.length;
    if (filled >= weights.length) return { ...first, data: { ...first.data, weights } };
  }
}

async function patched(
  asked: Asked,
  { component, metric, direction, read, layers }: OptionsOf<typeof attributionPatchingAnalysis.options>,
  how: Pick<PatchParams, "method" | "replacement" | "means">,
): Promise<Heard> {
  const { language, job, model, planned, hear, cancelled } = asked;
  const params: PatchParams = {
    job,
    model,
    clean: planned.prompt,
    corrupted: planned.corrupted ?? planned.prompt,
    component: component as Component,
    metric: metricOf(metric, planned),
    direction: direction as PatchParams["direction"],
    read: read < 0 ? undefined : read,
    layers: readPlaces("layers", layers),
    ...how,
  };
  return language.patch(params, ({ progress }) => hear(progress), cancelled);
}

function metricOf(kind: string, { name, answer, wrong }: PlannedPrompt): MetricSpec {
  const needed = (which: string, word: Word | undefined): Word => {
    if (word !== undefined) return word;
    throw new GlassboxError("input", `${name} has no ${which}, which the metric ${kind} reads`, {
      hint: `Add it to the prompt, for example ${which}: ' Paris', with the space before the word.`,
    });
  };
  switch (kind) {
    case "divergence":
      return { kind };
    case "logit-difference":
      return { kind, answer: needed("answer", answer), wrong: needed("wrong", wrong) };
    default:
      return { kind: kind as "probability" | "log-probability", answer: needed("answer", answer) };
  }
}
