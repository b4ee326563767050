import type { CodeLens } from "vscode-languageserver";
import { hasErrors } from "../../experiment/parse.ts";
import type { Asked } from "./features.ts";

/** ▶ Run and ✓ Check above the experiment, with the outcome of the last check. */
export async function codeLenses({ experiment, all, token }: Asked): Promise<readonly CodeLens[]> {
  const { uri } = experiment.document;
  const reading = await experiment.reading(token);
  const parsed = reading?.experiment;
  if (reading === undefined || parsed === undefined || hasErrors(reading.problems)) return [];
  const line = Math.max(
    0,
    experiment.lines.findIndex((each) => /^[A-Za-z]/.test(each)),
  );
  const range = { start: { line, character: 0 }, end: { line, character: 0 } };
  const lens = (title: string, command: string): CodeLens => ({ range, command: { title, command, arguments: [uri] } });
  const claims = all.claims.get(uri);
  const met = claims?.filter(({ status }) => status === "holds").length;
  return [
    lens("▶ Run", "glassbox.runExperiment"),
    ...(parsed.claims.length
      ? [lens(claims ? `✓ Check · ${met} of ${claims.length} claims hold` : "✓ Check", "glassbox.checkExperiment")]
      : []),
  ];
}
