/**
 * The context of a position in an experiment, from lines and indentation alone, because the text is often not valid
 * YAML while a person types. The cost grows with the number of lines above the position.
 */
export interface Cursor {
  /** Keys from the top down to the position, without list indices: `["analyses", "options", "rule"]`. */
  readonly path: readonly string[];
  /** Whether a key is being written, or the value of the path's last key. */
  readonly writing: "key" | "value";
  /** The part of the word before the position. */
  readonly prefix: string;
  /** Where the word begins on the line. */
  readonly start: number;
  /** The first line of the list entry that contains the position. */
  readonly entry: number | undefined;
}

interface Line {
  /** Columns of the dash, or -1, and of what follows it. */
  readonly dash: number;
  readonly content: number;
  readonly key: string | undefined;
  /** Where the value begins. */
  readonly value: number;
}

const keyPattern = /^([A-Za-z_][\w-]*):(?:\s+|$)/;

function readLine(text: string): Line | undefined {
  const match = /^(\s*)((?:-\s+|-$)*)/.exec(text)!;
  const content = match[0].length;
  const rest = text.slice(content);
  if (rest.startsWith("#") || (rest === "" && match[2] === "")) return undefined;
  const key = keyPattern.exec(rest);
  return {
    dash: match[2] === "" ? -1 : match[1]!.length,
    content,
    key: key?.[1],
    value: content + (key?.[0].length ?? 0),
  };
}

export function cursorAt(lines: readonly string[], at: { readonly line: number; readonly character: number }): Cursor {
  const text = (lines[at.line] ?? "").slice(0, at.character);
  const line = readLine(text) ?? { dash: -1, content: text.length, key: undefined, value: text.length };
  const { path, entry } = parentsOf(lines, at.line, line);
  const flow = flowAt(text, line);
  if (flow) return { ...flow, path: [...path, ...flow.path], entry: entry ?? (flow.entry ? at.line : undefined) };
  const here = entry ?? (line.dash >= 0 ? at.line : undefined);
  if (line.key !== undefined)
    return {
      path: [...path, line.key],
      writing: "value",
      prefix: unquoted(text.slice(line.value)),
      start: line.value + quoteLength(text.slice(line.value)),
      entry: here,
    };
  // A bare word after a dash may become a key or be a value; the list that it is in tells them apart.
  return { path, writing: "key", prefix: text.slice(line.content), start: line.content, entry: here };
}

const quoteLength = (text: string): number => (/^["']/.test(text) ? 1 : 0);
const unquoted = (text: string): string => text.slice(quoteLength(text));

function parentsOf(
  lines: readonly string[],
  from: number,
  { dash, content }: Line,
): { readonly path: readonly string[]; readonly entry: number | undefined } {
  const path: string[] = [];
  let entry = dash >= 0 ? from : undefined;
  let [indent, dashed] = dash >= 0 ? [dash, true] : [content, false];
  for (let i = from - 1; i >= 0 && (indent > 0 || dashed); i--) {
    const line = readLine(lines[i]!);
    if (line === undefined) continue;
    if (!dashed && line.dash >= 0 && line.content === indent) {
      entry ??= i;
      [indent, dashed] = [line.dash, true];
    } else if (
      line.key !== undefined &&
      (line.content < indent || (dashed && line.dash < 0 && line.content === indent))
    ) {
      path.unshift(line.key);
      entry ??= line.dash >= 0 ? i : undefined;
      [indent, dashed] = line.dash >= 0 ? [line.dash, true] : [line.content, false];
      if (line.content === 0) break;
    }
  }
  return { path, entry };
}

/** Within `{…}` or `[…]` that are still open at the position. */
function flowAt(text: string, line: Line): (Omit<Cursor, "entry"> & { readonly entry: boolean }) | undefined {
  const open: { readonly bracket: string; readonly at: number }[] = [];
  let quote = "";
  for (let i = line.content; i < text.length; i++) {
    const letter = text[i]!;
    if (quote) quote = letter === quote ? "" : quote;
    else if (letter === '"' || letter === "'") quote = /[\s{[,:]/.test(text[i - 1] ?? " ") ? letter : "";
    else if (letter === "{" || letter === "[") open.push({ bracket: letter, at: i });
    else if (letter === "}" || letter === "]") open.pop();
  }
  const last = open.at(-1);
  if (last === undefined) return undefined;
  const path: string[] = [];
  for (const { at } of open) {
    const key = /([A-Za-z_][\w-]*):\s*$/.exec(text.slice(line.content, at))?.[1];
    if (key !== undefined) path.push(key);
  }
  const inside = text.slice(last.at + 1);
  const comma = lastTopLevelComma(inside);
  const segment = inside.slice(comma);
  const lead = /^\s*/.exec(segment)![0].length;
  const start = last.at + 1 + comma + lead;
  const rest = segment.slice(lead);
  const entry = last.bracket === "{";
  const key = last.bracket === "{" ? /^([A-Za-z_][\w-]*):\s*/.exec(rest) : null;
  if (key)
    return {
      path: [...path, key[1]!],
      writing: "value",
      prefix: unquoted(rest.slice(key[0].length)),
      start: start + key[0].length + quoteLength(rest.slice(key[0].length)),
      entry,
    };
  return last.bracket === "{"
    ? { path, writing: "key", prefix: rest, start, entry }
    : { path, writing: "value", prefix: unquoted(rest), start: start + quoteLength(rest), entry };
}

function lastTopLevelComma(text: string): number {
  let [depth, after] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    if ("{[(".includes(text[i]!)) depth++;
    else if ("}])".includes(text[i]!)) depth--;
    else if (text[i] === "," && depth === 0) after = i + 1;
  }
  return after;
}

/** The value of a key in the same list entry, e.g. the method of the analysis that an option is written in. */
export function siblingValue(lines: readonly string[], entry: number, key: string): string | undefined {
  const first = readLine(lines[entry] ?? "");
  if (first === undefined) return undefined;
  const pattern = new RegExp(`(?:^|[\\s{,-])${key}:\\s*["']?([^\\s,"'}#]+(?:[^,"'}#\\n]*[^\\s,"'}#])?)`);
  for (let i = entry; i < lines.length; i++) {
    const line = i === entry ? first : readLine(lines[i]!);
    if (line === undefined) continue;
    if (i > entry && (line.dash >= 0 ? line.dash <= first.dash : line.content <= first.dash)) return undefined;
    // Only the entry's own keys, or what it has in braces on its first line.
    if (line.content > first.content && i > entry) continue;
    const found = pattern.exec(lines[i]!.slice(first.dash));
    if (found) return found[1];
  }
  return undefined;
}

/** The whole word or value that a position is in, to its end on the line. */
export function wordEnd(text: string, from: number): number {
  const rest = text.slice(from);
  const quote = text[from - 1];
  if (quote === '"' || quote === "'") return from + (rest.includes(quote) ? rest.indexOf(quote) : rest.length);
  const inFlow = /[{[][^}\]]*$/.test(text.slice(0, from));
  const end = rest.search(inFlow ? /\s*(?:[,}\]]|:\s|:$|\s#)/ : /\s*(?::\s|:$|\s#|$)/);
  return from + (end < 0 ? rest.trimEnd().length : end);
}
