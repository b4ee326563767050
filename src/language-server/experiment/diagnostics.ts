import { DiagnosticSeverity, type Diagnostic } from "vscode-languageserver";
import type { Problem } from "../../protocol/experiment.ts";
import type { Asked } from "./features.ts";

/** What the text alone shows, without an engine; `undefined` where it changed meanwhile. */
export const quickProblems = async ({ experiment, token }: Asked): Promise<readonly Problem[] | undefined> =>
  (await experiment.reading(token))?.problems;

/** With the model and the files; `undefined` where the engine cannot say. */
export async function deepProblems({ experiment, facts, token }: Asked): Promise<readonly Problem[] | undefined> {
  if (experiment.file === undefined) return undefined;
  try {
    return await facts.problems({ file: experiment.file, text: experiment.document.getText() }, token);
  } catch {
    return undefined;
  }
}

/** What a quick fix needs travels with the diagnostic. */
export interface Cure {
  readonly instead: readonly string[];
}

export const asDiagnostic = ({ severity, code, message, range, instead }: Problem): Diagnostic => ({
  severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  source: "glassbox",
  code,
  message,
  range,
  data: { instead } satisfies Cure,
});
