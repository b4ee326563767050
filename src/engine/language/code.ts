import type {
  AttentionParams, AttentionRowsParams, DirectAttributionParams, EditSpec, GenerateParams, LensParams, Metric, MetricSpec, NextTokensParams, PatchParams, Prompt, Word,
} from "../../protocol/language.ts";
import { attentionProgram, attributionProgram, generateProgram, lensProgram, nextProgram, patchProgram } from "./transformer-lens.ts";

/** The terminal command and the TransformerLens program that give the same numbers. */
export interface CodeOf {
  readonly cli: string;
  readonly transformerLens: string;
}

/** How the tokenizer reads a prompt. */
export type IdsOf = (prompt: Prompt) => readonly number[];

const quote = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

const promptWords = (prompt: Prompt): string[] =>
  "ids" in prompt ? [quote(prompt.ids.join(" ")), "--ids"] : [quote(prompt.text), ...(prompt.addBos === undefined ? [] : [prompt.addBos ? "--bos" : "--no-bos"])];

const line = (...words: readonly (string | readonly string[])[]): string => words.flat().join(" ");

const editFlags = (edits: readonly EditSpec[] = []): string[] =>
  edits.length ? [`--edits ${quote(JSON.stringify(edits))}`] : [];

const asked = ({ model, prompt, edits }: { readonly model: string; readonly prompt: Prompt; readonly edits?: readonly EditSpec[] | undefined }, idsOf: IdsOf) => ({ model, ids: idsOf(prompt), edits, idsOf });

export const generateCode = (params: GenerateParams, stop: readonly number[], idsOf: IdsOf): CodeOf => ({
  cli: line(
    "glassbox generate", quote(params.model), promptWords(params.prompt), `--most ${params.most} --temperature ${params.temperature} --top-p ${params.topP} --seed ${params.seed}`,
    params.stop?.length ? [`--stop ${quote(params.stop.map(wordText).join("|"))}`] : [], editFlags(params.edits),
  ),
  transformerLens: generateProgram(asked(params, idsOf), { most: params.most, temperature: params.temperature, topP: params.topP, stop }),
});

export const nextCode = (params: NextTokensParams, idsOf: IdsOf): CodeOf => ({
  cli: line("glassbox generate", quote(params.model), promptWords(params.prompt), `--most 0 --top ${params.top}`, editFlags(params.edits)),
  transformerLens: nextProgram(asked(params, idsOf)),
});

export const attentionCode = (params: Pick<AttentionParams | AttentionRowsParams, "model" | "prompt" | "valueWeighted" | "edits">, idsOf: IdsOf, head?: { readonly layer: number; readonly head: number }): CodeOf => ({
  cli: line("glassbox attention", quote(params.model), promptWords(params.prompt), head ? [`--head ${head.layer}.${head.head}`] : [], params.valueWeighted ? ["--value-weighted"] : [], editFlags(params.edits)),
  transformerLens: attentionProgram(asked(params, idsOf), head, params.valueWeighted),
});

export const lensCode = (params: LensParams, idsOf: IdsOf): CodeOf => ({
  cli: line("glassbox lens", quote(params.model), promptWords(params.prompt), `--top ${params.top}`, params.positions ? [`--positions ${params.positions.join(",")}`] : [], params.follow === undefined ? [] : [`--follow ${wordFlag(params.follow)}`], editFlags(params.edits)),
  transformerLens: lensProgram(asked(params, idsOf)),
});

export const attributionCode = (params: DirectAttributionParams, token: number, targets: readonly number[], idsOf: IdsOf): CodeOf => ({
  cli: line("glassbox lens", quote(params.model), promptWords(params.prompt), `--direct --positions ${token} --targets ${quote(targets.map((id) => `#${id}`).join("|"))}`, editFlags(params.edits)),
  transformerLens: attributionProgram(asked(params, idsOf), token, targets),
});

const wordText = (word: Word): string => (typeof word === "number" ? `#${word}` : word);
const wordFlag = (word: Word): string => quote(wordText(word));

const metricFlags = (metric: MetricSpec): string[] => [
  `--metric ${metric.kind}`,
  ...("answer" in metric ? [`--answer ${wordFlag(metric.answer)}`] : []),
  ...("wrong" in metric ? [`--wrong ${wordFlag(metric.wrong)}`] : []),
];

export const patchCode = (params: PatchParams, metric: Metric, read: number, idsOf: IdsOf): CodeOf => ({
  cli: line(
    "glassbox patch", quote(params.model), promptWords(params.clean), `--corrupted ${quote("ids" in params.corrupted ? params.corrupted.ids.join(" ") : params.corrupted.text)}`,
    metricFlags(params.metric), `--component ${params.component} --direction ${params.direction} --replacement ${params.replacement} --method ${params.method}`,
    params.read === undefined ? [] : [`--read ${params.read}`],
    params.layers === undefined ? [] : [`--layers ${params.layers.join(",")}`],
    params.means?.length ? [`--means ${quote(params.means.map((prompt) => ("ids" in prompt ? prompt.ids.join(" ") : prompt.text)).join("|"))}`] : [],
  ),
  transformerLens: patchProgram(params, { clean: idsOf(params.clean), corrupted: idsOf(params.corrupted), metric, read }, idsOf),
});
