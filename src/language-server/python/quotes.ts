/** Strings of one line of Python, by their quotes. A string over several lines is none here. */

/** Where the string opens that is still open at the end; `undefined` outside of strings. */
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
