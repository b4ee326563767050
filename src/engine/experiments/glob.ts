/**
 * Matches names against a pattern of path segments: `*` and `?` within a name, `**` for any number of folders. Without
 * regular expressions, because a pattern comes from a file of strangers and theirs can take longer than a lifetime.
 * Cost: at most the product of the lengths.
 */
export function matchesGlob(pattern: readonly string[], name: readonly string[]): boolean {
  return matches(
    pattern.filter((part, i) => part !== "**" || pattern[i - 1] !== "**"),
    name,
    (part) => part === "**",
    matchesName,
  );
}

const matchesName = (pattern: string, name: string): boolean =>
  matches(
    pattern,
    name,
    (letter) => letter === "*",
    (wanted, letter) => wanted === "?" || wanted === letter,
  );

/**
 * Whether a sequence matches a pattern in which some elements stand for any run. When the rest fails, only the last run
 * has to grow: an earlier one that grew would leave less for the same rest.
 */
function matches<T>(
  pattern: ArrayLike<T>,
  sequence: ArrayLike<T>,
  isRun: (element: T) => boolean,
  fits: (wanted: T, element: T) => boolean,
): boolean {
  let at = 0;
  let run: { readonly after: number; ends: number } | undefined;
  for (let i = 0; i < sequence.length;) {
    const wanted = pattern[at];
    if (at < pattern.length && isRun(wanted!)) {
      run = { after: ++at, ends: i };
    } else if (at < pattern.length && fits(wanted!, sequence[i]!)) {
      at++;
      i++;
    } else if (run) {
      at = run.after;
      i = ++run.ends;
    } else return false;
  }
  while (at < pattern.length && isRun(pattern[at]!)) at++;
  return at === pattern.length;
}
