import { csv } from "../../answers/csv.ts";
import type { Figure } from "../../answers/kind.ts";
import { answerKind } from "../../answers/table.ts";
import type { KeptTask } from "./task-file.ts";

type Row = readonly [input: string, analysis: string, method: string, ...Figure];

/** One number per line, so that any spreadsheet can group them: input, analysis, method, what, value. */
export const resultsCsv = (rows: readonly Row[]): string =>
  csv([["input", "analysis", "method", "what", "value"], ...rows], "\r\n");

export const rowsOf = (kept: KeptTask): readonly Row[] =>
  numbersOf(kept).map(([what, value]) => [kept.task.input, kept.task.analysis, kept.task.method, what, value]);

function numbersOf({ result, failure, readings }: KeptTask): readonly Figure[] {
  if (result === undefined) return [["failure", failure?.what ?? ""]];
  const { provenance } = result;
  const own = answerKind(result.data.kind).figures?.(result.data as never) ?? [];
  const known = new Set(own.map(([what]) => what));
  return [
    ...own,
    ...(provenance.target !== undefined ? [["target", provenance.target] as const] : []),
    ...result.certificate.flatMap(({ id, status, numbers }) => [
      [`certificate.${id}.status`, status] as const,
      ...Object.entries(numbers).map(([name, value]) => [`certificate.${id}.${name}`, value] as const),
    ]),
    ...readings
      .filter(({ path }) => !path.startsWith("certificate.") && !known.has(path))
      .map(({ path, value }) => [path, value ?? ""] as const),
  ];
}
