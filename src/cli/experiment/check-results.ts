import { answerKinds } from "../../answers/table.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { KeptPlan } from "./plan-file.ts";
import type { KeptTask } from "./task-file.ts";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const hasTexts = (value: unknown, ...keys: readonly string[]): value is Fields =>
  isFields(value) && keys.every((key) => typeof value[key] === "string");

/** A folder of results may be a stranger's. What is not a plan is refused before anything is made of it. */
export function checkPlan(value: unknown, where: string): KeptPlan {
  if (
    hasTexts(value, "title", "text") &&
    hasTexts(value["model"], "name", "sha256") &&
    isListOf(value["methods"], (method) => hasTexts(method, "id", "title")) &&
    isListOf(value["tasks"], (task) => hasTexts(task, "stem"))
  )
    return value as unknown as KeptPlan;
  throw notWritten("plan.json", where);
}

/** The same for a task's answer. An answer of a kind that this version does not know is refused rather than left out. */
export function checkTask(value: unknown, name: string, where: string): KeptTask {
  if (
    !isFields(value) ||
    !hasTexts(value["task"], "stem") ||
    !isListOf(value["readings"], (each) => hasTexts(each, "path"))
  )
    throw notWritten(name, where);
  const { result, failure } = value;
  if (result === undefined || result === null) {
    if (hasTexts(failure, "kind", "what")) return { ...value, result: undefined } as unknown as KeptTask;
    throw notWritten(name, where);
  }
  if (
    !isFields(result) ||
    !hasTexts(result["data"], "kind") ||
    !isListOf(result["certificate"], (check) => hasTexts(check, "id", "status", "sentence")) ||
    !hasTexts(result["provenance"], "analysis") ||
    !hasTexts(result["code"], "cli")
  )
    throw notWritten(name, where);
  const { kind } = result["data"];
  if ((answerKinds as readonly unknown[]).includes(kind)) return value as unknown as KeptTask;
  throw new GlassboxError(
    "file",
    `${name} is not what a run writes: its answer is of the unknown kind ${JSON.stringify(kind)}`,
    { where, hint: "Another version of Glassbox may have written it: merge with that version." },
  );
}

const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem);

const notWritten = (name: string, where: string): GlassboxError =>
  new GlassboxError("file", `${name} is not what a run writes`, {
    where,
    hint: "Run the experiment again into an empty folder.",
  });
