import { createHash } from "node:crypto";
import { areaOf } from "../concepts/bits.ts";
import { cellCentres, type Concepts } from "../concepts/concepts.ts";
import { beginConceptScene, conceptSetVersion, type ConceptRecipe } from "../procedural/concept-scene.ts";
import { proceduralConcepts, proceduralMasks, renderConceptPicture } from "../procedural/concept-set.ts";
import { hueNames } from "../procedural/image-set.ts";
import { textureNames } from "../procedural/textures.ts";
import type { Dataset, LabelColumn } from "./dataset.ts";
import { readMadeReference } from "./made-reference.ts";

const defaultCount = 2500;

/** Parses `concepts`, `concepts:<count>` or `concepts:<count>:<seed>`; other references give `undefined`. */
export const readConceptReference = (reference: string): ConceptRecipe | undefined =>
  readMadeReference("concepts", defaultCount, reference);

/** Pictures made at once, with the exact masks of their concepts. */
export function conceptDataset(recipe: ConceptRecipe): Dataset {
  const { count, seed } = recipe;
  const scenes = Array.from({ length: count }, (_, row) => beginConceptScene(recipe, row).scene);
  const labels: readonly LabelColumn[] = [
    { name: "colour", classes: hueNames, values: Int32Array.from(scenes, ({ coloured }) => coloured.hue) },
    {
      name: "texture",
      classes: textureNames,
      values: Int32Array.from(scenes, ({ textured }) => textureNames.indexOf(textured.texture)),
    },
  ];
  const concepts: Concepts = {
    list: proceduralConcepts,
    masks: (row, points) => proceduralMasks(recipe, row, points),
    notes: [],
  };
  return {
    reference: `concepts:${count}:${seed}`,
    title: "Procedural concepts",
    description: `${count} pictures made from seed ${seed}: a coloured and a textured shape on grey noise, with exact masks of ${proceduralConcepts.length} concepts.`,
    hash: createHash("sha256")
      .update(JSON.stringify(["concepts", conceptSetVersion, count, seed]))
      .digest("hex"),
    count,
    labels: new Map(labels.map((label) => [label.name, label])),
    concepts,
    samples: { kind: "pictures", anySize: true, read: (row, size) => renderConceptPicture(recipe, row, size) },
    nameOf: (row) => `picture ${row}`,
    contentOf: scenes.map((_, row) => `${seed}:${row}`),
    groups: undefined,
    givenSplit: undefined,
  };
}

/** The share of all pixels that each concept covers, on a grid of 112 × 112 points. */
export function conceptAreas({ list, masks }: Concepts, count: number): readonly number[] {
  const points = cellCentres(112, 112);
  const areas = list.map(() => 0);
  for (let row = 0; row < count; row++)
    for (const { concept, bits } of masks(row, points)) areas[concept] = areas[concept]! + areaOf(bits);
  return areas.map((area) => area / (count * 112 * 112));
}
