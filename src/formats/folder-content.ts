import { listFolder } from "../files/walk.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { adapterConfigName, adapterRefusal } from "./adapter.ts";

interface Kind {
  readonly matches: (name: string) => boolean;
  readonly refuse: (folder: string, names: readonly string[]) => GlassboxError;
}

const refusal =
  (what: (names: readonly string[]) => string, hint: string) =>
  (folder: string, names: readonly string[]): GlassboxError =>
    new GlassboxError("unsupported", what(names), { where: folder, hint });

const ending =
  (...endings: readonly string[]) =>
  (name: string): boolean =>
    endings.some((each) => name.toLowerCase().endsWith(each));

/** What folders hold that hold no whole checkpoint, the more telling files first. */
const kinds: readonly Kind[] = [
  {
    matches: (name) => name === adapterConfigName || /^adapter_model\./.test(name),
    refuse: (folder) => adapterRefusal(folder, folder),
  },
  {
    matches: (name) => /^(sae_weights|sparsify|sae)\.safetensors$|^ae\.pt$/.test(name),
    refuse: refusal(
      () => "this folder holds a dictionary (a sparse autoencoder) of a model's activations, and not the model",
      "Open the folder of the model that it was trained on.",
    ),
  },
  {
    matches: (name) => name === "model_index.json",
    refuse: refusal(
      () => "this folder holds the parts of a diffusion pipeline",
      "Language models are opened from GGUF or safetensors files.",
    ),
  },
  {
    matches: (name) => /-\d{5}-of-\d{5}\.safetensors$/.test(name),
    refuse: refusal(
      (names) =>
        `this folder has parts of a checkpoint, such as ${names[0]}, but not the index that puts them together`,
      "Put the checkpoint's model.safetensors.index.json next to its parts.",
    ),
  },
  {
    matches: ending(".gguf", ".safetensors"),
    refuse: refusal(
      (names) =>
        `this folder has ${names.length === 1 ? "a file" : `${names.length} files`} that could be the model, such as ${names[0]}, but no model.safetensors`,
      "Open the file itself.",
    ),
  },
  {
    matches: ending(".bin", ".pt", ".pth", ".ckpt", ".pkl"),
    refuse: refusal(
      (names) =>
        `this folder keeps its weights in PyTorch's pickle (${names[0]}), which Glassbox does not open: a pickle is a program`,
      'Save them as safetensors: in Python, AutoModelForCausalLM.from_pretrained("<folder>").save_pretrained("<folder>", safe_serialization=True).',
    ),
  },
  {
    matches: ending(".h5", ".msgpack", ".keras", ".pb", ".ot"),
    refuse: refusal(
      (names) => `this folder keeps its weights for another framework (${names[0]})`,
      "Take the checkpoint's safetensors files, or convert it with transformers.",
    ),
  },
  {
    matches: (name) => /^(config|tokenizer|tokenizer_config|generation_config)\.json$/.test(name),
    refuse: refusal(
      () => "this folder describes a model, but its weights are missing",
      "Put the checkpoint's model.safetensors next to these files.",
    ),
  },
];

const mostNames = 10_000;

/** Why a folder cannot be opened as a model: what it holds instead. @param wanted the file that was looked for */
export function refuseFolder(folder: string, wanted: string): GlassboxError {
  const names = fileNames(folder);
  for (const { matches, refuse } of kinds) {
    const found = names.filter(matches);
    if (found.length > 0) return refuse(folder, found);
  }
  return new GlassboxError("file", `there is no ${wanted} in the folder`, { where: folder });
}

const fileNames = (folder: string): readonly string[] =>
  listFolder(folder, mostNames).flatMap(({ name, isFolder }) => (isFolder ? [] : [name]));
