import { GlassboxError } from "../tensor/errors.ts";

/**
 * What is explained: a weighted sum of scalars read from the network. Targets are values that can be added and scaled,
 * and they have a text form: `logit:281 - logit:285`, `probability:3`, `0.5*unit:features.12:20@3,4`.
 */
export interface Target {
  readonly terms: readonly Term[];
}

export type Term = { readonly weight: number } & Readable;

export type Readable =
  /** A class' score before softmax or sigmoid, or another channel of the output. Without a place, the mean over all places. */
  | { readonly kind: "logit"; readonly index: number; readonly place?: Place | undefined }
  /** A class' probability: after softmax, or after its own sigmoid. */
  | { readonly kind: "probability"; readonly index: number; readonly place?: Place | undefined }
  /** One of the numbers of an output that is no classifier. */
  | { readonly kind: "number"; readonly index: number; readonly place?: Place | undefined }
  /** The single score of an output that has one. */
  | { readonly kind: "score" }
  /** The mean of one channel of a site over its positions, or that channel at a place. */
  | { readonly kind: "unit"; readonly site: string; readonly index: number; readonly place?: Place | undefined }
  /** A channel of another output of the model. */
  | { readonly kind: "output"; readonly output: string; readonly index: number; readonly place?: Place | undefined }
  /** A number of one candidate box: its objectness, the score of a class, or where it is. */
  | { readonly kind: "box"; readonly box: number; readonly part: BoxPart }
  /** The cosine between this input's embedding and another input's. */
  | {
      readonly kind: "similarity";
      /** The other input's file, and `#` with the beginning of its hash once it was read. */
      readonly to: string;
      /** Its embedding scaled to length 1, once it was computed. */
      readonly direction?: Float64Array | undefined;
    };

export type BoxPart = "score" | "x" | "y" | "width" | "height" | { readonly class: number };

/**
 * Where an output with positions is read: at one place, over a rectangle of `[row, column)`, or over the pixels that
 * the model itself gives this class (`own`; the weight of each is filled in once the input is known).
 */
export type Place =
  | { readonly at: readonly number[] }
  | { readonly from: readonly [number, number]; readonly to: readonly [number, number] }
  | { readonly own: true; readonly weights?: Float64Array | undefined };

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

export function formatReadable(term: Readable): string {
  switch (term.kind) {
    case "logit":
    case "probability":
    case "number":
      return `${term.kind}:${term.index}${formatPlace(term.place)}`;
    case "score":
      return "score";
    case "unit":
      return `unit:${term.site}:${term.index}${formatPlace(term.place)}`;
    case "output":
      return `output:${term.output}:${term.index}${formatPlace(term.place)}`;
    case "box":
      return `box:${term.box}:${typeof term.part === "string" ? term.part : `class:${term.part.class}`}`;
    case "similarity":
      return `similarity:${JSON.stringify(term.to)}`;
  }
}

function formatPlace(place: Place | undefined): string {
  if (place === undefined) return "";
  if ("own" in place) return "@own";
  return `@${("at" in place ? place.at : [...place.from, ...place.to]).join(",")}`;
}

const number = String.raw`\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const path = String.raw`[^\s:]+(?::[^\s:]+)*`;
const readable = [
  String.raw`(?<head>logit|probability|number):(?<index>\d+)`,
  String.raw`(?<score>score)\b`,
  String.raw`(?<named>unit|output):(?<name>${path}):(?<channel>\d+)`,
  String.raw`box:(?<box>\d+):(?:class:(?<class>\d+)|(?<part>score|x|y|width|height)\b)`,
  String.raw`similarity:(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<file>[^\s"]+))`,
].join("|");
const place = String.raw`@(?:(?<own>own)\b|(?<numbers>\d+(?:,\d+){0,3}))`;
/** A sign, an optional weight with `*`, a readable, and a place; whitespace is allowed between terms. */
const termPattern = new RegExp(
  String.raw`\s*(?<sign>[+-]?)\s*(?:(?<weight>${number})\s*\*\s*)?(?:${readable})(?:${place})?\s*`,
  "y",
);

/** Parses the text form. The error gives the position of a syntax error. */
export function parseTarget(text: string): Target {
  let target: Target = { terms: [] };
  let at = 0;
  while (at < text.length || at === 0) {
    termPattern.lastIndex = at;
    const groups = termPattern.exec(text)?.groups;
    const found = groups && readableOf(groups);
    if (groups === undefined || found === undefined || (at > 0 && groups["sign"] === "")) {
      throw new GlassboxError("option", `the target "${text}" cannot be read`, {
        where: `character ${at + 1}`,
        hint: 'Write for example "logit:281", "logit:281 - logit:285", "probability:3", "logit:7@own", "box:12:class:0" or "0.5*unit:features.12:20".',
      });
    }
    const weight = Number(groups["weight"] ?? 1) * (groups["sign"] === "-" ? -1 : 1);
    target = plus(target, { terms: [{ ...found, weight }] });
    at = termPattern.lastIndex;
  }
  return target;
}

type Groups = Readonly<Record<string, string | undefined>>;

function readableOf(groups: Groups): Readable | undefined {
  const { head, index, score, named, name, channel, box, part, quoted, file } = groups;
  const where = placeOf(groups);
  if (where === "wrong") return undefined;
  const placed = where && { place: where };
  if (head !== undefined) return { kind: head as "logit", index: Number(index), ...placed };
  if (named === "unit") return { kind: "unit", site: name!, index: Number(channel), ...placed };
  if (named === "output") return { kind: "output", output: name!, index: Number(channel), ...placed };
  if (where) return undefined;
  if (score !== undefined) return { kind: "score" };
  if (box !== undefined)
    return { kind: "box", box: Number(box), part: (part as BoxPart) ?? { class: Number(groups["class"]) } };
  return { kind: "similarity", to: quoted === undefined ? file! : (JSON.parse(`"${quoted}"`) as string) };
}

function placeOf({ own, numbers }: Groups): Place | undefined | "wrong" {
  if (own !== undefined) return { own: true };
  if (numbers === undefined) return undefined;
  const at = numbers.split(",").map(Number);
  if (at.length < 3) return { at };
  const [top, left, bottom, right] = at;
  if (at.length !== 4 || bottom! <= top! || right! <= left!) return "wrong";
  return { from: [top!, left!], to: [bottom!, right!] };
}
