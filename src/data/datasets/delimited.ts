import { GlassboxError } from "../../tensor/errors.ts";

const longestText = 1 << 29;

/** The cells of a CSV or TSV file (RFC 4180: quotes are doubled within quotes, and cells may contain line ends). The first row names the columns. */
export interface Delimited {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function readDelimited(text: string, name: string): Delimited {
  if (text.length > longestText)
    throw new GlassboxError("resource", "the table is larger than 512 MB", { where: name, hint: "Save it as .npz." });
  const body = text.replace(/^\uFEFF/, "");
  const [columns, ...rows] = cellsOf(body, delimiterOf(body, name), name);
  if (columns === undefined || rows.length === 0)
    throw new GlassboxError("input", "the table has no rows", {
      where: name,
      hint: "The first row names the columns; the others are samples.",
    });
  const ragged = rows.findIndex((row) => row.length !== columns.length);
  if (ragged >= 0)
    throw new GlassboxError(
      "file",
      `row ${ragged + 2} has ${rows[ragged]!.length} cells, but there are ${columns.length} columns`,
      { where: name },
    );
  return { columns: columns.map((column) => column.trim()), rows };
}

/** The most frequent of tab, semicolon and comma in the first line; a .tsv file always uses tabs. */
function delimiterOf(text: string, name: string): string {
  if (/\.tsv$/i.test(name)) return "\t";
  const [line = ""] = text.split(/\r?\n/, 1);
  const count = (mark: string): number => line.split(mark).length;
  return ["\t", ";", ","].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ",");
}

function cellsOf(text: string, delimiter: string, name: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      const parts: string[] = [];
      for (;;) {
        const end = text.indexOf('"', at + 1);
        if (end < 0)
          throw new GlassboxError("file", `a quotation mark in row ${rows.length + 1} is not closed`, { where: name });
        parts.push(text.slice(at + 1, end));
        at = end;
        if (text[end + 1] !== '"') break;
        at++;
      }
      cell = parts.join('"');
      at++;
    } else {
      const start = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== "\n") at++;
      cell = text.slice(start, at);
      if (text[at] !== delimiter) cell = cell.replace(/\r$/, "");
    }
    row.push(cell);
    if (text[at] === delimiter) {
      at++;
      if (at < text.length) continue;
      row.push("");
    }
    if (text[at] === "\r") at++;
    if (at < text.length && text[at] !== "\n")
      throw new GlassboxError("file", `row ${rows.length + 1} continues after a closing quotation mark`, {
        where: name,
      });
    at++;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}
