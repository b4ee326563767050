/**
 * Python programs for TransformerLens 4 that compute a result's numbers. Prompts are token ids, so that BOS policies of
 * tokenizers do not matter, and weights are unprocessed: nothing is folded or centred.
 */
import type { AttentionHead, Component, EditSpec, Metric, Prompt } from "../../protocol/language-model.ts";
import type { PromptContext } from "../contexts.ts";
import type { PairOptions } from "./patched-pair.ts";
import type { SamplingOptions } from "./sample-tokens.ts";

type IdsOf = (prompt: Prompt) => readonly number[];

const list = (ids: readonly number[]): string => `[${ids.join(", ")}]`;
const tensorOf = (ids: readonly number[]): string => `torch.tensor([${list(ids)}])`;
const text = (value: string): string => JSON.stringify(value);

/** The folder of a file path, without normalization. */
const folderOf = (file: string): string => {
  const end = Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\"));
  return end < 0 ? "." : file.slice(0, end || 1);
};

const load = (file: string): string[] => [
  "import torch",
  "from transformer_lens.model_bridge import TransformerBridge",
  "",
  `model = TransformerBridge.boot_transformers(${text(file.endsWith(".safetensors") ? folderOf(file) : file)})  # the checkpoint's name or folder; TransformerLens reads no GGUF`,
];

/** A prompt and the edits of its run. */
interface Asked extends Pick<PromptContext, "ids" | "vocabulary"> {
  readonly options: { readonly edits: readonly EditSpec[] };
}

/** A run and its edits, if there are any. */
interface Running {
  readonly setup: readonly string[];
  readonly hooks: string;
}

function editing({ vocabulary, options: { edits } }: Asked): Running {
  if (edits.length === 0) return { setup: [], hooks: "" };
  const setup = edits.flatMap((edit, i) => editLines(edit, i, (prompt) => vocabulary.ids(prompt)));
  return {
    setup: ["", ...setup, `edits = [${edits.map(({ site }, i) => `(${text(site)}, edit_${i})`).join(", ")}]`],
    hooks: "edits",
  };
}

/** The hook function of one edit. */
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

/** The means over all tokens of some prompts, by site. */
const meanLines = (name: string, sites: readonly string[], prompts: readonly (readonly number[])[]): string[] => [
  `prompts = [${prompts.map(list).join(", ")}]`,
  "caches = [model.run_with_cache(torch.tensor([ids]))[1] for ids in prompts]",
  `${name} = {site: torch.cat([cache[site][0] for cache in caches]).mean(0) for site in [${sites.join(", ")}]}`,
  "",
];

const logitsOf = ({ hooks }: Running, ids: string): string =>
  hooks ? `model.run_with_hooks(${ids}, fwd_hooks=${hooks})` : `model(${ids})`;

/** The cache of an edited run contains the edited values. */
const cacheOf = ({ hooks }: Running, ids: string): string[] =>
  hooks
    ? [`with model.hooks(fwd_hooks=${hooks}):`, `    logits, cache = model.run_with_cache(${ids})`]
    : [`logits, cache = model.run_with_cache(${ids})`];

const program = (...lines: readonly (string | readonly string[])[]): string =>
  `${lines.flat().join("\n")}\nprint(result)\n`;

/** The probabilities of all next tokens after each token of the prompt. */
export function nextProgram(asked: Asked, file: string): string {
  const run = editing(asked);
  return program(
    load(file),
    run.setup,
    "",
    `tokens = ${tensorOf(asked.ids)}`,
    `result = ${logitsOf(run, "tokens")}[0].softmax(-1)`,
  );
}

/** Generates token by token, running the whole text each time. Sampled tokens are drawn by torch and differ from ours. */
export function generateProgram(
  asked: Asked & { readonly options: Pick<SamplingOptions, "maxTokens" | "temperature" | "topP"> },
  file: string,
  stop: readonly number[],
): string {
  const { maxTokens, temperature, topP } = asked.options;
  const run = editing(asked);
  const sampled = [
    `    probabilities, order = (logits / ${temperature}).softmax(-1).sort(descending=True)`,
    `    probabilities[probabilities.cumsum(-1) - probabilities >= ${topP}] = 0`,
    "    following = order[torch.multinomial(probabilities, 1)]",
  ];
  return program(
    load(file),
    run.setup,
    "",
    `tokens = ${tensorOf(asked.ids)}`,
    `stop = ${list(stop)}`,
    "result = []",
    `for _ in range(${maxTokens}):`,
    `    logits = ${logitsOf(run, "tokens")}[0, -1]`,
    temperature > 0 ? sampled : ["    following = logits.argmax()[None]"],
    "    result.append(following.item())",
    "    if result[-1] in stop:",
    "        break",
    "    tokens = torch.cat([tokens, following[None]], 1)",
  );
}

/** The weights of one head, [query, key], or those of all heads, by layer. */
export function attentionProgram(
  asked: Asked & { readonly options: { readonly valueWeighted: boolean } },
  file: string,
  head: Pick<AttentionHead, "layer" | "head"> | undefined,
): string {
  const run = editing(asked);
  const weights = (at: string): string => `cache[${at}.attn.hook_pattern"][0]`;
  const values = (at: string): string => `cache[${at}.attn.hook_v"][0].norm(dim=-1)`;
  // Groups of query heads share a key-value head.
  const shown = (at: string): string =>
    asked.options.valueWeighted
      ? `${weights(at)} * ${values(at)}.T.repeat_interleave(model.cfg.n_heads // ${values(at)}.shape[1], 0)[:, None]`
      : weights(at);
  return program(
    load(file),
    run.setup,
    "",
    cacheOf(run, tensorOf(asked.ids)),
    head
      ? `result = (${shown(`"blocks.${head.layer}`)})[${head.head}]`
      : `result = torch.stack([${shown('f"blocks.{layer}')} for layer in range(model.cfg.n_layers)])`,
  );
}

/** The probability of each layer's top token, [state before a layer … end, token]. */
export function lensProgram(asked: Asked, file: string): string {
  const run = editing(asked);
  return program(
    load(file),
    run.setup,
    "",
    cacheOf(run, tensorOf(asked.ids)),
    `states = [cache[f"blocks.{layer}.hook_resid_pre"] for layer in range(model.cfg.n_layers)] + [cache[f"blocks.{model.cfg.n_layers - 1}.hook_resid_post"]]`,
    "lens = [model.unembed(model.ln_final(state))[0].softmax(-1) for state in states]",
    "result = torch.stack([layer.max(-1).values for layer in lens])",
  );
}

/** The direct effects on the logits, [component, target]: embeddings, then each layer's attention and MLP. Without targets, it uses the model's top two tokens. */
export function attributionProgram(
  asked: Asked,
  file: string,
  { position, targets }: { readonly position: number; readonly targets: readonly number[] },
): string {
  const columns = targets.length ? list(targets) : `logits[0, ${position}].topk(2).indices`;
  const run = editing(asked);
  return program(
    load(file),
    run.setup,
    "",
    cacheOf(run, tensorOf(asked.ids)),
    'parts = [cache[site][0] for site in ("hook_embed", "hook_pos_embed") if site in cache]',
    'parts += [cache[f"blocks.{layer}.hook_{part}_out"][0] for layer in range(model.cfg.n_layers) for part in ("attn", "mlp")]',
    `parts = torch.stack([part[${position}] for part in parts])`,
    "# The final norm, with its scale held at this run's own; LayerNorm takes the mean away first.",
    'if "LN" in model.cfg.normalization_type:',
    "    parts = parts - parts.mean(-1, keepdim=True)",
    `result = parts / cache["ln_final.hook_scale"][0, ${position}] * model.ln_final.weight @ model.W_U[:, ${columns}]`,
  );
}

/** The name of a cell's second index. */
const columnOf = (component: Component): "head" | "position" => (component === "head" ? "head" : "position");

const siteOf = (component: Component): string => (component === "head" ? "attn.hook_z" : `hook_${component}`);

interface CellOfPair extends Pick<PairOptions, "component" | "direction"> {
  readonly clean: readonly number[];
  readonly corrupted: readonly number[];
  readonly metric: Metric;
  readonly position: number;
}

/** What replaces the activation of a cell. */
type Replaced = CellOfPair &
  (
    | { readonly replacement: "run" | "zero" }
    | { readonly replacement: "mean"; readonly means: readonly (readonly number[])[] }
  );

/** A cell that is patched, or whose effect is estimated from the gradient. */
export type PatchedCell = Replaced | (CellOfPair & { readonly replacement: "estimate" });

/** The program of the first cell of a grid. A view that copies the program of another cell changes the indices. */
export function patchProgram(cell: PatchedCell, file: string): string {
  const { component, direction, clean, corrupted, metric, position } = cell;
  const [base, source] = direction === "denoise" ? ["corrupted", "clean"] : ["clean", "corrupted"];
  const column = columnOf(component);
  const place = component === "head" ? "[:, :, head]" : "[:, position]";
  const setup = [
    load(file),
    "",
    `clean = ${tensorOf(clean)}`,
    `corrupted = ${tensorOf(corrupted)}`,
    `layer, ${column} = 0, 0  # the cell`,
    `site = f"blocks.{layer}.${siteOf(component)}"`,
    "",
    metricLines(metric, position),
    "",
  ].flat();
  if (cell.replacement === "estimate") {
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
  const { value, put } = replacementLines(cell, source, place);
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

/** The code that runs before the patched run, and the value that is written into it. */
function replacementLines(
  cell: Replaced,
  source: string,
  place: string,
): { readonly value: readonly string[]; readonly put: string } {
  switch (cell.replacement) {
    case "run":
      return { value: [`cache = model.run_with_cache(${source})[1]`, ""], put: `cache[site]${place}` };
    case "zero":
      return { value: [], put: "0" };
    case "mean":
      return {
        value: meanLines("mean", ["site"], cell.means),
        put: `mean[site]${cell.component === "head" ? "[head]" : ""}`,
      };
  }
}

function metricLines(metric: Metric, position: number): string[] {
  const one = (value: string): string[] => ["def metric(logits):", `    return ${value}`];
  const logits = `logits[0, ${position}]`;
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
        `    p = model(clean)[0, ${position}].log_softmax(-1)`,
        "",
        ...one(`(p.exp() * (p - ${logits}.log_softmax(-1))).sum()  # KL(clean || run), in nats`),
      ];
  }
}
