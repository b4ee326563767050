import { createHash } from "node:crypto";
import { GlassboxError } from "../../tensor/errors.ts";
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
export function readProceduralReference(reference: string): ProceduralRecipe | undefined {
  if (!/^procedural(:|$)/.test(reference)) return undefined;
  const [, count = String(defaultCount), seed = "0", ...rest] = reference.split(":");
  const whole = (text: string, low: number, high: number): boolean =>
    /^\d+$/.test(text) && Number(text) >= low && Number(text) <= high;
  if (rest.length > 0 || !whole(count, 50, 1_000_000) || !whole(seed, 0, 2 ** 31 - 1)) {
    throw new GlassboxError("option", `${reference} is not a valid procedural set`, {
      hint: "Write procedural:<count>:<seed>, e.g. procedural:2000:0, with 50 to 1,000,000 pictures.",
    });
  }
  return { count: Number(count), seed: Number(seed) };
}

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
