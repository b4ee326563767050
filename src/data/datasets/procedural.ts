import { createHash } from "node:crypto";
import {
  hueNames,
  largeRadius,
  proceduralVersion,
  quadrantNames,
  renderProcedural,
  sceneOf,
  sizeNames,
  type ProceduralRecipe,
  type Scene,
} from "../procedural/image-set.ts";
import { shapeNames } from "../procedural/shapes.ts";
import type { Dataset, LabelColumn } from "./dataset.ts";
import { readMadeReference } from "./made-reference.ts";

const factors: readonly {
  readonly name: string;
  readonly classes: readonly string[];
  readonly of: (scene: Scene) => number;
}[] = [
  { name: "shape", classes: shapeNames, of: ({ shape }) => shape },
  { name: "colour", classes: hueNames, of: ({ hue }) => hue },
  { name: "quadrant", classes: quadrantNames, of: ({ quadrant }) => quadrant },
  { name: "size", classes: sizeNames, of: ({ radius }) => (radius > largeRadius ? 1 : 0) },
];

const defaultCount = 2000;

/** Parses `procedural`, `procedural:<count>` or `procedural:<count>:<seed>`; other references give `undefined`. */
export const readProceduralReference = (reference: string): ProceduralRecipe | undefined =>
  readMadeReference("procedural", defaultCount, reference);

export function proceduralDataset(recipe: ProceduralRecipe): Dataset {
  const { count, seed } = recipe;
  const scenes = Array.from({ length: count }, (_, row) => sceneOf(recipe, row));
  const labels = factors.map(({ name, classes, of }): LabelColumn => ({
    name,
    classes,
    values: Int32Array.from(scenes, of),
  }));
  return {
    reference: `procedural:${count}:${seed}`,
    title: "Procedural pictures",
    description: `${count} pictures made from seed ${seed}: one shape of ${shapeNames.length} kinds, ${hueNames.length} hues, ${quadrantNames.length} quadrants and any size, on coloured noise.`,
    hash: createHash("sha256")
      .update(JSON.stringify(["procedural", proceduralVersion, count, seed]))
      .digest("hex"),
    count,
    labels: new Map(labels.map((label) => [label.name, label])),
    samples: { kind: "pictures", anySize: true, read: (row, size) => renderProcedural(recipe, row, size) },
    nameOf: (row) => `picture ${row}`,
    contentOf: scenes.map((_, row) => `${seed}:${row}`),
    groups: undefined,
    givenSplit: undefined,
  };
}
