import { wordText } from "../../experiment/prompt-words.ts";
import type { AttentionParams, Component, DirectAttributionParams, EditSpec, GenerateParams, LanguageProof, LensParams, MetricSpec, NextTokensParams, PatchParams, Prompt, Word } from "../../protocol/language.ts";
import { promptExperiment } from "../experiments/experiment-text.ts";

/** The terminal command, the experiment and the TransformerLens program that give the same numbers. */
export type CodeOf = LanguageProof["code"];

const experiment = (...asked: Parameters<typeof promptExperiment>): Pick<CodeOf, "experiment"> => {
  const text = promptExperiment(...asked);
  return text === undefined ? {} : { experiment: text };
};

const editsText = (edits: readonly EditSpec[] | undefined): string | undefined => (edits?.length ? JSON.stringify(edits) : undefined);

const texts = (words: readonly Word[] | undefined): string | undefined => words?.map(wordText).join("|");

const quote = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

const promptWords = (prompt: Prompt): string[] =>
  "ids" in prompt ? [quote(prompt.ids.join(" ")), "--ids"] : [quote(prompt.text), ...(prompt.addBos === undefined ? [] : [prompt.addBos ? "--bos" : "--no-bos"])];

const line = (...words: readonly (string | readonly string[])[]): string => words.flat().join(" ");

const editFlags = (edits: readonly EditSpec[] = []): string[] =>
  edits.length ? [`--edits ${quote(JSON.stringify(edits))}`] : [];

const python = (value: unknown): string => JSON.stringify(value);

/** Loading is the reader's: TransformerLens knows checkpoints by name, not by file. */
const load = (model: string): string[] => [
  "from transformer_lens.model_bridge import TransformerBridge",
  `model = TransformerBridge.boot_transformers(${python(model)})  # the checkpoint's name or folder; TransformerLens reads no GGUF`,
  "# Raw weights, as here: without enable_compatibility_mode(), nothing is folded or centred.",
];

const tokensOf = (prompt: Prompt): string =>
  "ids" in prompt ? `torch.tensor([${python(prompt.ids)}])` : `model.to_tokens(${python(prompt.text)}, prepend_bos=${prompt.addBos ? "True" : "False"})`;

export const generateCode = (params: GenerateParams): CodeOf => ({
  ...experiment(params.model, params, "generate", { most: params.most, temperature: params.temperature, topP: params.topP, seed: params.seed, stop: texts(params.stop), edits: editsText(params.edits) }),
  cli: line("glassbox generate", quote(params.model), promptWords(params.prompt), `--most ${params.most} --temperature ${params.temperature} --top-p ${params.topP} --seed ${params.seed}`, editFlags(params.edits)),
  transformerLens: ["import torch", ...load(params.model), `out = model.generate(${tokensOf(params.prompt)}, max_new_tokens=${params.most}, do_sample=${params.temperature > 0 ? `True, temperature=${params.temperature}, top_p=${params.topP}` : "False"})`].join("\n"),
});

export const nextCode = ({ model, prompt, top, edits }: NextTokensParams): CodeOf => ({
  ...experiment(model, { prompt }, "next-tokens", { top, edits: editsText(edits) }),
  cli: line("glassbox generate", quote(model), promptWords(prompt), "--most 0", editFlags(edits)),
  transformerLens: ["import torch", ...load(model), `probabilities = model(${tokensOf(prompt)})[0].softmax(-1)`].join("\n"),
});

export const attentionCode = (params: Pick<AttentionParams, "model" | "prompt" | "valueWeighted" | "edits">, head?: { readonly layer: number; readonly head: number }): CodeOf => ({
  ...experiment(params.model, params, head ? "attention-head" : "attention", { head: head && `${head.layer}.${head.head}`, valueWeighted: params.valueWeighted, edits: editsText(params.edits) }),
  cli: line("glassbox attention", quote(params.model), promptWords(params.prompt), head ? [`--head ${head.layer}.${head.head}`] : [], params.valueWeighted ? ["--value-weighted"] : [], editFlags(params.edits)),
  transformerLens: [
    "import torch", ...load(params.model), `_, cache = model.run_with_cache(${tokensOf(params.prompt)})`,
    head ? `pattern = cache["blocks.${head.layer}.attn.hook_pattern"][0, ${head.head}]` : `patterns = [cache[f"blocks.{layer}.attn.hook_pattern"][0] for layer in range(model.cfg.n_layers)]`,
  ].join("\n"),
});

export const lensCode = (params: LensParams): CodeOf => ({
  ...experiment(params.model, params, "logit-lens", { top: params.top, positions: params.positions?.join(","), follow: params.follow === undefined ? undefined : wordText(params.follow), edits: editsText(params.edits) }),
  cli: line("glassbox lens", quote(params.model), promptWords(params.prompt), `--top ${params.top}`, params.positions ? [`--positions ${params.positions.join(",")}`] : [], params.follow === undefined ? [] : [`--follow ${wordFlag(params.follow)}`], editFlags(params.edits)),
  transformerLens: [
    "import torch", ...load(params.model), `_, cache = model.run_with_cache(${tokensOf(params.prompt)})`,
    `states = [cache[f"blocks.{layer}.hook_resid_pre"][0] for layer in range(model.cfg.n_layers)] + [cache[f"blocks.{model.cfg.n_layers - 1}.hook_resid_post"][0]]`,
    "lens = [model.unembed(model.ln_final(state[None]))[0].softmax(-1) for state in states]",
  ].join("\n"),
});

export const attributionCode = ({ model, prompt, token: asked, targets: named }: DirectAttributionParams, token: number, targets: readonly number[]): CodeOf => ({
  ...experiment(model, { prompt }, "direct-logit-attribution", { token: asked, targets: texts(named) }),
  cli: line("glassbox lens", quote(model), promptWords(prompt), `--direct --positions ${token} --targets ${quote(targets.map((id) => `#${id}`).join("|"))}`),
  transformerLens: [
    "import torch", ...load(model), `_, cache = model.run_with_cache(${tokensOf(prompt)})`,
    `parts, labels = cache.decompose_resid(pos_slice=${token}, return_labels=True)`,
    `scaled = cache.apply_ln_to_stack(parts, pos_slice=${token}) * model.ln_final.weight`,
    `direct = scaled @ model.W_U[:, ${python(targets)}]`,
  ].join("\n"),
});

const hooks: Readonly<Record<Component, string>> = { resid_pre: "hook_resid_pre", resid_mid: "hook_resid_mid", attn_out: "hook_attn_out", mlp_out: "hook_mlp_out", head: "attn.hook_z" };

const wordFlag = (word: Word): string => quote(typeof word === "number" ? `#${word}` : word);

const metricFlags = (metric: MetricSpec): string[] => [
  `--metric ${metric.kind}`,
  ...("answer" in metric ? [`--answer ${wordFlag(metric.answer)}`] : []),
  ...("wrong" in metric ? [`--wrong ${wordFlag(metric.wrong)}`] : []),
];

/** TransformerLens's own form of one cell: a hook that writes one layer and place. */
export function patchCode(params: PatchParams, ids: { readonly clean: readonly number[]; readonly corrupted: readonly number[] }, words: { readonly answer: number; readonly wrong: number } | undefined): CodeOf {
  const place = params.component === "head" ? "[:, :, head]" : "[:, position]";
  const value = params.replacement === "run" ? `cache[hook.name]${place}` : params.replacement === "zero" ? "0" : "mean[hook.name]";
  const [base, source] = params.direction === "denoise" ? ["corrupted", "clean"] : ["clean", "corrupted"];
  const asked = { prompt: params.clean, corrupted: params.corrupted, ...("answer" in params.metric && { answer: params.metric.answer }), ...("wrong" in params.metric && { wrong: params.metric.wrong }) };
  const shared = { component: params.component, metric: params.metric.kind, direction: params.direction, read: params.read, layers: params.layers?.join(",") };
  const means = params.means?.map((prompt) => ("ids" in prompt ? prompt.ids.join(" ") : prompt.text)).join("|");
  return {
    ...(params.method === "attribution" ? experiment(params.model, asked, "attribution-patching", shared) : experiment(params.model, asked, "activation-patching", { ...shared, replacement: params.replacement, means })),
    cli: line(
      "glassbox patch", quote(params.model), promptWords(params.clean), `--corrupted ${quote("ids" in params.corrupted ? params.corrupted.ids.join(" ") : params.corrupted.text)}`,
      metricFlags(params.metric), `--component ${params.component} --direction ${params.direction} --replacement ${params.replacement} --method ${params.method}`,
      params.read === undefined ? [] : [`--read ${params.read}`],
      params.layers === undefined ? [] : [`--layers ${params.layers.join(",")}`],
      params.means?.length ? [`--means ${quote(params.means.map((prompt) => ("ids" in prompt ? prompt.ids.join(" ") : prompt.text)).join("|"))}`] : [],
    ),
    transformerLens: [
      "import torch", ...load(params.model),
      `clean = torch.tensor([${python(ids.clean)}])`, `corrupted = torch.tensor([${python(ids.corrupted)}])`,
      `_, cache = model.run_with_cache(${source})`,
      `def write(activation, hook, ${params.component === "head" ? "head" : "position"}):`, `    activation${place} = ${value}`, "    return activation",
      `layer, ${params.component === "head" ? "head" : "position"} = 0, 0  # the cell`,
      "from functools import partial",
      `logits = model.run_with_hooks(${base}, fwd_hooks=[(f"blocks.{layer}.${hooks[params.component]}", partial(write, ${params.component === "head" ? "head=head" : "position=position"}))])`,
      words ? `metric = logits[0, ${params.read ?? -1}, ${words.answer}] - logits[0, ${params.read ?? -1}, ${words.wrong}]` : `scores = logits[0, ${params.read ?? -1}].log_softmax(-1)`,
    ].join("\n"),
  };
}
