import { popcount } from "../../data/concepts/bits.ts";
import type { ConceptTable } from "./concept-table.ts";

/** A logical formula of concepts, e.g. ((red OR yellow) AND NOT corner), built from the left. */
export interface Formula {
  readonly terms: readonly { readonly join: Join; readonly concept: number }[];
  readonly iou: number;
  /** Points that show the formula and activate the unit, and points that show the formula. */
  readonly both: number;
  readonly area: number;
}

export type Join = "AND" | "OR" | "AND NOT";
const joins: readonly Join[] = ["OR", "AND", "AND NOT"];

const joined = (join: Join, a: number, b: number): number => (join === "AND" ? a & b : join === "OR" ? a | b : a & ~b);

export function formulaName({ terms }: Pick<Formula, "terms">, { concepts }: ConceptTable): string {
  return terms.reduce((text, { join, concept }, i) => {
    const { name } = concepts[concept]!;
    return i === 0 ? name : `${i > 1 ? `(${text})` : text} ${join} ${name}`;
  }, "");
}

/** The active points of a unit: word `word` of picture `picture` is `bits`. */
export interface ActiveWords {
  readonly picture: Int32Array;
  readonly word: Int32Array;
  readonly bits: Uint32Array;
  readonly area: number;
}

/**
 * Searches formulas for units by beam search (Mu, Andreas 2020): each step joins every formula in the beam with every
 * concept by OR, AND and AND NOT. Overlaps are counted only in words where the unit is active. The area of a formula over all
 * pictures is counted only for those that could still enter the beam, and is remembered for other units.
 *
 * IoU = both / (unit + formula − both + 1e-10), over all pictures. A formula of n concepts is ranked by IoU · penaltyⁿ⁻¹.
 */
export class FormulaSearch {
  readonly #table: ConceptTable;
  readonly #areas = new Map<string, number>();
  readonly #masks: readonly ReadonlyMap<number, Uint32Array>[];
  readonly #options: { readonly beam: number; readonly length: number; readonly penalty: number };

  constructor(
    table: ConceptTable,
    options: { readonly beam: number; readonly length: number; readonly penalty: number },
  ) {
    this.#table = table;
    this.#options = options;
    this.#masks = table.pictures.map((masks) => new Map(masks.map(({ concept, bits }) => [concept, bits])));
  }

  /** The best formula; `undefined` if the unit meets no concept. */
  best(unit: ActiveWords): Formula | undefined {
    const { beam, length, penalty } = this.#options;
    const concepts = this.#table.concepts.map((_, concept) => this.#gather(unit, concept));
    type Held = Formula & { readonly words: Uint32Array; readonly rank: number };
    const iou = (both: number, area: number): number => both / (unit.area + area - both + 1e-10);
    let kept: Held[] = concepts
      .map((words, concept): Held => {
        const both = shared(words, unit.bits);
        const area = this.#table.areas[concept]!;
        const value = iou(both, area);
        return { terms: [{ join: "OR", concept }], both, area, iou: value, rank: value, words };
      })
      .filter(({ both }) => both > 0)
      .sort(byRank)
      .slice(0, beam);
    const usable = concepts.map((words, concept) => ({ words, concept }));
    for (let size = 2; size <= length; size++) {
      const weight = penalty ** (size - 1);
      const candidates = kept
        .filter(({ terms }) => terms.length === size - 1)
        .flatMap((formula) =>
          usable
            .filter(({ concept }) => !formula.terms.some((term) => term.concept === concept))
            .flatMap(({ words, concept }) =>
              joins.map((join) => {
                const both = sharedJoined(join, formula.words, words, unit.bits);
                const least = leastArea(join, formula.area, this.#table.areas[concept]!, both);
                return { formula, words, concept, join, both, most: iou(both, least) * weight };
              }),
            ),
        )
        .filter(({ both }) => both > 0)
        .sort((a, b) => b.most - a.most);
      for (const { formula, words, concept, join, both, most } of candidates) {
        if (kept.length >= beam && most <= kept.at(-1)!.rank) break;
        const terms = [...formula.terms, { join, concept }];
        const area = this.#area(terms);
        const value = iou(both, area);
        const rank = value * weight;
        if (kept.length >= beam && rank <= kept.at(-1)!.rank) continue;
        const own = formula.words.map((word, i) => joined(join, word, words[i]!));
        kept = [...kept, { terms, both, area, iou: value, rank, words: own }].sort(byRank).slice(0, beam);
      }
    }
    const [top] = kept;
    return top && { terms: top.terms, both: top.both, area: top.area, iou: top.iou };
  }

  /** The words of a concept where the unit is active. */
  #gather({ picture, word }: ActiveWords, concept: number): Uint32Array {
    const words = new Uint32Array(picture.length);
    for (let k = 0; k < words.length; k++) {
      const bits = this.#masks[picture[k]!]!.get(concept);
      if (bits !== undefined) words[k] = bits[word[k]!]!;
    }
    return words;
  }

  #area(terms: Formula["terms"]): number {
    const key = terms.map(({ join, concept }, i) => (i === 0 ? concept : `${join} ${concept}`)).join(" ");
    const known = this.#areas.get(key);
    if (known !== undefined) return known;
    let area = 0;
    for (const masks of this.#masks) {
      const parts = terms.map(({ concept }) => masks.get(concept));
      const some = parts.find((bits) => bits !== undefined);
      if (some === undefined) continue;
      for (let word = 0; word < some.length; word++) {
        let bits = parts[0]?.[word] ?? 0;
        for (let term = 1; term < terms.length; term++)
          bits = joined(terms[term]!.join, bits, parts[term]?.[word] ?? 0);
        if (bits !== 0) area += popcount(bits);
      }
    }
    this.#areas.set(key, area);
    return area;
  }
}

const byRank = (a: { readonly rank: number }, b: { readonly rank: number }): number => b.rank - a.rank;

/** No formula has a smaller area than what it shares with the unit, or than its parts leave it. */
const leastArea = (join: Join, area: number, other: number, both: number): number =>
  Math.max(both, join === "OR" ? Math.max(area, other) : join === "AND NOT" ? area - other : 0);

function shared(a: Uint32Array, b: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += popcount(a[i]! & b[i]!);
  return sum;
}

function sharedJoined(join: Join, a: Uint32Array, b: Uint32Array, unit: Uint32Array): number {
  let sum = 0;
  if (join === "AND") for (let i = 0; i < a.length; i++) sum += popcount(a[i]! & b[i]! & unit[i]!);
  else if (join === "OR") for (let i = 0; i < a.length; i++) sum += popcount((a[i]! | b[i]!) & unit[i]!);
  else for (let i = 0; i < a.length; i++) sum += popcount(a[i]! & ~b[i]! & unit[i]!);
  return sum;
}
