/** One field: quoted where it holds what separates. */
export const csvField = (value: string | number | boolean): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Comma-separated values (RFC 4180) with `\n` at each line's end. Numbers keep all their digits. */
export const csv = (rows: Iterable<readonly (string | number | boolean)[]>): string =>
  Array.from(rows, (row) => `${row.map(csvField).join()}\n`).join("");
