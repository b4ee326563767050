import { endingsFor, fileNamesFor, formats, type Format, type ModelSubject } from "../formats/table.ts";

/** Model files by the subject they take, guessed from the file extension. Importers decide by the bytes. */
export const MODEL_ENDINGS: Readonly<Record<ModelSubject, readonly string[]>> = {
  picture: endingsFor("picture"),
  text: endingsFor("text"),
};

/** The same by whole file names, for formats whose ending is that of many other files. */
export const MODEL_NAMES: Readonly<Record<ModelSubject, readonly string[]>> = {
  picture: fileNamesFor("picture"),
  text: fileNamesFor("text"),
};

/** Most files with these endings are no models, so nothing is offered on them. */
const sharedEndings: ReadonlySet<string> = new Set([".ts", ".bin", ".xml", ".json", ".pb", ".ckpt"]);

const isModelKind = ({ holds, level }: Format): boolean => holds !== undefined && level !== "weights";

/** Endings of model files, also of kinds that do not run: what they are can be said. */
export const INSPECTED_ENDINGS: readonly string[] = [
  ...new Set(
    formats
      .filter(isModelKind)
      .flatMap(({ endings }) => endings)
      .filter((ending) => !sharedEndings.has(ending)),
  ),
];

/** What a model file is by its name, e.g. `"ONNX"`, for lists that open no file; unset for other names. */
export function kindByName(path: string): string | undefined {
  const name = path.toLowerCase().split(/[\\/]/).at(-1)!;
  const named = formats.find(({ fileNames }) => fileNames.includes(name));
  const ending = INSPECTED_ENDINGS.find((each) => name.endsWith(each));
  const byEnding = formats.filter((format) => isModelKind(format) && ending && format.endings.includes(ending));
  // Several kinds share `.pt`: the checkpoint is by far the most frequent.
  const found = named ?? byEnding.find(({ holds }) => holds === "tensors") ?? byEnding[0];
  return found?.name;
}
