import { parse } from "yaml";
import { escapeHtml } from "./markdown.ts";
import { wrong } from "./problem.ts";

/** A term that is explained where it first stands in a step. */
export interface Term {
  readonly term: string;
  /** Other spellings, e.g. the plural. */
  readonly also: readonly string[];
  readonly says: string;
}

/** The file's terms. */
export function parseGlossary(text: string, file: string): readonly Term[] {
  const entries = parse(text) as readonly { readonly term: string; readonly also?: string[]; readonly says: string }[];
  return entries.map(({ term, also = [], says }, i) => {
    if (typeof term !== "string" || typeof says !== "string")
      throw wrong({ file, line: 1 }, `entry ${i + 1} needs a term and what it says`);
    return { term, also, says };
  });
}

/** Text within these elements is a name, a formula or a link, not prose. */
const closed = new Set(["code", "pre", "math", "a", "h2", "h3", "h4", "th"]);

/**
 * Explains each term where it first stands in the prose of one step: on hover and focus, and to screen readers. `seen` holds
 * the terms that the step has explained already.
 */
export function explainTerms(html: string, glossary: readonly Term[], seen: Set<string>): string {
  const open: string[] = [];
  return html
    .split(/(<[^>]+>)/)
    .map((part) => {
      const tag = /^<(\/?)(\w+)/.exec(part);
      if (tag) {
        if (tag[1]) open.splice(open.lastIndexOf(tag[2]!), 1);
        else if (!part.endsWith("/>") && tag[2] !== "br") open.push(tag[2]!);
        return part;
      }
      return open.some((name) => closed.has(name)) ? part : inText(part, glossary, seen);
    })
    .join("");
}

function inText(text: string, glossary: readonly Term[], seen: Set<string>): string {
  const wanted = new Map(
    glossary
      .filter(({ term }) => !seen.has(term))
      .flatMap((entry) => [entry.term, ...entry.also].map((word) => [word.toLowerCase(), entry] as const)),
  );
  if (wanted.size === 0) return text;
  // Longest first, so that "linear probe" is not taken for "probe".
  const words = [...wanted.keys()].sort((a, b) => b.length - a.length).map((word) => word.replaceAll(" ", "\\s+"));
  return text.replaceAll(new RegExp(`(?<![\\w-])(?:${words.join("|")})(?![\\w-])`, "gi"), (found) => {
    const entry = wanted.get(found.toLowerCase().replace(/\s+/g, " "))!;
    if (seen.has(entry.term)) return found;
    seen.add(entry.term);
    return explained(found, entry);
  });
}

function explained(found: string, { term, says }: Term): string {
  const id = `term-${term.replaceAll(/\W+/g, "-")}`;
  return `<span class="term" tabindex="0" aria-describedby="${id}">${found}<span class="meaning" role="tooltip" id="${id}">${escapeHtml(says)}</span></span>`;
}
