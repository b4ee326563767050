import type { CodeLens } from "vscode-languageserver";
import { hasErrors } from "../../experiment/parse.ts";
import type { Asked } from "./features.ts";
import { quickProblems } from "./diagnostics.ts";

/** ▶ Run and ✓ Check above the experiment; what a last check found stands beside them. */
export function codeLenses(asked: Asked): readonly CodeLens[] {
  const { experiment, all } = asked;
  const { uri } = experiment.document;
  const { experiment: parsed } = experiment.parsed;
  if (parsed === undefined || hasErrors(quickProblems(asked))) return [];
  const line = Math.max(0, experiment.lines.findIndex((each) => /^[A-Za-z]/.test(each)));
  const range = { start: { line, character: 0 }, end: { line, character: 0 } };
  const lens = (title: string, command: string): CodeLens => ({ range, command: { title, command, arguments: [uri] } });
  const claims = all.claims.get(uri);
  const met = claims?.filter(({ status }) => status === "holds").length;
  return [
    lens("▶ Run", "glassbox.runExperiment"),
    ...(parsed.claims.length ? [lens(claims ? `✓ Check · ${met} of ${claims.length} claims hold` : "✓ Check", "glassbox.checkExperiment")] : []),
  ];
}
