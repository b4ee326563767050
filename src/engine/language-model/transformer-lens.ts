/**
 * Python for TransformerLens 4 that gives a result's numbers. Prompts are token ids, so that no tokenizer's policy of beginning a
 * text can differ, and weights are raw, so that nothing is folded or centred.
 */
import path from "node:path";
import type { Component, EditSpec, Metric, PatchParams } from "../../protocol/language-model.ts";
import type { IdsOf } from "./code.ts";

const list = (ids: readonly number[]): string => `[${ids.join(", ")}]`;
const tensorOf = (ids: readonly number[]): string => `torch.tensor([${list(ids)}])`;
const text = (value: string): string => JSON.stringify(value);

const load = (model: string): string[] => [
  "import torch",
  "from transformer_lens.model_bridge import TransformerBridge",
  "",
  `model = TransformerBridge.boot_transformers(${text(model.endsWith(".safetensors") ? path.dirname(model) : model)})  # the checkpoint's name or folder; TransformerLens reads no GGUF`,
];

/** A run, with the edits where there are some. */
interface Running {
  readonly setup: readonly string[];
  readonly hooks: string;
}

function editing(edits: readonly EditSpec[] = [], idsOf: IdsOf): Running {
  if (edits.length === 0) return { setup: [], hooks: "" };
  const setup = edits.flatMap((edit, i) => editLines(edit, i, idsOf));
  return {
    setup: ["", ...setup, `edits = [${edits.map(({ site }, i) => `(${text(site)}, edit_${i})`).join(", ")}]`],
    hooks: "edits",
  };
}

/** The hook of one edit: what it writes where. */
function editLines(edit: EditSpec, i: number, idsOf: IdsOf): string[] {
  const head = "head" in edit && edit.head !== undefined ? `, ${edit.head}` : "";
  const place = `[:, ${edit.tokens ? list(edit.tokens) : ":"}${head}]`;
  const hook = (value: string): string[] => [
    `def edit_${i}(value, hook):`,
    "    value = value.clone()",
    `    value${place} = ${value}`,
    "    return value",
    "",
  ];
  switch (edit.kind) {
    case "scale":
      return hook(`value${place} * ${edit.factor}`);
    case "mean":
      return [
        ...meanLines(`mean_${i}`, [text(edit.site)], edit.over.map(idsOf)),
        ...hook(`mean_${i}[${text(edit.site)}]${head ? `[${head.slice(2)}]` : ""}`),
      ];
    case "steer":
      return [
        `def state_${i}(ids):`,
        `    return model.run_with_cache(ids)[1][${text(edit.site)}][0, -1]`,
        "",
        `direction_${i} = ${edit.strength} * (state_${i}(${tensorOf(idsOf(edit.toward))}) - state_${i}(${tensorOf(idsOf(edit.from))}))`,
        "",
        ...hook(`value${place} + direction_${i}`),
      ];
  }
}

/** Means over all tokens of some prompts, by site. */
const meanLines = (name: string, sites: readonly string[], prompts: readonly (readonly number[])[]): string[] => [
  `prompts = [${prompts.map(list).join(", ")}]`,
  "caches = [model.run_with_cache(torch.tensor([ids]))[1] for ids in prompts]",
  `${name} = {site: torch.cat([cache[site][0] for cache in caches]).mean(0) for site in [${sites.join(", ")}]}`,
  "",
];

const logitsOf = ({ hooks }: Running, ids: string): string =>
  hooks ? `model.run_with_hooks(${ids}, fwd_hooks=${hooks})` : `model(${ids})`;

/** The cache of an edited run holds what was edited. */
const cacheOf = ({ hooks }: Running, ids: string): string[] =>
  hooks
    ? [`with model.hooks(fwd_hooks=${hooks}):`, `    logits, cache = model.run_with_cache(${ids})`]
    : [`logits, cache = model.run_with_cache(${ids})`];

const program = (...lines: readonly (string | readonly string[])[]): string =>
  `${lines.flat().join("\n")}\nprint(result)\n`;

interface Asked {
  readonly model: string;
  readonly ids: readonly number[];
  readonly edits: readonly EditSpec[] | undefined;
  readonly idsOf: IdsOf;
}

/** Probabilities of all tokens after each of the prompt's. */
export function nextProgram({ model, ids, edits, idsOf }: Asked): string {
  const run = editing(edits, idsOf);
  return program(
    load(model),
    run.setup,
    "",
    `tokens = ${tensorOf(ids)}`,
    `result = ${logitsOf(run, "tokens")}[0].softmax(-1)`,
  );
}

export interface Sampling {
  readonly most: number;
  readonly temperature: number;
  readonly topP: number;
  readonly stop: readonly number[];
}

/** Token by token, the whole text each time; sampled tokens are drawn by torch, and differ from ours. */
export function generateProgram(
  { model, ids, edits, idsOf }: Asked,
  { most, temperature, topP, stop }: Sampling,
): string {
  const run = editing(edits, idsOf);
  const sampled = [
    `    probabilities, order = (logits / ${temperature}).softmax(-1).sort(descending=True)`,
    `    probabilities[probabilities.cumsum(-1) - probabilities >= ${topP}] = 0`,
    "    following = order[torch.multinomial(probabilities, 1)]",
  ];
  return program(
    load(model),
    run.setup,
    "",
    `tokens = ${tensorOf(ids)}`,
    `stop = ${list(stop)}`,
    "result = []",
    `for _ in range(${most}):`,
    `    logits = ${logitsOf(run, "tokens")}[0, -1]`,
    temperature > 0 ? sampled : ["    following = logits.argmax()[None]"],
    "    result.append(following.item())",
    "    if result[-1] in stop:",
    "        break",
    "    tokens = torch.cat([tokens, following[None]], 1)",
  );
}

/** One head's weights [query, key], or all of a layer's by layer. */
export function attentionProgram(
  { model, ids, edits, idsOf }: Asked,
  head: { readonly layer: number; readonly head: number } | undefined,
  valueWeighted: boolean,
): string {
  const run = editing(edits, idsOf);
  const weights = (at: string): string => `cache[${at}.attn.hook_pattern"][0]`;
  const values = (at: string): string => `cache[${at}.attn.hook_v"][0].norm(dim=-1)`;
  // Groups of query heads share a key-value head.
  const shown = (at: string): string =>
    valueWeighted
      ? `${weights(at)} * ${values(at)}.T.repeat_interleave(model.cfg.n_heads // ${values(at)}.shape[1], 0)[:, None]`
      : weights(at);
  return program(
    load(model),
    run.setup,
    "",
    cacheOf(run, tensorOf(ids)),
    head
      ? `result = (${shown(`"blocks.${head.layer}`)})[${head.head}]`
      : `result = torch.stack([${shown('f"blocks.{layer}')} for layer in range(model.cfg.n_layers)])`,
  );
}

/** Probabilities of each layer's best token, [state before a layer … end, token]. */
export function lensProgram({ model, ids, edits, idsOf }: Asked): string {
  const run = editing(edits, idsOf);
  return program(
    load(model),
    run.setup,
    "",
    cacheOf(run, tensorOf(ids)),
    `states = [cache[f"blocks.{layer}.hook_resid_pre"] for layer in range(model.cfg.n_layers)] + [cache[f"blocks.{model.cfg.n_layers - 1}.hook_resid_post"]]`,
    "lens = [model.unembed(model.ln_final(state))[0].softmax(-1) for state in states]",
    "result = torch.stack([layer.max(-1).values for layer in lens])",
  );
}

/** Direct effects on the logits, [component, word]: embeddings, then each layer's attention and MLP. */
export function attributionProgram(
  { model, ids, edits, idsOf }: Asked,
  token: number,
  words: readonly number[],
): string {
  const run = editing(edits, idsOf);
  return program(
    load(model),
    run.setup,
    "",
    cacheOf(run, tensorOf(ids)),
    'parts = [cache[site][0] for site in ("hook_embed", "hook_pos_embed") if site in cache]',
    'parts += [cache[f"blocks.{layer}.hook_{part}_out"][0] for layer in range(model.cfg.n_layers) for part in ("attn", "mlp")]',
    `parts = torch.stack([part[${token}] for part in parts])`,
    "# The final norm, with its scale held at this run's own; LayerNorm takes the mean away first.",
    'if "LN" in model.cfg.normalization_type:',
    "    parts = parts - parts.mean(-1, keepdim=True)",
    `result = parts / cache["ln_final.hook_scale"][0, ${token}] * model.ln_final.weight @ model.W_U[:, ${list(words)}]`,
  );
}

/** What a cell's two indices are called. */
const columnOf = (component: Component): "head" | "position" => (component === "head" ? "head" : "position");

const siteOf = (component: Component): string => (component === "head" ? "attn.hook_z" : `hook_${component}`);

export interface PatchedPair {
  readonly clean: readonly number[];
  readonly corrupted: readonly number[];
  readonly metric: Metric;
  readonly read: number;
}

/** One cell of a sweep, the first: `cellProgram` chooses another. */
export function patchProgram(
  { model, component, direction, replacement, method, means, clean: cleanPrompt }: PatchParams,
  { clean, corrupted, metric, read }: PatchedPair,
  idsOf: IdsOf,
): string {
  const [base, source] = direction === "denoise" ? ["corrupted", "clean"] : ["clean", "corrupted"];
  const column = columnOf(component);
  const place = component === "head" ? "[:, :, head]" : "[:, position]";
  const setup = [
    load(model),
    "",
    `clean = ${tensorOf(clean)}`,
    `corrupted = ${tensorOf(corrupted)}`,
    `layer, ${column} = 0, 0  # the cell`,
    `site = f"blocks.{layer}.${siteOf(component)}"`,
    "",
    metricLines(metric, read),
    "",
  ].flat();
  if (method === "attribution") {
    return program(
      setup,
      "kept = {}",
      "",
      "def keep(value, hook):",
      "    value.retain_grad()",
      '    kept["value"] = value',
      "    return value",
      "",
      "with torch.no_grad():",
      `    other = model.run_with_cache(${source})[1][site]`,
      `base = metric(model.run_with_hooks(${base}, fwd_hooks=[(site, keep)]))`,
      "base.backward()",
      `effects = (other - kept["value"]) * kept["value"].grad`,
      `result = base + effects${place}.sum()`,
    );
  }
  const value = {
    run: [`cache = model.run_with_cache(${source})[1]`, ""],
    zero: [],
    mean: meanLines("mean", ["site"], (means?.length ? means : [cleanPrompt]).map(idsOf)),
  }[replacement];
  const put = { run: `cache[site]${place}`, zero: "0", mean: `mean[site]${component === "head" ? "[head]" : ""}` }[
    replacement
  ];
  return program(
    setup,
    value,
    "def write(value, hook):",
    "    value = value.clone()",
    `    value${place} = ${put}`,
    "    return value",
    "",
    `result = metric(model.run_with_hooks(${base}, fwd_hooks=[(site, write)]))`,
  );
}

function metricLines(metric: Metric, read: number): string[] {
  const one = (value: string): string[] => ["def metric(logits):", `    return ${value}`];
  const logits = `logits[0, ${read}]`;
  switch (metric.kind) {
    case "logit-difference":
      return one(`${logits}[${metric.answer}] - ${logits}[${metric.wrong}]`);
    case "probability":
      return one(`${logits}.softmax(-1)[${metric.answer}]`);
    case "log-probability":
      return one(`${logits}.log_softmax(-1)[${metric.answer}]`);
    case "divergence":
      return [
        "with torch.no_grad():",
        `    p = model(clean)[0, ${read}].log_softmax(-1)`,
        "",
        ...one(`(p.exp() * (p - ${logits}.log_softmax(-1))).sum()  # KL(clean || run), in nats`),
      ];
  }
}
