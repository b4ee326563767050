import { isScalar, type Node } from "yaml";
import { parseObjective } from "../graph/parse-objective.ts";
import type { Prompt } from "../protocol/language-model.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { InputEntry, Located, PictureEntry } from "./experiment.ts";
import { readIds, readToken, unitObjective } from "../protocol/prompt-text.ts";
import type { Entry, YamlReader } from "./yaml-reader.ts";

type Entries = ReadonlyMap<string, Entry>;
type Read = (reader: YamlReader, entries: Entries, stated: Located<string>) => InputEntry | undefined;

/** The kinds of input by their key. The first key that is present decides. */
const kinds: Readonly<
  Record<string, { readonly keys: readonly string[]; readonly what: string; readonly read: Read }>
> = {
  file: {
    keys: ["mask"],
    what: "The file",
    read: (reader, entries, stated) => ({
      kind: kindOf(stated.value),
      stated,
      mask: reader.text(entries.get("mask"), "The mask"),
    }),
  },
  folder: {
    keys: ["mask"],
    what: "The folder",
    read: (reader, entries, stated) => ({ kind: "folder", stated, mask: reader.text(entries.get("mask"), "The mask") }),
  },
  data: {
    keys: ["label", "name"],
    what: "The data",
    read: (reader, entries, stated) => ({
      kind: "data",
      stated,
      name: nameOf(reader, entries),
      label: reader.text(entries.get("label"), "The label"),
    }),
  },
  unit: { keys: ["photographs", "name"], what: "The unit", read: readUnit },
  objective: { keys: ["photographs", "name"], what: "The objective", read: readObjective },
  prompt: { keys: ["corrupted", "answer", "wrong", "bos", "eos", "name"], what: "The prompt", read: readTextPrompt },
  ids: { keys: ["corrupted", "answer", "wrong", "name"], what: "The token ids", read: readIdPrompt },
};

export const inputKeys: readonly string[] = [
  ...new Set(Object.entries(kinds).flatMap(([key, { keys }]) => [key, ...keys])),
];

export function readInput(reader: YamlReader, node: Node): InputEntry | undefined {
  if (isScalar(node)) {
    const stated = reader.text({ key: reader.rangeOf(node), node }, "An input");
    return stated && { kind: kindOf(stated.value), stated, mask: undefined };
  }
  const entries = reader.mapping(node, "An input", inputKeys);
  if (entries === undefined) return undefined;
  const found = Object.entries(kinds).find(([key]) => entries.has(key));
  if (found === undefined)
    return reader.fault(
      "missing",
      "An input needs a `file` or a `folder`; or `data`, a `unit`, an `objective`, a `prompt` or `ids`.",
      reader.rangeOf(node),
    );
  const [key, { keys, what, read }] = found;
  for (const [name, { key: range }] of entries) {
    if (name !== key && !keys.includes(name))
      reader.fault(
        "unknown-key",
        `An input with \`${key}\` has no \`${name}\`. It takes ${[key, ...keys].join(", ")}.`,
        range,
      );
  }
  const stated = reader.text(entries.get(key), what);
  return stated && read(reader, entries, stated);
}

const kindOf = (path: string): PictureEntry["kind"] =>
  /[*?]/.test(path) ? "pattern" : path.endsWith("/") ? "folder" : "file";

const nameOf = (reader: YamlReader, entries: Entries): Located<string> | undefined =>
  reader.text(entries.get("name"), "The name");

function readUnit(reader: YamlReader, entries: Entries, stated: Located<string>): InputEntry | undefined {
  const objective = unitObjective(stated.value);
  if (objective === undefined)
    return reader.fault(
      "unit",
      `${stated.value} names no unit. Write site and channel, for example blocks.5:20.`,
      stated.range,
    );
  return {
    kind: "unit",
    stated,
    objective,
    name: nameOf(reader, entries),
    photographs: reader.text(entries.get("photographs"), "The photographs"),
  };
}

function readObjective(reader: YamlReader, entries: Entries, stated: Located<string>): InputEntry | undefined {
  const parsed = reportingErrors(reader, stated, () => parseObjective(stated.value));
  return (
    parsed && {
      kind: "unit",
      stated,
      objective: stated.value,
      name: nameOf(reader, entries),
      photographs: reader.text(entries.get("photographs"), "The photographs"),
    }
  );
}

function readTextPrompt(reader: YamlReader, entries: Entries, stated: Located<string>): InputEntry | undefined {
  const switches: { addBos?: boolean; addEos?: boolean } = {};
  for (const [key, name] of [
    ["bos", "addBos"],
    ["eos", "addEos"],
  ] as const) {
    const entry = entries.get(key);
    const stated = entry && reader.scalar(entry, key);
    if (stated === undefined) continue;
    if (typeof stated.value !== "boolean")
      return reader.fault("option-type", `${key} is ${String(stated.value)}. It must be true or false.`, stated.range, [
        "true",
        "false",
      ]);
    switches[name] = stated.value;
  }
  const prompt = (text: string): Prompt => ({ text, ...switches });
  const corrupted = reader.text(entries.get("corrupted"), "The corrupted prompt");
  return {
    kind: "prompt",
    stated,
    name: nameOf(reader, entries),
    prompt: prompt(stated.value),
    corrupted: corrupted && prompt(corrupted.value),
    ...tokensOf(reader, entries),
  };
}

function readIdPrompt(reader: YamlReader, entries: Entries, stated: Located<string>): InputEntry | undefined {
  const prompt = reportingErrors(reader, stated, () => readIds(stated.value));
  const corrupted = reader.text(entries.get("corrupted"), "The corrupted prompt");
  const other = corrupted && reportingErrors(reader, corrupted, () => readIds(corrupted.value));
  return (
    prompt && {
      kind: "prompt",
      stated,
      name: nameOf(reader, entries),
      prompt,
      corrupted: other,
      ...tokensOf(reader, entries),
    }
  );
}

function tokensOf(reader: YamlReader, entries: Entries) {
  const word = (name: string) => {
    const text = reader.text(entries.get(name), `The word ${name}`);
    return text && readToken(text.value);
  };
  return { answer: word("answer"), wrong: word("wrong") };
}

/** Runs a reader, and reports its error as a fault with its range. */
function reportingErrors<T>(reader: YamlReader, { range }: Located<string>, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    return reader.fault("input", [`${error.what}.`, error.hint].filter(Boolean).join(" "), range);
  }
}
