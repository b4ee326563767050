/** A field is quoted if it contains a separator, a quote or a line break. */
const csvField = (value: string | number | boolean): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Comma-separated values (RFC 4180). Numbers keep all their digits. */
export const csv = (rows: Iterable<readonly (string | number | boolean)[]>, lineEnd: "\n" | "\r\n" = "\n"): string =>
  Array.from(rows, (row) => row.map(csvField).join() + lineEnd).join("");
