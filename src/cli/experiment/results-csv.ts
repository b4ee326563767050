import type { KeptTask } from "./task-file.ts";

/** One number a line, so that any table program can group them: input, analysis, method, what, value. */
export function resultsCsv(tasks: readonly KeptTask[]): string {
  const rows = tasks.flatMap((kept) => numbersOf(kept).map(([what, value]) => [kept.task.input, kept.task.analysis, kept.task.method, what, value]));
  return `${[["input", "analysis", "method", "what", "value"], ...rows].map((row) => row.map(field).join()).join("\r\n")}\r\n`;
}

function numbersOf({ result, failure, readings }: KeptTask): (readonly [what: string, value: string | number | boolean])[] {
  if (result === undefined) return [["failure", failure?.what ?? ""]];
  const top = result.data.kind === "prediction" ? result.data.top : [];
  return [
    ...top.flatMap(({ name, probability, logit }, i) => [[`top.${i + 1}.name`, name], [`top.${i + 1}.probability`, probability], [`top.${i + 1}.logit`, logit]] as [string, string | number][]),
    ...(result.provenance.target === undefined ? [] : [["target", result.provenance.target] as const]),
    ...result.certificate.flatMap(({ id, status, numbers }) => [[`certificate.${id}.status`, status] as const, ...Object.entries(numbers).map(([name, value]) => [`certificate.${id}.${name}`, value] as const)]),
    ...readings.filter(({ path }) => !path.startsWith("certificate.") && !path.startsWith("top.")).map(({ path, value }) => [path, value ?? ""] as const),
  ];
}

/** RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe, since names come from strangers. */
function field(value: string | number | boolean): string {
  const text = typeof value === "string" && /^[=+@\t]|^-(?!\d)/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
