import type { ConceptMask } from "../../data/concepts/concepts.ts";
import { Random } from "../../tensor/random.ts";
import type { ConceptTable } from "./concept-table.ts";
import { overlap, type SparseMask } from "./upsampled-mask.ts";

/** Overlaps of units with concepts, counted in points over pictures. */
export interface Overlaps {
  /** [unit, concept] Points that show both. */
  readonly shared: Float64Array | Uint32Array;
  /** [unit, category] Active points in pictures that have a concept of the category. */
  readonly active: Float64Array | Uint32Array;
  /** [concept] Points that show it. */
  readonly areas: Float64Array | Uint32Array;
}

/** The overlaps of one series, picture by picture. */
export class Tally {
  readonly units: number;
  readonly overlaps: Overlaps & { readonly shared: Float64Array; readonly active: Float64Array };
  /** [unit] Active points in all pictures. */
  readonly totals: Float64Array;
  readonly #table: ConceptTable;

  constructor(units: number, table: ConceptTable) {
    this.units = units;
    this.#table = table;
    this.totals = new Float64Array(units);
    this.overlaps = {
      shared: new Float64Array(units * table.concepts.length),
      active: new Float64Array(units * table.categories.length),
      areas: table.areas,
    };
  }

  /** @param onShared called with each concept that the mask meets, and the number of points */
  add(unit: number, picture: number, mask: SparseMask, onShared?: (concept: number, points: number) => void): void {
    if (mask.area === 0) return;
    const { concepts, categories } = this.#table;
    const { shared, active } = this.overlaps;
    this.totals[unit] = this.totals[unit]! + mask.area;
    for (const category of this.categoriesOf(picture))
      active[unit * categories.length + category] = active[unit * categories.length + category]! + mask.area;
    for (const { concept, bits } of this.#table.pictures[picture]!) {
      const points = overlap(mask, bits);
      if (points === 0) continue;
      shared[unit * concepts.length + concept] = shared[unit * concepts.length + concept]! + points;
      onShared?.(concept, points);
    }
  }

  categoriesOf(picture: number): readonly number[] {
    return categoriesShown(this.#table, picture);
  }
}

/** The categories of the concepts that a picture shows. */
function categoriesShown({ pictures, categoryOf }: ConceptTable, picture: number): readonly number[] {
  const found: number[] = [];
  for (const { concept } of pictures[picture]!) {
    const category = categoryOf[concept]!;
    if (!found.includes(category)) found.push(category);
  }
  return found;
}

/**
 * The same overlaps on bootstrap samples of the pictures: each sample counts a picture as often as it was drawn. The units'
 * thresholds stay those of all pictures.
 */
export class Bootstrap {
  readonly samples: readonly Overlaps[];
  /** [picture][sample] */
  readonly #weights: readonly Uint8Array[];
  readonly #table: ConceptTable;

  constructor(units: number, table: ConceptTable, count: number, seed: number) {
    this.#table = table;
    const { pictures, concepts, categories } = table;
    const random = new Random(seed ^ 0xb007);
    const weights = pictures.map(() => new Uint8Array(count));
    for (let sample = 0; sample < count; sample++)
      for (let draw = 0; draw < pictures.length; draw++) {
        const row = weights[random.integer(pictures.length)]!;
        row[sample] = Math.min(255, row[sample]! + 1);
      }
    this.#weights = weights;
    this.samples = Array.from({ length: count }, () => ({
      shared: new Uint32Array(units * concepts.length),
      active: new Uint32Array(units * categories.length),
      areas: new Float64Array(concepts.length),
    }));
  }

  static bytes(units: number, { concepts, categories }: ConceptTable, count: number): number {
    return 4 * units * (concepts.length + categories.length) * count;
  }

  addShared(unit: number, picture: number, concept: number, points: number): void {
    const weights = this.#weights[picture]!;
    const at = unit * this.#table.concepts.length + concept;
    for (let sample = 0; sample < weights.length; sample++)
      if (weights[sample]! > 0) {
        const { shared } = this.samples[sample]!;
        shared[at] = shared[at]! + weights[sample]! * points;
      }
  }

  addActive(unit: number, picture: number, categories: readonly number[], area: number): void {
    const weights = this.#weights[picture]!;
    for (let sample = 0; sample < weights.length; sample++) {
      if (!weights[sample]) continue;
      const { active } = this.samples[sample]!;
      for (const category of categories) {
        const at = unit * this.#table.categories.length + category;
        active[at] = active[at]! + weights[sample]! * area;
      }
    }
  }

  /** Counts the concepts' own points; once, before the samples are read. */
  addAreas(areaOfMask: (mask: ConceptMask) => number): void {
    this.#table.pictures.forEach((masks, picture) => {
      const weights = this.#weights[picture]!;
      for (const mask of masks) {
        const area = areaOfMask(mask);
        for (let sample = 0; sample < weights.length; sample++) {
          const { areas } = this.samples[sample]!;
          areas[mask.concept] = areas[mask.concept]! + weights[sample]! * area;
        }
      }
    });
  }
}

/**
 * The overlaps that chance gives: each shuffle compares the units' masks with the concepts of other pictures. Concepts with
 * the same points in every picture are left out, because exchanging pictures does not change them.
 */
export class Shuffles {
  readonly shuffles: readonly Overlaps[];
  /** [shuffle][picture] The picture whose concepts stand in for the picture's own. */
  readonly #orders: readonly Int32Array[];
  /** The masks of each picture that can be tested. */
  readonly #masks: readonly (readonly ConceptMask[])[];
  readonly #shown: readonly (readonly number[])[];
  readonly #table: ConceptTable;

  constructor(units: number, table: ConceptTable, count: number, seed: number) {
    this.#table = table;
    const { pictures, concepts, categories } = table;
    const random = new Random(seed ^ 0x5f1e);
    this.#orders = Array.from({ length: count }, () => random.permutation(pictures.length));
    this.#masks = pictures.map((masks) => masks.filter(({ concept }) => !concepts[concept]!.fixed));
    this.#shown = pictures.map((_, picture) => categoriesShown(table, picture));
    this.shuffles = Array.from({ length: count }, () => ({
      shared: new Uint32Array(units * concepts.length),
      active: new Uint32Array(units * categories.length),
      areas: table.areas,
    }));
  }

  add(unit: number, picture: number, mask: SparseMask): void {
    if (mask.area === 0) return;
    const concepts = this.#table.concepts.length;
    const categories = this.#table.categories.length;
    for (let shuffle = 0; shuffle < this.shuffles.length; shuffle++) {
      const other = this.#orders[shuffle]![picture]!;
      const { shared, active } = this.shuffles[shuffle]!;
      for (const category of this.#shown[other]!)
        active[unit * categories + category] = active[unit * categories + category]! + mask.area;
      for (const { concept, bits } of this.#masks[other]!) {
        const points = overlap(mask, bits);
        if (points > 0) shared[unit * concepts + concept] = shared[unit * concepts + concept]! + points;
      }
    }
  }
}
