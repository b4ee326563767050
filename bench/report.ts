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

/** Keeps the other benchmarks' last results. */
export function save(name: string, section: Section): void {
  const known = fs.existsSync(data) ? (JSON.parse(fs.readFileSync(data, "utf8")) as Record<string, Section>) : {};
  const sections = { ...known, [name]: section };
  fs.writeFileSync(data, `${JSON.stringify(sections, null, 2)}\n`);
  fs.writeFileSync(page, `# Benchmarks\n\nWritten by \`npm run bench\`. Ratios are medians over rounds in which each contender ran once, in turn; milliseconds are medians with their quartiles.\n\n${Object.values(sections).map(markdown).join("\n")}`);
  console.log(`\n${markdown(section)}`);
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
