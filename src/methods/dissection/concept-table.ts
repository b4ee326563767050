import { areaOf, fullBits } from "../../data/concepts/bits.ts";
import type { Concept, ConceptMask } from "../../data/concepts/concepts.ts";
import type { LabelColumn } from "../../data/datasets/dataset.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { DataContext } from "../contexts.ts";

/** The concepts of a dataset, with the masks of every picture held as bits. */
export interface ConceptTable {
  readonly concepts: readonly Concept[];
  readonly categories: readonly string[];
  /** The category of each concept, by its index. */
  readonly categoryOf: Int32Array;
  readonly points: readonly [rows: number, columns: number];
  /** The masks of each picture. */
  readonly pictures: readonly (readonly ConceptMask[])[];
  /** The number of points of each concept, over all pictures. */
  readonly areas: Float64Array;
  /** The number of pictures that show each concept. */
  readonly counts: Int32Array;
  readonly notes: readonly string[];
}

/** The share of the memory budget for masks. */
const share = 0.25;

/**
 * Reads the masks of all pictures at a grid of points over the model's input. Data without masks give whole-picture
 * concepts: the classes of the label. Looks at `cancelled` between pictures; the table then has the pictures so far.
 */
export async function* conceptTable(
  { dataset, label, samples, memoryBudgetBytes, cancelled }: DataContext,
  points: readonly [rows: number, columns: number],
): AsyncGenerator<number, ConceptTable> {
  const { pointsOf } = samples;
  if (pointsOf === undefined)
    throw new GlassboxError("input", "dissection needs pictures, and these samples are tensors", {
      where: dataset.reference,
      hint: "Give concepts:<count> for pictures made at once, or a folder of pictures with masks.",
    });
  const { list, read, notes } = sourceOf(dataset.concepts, label, points);
  if (list.length < 2)
    throw new GlassboxError("input", `the data show only one concept, ${list[0]?.name ?? "none"}`, {
      where: dataset.reference,
      hint: "Dissection compares concepts, so it needs at least two.",
    });
  const categories = [...new Set(list.map(({ category }) => category))];
  const areas = new Float64Array(list.length);
  const counts = new Int32Array(list.length);
  const pictures: (readonly ConceptMask[])[] = [];
  const shared = new Map<Uint32Array, number>();
  let bytes = 0;
  for (let row = 0; row < dataset.count && !cancelled(); row++) {
    const masks = read(row, () => pointsOf(row, points));
    for (const { concept, bits } of masks) {
      let area = shared.get(bits);
      if (area === undefined) {
        area = areaOf(bits);
        // Masks that many pictures share are counted once.
        if (list[concept]!.fixed || dataset.concepts === undefined) shared.set(bits, area);
        bytes += bits.byteLength;
      }
      areas[concept] = areas[concept]! + area;
      counts[concept] = counts[concept]! + 1;
    }
    if (bytes > memoryBudgetBytes * share)
      throw new GlassboxError(
        "resource",
        `the masks of ${row + 1} of ${dataset.count} pictures fill a quarter of the memory`,
        { hint: "Use fewer pictures, compare masks at fewer points, or raise the memory budget." },
      );
    pictures.push(masks);
    if (row % 32 === 31) {
      yield row + 1;
      await new Promise(setImmediate);
    }
  }
  const missing = list.filter((_, concept) => counts[concept] === 0).map(({ name }) => name);
  return {
    concepts: list,
    categories,
    categoryOf: Int32Array.from(list, ({ category }) => categories.indexOf(category)),
    points,
    pictures,
    areas,
    counts,
    notes: missing.length === 0 ? notes : [...notes, withoutPoints(missing)],
  };
}

const namesShown = 5;

const withoutPoints = (names: readonly string[]): string =>
  `${names.length} ${names.length === 1 ? "concept has" : "concepts have"} no point in any picture and label no unit: ${names.slice(0, namesShown).join(", ")}${names.length > namesShown ? ", …" : ""}.`;

interface Source {
  readonly list: readonly Concept[];
  readonly read: (
    row: number,
    at: () => Parameters<NonNullable<DataContext["dataset"]["concepts"]>["masks"]>[1],
  ) => readonly ConceptMask[];
  readonly notes: readonly string[];
}

function sourceOf(
  concepts: DataContext["dataset"]["concepts"],
  label: LabelColumn,
  [rows, columns]: readonly [number, number],
): Source {
  if (concepts) return { list: concepts.list, read: (row, at) => concepts.masks(row, at()), notes: concepts.notes };
  const everywhere = fullBits(rows * columns);
  return {
    list: label.classes.map((name) => ({ name, category: label.name })),
    read: (row) => [{ concept: label.values[row]!, bits: everywhere }],
    notes: [
      `The data have no masks, so each ${label.name} is a concept of whole pictures: an IoU says how well a unit tells pictures apart, not where it looks.`,
    ],
  };
}
