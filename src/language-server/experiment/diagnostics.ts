import { DiagnosticSeverity, type Diagnostic } from "vscode-languageserver";
import type { Problem } from "../../protocol/experiment.ts";
import type { Asked } from "./features.ts";

/** Problems found from the text alone, without an engine; `undefined` if it changed meanwhile. */
export const quickProblems = async ({ experiment, token }: Asked): Promise<readonly Problem[] | undefined> =>
  (await experiment.reading(token))?.problems;

/** Problems found with the model and the files; `undefined` if the engine cannot check them. */
export async function deepProblems({ experiment, facts, token }: Asked): Promise<readonly Problem[] | undefined> {
  if (experiment.file === undefined) return undefined;
  try {
    return await facts.problems({ file: experiment.file, text: experiment.document.getText() }, token);
  } catch {
    return undefined;
  }
}

/** The data that a quick fix needs, attached to the diagnostic. */
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
