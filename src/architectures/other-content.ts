import path from "node:path";
import { exists } from "../files/look.ts";
import { adapterRefusal } from "../formats/adapter.ts";
import type { OpenedTensors } from "../formats/tensor-source.ts";
import { GlassboxError } from "../tensor/errors.ts";

interface Kind {
  /** Of tensors' names, whether they are of this kind. */
  readonly matches: (names: readonly string[]) => boolean;
  readonly refuse: (opened: OpenedTensors, file: string) => GlassboxError;
}

const some =
  (pattern: RegExp) =>
  (names: readonly string[]): boolean =>
    names.some((name) => pattern.test(name));
const every =
  (pattern: RegExp) =>
  (names: readonly string[]): boolean =>
    names.length > 0 && names.every((name) => pattern.test(name));

const refusal =
  (what: string, hint: string) =>
  (_opened: OpenedTensors, file: string): GlassboxError =>
    new GlassboxError("unsupported", what, { where: file, hint });

const projector: Kind = {
  matches: every(/(^|\.)(mm_projector|multi_modal_projector|vision_tower|vision_model|v|mm)\./),
  refuse: refusal(
    "this is the projector or the picture part of a multimodal model, and not its language model",
    "Open the language model's own file.",
  ),
};

/** What files of tensors hold that are no whole language model, by the names of their tensors. */
const kinds: readonly Kind[] = [
  {
    matches: some(
      /\.(lora_(A|B|embedding_A|embedding_B|magnitude_vector)|ia3_l|hada_w1_a|lokr_w1)(\.|$)|\.lora_[ab]$|^prompt_embeddings$/,
    ),
    refuse: ({ folder }, file) => adapterRefusal(folder, file),
  },
  {
    matches: (names) =>
      every(
        /^(W_enc|W_dec|b_enc|b_dec|threshold|scaling_factor|log_threshold|(encoder|decoder)(\.(weight|bias))?|b_?pre|pre_bias|latent_bias|mean|k)$/,
      )(names) && names.length < 12,
    refuse: refusal(
      "this is a dictionary (a sparse autoencoder) of a model's activations, and not the model",
      "Open the model that it was trained on.",
    ),
  },
  projector,
  {
    matches: (names) => names.includes("embed_tokens.weight") && some(/^layers\.0\./)(names),
    refuse: refusal(
      "this is the body of a model without its head, saved from the class that gives hidden states: what it would say next is not in the file",
      "Save the whole model (AutoModelForCausalLM) instead.",
    ),
  },
  {
    matches: every(/^(module|_orig_mod|model\._orig_mod|base_model\.model)\./),
    refuse: refusal(
      "all tensors of this file have a wrapper's name before their own (such as module. or _orig_mod.), so that no family knows them",
      "Save the model that is inside the wrapper: model.module in place of model, or model._orig_mod.",
    ),
  },
  {
    matches: every(/(^|\.)(exp_avg|exp_avg_sq|momentum_buffer|step)$/),
    refuse: refusal("this is the state of an optimizer, and not the model", "Open the model's own file."),
  },
  {
    matches: some(/^(encoder\.block|decoder\.block|encoder\.layers\.0\.self_attn)\./),
    refuse: refusal(
      "this is a model with an encoder and a decoder (as T5 and BART), which cannot be run yet",
      "Models that only decode can: llama and gpt2.",
    ),
  },
  {
    matches: some(/\.(block_sparse_moe|mlp)\.(experts\.|gate\.weight$)|\.ffn_(gate|up|down)_exps\./),
    refuse: refusal(
      "this is a mixture of experts, which cannot be run yet",
      "Dense models of the families llama and gpt2 can.",
    ),
  },
];

const shardName = /-\d{5}-of-(\d{5})\.safetensors$/;

/** @throws where the file is something else than a language model, with what it is */
export function refuseOtherContent(opened: OpenedTensors, file: string): void {
  const { source, metadata, folder } = opened;
  const names = [...source.tensors.keys()];
  const type = metadata?.string("general.type");
  const architecture = metadata?.string("general.architecture");
  if (type === "adapter" || metadata?.string("adapter.type") !== undefined) throw adapterRefusal(folder, file);
  if (type === "mmproj" || architecture === "clip") throw projector.refuse(opened, file);
  if (type === "imatrix" || architecture === "controlvector" || type === "vocab")
    throw new GlassboxError(
      "unsupported",
      `this GGUF file holds ${type === "imatrix" ? "an importance matrix" : type === "vocab" ? "only a vocabulary" : "a control vector"}, and not a model`,
      { where: file, hint: "Open the model's own file." },
    );
  if (names.length === 0)
    throw new GlassboxError(
      "file",
      metadata?.string("tokenizer.ggml.model") === undefined
        ? "the file holds no tensors"
        : "this file holds only a vocabulary: it has a tokenizer and no tensors",
      { where: file, hint: "Open the model's own file." },
    );
  for (const kind of kinds) if (kind.matches(names)) throw kind.refuse(opened, file);
  const [, parts] = shardName.exec(path.basename(file)) ?? [];
  if (Number(parts) > 1 && !exists(path.join(folder, "model.safetensors.index.json")))
    throw new GlassboxError(
      "file",
      `this is one of ${Number(parts)} parts of a checkpoint, and the index that puts them together is missing`,
      { where: file, hint: "Put the other parts and model.safetensors.index.json into the same folder." },
    );
}
