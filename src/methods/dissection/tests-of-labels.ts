import type { Dissection, DissectedUnit, DissectionVariant } from "../../protocol/dissection.ts";
import type { ConceptTable } from "./concept-table.ts";
import { labelsOf } from "./labels.ts";
import { falseDiscoveryRates, shuffleP } from "./significance.ts";
import type { Bootstrap, Shuffles, Tally } from "./tally.ts";

/** Adds to each unit the chance of its IoU and its false-discovery rate. Units whose concept is the same in every picture are not tested. */
export function withShuffles(
  units: readonly DissectedUnit[],
  table: ConceptTable,
  tally: Tally,
  { shuffles }: Shuffles,
  variant: DissectionVariant,
): { readonly units: readonly DissectedUnit[]; readonly shuffled: NonNullable<Dissection["shuffled"]> } {
  const testable = (concept: number): boolean => table.concepts[concept]!.fixed !== true;
  const tested = units.filter(
    ({ state, label }) => state === "labelled" && table.concepts.find(({ name }) => name === label)?.fixed !== true,
  );
  const greatest = (overlaps: Tally["overlaps"] | Shuffles["shuffles"][number], unit: number): number =>
    labelsOf(table, overlaps, unit, variant, testable)[0]?.iou ?? 0;
  const chance = tested.map(({ unit }) => Float64Array.from(shuffles, (overlaps) => greatest(overlaps, unit)));
  const p = shuffleP(
    tested.map(({ unit }) => greatest(tally.overlaps, unit)),
    chance,
  );
  const q = falseDiscoveryRates(p);
  const found = new Map(tested.map(({ unit }, i) => [unit, { p: p[i]!, q: q[i]! }]));
  const all = Float64Array.from(chance.flatMap((own) => [...own])).sort();
  return {
    units: units.map((unit) => ({ ...unit, ...found.get(unit.unit) })),
    shuffled: {
      mean: all.length === 0 ? 0 : all.reduce((sum, value) => sum + value, 0) / all.length,
      quantile95: all[Math.min(all.length - 1, Math.floor(0.95 * all.length))] ?? 0,
    },
  };
}

/** Adds to each labelled unit the share of bootstrap samples that give the same label. */
export const withStability = (
  units: readonly DissectedUnit[],
  table: ConceptTable,
  { samples }: Bootstrap,
  variant: DissectionVariant,
): readonly DissectedUnit[] =>
  units.map((each) => {
    if (each.state !== "labelled") return each;
    const same = samples.filter((overlaps) => labelsOf(table, overlaps, each.unit, variant)[0]?.label === each.label);
    return { ...each, stability: same.length / samples.length };
  });
