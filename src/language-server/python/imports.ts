/**
 * Names that the code imports. Attributes of modules are not layers. `import a.b`, `import a as b`, `from a import b, c
 * as d`.
 */
export function importedNames(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, from, list] of text.matchAll(/^[ \t]*(?:from[ \t]+[\w.]+[ \t]+(import)|import)[ \t]+\(?([^#\n;]+)/gm)) {
    for (const each of list!.split(",")) {
      const [, name, alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(each) ?? [];
      if (name !== undefined) names.add(alias ?? (from ? name : name.split(".")[0]!));
    }
  }
  return names;
}
