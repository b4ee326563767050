import { isMap, isScalar, type Node } from "yaml";
import type { Problem } from "../protocol/experiment.ts";
import type { OptionValue } from "../protocol/result.ts";
import {
  experimentVersion,
  type Analysis,
  type Experiment,
  type Located,
  type PreprocessingValues,
} from "./experiment.ts";
import { readClaim } from "./read-claim.ts";
import { readInput } from "./read-input.ts";
import { YamlReader, type Entry } from "./yaml-reader.ts";
import { messageOf } from "../tensor/errors.ts";

export interface Parsed {
  /** As much as could be parsed. It can run only if no problem is an error. */
  readonly experiment: Experiment | undefined;
  readonly problems: readonly Problem[];
}

export const experimentKeys = [
  "version",
  "title",
  "description",
  "model",
  "inputs",
  "preprocessing",
  "analyses",
  "claims",
] as const;
export const analysisKeys = ["id", "method", "target", "options", "sites"] as const;

/** Parses an experiment. Never throws: all problems are returned with their ranges. */
export function parseExperiment(text: string): Parsed {
  const reader = new YamlReader(text);
  const top = reader.mapping(reader.root, "An experiment", experimentKeys);
  if (top === undefined) return { experiment: undefined, problems: reader.problems };
  readVersion(reader, top.get("version"));
  const model = reader.text(top.get("model"), "The model");
  const whole = reader.rangeOf(reader.root);
  const top1 = { start: whole.start, end: whole.start };
  if (!top.has("model"))
    reader.fault("missing", "An experiment needs a model: `model: net.onnx`, relative to this file.", top1);
  if (!top.has("inputs"))
    reader.fault(
      "missing",
      "An experiment needs inputs: a list of files, patterns such as `photos/*.png`, or folders; or of data, units or prompts.",
      top1,
    );
  if (!top.has("analyses")) reader.fault("missing", "An experiment needs analyses: a list of methods to ask.", top1);
  const analyses = listOf(reader, top.get("analyses"), "The analyses").flatMap(
    (node) => readAnalysis(reader, node) ?? [],
  );
  refuseDuplicates(reader, analyses);
  return {
    experiment: {
      title: reader.text(top.get("title"), "The title")?.value ?? "",
      description: reader.text(top.get("description"), "The description")?.value ?? "",
      model: model ?? { value: "", range: top1 },
      inputs: listOf(reader, top.get("inputs"), "The inputs").flatMap((node) => readInput(reader, node) ?? []),
      preprocessing: readPreprocessing(reader, top.get("preprocessing")),
      analyses,
      claims: listOf(reader, top.get("claims"), "The claims").flatMap((node) => readClaim(reader, node) ?? []),
    },
    problems: reader.problems,
  };
}

export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity }) => severity === "error");

function listOf(reader: YamlReader, entry: Entry | undefined, what: string): readonly Node[] {
  if (entry === undefined) return [];
  if (entry.node === null || (isScalar(entry.node) && entry.node.value === null)) {
    reader.fault("empty", `${what} are empty.`, entry.key);
    return [];
  }
  return reader.list(entry.node, what);
}

function readVersion(reader: YamlReader, entry: Entry | undefined): void {
  if (entry === undefined) return;
  const version = reader.scalar(entry, "The version");
  if (version !== undefined && version.value !== experimentVersion) {
    reader.fault(
      "version",
      `This is version ${String(version.value)} of the format; this Glassbox reads version ${experimentVersion}.`,
      version.range,
      [String(experimentVersion)],
    );
  }
}

function readPreprocessing(
  reader: YamlReader,
  entry: Entry | undefined,
): Located<string | PreprocessingValues> | undefined {
  if (entry === undefined) return undefined;
  // Uses the reader of sidecar files, so that both accept the same values.
  if (isMap(entry.node)) {
    const range = reader.rangeOf(entry.node);
    try {
      return { value: entry.node.toJS(reader.document, { maxAliasCount: 100 }) as PreprocessingValues, range };
    } catch (error) {
      return reader.fault("yaml", `The preprocessing cannot be read: ${messageOf(error)}.`, range);
    }
  }
  return reader.text(entry, "The preprocessing");
}

function readAnalysis(reader: YamlReader, node: Node): Analysis | undefined {
  const entries = reader.mapping(node, "An analysis", analysisKeys);
  if (entries === undefined) return undefined;
  const method = reader.text(entries.get("method"), "The method");
  if (method === undefined)
    return entries.has("method")
      ? undefined
      : reader.fault("missing", "An analysis needs a method: `method: integrated-gradients`.", reader.rangeOf(node));
  const id = reader.text(entries.get("id"), "The id");
  if (id !== undefined && !/^[\p{L}\p{N}_-]+$/u.test(id.value))
    reader.fault("id", "An id has letters, digits, - and _ only, so that claims can name it.", id.range, [
      id.value.replace(/[^\p{L}\p{N}_-]+/gu, "-"),
    ]);
  return {
    id: id?.value ?? method.value,
    method,
    target: reader.text(entries.get("target"), "The target"),
    options: readOptions(reader, entries.get("options")),
    sites: readSites(reader, entries.get("sites")),
    range: reader.rangeOf(node),
    name: id?.range ?? method.range,
  };
}

function readOptions(reader: YamlReader, entry: Entry | undefined): Analysis["options"] {
  if (entry === undefined) return {};
  const given = reader.mapping(entry.node, "The options", undefined);
  const options: Record<string, Located<OptionValue> & { readonly key: Entry["key"] }> = {};
  for (const [name, option] of given ?? []) {
    const value =
      isScalar(option.node) && option.node.value === ""
        ? { value: "", range: reader.rangeOf(option.node) }
        : reader.scalar(option, `The option ${name}`);
    if (value !== undefined) options[name] = { ...value, key: option.key };
  }
  return options;
}

const readSites = (reader: YamlReader, entry: Entry | undefined): readonly Located<string>[] =>
  listOf(reader, entry, "The sites").flatMap(
    (node) => reader.text({ key: reader.rangeOf(node), node }, "A site") ?? [],
  );

function refuseDuplicates(reader: YamlReader, analyses: readonly Analysis[]): void {
  const seen = new Set<string>();
  for (const { id, name } of analyses) {
    if (seen.has(id))
      reader.fault(
        "duplicate",
        `Two analyses are called ${id}. Give this one an id of its own: claims and files are named after it.`,
        name,
        [],
      );
    seen.add(id);
  }
}
