import { Random } from "../../tensor/random.ts";
import { contains, shapeNames, type ShapeName } from "./shapes.ts";
import { textureNames, type TextureName } from "./textures.ts";

/**
 * The contents of a picture of the concept set. Two shapes lie in two different quadrants: one is filled with a flat colour,
 * the other with a grey texture. Kind, colour, texture, place and size are drawn independently, so no concept predicts
 * another. Lengths are in pixels of a picture of side 224.
 */
export interface ConceptScene {
  readonly coloured: PlacedShape & { readonly hue: number; readonly rgb: readonly [number, number, number] };
  readonly textured: PlacedShape & {
    readonly texture: TextureName;
    readonly dark: number;
    readonly light: number;
    /** Where the pattern begins. */
    readonly phase: readonly [x: number, y: number];
  };
}

export interface PlacedShape {
  readonly shape: ShapeName;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface ConceptRecipe {
  readonly seed: number;
  readonly count: number;
}

/** The version of the drawing code. It is part of a set's hash, so that a change of the code counts as a change of the data. */
export const conceptSetVersion = 1;

export const side = 224;
const smallest = 20;
const largest = 38;
const hues = 6;

/** The scene of a picture, and the random numbers that its background continues with. */
export function beginConceptScene(
  { seed }: ConceptRecipe,
  index: number,
): { readonly scene: ConceptScene; readonly random: Random } {
  const random = new Random((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0xc2b2ae35)) >>> 0);
  const first = random.integer(4);
  const second = (first + 1 + random.integer(3)) % 4;
  const placed = (quadrant: number): PlacedShape => {
    const shape = random.choice(shapeNames);
    const radius = random.uniform(smallest, largest);
    // The triangle's tip is 1.1 radii from its centre; two more pixels stay free, so that shapes never touch.
    const [low, high] = [1.1 * radius + 2, side / 2 - 1.1 * radius - 2];
    return {
      shape,
      radius,
      x: random.uniform(low, high) + (quadrant % 2) * (side / 2),
      y: random.uniform(low, high) + (quadrant >> 1) * (side / 2),
    };
  };
  const coloured = placed(first);
  const textured = placed(second);
  const hue = random.integer(hues);
  const rgb = colourOf(hue + random.uniform(-0.2, 0.2), random.uniform(0.75, 1), random.uniform(0.75, 1));
  const texture = random.choice(textureNames);
  const scene = {
    coloured: { ...coloured, hue, rgb },
    textured: {
      ...textured,
      texture,
      dark: Math.round(random.uniform(20, 70)),
      light: Math.round(random.uniform(185, 235)),
      phase: [random.uniform(0, 16), random.uniform(0, 16)] as const,
    },
  };
  return { scene, random };
}

export const insideShape = ({ shape, x, y, radius }: PlacedShape, atX: number, atY: number): boolean =>
  contains[shape]((atX - x) / radius, (atY - y) / radius);

/** The 8-bit RGB of a colour in piecewise linear HSV. The hue is in sixths of the circle, from red. */
function colourOf(hue: number, saturation: number, value: number): [number, number, number] {
  const channel = (shift: number): number => {
    const k = (((shift + hue) % 6) + 6) % 6;
    return Math.round(255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}
