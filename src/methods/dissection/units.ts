import type { DissectedUnit, DissectionVariant, LayerCount, DissectionSeries } from "../../protocol/dissection.ts";
import type { ConceptTable } from "./concept-table.ts";
import { formulaName, type Formula } from "./formulas.ts";
import { labelsOf } from "./labels.ts";
import { averagePrecision, ranked } from "./picture-ap.ts";
import type { Thresholds } from "./series.ts";
import type { Tally } from "./tally.ts";

/** The number of pictures that are shown for a unit. */
const topPictures = 12;

export interface MeasuredSeries {
  readonly tally: Tally;
  readonly thresholds: Thresholds;
  /** [unit][picture] The greatest activation; unset for controls. */
  readonly peaks: readonly Float32Array[] | undefined;
  /** [unit] For the compositional variant. */
  readonly formulas: readonly (Formula | undefined)[] | undefined;
}

/** The units of a series with their labels, before controls, tests and ablations. */
export function dissectedUnits(
  table: ConceptTable,
  { tally, thresholds: { thresholds, invalid, constant }, peaks, formulas }: MeasuredSeries,
  variant: DissectionVariant,
): readonly DissectedUnit[] {
  const points = table.points[0] * table.points[1] * table.pictures.length;
  return Array.from({ length: tally.units }, (_, unit): DissectedUnit => {
    const silent = constant(unit) || tally.totals[unit] === 0;
    const common = {
      unit,
      threshold: invalid(unit) ? undefined : thresholds[unit]!,
      active: tally.totals[unit]! / points,
    };
    const order = silent || invalid(unit) || peaks === undefined ? [] : ranked(peaks[unit]!).slice(0, topPictures);
    const none = (state: DissectedUnit["state"]): DissectedUnit => ({ ...common, state, byCategory: [], top: order });
    if (invalid(unit)) return none("invalid");
    if (silent) return none("silent");
    const labels = labelsOf(table, tally.overlaps, unit, variant);
    const [best] = labels;
    const byCategory = labels.map(({ category, label, iou }) => ({ category, label, iou }));
    const formula = formulas?.[unit];
    if (best === undefined || (formulas && formula === undefined)) return none("unmatched");
    const { both, own, area, iou } = formula
      ? { both: formula.both, own: tally.totals[unit]!, area: formula.area, iou: formula.iou }
      : areasOf(table, tally, unit, best.concept, best.iou);
    const ceiling = Math.min(own, area) / Math.max(own, area);
    const counted = table.counts[best.concept]!;
    return {
      ...common,
      state: "labelled",
      label: formula ? formulaName(formula, table) : best.label,
      category: formula ? table.concepts[formula.terms[0]!.concept]!.category : best.category,
      iou,
      ceiling,
      normalized: iou / ceiling,
      precision: both / own,
      recall: both / area,
      ...(peaks &&
        !formula && {
          pictureAp: averagePrecision(peaks[unit]!, (picture) =>
            table.pictures[picture]!.some(({ concept }) => concept === best.concept),
          ),
          prevalence: counted / table.pictures.length,
        }),
      byCategory,
      top: order,
    };
  });
}

function areasOf(table: ConceptTable, tally: Tally, unit: number, concept: number, iou: number) {
  const { shared, active } = tally.overlaps;
  return {
    both: shared[unit * table.concepts.length + concept]!,
    own: active[unit * table.categories.length + table.categoryOf[concept]!]!,
    area: table.areas[concept]!,
    iou,
  };
}

/** What the layer as a whole detects. */
export function layerCount(
  series: DissectionSeries,
  units: readonly DissectedUnit[],
  categories: readonly string[],
  limit: number,
): LayerCount {
  const awake = units.filter(({ state }) => state === "labelled" || state === "unmatched");
  const detectors = awake.filter(({ iou = 0 }) => iou > limit);
  return {
    series,
    units: awake.length,
    detectors: detectors.length,
    uniqueLabels: new Set(detectors.map(({ label }) => label)).size,
    meanIou: awake.length === 0 ? 0 : awake.reduce((sum, { iou = 0 }) => sum + iou, 0) / awake.length,
    byCategory: categories.map((category) => detectors.filter((each) => each.category === category).length),
  };
}
