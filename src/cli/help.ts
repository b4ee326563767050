import type { AnalysisCard } from "../protocol/analysis-card.ts";
import type { Command } from "./command.ts";
import { commonFlags, type FlagTable } from "./flags.ts";
import { optionFlags } from "./option-flags.ts";

const width = 100;

export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, usage, summary }) => [`${name} ${usage}`.trim(), summary] as const);
  return [
    "Glassbox shows what a neural network's decision rests on.",
    "",
    "Usage: glassbox <command> …",
    "",
    ...table(rows),
    "",
    "glassbox <command> --help says what each takes.",
  ].join("\n");
}

/** Help of one command; `methods` are those whose options are flags of it. */
export function commandHelp({ name, usage, summary, flags }: Command, methods: readonly AnalysisCard[] = []): string {
  const sections = methods
    .filter(({ options }) => options.length > 0)
    .flatMap((card) => ["", `${card.title} (${card.id})`, ...flagRows(optionFlags([card]))]);
  return [
    `Usage: glassbox ${name} ${usage}`.trimEnd(),
    "",
    ...wrap(summary, width),
    "",
    "Flags",
    ...flagRows({ ...flags, ...commonFlags }),
    ...sections,
  ].join("\n");
}

const flagRows = (flags: FlagTable): string[] =>
  table(
    Object.entries(flags).map(
      ([name, { value, description }]) => [`--${name}${value ? ` ${value}` : ""}`, description] as const,
    ),
  );

/** Two columns; a left part that is too long for its column gets its own line. */
function table(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const column = Math.min(26, Math.max(...rows.map(([left]) => left.length)) + 2);
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, width - column - 2);
    const begins =
      left.length + 2 <= column
        ? [`  ${left.padEnd(column)}${lines[0] ?? ""}`, ...indent(lines.slice(1))]
        : [`  ${left}`, ...indent(lines)];
    return begins.map((line) => line.trimEnd());
    function indent(each: readonly string[]): string[] {
      return each.map((line) => " ".repeat(column + 2) + line);
    }
  });
}

export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
