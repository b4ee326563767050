/** The longest list that is read: larger than any vocabulary of classes, far smaller than a file made to fill memory. */
const mostNames = 200_000;

/** Keys of a model's metadata under which exporters write class names. */
export const nameKeys = [
  "names",
  "classes",
  "class_names",
  "class_labels",
  "labels",
  "label_names",
  "id2label",
  "categories",
  "character",
] as const;

/**
 * Class names as exporters write them: a JSON list or object from index (or to index), the same as a Python literal
 * (Ultralytics: `{0: 'person', 1: 'car'}`), or one per line. `undefined` if the text is none of these.
 */
export function parseNames(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (/^[[{]/.test(trimmed)) return fromValue(jsonOf(trimmed) ?? literalOf(trimmed));
  const lines = trimmed.split(trimmed.includes("\n") ? /\r?\n/ : /\s*[,;]\s*/).map((line) => line.trim());
  const names = lines.filter(Boolean);
  return names.length > 1 && names.length <= mostNames ? withoutNumbers(names) : undefined;
}

/** Names from a parsed list, an object `{"0": name}` or an object `{name: 0}`. */
export function fromValue(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value))
    return value.length > 0 && value.length <= mostNames && value.every((each) => typeof each === "string")
      ? (value as string[])
      : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value);
  const byIndex = entries.every(([key, name]) => /^\d+$/.test(key) && typeof name === "string");
  const byName = entries.every(([, index]) => typeof index === "number" && Number.isInteger(index));
  if (entries.length === 0 || entries.length > mostNames || (!byIndex && !byName)) return undefined;
  const names = new Array<string | undefined>(entries.length).fill(undefined);
  for (const [key, each] of entries) {
    const [index, name] = byIndex ? [Number(key), each as string] : [each as number, key];
    // A list with a gap is no list of all classes.
    if (index < 0 || index >= names.length || names[index] !== undefined) return undefined;
    names[index] = name;
  }
  // Names that Hugging Face's configuration makes up say nothing.
  return names.every((name) => /^LABEL_\d+$/.test(name!)) ? undefined : (names as string[]);
}

/** `0 cat`, `1 dog`, as Teachable Machine writes them: the numbers are taken off if every line counts on. */
export function withoutNumbers(names: readonly string[]): readonly string[] {
  const numbered = names.every((name, i) => new RegExp(`^${i}[\\s:]+\\S`).test(name));
  return numbered ? names.map((name) => name.replace(/^\d+[\s:]+/, "")) : names;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const literalToken = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d+)|([[\]{}:,]))\s*/y;

/** A Python list or dictionary of strings and whole numbers. Nothing in it is run. */
function literalOf(text: string): unknown {
  const tokens: (string | number | { readonly sign: string })[] = [];
  literalToken.lastIndex = 0;
  while (literalToken.lastIndex < text.length) {
    const match = literalToken.exec(text);
    if (match === null) return undefined;
    const [, single, double, number, sign] = match;
    tokens.push(number !== undefined ? Number(number) : sign !== undefined ? { sign } : unescaped((single ?? double)!));
  }
  const signAt = (i: number): string | undefined => {
    const token = tokens[i];
    return typeof token === "object" ? token.sign : undefined;
  };
  const list = signAt(0) === "[";
  if (signAt(tokens.length - 1) !== (list ? "]" : "}")) return undefined;
  const items: unknown[] = [];
  const entries = new Map<string, unknown>();
  for (let i = 1; i < tokens.length - 1;) {
    const key = tokens[i]!;
    if (typeof key === "object") return undefined;
    if (list) items.push(key);
    else {
      const value = tokens[i + 2];
      if (signAt(i + 1) !== ":" || value === undefined || typeof value === "object") return undefined;
      entries.set(String(key), value);
      i += 2;
    }
    i += 1;
    if (i < tokens.length - 1 && signAt(i++) !== ",") return undefined;
  }
  return list ? items : Object.fromEntries(entries);
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, "$1");
