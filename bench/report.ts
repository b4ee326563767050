/** Results of each benchmark as data, and all of them as one page. */
import fs from "node:fs";
import path from "node:path";

export interface Section {
  readonly title: string;
  /** What was measured, and how. */
  readonly text: string;
  readonly machine: string;
  readonly versions: string;
  /** Share of the machine that others took while it ran: the load average by cores, before and after. */
  readonly load: string;
  readonly date: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

const root = process.env["GLASSBOX_ROOT"] ?? process.cwd();
const data = path.join(root, "bench", "results.json");
const page = path.join(root, "bench", "results.md");

/**
 * Keeps the other benchmarks' last results. With `keys`, so many first cells name a row, and rows of models that
 * this run left out stay too: all models together take longer than one run should.
 */
export function save(name: string, section: Section, keys = 0): void {
  const known = fs.existsSync(data) ? (JSON.parse(fs.readFileSync(data, "utf8")) as Record<string, Section>) : {};
  const rows = keys > 0 ? joined(known[name], section, keys) : section.rows;
  const sections = { ...known, [name]: { ...section, rows } };
  fs.writeFileSync(data, `${JSON.stringify(sections, null, 2)}\n`);
  fs.writeFileSync(
    page,
    `# Benchmarks\n\nWritten by \`npm run bench\`. Ratios are medians over rounds in which each contender ran once, in turn; milliseconds are medians with their quartiles.\n\n${Object.values(sections).map(markdown).join("\n")}`,
  );
  console.log(`\n${markdown(section)}`);
}

function joined(before: Section | undefined, { header, rows }: Section, keys: number): Section["rows"] {
  if (before === undefined || before.header.join() !== header.join()) return rows;
  const key = (row: readonly string[]): string => row.slice(0, keys).join();
  const fresh = new Map(rows.map((row) => [key(row), row]));
  const kept = new Set(before.rows.map(key));
  return [...before.rows.map((row) => fresh.get(key(row)) ?? row), ...rows.filter((row) => !kept.has(key(row)))];
}

function markdown({ title, text, machine, versions, load, date, header, rows, notes }: Section): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `## ${title}`,
    "",
    text,
    "",
    line(header),
    line(header.map(() => "---")),
    ...rows.map(line),
    "",
    ...notes.map((note) => `- ${note}`),
    `- ${date}; ${machine}; ${versions}; load average ${load}.`,
    "",
  ].join("\n");
}
