import { tokenText } from "../../protocol/prompt-text.ts";
import type {
  AttentionParams,
  AttentionRowsParams,
  DirectAttributionParams,
  EditSpec,
  GenerateParams,
  LanguageProof,
  LensParams,
  Metric,
  MetricSpec,
  NextTokensParams,
  PatchParams,
  Prompt,
  Word,
} from "../../protocol/language-model.ts";
import { writeTexts } from "../../protocol/written-lists.ts";
import { promptExperiment } from "../experiments/experiment-text.ts";
import { promptName } from "./prompts.ts";
import {
  attentionProgram,
  attributionProgram,
  generateProgram,
  lensProgram,
  nextProgram,
  patchProgram,
} from "./transformer-lens.ts";

/** The terminal command, the experiment and the TransformerLens program that give the same numbers. */
export type CodeOf = LanguageProof["code"];

const experiment = (...asked: Parameters<typeof promptExperiment>): Pick<CodeOf, "experiment"> => {
  const text = promptExperiment(...asked);
  return text === undefined ? {} : { experiment: text };
};

const editsText = (edits: readonly EditSpec[] | undefined): string | undefined =>
  edits?.length ? JSON.stringify(edits) : undefined;

const texts = (words: readonly Word[] | undefined): string | undefined => words && writeTexts(words.map(tokenText));

/** How the tokenizer reads a prompt. */
export type IdsOf = (prompt: Prompt) => readonly number[];

const quote = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

const promptWords = (prompt: Prompt): string[] =>
  "ids" in prompt
    ? [quote(prompt.ids.join(" ")), "--ids"]
    : [quote(prompt.text), ...(prompt.addBos === undefined ? [] : [prompt.addBos ? "--bos" : "--no-bos"])];

const line = (...words: readonly (string | readonly string[])[]): string => words.flat().join(" ");

const editFlags = (edits: readonly EditSpec[] = []): string[] =>
  edits.length ? [`--edits ${quote(JSON.stringify(edits))}`] : [];

const asked = (
  {
    model,
    prompt,
    edits,
  }: { readonly model: string; readonly prompt: Prompt; readonly edits?: readonly EditSpec[] | undefined },
  idsOf: IdsOf,
) => ({ model, ids: idsOf(prompt), edits, idsOf });

export const generateCode = (params: GenerateParams, stop: readonly number[], idsOf: IdsOf): CodeOf => ({
  ...experiment(params.model, params, "generate", {
    most: params.most,
    temperature: params.temperature,
    topP: params.topP,
    seed: params.seed,
    stop: texts(params.stop),
    edits: editsText(params.edits),
  }),
  cli: line(
    "glassbox generate",
    quote(params.model),
    promptWords(params.prompt),
    `--most ${params.most} --temperature ${params.temperature} --top-p ${params.topP} --seed ${params.seed}`,
    params.stop?.length ? [`--stop ${quote(writeTexts(params.stop.map(tokenText)))}`] : [],
    editFlags(params.edits),
  ),
  transformerLens: generateProgram(asked(params, idsOf), {
    most: params.most,
    temperature: params.temperature,
    topP: params.topP,
    stop,
  }),
});

export const nextCode = (params: NextTokensParams, idsOf: IdsOf): CodeOf => ({
  ...experiment(params.model, params, "next-tokens", { top: params.top, edits: editsText(params.edits) }),
  cli: line(
    "glassbox generate",
    quote(params.model),
    promptWords(params.prompt),
    `--most 0 --top ${params.top}`,
    editFlags(params.edits),
  ),
  transformerLens: nextProgram(asked(params, idsOf)),
});

export const attentionCode = (
  params: Pick<AttentionParams | AttentionRowsParams, "model" | "prompt" | "valueWeighted" | "edits">,
  idsOf: IdsOf,
  head?: { readonly layer: number; readonly head: number },
): CodeOf => ({
  ...experiment(params.model, params, head ? "attention-head" : "attention", {
    head: head && `${head.layer}.${head.head}`,
    valueWeighted: params.valueWeighted,
    edits: editsText(params.edits),
  }),
  cli: line(
    "glassbox attention",
    quote(params.model),
    promptWords(params.prompt),
    head ? [`--head ${head.layer}.${head.head}`] : [],
    params.valueWeighted ? ["--value-weighted"] : [],
    editFlags(params.edits),
  ),
  transformerLens: attentionProgram(asked(params, idsOf), head, params.valueWeighted),
});

export const lensCode = (params: LensParams, idsOf: IdsOf): CodeOf => ({
  ...experiment(params.model, params, "logit-lens", {
    top: params.top,
    positions: params.positions?.join(","),
    follow: params.follow === undefined ? undefined : tokenText(params.follow),
    edits: editsText(params.edits),
  }),
  cli: line(
    "glassbox lens",
    quote(params.model),
    promptWords(params.prompt),
    `--top ${params.top}`,
    params.positions ? [`--positions ${params.positions.join(",")}`] : [],
    params.follow === undefined ? [] : [`--follow ${wordFlag(params.follow)}`],
    editFlags(params.edits),
  ),
  transformerLens: lensProgram(asked(params, idsOf)),
});

export const attributionCode = (
  params: DirectAttributionParams,
  token: number,
  targets: readonly number[],
  idsOf: IdsOf,
): CodeOf => ({
  ...experiment(params.model, params, "direct-logit-attribution", {
    token: params.token,
    targets: texts(params.targets),
    edits: editsText(params.edits),
  }),
  cli: line(
    "glassbox lens",
    quote(params.model),
    promptWords(params.prompt),
    `--direct --positions ${token} --targets ${quote(writeTexts(targets.map(tokenText)))}`,
    editFlags(params.edits),
  ),
  transformerLens: attributionProgram(asked(params, idsOf), token, targets),
});

const wordFlag = (word: Word): string => quote(tokenText(word));

const metricFlags = (metric: MetricSpec): string[] => [
  `--metric ${metric.kind}`,
  ...("answer" in metric ? [`--answer ${wordFlag(metric.answer)}`] : []),
  ...("wrong" in metric ? [`--wrong ${wordFlag(metric.wrong)}`] : []),
];

export const patchCode = (params: PatchParams, metric: Metric, read: number, idsOf: IdsOf): CodeOf => ({
  ...patchExperiment(params),
  cli: line(
    "glassbox patch",
    quote(params.model),
    promptWords(params.clean),
    `--corrupted ${quote(promptName(params.corrupted))}`,
    metricFlags(params.metric),
    `--component ${params.component} --direction ${params.direction} --replacement ${params.replacement} --method ${params.method}`,
    params.read === undefined ? [] : [`--read ${params.read}`],
    params.layers === undefined ? [] : [`--layers ${params.layers.join(",")}`],
    params.means?.length ? [`--means ${quote(writeTexts(params.means.map(promptName)))}`] : [],
  ),
  transformerLens: patchProgram(
    params,
    { clean: idsOf(params.clean), corrupted: idsOf(params.corrupted), metric, read },
    idsOf,
  ),
});

function patchExperiment(params: PatchParams): Pick<CodeOf, "experiment"> {
  const prompts = {
    prompt: params.clean,
    corrupted: params.corrupted,
    ...("answer" in params.metric && { answer: params.metric.answer }),
    ...("wrong" in params.metric && { wrong: params.metric.wrong }),
  };
  const shared = {
    component: params.component,
    metric: params.metric.kind,
    direction: params.direction,
    read: params.read,
    layers: params.layers?.join(","),
  };
  const means = params.means && writeTexts(params.means.map(promptName));
  return params.method === "attribution"
    ? experiment(params.model, prompts, "attribution-patching", shared)
    : experiment(params.model, prompts, "activation-patching", { ...shared, replacement: params.replacement, means });
}
