import { emptyBits, setBit } from "../concepts/bits.ts";
import type { Concept, ConceptMask, SamplePoints } from "../concepts/concepts.ts";
import { image, type Image, type Size } from "../image/image.ts";
import { beginConceptScene, insideShape, side, type ConceptRecipe, type PlacedShape } from "./concept-scene.ts";
import { noiseGround } from "./ground.ts";
import { hueNames } from "./image-set.ts";
import { cornersOf, shapeNames } from "./shapes.ts";
import { isLight, textureNames } from "./textures.ts";

/** The positions: five of the nine equal squares of the picture, by their column and row. */
const positions = [
  ["upper left", 0, 0],
  ["upper right", 2, 0],
  ["centre", 1, 1],
  ["lower left", 0, 2],
  ["lower right", 2, 2],
] as const;

/** A point is at the boundary of a shape if a point this many pixels away, in one of eight directions, is on the other side. */
const boundaryWidth = 3;
/** A point is at a corner of a shape if it is within this many radii of a convex corner. */
const cornerReach = 0.3;

const parts = ["boundary", "corner"] as const;

const inCategory = (category: string, names: readonly string[], fixed?: true): readonly Concept[] =>
  names.map((name) => ({ name, category, ...(fixed && { fixed }) }));

/**
 * The concepts of the procedural set: colours, textures, shapes, parts of shapes and positions. Each covers at most 12.5 % of
 * the set's pixels: a concept that covers much more overlaps by chance with any unit. It says nothing about natural objects.
 */
export const proceduralConcepts: readonly Concept[] = [
  ...inCategory("colour", hueNames),
  ...inCategory("texture", textureNames),
  ...inCategory("shape", shapeNames),
  ...inCategory("part", parts),
  ...inCategory(
    "position",
    positions.map(([name]) => name),
    true,
  ),
];

const first = {
  colour: 0,
  texture: hueNames.length,
  shape: hueNames.length + textureNames.length,
  part: hueNames.length + textureNames.length + shapeNames.length,
  position: hueNames.length + textureNames.length + shapeNames.length + parts.length,
};

/** Draws the picture at any size. The background is grey noise, so that only the coloured shape has a colour. */
export function renderConceptPicture(recipe: ConceptRecipe, index: number, { width, height }: Size): Image {
  const { scene, random } = beginConceptScene(recipe, index);
  const { coloured, textured } = scene;
  const pixels = noiseGround(width, height, random);
  for (let i = 0; i < pixels.length; i += 3) pixels.fill(pixels[i + 1]!, i, i + 3);
  const points = { x: centres(width), y: centres(height) };
  forPointsNear(coloured, points, (x, y, point) => {
    if (insideShape(coloured, x, y)) for (let c = 0; c < 3; c++) pixels[point * 3 + c] = coloured.rgb[c]!;
  });
  forPointsNear(textured, points, (x, y, point) => {
    if (!insideShape(textured, x, y)) return;
    const { texture, phase, light, dark } = textured;
    pixels.fill(isLight[texture](x + phase[0], y + phase[1]) ? light : dark, point * 3, point * 3 + 3);
  });
  return image(width, height, new Uint8Array(pixels.buffer));
}

const centres = (extent: number): Float64Array =>
  Float64Array.from({ length: extent }, (_, i) => ((i + 0.5) * side) / extent);

/** The exact masks of a picture's concepts. */
export function proceduralMasks(recipe: ConceptRecipe, index: number, points: SamplePoints): readonly ConceptMask[] {
  const { coloured, textured } = beginConceptScene(recipe, index).scene;
  const scaled = { x: points.x.map((x) => x * side), y: points.y.map((y) => y * side) };
  const count = points.x.length * points.y.length;
  const found = new Map<number, Uint32Array>();
  const mark = (concept: number, point: number): void => {
    const bits = found.get(concept) ?? emptyBits(count);
    found.set(concept, bits);
    setBit(bits, point);
  };
  for (const [shape, filling] of [
    [coloured, first.colour + coloured.hue],
    [textured, first.texture + textureNames.indexOf(textured.texture)],
  ] as const) {
    const kind = first.shape + shapeNames.indexOf(shape.shape);
    forPointsNear(shape, scaled, (x, y, point) => {
      const inside = insideShape(shape, x, y);
      if (inside) {
        mark(filling, point);
        mark(kind, point);
      }
      if (isAtBoundary(shape, x, y, inside)) mark(first.part, point);
      if (isAtCorner(shape, x, y)) mark(first.part + 1, point);
    });
  }
  return [
    ...[...found].sort(([a], [b]) => a - b).map(([concept, bits]) => ({ concept, bits })),
    ...positionMasks(points),
  ];
}

/** Visits the points that can belong to a shape, its boundary or its corners. */
function forPointsNear(
  { x, y, radius }: PlacedShape,
  points: SamplePoints,
  visit: (x: number, y: number, point: number) => void,
): void {
  const reach = (1.1 + cornerReach) * radius + boundaryWidth;
  const columns = points.x.length;
  for (let row = 0; row < points.y.length; row++) {
    const atY = points.y[row]!;
    if (Math.abs(atY - y) > reach || atY < 0 || atY >= side) continue;
    for (let column = 0; column < columns; column++) {
      const atX = points.x[column]!;
      if (Math.abs(atX - x) <= reach && atX >= 0 && atX < side) visit(atX, atY, row * columns + column);
    }
  }
}

const aslant = boundaryWidth * 0.70703125; // √½ as a short binary fraction
const around = [
  [boundaryWidth, 0],
  [-boundaryWidth, 0],
  [0, boundaryWidth],
  [0, -boundaryWidth],
  [aslant, aslant],
  [aslant, -aslant],
  [-aslant, aslant],
  [-aslant, -aslant],
] as const;

const isAtBoundary = (shape: PlacedShape, x: number, y: number, inside: boolean): boolean =>
  around.some(([right, down]) => insideShape(shape, x + right, y + down) !== inside);

const isAtCorner = (shape: PlacedShape, x: number, y: number): boolean =>
  cornersOf[shape.shape].some(([right, down]) => {
    const [dx, dy] = [(x - shape.x) / shape.radius - right, (y - shape.y) / shape.radius - down];
    return dx * dx + dy * dy <= cornerReach * cornerReach;
  });

/** The positions' masks are the same in every picture, so all pictures share them. */
let lastPositions: { readonly points: SamplePoints; readonly masks: readonly ConceptMask[] } | undefined;

function positionMasks(points: SamplePoints): readonly ConceptMask[] {
  if (lastPositions?.points === points) return lastPositions.masks;
  const [columns, rows] = [points.x.length, points.y.length];
  const masks = positions.map(([, atColumn, atRow], i): ConceptMask => {
    const bits = emptyBits(columns * rows);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        if (Math.floor(points.x[column]! * 3) === atColumn && Math.floor(points.y[row]! * 3) === atRow)
          setBit(bits, row * columns + column);
    return { concept: first.position + i, bits };
  });
  lastPositions = { points, masks };
  return masks;
}
