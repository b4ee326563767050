import path from "node:path";
import { readText } from "../../files/read-whole.ts";
import { assumed, known } from "../../contract/evidence.ts";
import { fromFedValues } from "../../contract/fed-values.ts";
import { fromPreprocessorConfig, fromTimmConfig } from "../../contract/preprocessing-config.ts";
import { conventionNamed, imageInput, preprocessingFor } from "../../data/image/conventions.ts";
import type { Preprocessing } from "../../data/image/preprocessing.ts";
import type { Sidecar } from "../../data/image/sidecar.ts";
import type { FedValues } from "../../formats/fed-values.ts";
import type { Port } from "../../formats/imported.ts";
import type { Entry } from "../../protocol/contract.ts";

const mostBytes = 2 ** 20;
const names = ["preprocessor_config.json", "config.json"] as const;

/** Files of Hugging Face and timm that say how pictures are fed: next to the model, or above its folder `onnx`. */
function preprocessingFiles(modelFile: string): readonly string[] {
  const folder = path.dirname(modelFile);
  const folders = path.basename(folder) === "onnx" ? [folder, path.join(folder, "..")] : [folder];
  return folders.flatMap((each) => names.map((name) => path.join(each, name)));
}

/** How pictures become this input, if the file or a neighbour says it; `undefined` if it has to be found out. */
export function knownPreprocessing(
  modelFile: string,
  { shape, elementType }: Port,
  sidecar: Sidecar | undefined,
  fed?: FedValues,
): Entry<Preprocessing> | undefined {
  const input = imageInput(shape);
  if (input === undefined) return undefined;
  if (sidecar?.preprocessing) return known(sidecar.preprocessing, "neighbour", sidecar.preprocessing.reason);
  for (const file of preprocessingFiles(modelFile)) {
    const value = readJson(file);
    const where = path.basename(file);
    const found = fromPreprocessorConfig(value, input, where) ?? fromTimmConfig(value, input, where);
    if (found) return known(found, "neighbour", found.reason);
  }
  if (fed) return fromFedValues(fed, input);
  if (!/^uint8$/.test(elementType)) return undefined;
  const reason = "The input takes bytes, so pixels are fed as they are, from 0 to 255.";
  const convention = conventionNamed(input.channels === 1 ? "grey-byte" : "byte");
  const bytes = { ...preprocessingFor(convention, input), source: "metadata", reason } as const;
  // Nothing says whether red or blue comes first.
  return (input.channels === 1 ? known : assumed)(bytes, "file", reason);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readText(file, mostBytes));
  } catch {
    return undefined;
  }
}
