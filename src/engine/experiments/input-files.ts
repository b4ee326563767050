import path from "node:path";
import type { Experiment, Located, PictureEntry, PromptEntry } from "../../experiment/experiment.ts";
import { foreignPath, isLocalPath } from "../../files/local-path.ts";
import { exists, isFolder } from "../../files/look.ts";
import { mostEntries, namesIn, walkFiles } from "../../files/walk.ts";
import { inputName } from "../../experiment/input-name.ts";
import type { PlannedInput, Problem } from "../../protocol/experiment.ts";
import type { PromptSubject } from "../../protocol/question.ts";
import { isMadeData } from "../../protocol/made-data.ts";
import { nearestWords } from "../../tensor/nearest.ts";
import { matchesGlob } from "./glob.ts";

export interface InputFiles {
  readonly inputs: readonly PlannedInput[];
  readonly problems: readonly Problem[];
}

/** Whether a file in a folder is an input. Masks are not inputs. */
const isInput = (name: string): boolean => /\.(png|jpe?g|webp|npy)$/i.test(name) && !/\.mask\.png$/i.test(name);

/** The experiment's inputs with absolute paths, in the same order on every machine. */
export async function findInputs(
  { inputs }: Experiment,
  folder: string,
  cancelled: () => boolean = () => false,
): Promise<InputFiles> {
  const problems: Problem[] = [];
  const inputsOf = async (entry: Experiment["inputs"][number]): Promise<readonly PlannedInput[]> => {
    const name = inputName(entry) ?? "";
    switch (entry.kind) {
      case "data":
        return [
          {
            name,
            subject: {
              kind: "data",
              data: wholePath(entry.stated, folder, problems, isMadeData),
              label: entry.label?.value,
            },
          },
        ];
      case "unit":
        return [
          {
            name,
            subject: {
              kind: "unit",
              objectives: [entry.objective],
              photographs: entry.photographs && wholePath(entry.photographs, folder, problems),
            },
          },
        ];
      case "prompt":
        return [{ name, subject: promptSubject(entry) }];
      default:
        return pictures(entry, folder, problems, cancelled);
    }
  };
  const found: PlannedInput[] = [];
  for (const entry of inputs) found.push(...(await inputsOf(entry)));
  const names = new Set<string>();
  return { inputs: found.filter(({ name }) => !names.has(name) && names.add(name)), problems };
}

const promptSubject = ({ prompt, corrupted, answer, wrong }: PromptEntry): PromptSubject => ({
  kind: "prompt",
  prompt,
  corrupted,
  answer,
  wrong,
});

function wholePath(
  { value, range }: Located<string>,
  folder: string,
  problems: Problem[],
  isNoFile: (value: string) => boolean = () => false,
): string {
  if (isNoFile(value)) return value;
  if (!isLocalPath(value)) {
    problems.push(foreignFile(value, range));
    return value;
  }
  const whole = path.resolve(folder, value);
  if (!exists(whole)) problems.push(missingFile(value, range, folder));
  return whole;
}

async function pictures(
  entry: PictureEntry,
  folder: string,
  problems: Problem[],
  cancelled: () => boolean,
): Promise<readonly PlannedInput[]> {
  const { value, range } = entry.stated;
  if (!isLocalPath(value)) {
    problems.push(foreignFile(value, range));
    return [];
  }
  const mask = entry.mask && wholePath(entry.mask, folder, problems);
  const files = await filesOf(entry, folder, cancelled);
  if (typeof files === "string") {
    problems.push(
      entry.kind === "file"
        ? missingFile(value, range, folder)
        : { severity: "error", code: "missing-file", message: files, range, instead: [] },
    );
    return [];
  }
  return files.map((file) => ({
    name: nameOf(file, folder),
    subject: { kind: "picture", input: { path: file } },
    mask,
  }));
}

/** A problem about a path that is not even looked at. */
export const foreignFile = (name: string, range: Problem["range"]): Problem => ({
  severity: "error",
  code: "foreign-path",
  message: foreignPath(name),
  range,
  instead: [],
});

/** A problem about a missing file, with the most similar names in its folder. */
export function missingFile(name: string, range: Problem["range"], folder: string): Problem {
  const where = path.dirname(path.resolve(folder, name));
  const siblings = isFolder(where) ? namesIn(where, 5000) : undefined;
  const near = nearestWords(path.basename(name), siblings ?? []).map((each) =>
    path.join(path.dirname(name), each).split(path.sep).join("/"),
  );
  const reason =
    siblings === undefined
      ? `There is no folder ${path.dirname(name)} here.`
      : `There is no file ${name}.${near.length ? ` Did you mean ${near.join(" or ")}?` : ""}`;
  return {
    severity: "error",
    code: "missing-file",
    message: `${reason} Names are relative to the experiment's folder.`,
    range,
    instead: near,
  };
}

const nameOf = (file: string, folder: string): string => path.relative(folder, file).split(path.sep).join("/");

/** Sorted by code units, not by a language's order, which differs between machines. */
const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function filesOf(
  { kind, stated }: Pick<PictureEntry, "kind" | "stated">,
  folder: string,
  cancelled: () => boolean,
): Promise<readonly string[] | string> {
  const { value } = stated;
  const whole = path.resolve(folder, value);
  if (kind === "file") {
    if (isFolder(whole)) return filesOf({ kind: "folder", stated }, folder, cancelled);
    return exists(whole) ? [whole] : "missing";
  }
  if (kind === "folder") {
    if (!isFolder(whole)) return `There is no folder ${value}. Names are relative to the experiment's folder.`;
    const found = await walkFiles(whole, { most: mostEntries, deep: false, cancelled });
    const files = found.files.filter(isInput).sort(inOrder);
    return files.length ? files.map((name) => path.join(whole, name)) : `${value} holds no picture and no .npy file.`;
  }
  const matches = await matching(value, folder, cancelled);
  return matches.length ? matches : `No file matches ${value}.`;
}

/** The files that match a pattern: `*` and `?` within a name, `**` through folders. */
async function matching(pattern: string, folder: string, cancelled: () => boolean): Promise<readonly string[]> {
  const parts = pattern.split("/");
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => /[*?]/.test(part)),
  );
  const start = path.resolve(folder, fixed.join("/") || (pattern.startsWith("/") ? "/" : "."));
  if (!isFolder(start)) return [];
  const rest = parts.slice(fixed.length);
  const deep = rest.length > 1 || rest.includes("**");
  const { files: names } = await walkFiles(start, { most: mostEntries, deep, cancelled });
  const wantsMasks = pattern.includes(".mask.");
  return names
    .filter((name) => matchesGlob(rest, name.split("/")) && (wantsMasks || isInput(name)))
    .sort(inOrder)
    .map((name) => path.join(start, name));
}
