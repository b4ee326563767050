import { GlassboxError } from "../tensor/errors.ts";
import type { Architecture, ModelKind } from "./architecture.ts";
import type { ConfigValue, ModelConfig, UnreadKey } from "./config.ts";

/** Keys that change no number of a forward pass: with any value, or with those that `when` accepts. */
export interface HarmlessKey {
  readonly keys: readonly string[] | RegExp;
  readonly when?: (value: ConfigValue) => boolean;
}

/** Whether a value leaves what its key names switched off, as if the key were absent. */
export const isOff = (value: ConfigValue): boolean =>
  value === null ||
  value === false ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (value instanceof Map && value.size === 0);

/** A factor that changes nothing. */
export const isNumber =
  (wanted: number) =>
  (value: ConfigValue): boolean =>
    value === wanted;

/** Keys of transformers' configs, of any family. */
const harmlessEverywhere: readonly HarmlessKey[] = [
  // Transformers' bookkeeping, and what others leave for their own tools.
  { keys: /^_/ },
  { keys: ["transformers_version", "transformers.js_config", "tokenizer_class", "processor_class", "name_or_path"] },
  { keys: ["finetuning_task", "task_specific_params", "problem_type", "num_labels", "id2label", "label2id"] },
  { keys: /^unsloth_/ },
  // How weights are stored: the files themselves say it.
  { keys: ["torch_dtype", "dtype"] },
  // The same sums by other kernels, in parts, or kept for later.
  { keys: ["use_cache", "attn_implementation", "pretraining_tp", "chunk_size_feed_forward", "torchscript"] },
  { keys: /^use_(flash_?attn|flash_attention|sdpa|bfloat16|fused_\w+|recompute|reentrant_checkpointing)(_2)?$/ },
  { keys: ["gradient_checkpointing", "tf_legacy_loss"] },
  // What a call returns besides the same numbers.
  { keys: /^(use_return_dict|return_dict|return_dict_in_generate|output_(attentions|hidden_states|scores))$/ },
  // Only training draws random numbers or a loss.
  { keys: /(^|_)(dropout|pdrop|layerdrop|drop_path)(_prob|_rate)?$/ },
  { keys: /^(initializer|init)_(range|factor|std)$/ },
  { keys: ["neftune_noise_alpha", "loss_type"] },
  // Which tokens mean what, to tokenizers and to generation.
  { keys: /_token_(ids?|index)$/ },
  { keys: /^(bos|eos|pad|unk|sep|cls|mask|image)_token$/ },
  { keys: ["prefix", "suppress_tokens", "begin_suppress_tokens", "bad_words_ids"] },
  // How long texts may be, and how tokens are drawn from the logits.
  { keys: /^(model_max_length|tokenizer_model_max_length|max_sequence_length|max_seq_len|max_seq_length|seq_length)$/ },
  { keys: /^(max_length|min_length|max_new_tokens|do_sample|early_stopping|temperature|top_k|top_p|typical_p)$/ },
  { keys: /^(num_beams|num_beam_groups|num_return_sequences|(diversity|repetition|length)_penalty)$/ },
  { keys: /^((encoder_)?no_repeat_ngram_size|remove_invalid_values|exponential_decay_length_penalty)$/ },
  // Switches that have to be off, and factors that have to be one.
  {
    keys: /^(is_encoder_decoder|is_decoder|add_cross_attention|cross_attention_hidden_size|tie_encoder_decoder)$/,
    when: isOff,
  },
  {
    keys: ["pruned_heads", "quantization_config", "sliding_window", "use_sliding_window", "rope_interleaved"],
    when: isOff,
  },
  { keys: /^((rope_scaling|rope_parameters)\.)?partial_rotary_factor$/, when: isNumber(1) },
  { keys: ["layer_types"], when: (value) => isList(value) && value.every((type) => type === "full_attention") },
  // Code of the checkpoint's own that computes the model; code for its config or tokenizer alone concerns no number.
  { keys: ["auto_map"], when: (value) => value instanceof Map && ![...value.keys()].some(namesModel) },
];

const harmlessInKind: Readonly<Record<ModelKind, readonly HarmlessKey[]>> = {
  // The class that saved it. A classifier's or a reward model's head is not read, and what stands in its place was not trained.
  decoder: [
    { keys: ["is_decoder"] },
    { keys: ["architectures"], when: (value) => isList(value) && value.every(namesHead) },
  ],
  encoder: [{ keys: ["architectures"] }],
  picture: [{ keys: ["architectures"] }],
};

const isList = (value: ConfigValue): value is readonly ConfigValue[] & ConfigValue => Array.isArray(value);
const namesHead = (name: unknown): boolean => /(ForCausalLM|Model)$/.test(String(name));
const namesModel = (name: unknown): boolean => String(name).startsWith("AutoModel");

/**
 * Looks at what of a config nobody read. Keys that change no number are passed over; unknown keys that are switched off become
 * a note. @throws where a key is left that may change the numbers
 */
export function judgeUnread(
  config: ModelConfig,
  { family, kind }: Pick<Architecture, "family" | "kind">,
  harmless: readonly HarmlessKey[] = [],
): readonly string[] {
  const known = [...harmlessEverywhere, ...harmlessInKind[kind], ...harmless];
  const unknown = config.unread().filter((entry) => !known.some((each) => passes(each, entry)));
  const on = unknown.filter(({ value }) => !isOff(value));
  const { name, file, removal } = config.origin;
  if (on.length > 0) {
    throw new GlassboxError(
      "unsupported",
      `${name} says ${listed(on)}, which Glassbox does not compute for ${family}; its ${kind === "decoder" ? "logits" : "outputs"} would be wrong`,
      { where: file, hint: `If a key changes no number, ${removal}.` },
    );
  }
  return unknown.length === 0
    ? []
    : [`Glassbox does not know these keys of ${name}, all of which are switched off: ${listed(unknown)}.`];
}

function passes({ keys, when }: HarmlessKey, { key, value }: UnreadKey): boolean {
  return (keys instanceof RegExp ? keys.test(key) : keys.includes(key)) && (when?.(value) ?? true);
}

const mostListed = 6;
const longestValue = 60;

function listed(keys: readonly UnreadKey[]): string {
  const said = keys.slice(0, mostListed).map(({ key, value }) => {
    const plain = /^[\w.-]+$/.test(key) ? key : JSON.stringify(key);
    return `${shortened(plain)} ${shortened(written(value))}`;
  });
  const rest = keys.length - said.length;
  return [...said, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}

const shortened = (text: string): string => (text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text);

/** As JSON writes it. */
const written = (value: ConfigValue): string =>
  value !== null && typeof value === "object" && "listOf" in value
    ? `(${value.length} of ${value.listOf})`
    : JSON.stringify(value, (_, each: unknown) =>
        each instanceof Map ? Object.fromEntries(each) : typeof each === "bigint" ? String(each) : each,
      );
