import type { CategoryLabel, DissectionVariant } from "../../protocol/dissection.ts";
import type { ConceptTable } from "./concept-table.ts";
import type { Overlaps } from "./tally.ts";

/** Keeps a quotient of two empty areas at 0: the paper's code adds 1e-20, NetDissect-Lite 1e-10. */
const epsilon: Readonly<Record<DissectionVariant, number>> = { paper: 1e-20, lite: 1e-10, compositional: 1e-10 };

/**
 * Intersection over union (Bau et al. 2017, eq. 1): the points of both by the points of either, where the unit's points count
 * only in pictures that have a concept of the same category.
 */
export function iouOf(
  { categories, categoryOf, concepts }: ConceptTable,
  { shared, active, areas }: Overlaps,
  unit: number,
  concept: number,
  variant: DissectionVariant,
): number {
  const both = shared[unit * concepts.length + concept]!;
  const own = active[unit * categories.length + categoryOf[concept]!]!;
  return both / (own + areas[concept]! - both + epsilon[variant]);
}

/** NetDissect-Lite leaves this category of Broden out. */
const leftOutByLite = "material";

/** The best concept of each category that the unit meets at all, best first; ties go to the concept listed first. */
export function labelsOf(
  table: ConceptTable,
  overlaps: Overlaps,
  unit: number,
  variant: DissectionVariant,
  among: (concept: number) => boolean = () => true,
): readonly (CategoryLabel & { readonly concept: number })[] {
  const best = new Map<number, { readonly concept: number; readonly iou: number }>();
  for (let concept = 0; concept < table.concepts.length; concept++) {
    if (!among(concept) || (variant === "lite" && table.concepts[concept]!.category === leftOutByLite)) continue;
    const iou = iouOf(table, overlaps, unit, concept, variant);
    const category = table.categoryOf[concept]!;
    if (iou > (best.get(category)?.iou ?? 0)) best.set(category, { concept, iou });
  }
  return [...best]
    .map(([category, { concept, iou }]) => ({
      concept,
      category: table.categories[category]!,
      label: table.concepts[concept]!.name,
      iou,
    }))
    .sort((a, b) => b.iou - a.iou || a.concept - b.concept);
}
