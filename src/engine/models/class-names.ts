import path from "node:path";
import { fileURLToPath } from "node:url";
import { fromValue, nameKeys, parseNames, withoutNumbers } from "../../contract/parse-names.ts";
import { assumed, known } from "../../contract/evidence.ts";
import type { Entry, EvidenceSource } from "../../protocol/contract.ts";
import { exists } from "../../files/look.ts";
import { readIfThere, textOf } from "../../files/read-whole.ts";

/** A list of names that was found, and where. */
export interface NameList {
  readonly names: readonly string[];
  readonly from: EvidenceSource;
  readonly where: string;
}

const textFiles = ["classes.txt", "labels.txt", "class_names.txt", "imagenet-classes.txt"];
const jsonFiles = ["class_names.json", "class_indices.json", "labels.json", "classes.json"];
/** A larger file is no list of names. */
const mostBytes = 16 * 2 ** 20;

/** Hugging Face's configuration: next to the model, or above its folder `onnx`. */
function configFiles(modelFile: string): readonly string[] {
  const folder = path.dirname(modelFile);
  const above = path.basename(folder) === "onnx" ? [path.join(folder, "..", "config.json")] : [];
  return [path.join(folder, "config.json"), ...above];
}

/**
 * All lists of class names, the most telling first: what a person wrote next to the model, the model's own metadata, a
 * configuration, a file with a usual name.
 */
export function nameListsOf(
  modelFile: string,
  metadata: ReadonlyMap<string, string> | undefined,
  said: string | readonly string[] | undefined,
): readonly NameList[] {
  const folder = path.dirname(modelFile);
  const found: NameList[] = [];
  const add = (names: readonly string[] | undefined, from: EvidenceSource, where: string): void =>
    void (names && names.length > 0 && found.push({ names, from, where }));
  if (Array.isArray(said)) add(said as readonly string[], "person", "the file next to the model");
  else if (typeof said === "string") add(readLines(path.join(folder, said)), "person", said);
  for (const key of nameKeys) add(parseNames(metadata?.get(key) ?? ""), "file", `the model's metadata “${key}”`);
  for (const file of configFiles(modelFile)) add(fromConfig(file), "neighbour", path.basename(file));
  for (const file of textFiles) add(readLines(path.join(folder, file)), "neighbour", file);
  for (const file of jsonFiles) add(fromValue(readJson(path.join(folder, file))), "neighbour", file);
  return found;
}

/** The names of `count` classes, and a sentence for each list that was found and does not fit. */
export function namesFor(
  lists: readonly NameList[],
  count: number,
): { readonly entry: Entry<readonly string[] | undefined>; readonly refused: readonly string[] } {
  const refused = lists
    .filter(({ names }) => names.length !== count)
    .map(
      ({ names, where }) =>
        `${capital(where)} has ${names.length} ${names.length === 1 ? "name" : "names"}, but the model has ${count} classes, so no name is taken from it.`,
    );
  const fitting = lists.find(({ names }) => names.length === count);
  if (fitting) return { entry: known(fitting.names, fitting.from, `Names from ${fitting.where}.`), refused };
  // A person's list that does not fit is a mistake to mend, not a reason to guess.
  const guess = lists.some(({ from }) => from === "person") ? undefined : imageNet(count);
  if (guess)
    return { entry: known(guess, "usual", `Names of ImageNet-1k, taken because there are ${count} classes.`), refused };
  const none = "No names are known; put one per line into classes.txt next to the model.";
  return { entry: assumed(undefined, "usual", none), refused };
}

function imageNet(count: number): readonly string[] | undefined {
  const names = count === 1000 || count === 1001 ? readLines(imageNetFile()) : undefined;
  return names && count === 1001 ? ["background", ...names] : names;
}

/** Shipped with the sample workspace; bundles and sources are one or two folders below the root. */
function imageNetFile(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const roots = [path.join(here, ".."), path.join(here, "..", ".."), process.env.GLASSBOX_ROOT ?? here];
  const files = roots.map((root) => path.join(root, "samples", "vision", "imagenet-classes.txt"));
  return files.find((file) => exists(file)) ?? files[0]!;
}

/** `id2label` of transformers' configuration, or timm's `label_names` with their descriptions. */
function fromConfig(file: string): readonly string[] | undefined {
  const config = readJson(file);
  if (typeof config !== "object" || config === null) return undefined;
  const fields = config as Readonly<Record<string, unknown>>;
  const names = fromValue(fields["id2label"]) ?? fromValue(fields["label_names"]);
  const descriptions = fields["label_descriptions"];
  if (names === undefined || typeof descriptions !== "object" || descriptions === null) return names;
  const words = new Map(Object.entries(descriptions));
  return names.map((name) => {
    const described = words.get(name);
    return typeof described === "string" ? described : name;
  });
}

function readJson(file: string): unknown {
  const text = read(file);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readLines(file: string): readonly string[] | undefined {
  const text = read(file);
  return text === undefined
    ? undefined
    : withoutNumbers(
        text
          .split(/\r?\n/)
          .map((line) => line.trim())
          .filter(Boolean),
      );
}

function read(file: string): string | undefined {
  const bytes = readIfThere(file, mostBytes);
  return bytes && textOf(bytes);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
