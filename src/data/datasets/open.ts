import path from "node:path";
import { exists, isFolder } from "../../files/look.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { arraysDataset } from "./arrays.ts";
import { brodenDataset, isBroden } from "./broden.ts";
import { cocoDataset } from "./coco.ts";
import { conceptDataset, readConceptReference } from "./concept-set.ts";
import type { Dataset, LabelColumn } from "./dataset.ts";
import { isMaskFolder, maskFolder } from "./mask-folder.ts";
import { pictureFolder } from "./picture-folder.ts";
import { proceduralDataset, readProceduralReference } from "./procedural.ts";
import { tableDataset } from "./table.ts";

/** File formats of labelled data, by extension. */
const kinds: readonly (readonly [RegExp, (file: string, mostBytes: number) => Dataset])[] = [
  [/\.(csv|tsv)$/i, tableDataset],
  [/\.npz$/i, arraysDataset],
  [/\.json$/i, cocoDataset],
];

/**
 * Opens `procedural[:<count>[:<seed>]]`, `concepts[:<count>[:<seed>]]`, a folder of labelled pictures, a CSV or TSV
 * table, or an .npz archive. One that takes more than `mostBytes` of memory is refused.
 */
export function openDataset(reference: string, mostBytes = Infinity): Dataset {
  const recipe = readProceduralReference(reference);
  if (recipe) return proceduralDataset(recipe);
  const conceptRecipe = readConceptReference(reference);
  if (conceptRecipe) return conceptDataset(conceptRecipe);
  if (!exists(reference))
    throw new GlassboxError("file", `there is no ${path.basename(reference)}`, {
      where: reference,
      hint: "Give a folder of pictures with labels or masks, a .csv, .tsv or .npz file, COCO annotations as .json, or the word procedural or concepts.",
    });
  if (isFolder(reference)) return openFolder(reference, mostBytes);
  const open = kinds.find(([ending]) => ending.test(reference))?.[1];
  if (open === undefined)
    throw new GlassboxError("input", `${path.basename(reference)} is not a dataset that Glassbox can read`, {
      where: reference,
      hint: "Give a folder of pictures with labels or masks, a .csv, .tsv or .npz file, or COCO annotations as .json.",
    });
  return open(reference, mostBytes);
}

/** A folder of pictures with masks, or with a subfolder for each class. */
function openFolder(folder: string, mostBytes: number): Dataset {
  if (isBroden(folder)) return brodenDataset(folder, mostBytes);
  return isMaskFolder(folder) ? maskFolder(folder, mostBytes) : pictureFolder(folder, mostBytes);
}

/** The label column with this name; the first one by default. */
export function labelOf(dataset: Dataset, name: string | undefined): LabelColumn {
  const [first] = dataset.labels.values();
  const label = name === undefined || name === "" ? first : dataset.labels.get(name);
  if (label === undefined)
    throw new GlassboxError("option", `${dataset.title} has no label ${name}`, {
      hint: `Its labels are: ${[...dataset.labels.keys()].join(", ")}.`,
    });
  // Concepts are compared by their masks, so their labels may be the same everywhere.
  if (label.classes.length < 2 && dataset.concepts === undefined)
    throw new GlassboxError("input", `${label.name} has only one class, ${label.classes[0]}`, {
      where: dataset.reference,
      hint: "A probe needs at least two classes.",
    });
  return label;
}
