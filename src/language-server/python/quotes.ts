/** Finds the strings in one line of Python. Multi-line strings are not recognized. */

/** The start of the string that is unclosed at the end of the line; `undefined` if there is none. */
export function openQuote(before: string): number | undefined {
  let open: number | undefined;
  for (let i = 0; i < before.length; i++) {
    const letter = before[i]!;
    if (letter === "\\") i++;
    else if (open !== undefined) open = letter === before[open] ? undefined : open;
    else if (letter === '"' || letter === "'") open = i;
  }
  return open;
}

export function withoutComment(line: string): string {
  for (let at = line.indexOf("#"); at >= 0; at = line.indexOf("#", at + 1)) {
    if (openQuote(line.slice(0, at)) === undefined) return line.slice(0, at);
  }
  return line;
}
