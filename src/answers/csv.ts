type Cell = string | number | boolean;

/** A field is quoted if it contains a separator, a quote or a line break. */
const csvField = (cell: Cell): string => {
  const text = typeof cell === "string" ? withoutFormula(cell) : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** What spreadsheets take for a formula: the signs, their full-width forms, and the controls that they skip before one. */
const beginsFormula = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/;
const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A text that a spreadsheet would run gets an apostrophe, because names and tokens come from files of strangers; a number does not. */
const withoutFormula = (text: string): string => (beginsFormula.test(text) && !isNumber.test(text) ? `'${text}` : text);

/** Comma-separated values (RFC 4180), safe to open in a spreadsheet. Numbers keep all their digits. */
export const csv = (rows: Iterable<readonly Cell[]>, lineEnd: "\n" | "\r\n" = "\n"): string =>
  Array.from(rows, (row) => row.map(csvField).join() + lineEnd).join("");
