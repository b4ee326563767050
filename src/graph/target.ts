import { GlassboxError } from "../tensor/errors.ts";

/**
 * What is explained: a weighted sum of scalars read from the network. Targets are values that can be added and scaled,
 * and they have a text form: `logit:281 - logit:285`, `0.5*unit:features.12:20`.
 */
export interface Target {
  readonly terms: readonly Term[];
}

export type Term = { readonly weight: number } & Readable;

export type Readable =
  /** The logit of a class: the network's output before softmax or sigmoid. */
  | { readonly kind: "logit"; readonly index: number }
  /** The mean of one channel of a site over its positions. */
  | { readonly kind: "unit"; readonly site: string; readonly index: number };

export const logit = (index: number): Target => ({ terms: [{ kind: "logit", index, weight: 1 }] });

export const unit = (site: string, index: number): Target => ({ terms: [{ kind: "unit", site, index, weight: 1 }] });

export const times = (target: Target, factor: number): Target => ({
  terms: target.terms.map((term) => ({ ...term, weight: term.weight * factor })),
});

/** Merges equal readables and drops zero weights, so `x - x` is the empty target. */
export function plus(a: Target, b: Target): Target {
  const merged = new Map<string, Term>();
  for (const term of [...a.terms, ...b.terms]) {
    const key = formatReadable(term);
    merged.set(key, { ...term, weight: term.weight + (merged.get(key)?.weight ?? 0) });
  }
  return { terms: [...merged.values()].filter(({ weight }) => weight !== 0) };
}

export const minus = (a: Target, b: Target): Target => plus(a, times(b, -1));

export function formatTarget({ terms }: Target): string {
  return terms
    .map((term, i) => {
      const magnitude = Math.abs(term.weight);
      const sign = term.weight < 0 ? (i ? " - " : "-") : i ? " + " : "";
      return `${sign}${magnitude === 1 ? "" : `${magnitude}*`}${formatReadable(term)}`;
    })
    .join("");
}

const formatReadable = (term: Readable): string =>
  term.kind === "logit" ? `logit:${term.index}` : `unit:${term.site}:${term.index}`;

/** A sign, an optional weight with `*`, then a readable; whitespace is allowed between them. */
const termPattern =
  /\s*([+-]?)\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*\*\s*)?(logit:(\d+)|unit:([^\s:]+(?::[^\s:]+)*):(\d+))\s*/y;

/** Parses the text form. The error gives the position of a syntax error. */
export function parseTarget(text: string): Target {
  let target: Target = { terms: [] };
  let at = 0;
  while (at < text.length || at === 0) {
    termPattern.lastIndex = at;
    const match = termPattern.exec(text);
    if (match === null || (at > 0 && match[1] === "")) {
      throw new GlassboxError("option", `the target "${text}" cannot be read`, {
        where: `character ${at + 1}`,
        hint: 'Write for example "logit:281", "logit:281 - logit:285" or "0.5*unit:features.12:20".',
      });
    }
    const weight = Number(match[2] ?? 1) * (match[1] === "-" ? -1 : 1);
    const readable: Readable =
      match[4] !== undefined
        ? { kind: "logit", index: Number(match[4]) }
        : { kind: "unit", site: match[5]!, index: Number(match[6]) };
    target = plus(target, { terms: [{ ...readable, weight }] });
    at = termPattern.lastIndex;
  }
  return target;
}
