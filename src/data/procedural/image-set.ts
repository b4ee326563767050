import { Random } from "../../tensor/random.ts";
import { image, type Image, type Size } from "../image/image.ts";
import { noiseGround } from "./ground.ts";
import { contains, shapeNames } from "./shapes.ts";

/**
 * Pictures generated from a seed: one filled shape of 5 kinds × 6 hues with jitter × 4 quadrants × radius 18 to 46 pixels
 * at 224, on smooth coloured noise. The factors are independent, so that none predicts another. Each picture depends only
 * on the seed and its index, and uses only arithmetic that is exact on every machine.
 */
export interface ProceduralRecipe {
  readonly seed: number;
  readonly count: number;
}

export const hueNames = ["red", "yellow", "green", "cyan", "blue", "magenta"] as const;
export const quadrantNames = ["upper left", "upper right", "lower left", "lower right"] as const;
export const sizeNames = ["small", "large"] as const;

/** The version of the drawing code. It is part of a set's hash, so that a change of the code counts as a change of the data. */
export const proceduralVersion = 1;

/** The exact contents of a picture. Lengths are in pixels of a picture of side 224. */
export interface Scene {
  readonly shape: number;
  readonly hue: number;
  readonly quadrant: number;
  readonly radius: number;
  readonly x: number;
  readonly y: number;
  readonly colour: readonly [red: number, green: number, blue: number];
}

const side = 224;
const smallest = 18;
const largest = 46;
/** A larger radius counts as "large". */
export const largeRadius = 32;

interface Begun {
  readonly scene: Scene;
  readonly random: Random;
}

function begin({ seed }: ProceduralRecipe, index: number): Begun {
  // The odd multiplier separates the seeds of neighbouring sets.
  const random = new Random((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0);
  const shape = random.integer(shapeNames.length);
  const hue = random.integer(hueNames.length);
  const quadrant = random.integer(quadrantNames.length);
  const radius = random.uniform(smallest, largest);
  // The whole shape stays inside its quadrant, two pixels from the border.
  const [low, high] = [radius + 2, side / 2 - radius - 2];
  const x = random.uniform(low, high) + (quadrant % 2) * (side / 2);
  const y = random.uniform(low, high) + (quadrant >> 1) * (side / 2);
  const colour = colourOf(hue + random.uniform(-0.22, 0.22), random.uniform(0.65, 1), random.uniform(0.65, 1));
  return { scene: { shape, hue, quadrant, radius, x, y, colour }, random };
}

export const sceneOf = (recipe: ProceduralRecipe, index: number): Scene => begin(recipe, index).scene;

/** Draws the picture at any size; positions and radius scale with it. */
export function renderProcedural(recipe: ProceduralRecipe, index: number, { width, height }: Size): Image {
  const { scene, random } = begin(recipe, index);
  const ground = noiseGround(width, height, random);
  forInside(scene, width, height, (pixel) => {
    for (let c = 0; c < 3; c++) ground[pixel * 3 + c] = scene.colour[c]!;
  });
  return image(width, height, new Uint8Array(ground.buffer));
}

/** The mask of the shape: 1 inside, 0 outside. */
export function maskOf(recipe: ProceduralRecipe, index: number, { width, height }: Size): Uint8Array {
  const mask = new Uint8Array(width * height);
  forInside(sceneOf(recipe, index), width, height, (pixel) => void (mask[pixel] = 1));
  return mask;
}

function forInside(
  { shape, radius, x, y }: Scene,
  width: number,
  height: number,
  visit: (pixel: number) => void,
): void {
  const inside = contains[shapeNames[shape]!];
  const [right, down] = [side / width, side / height];
  for (
    let row = Math.max(0, Math.floor((y - radius) / down));
    row < Math.min(height, Math.ceil((y + radius) / down) + 1);
    row++
  ) {
    for (
      let column = Math.max(0, Math.floor((x - radius) / right));
      column < Math.min(width, Math.ceil((x + radius) / right) + 1);
      column++
    ) {
      if (inside(((column + 0.5) * right - x) / radius, ((row + 0.5) * down - y) / radius)) visit(row * width + column);
    }
  }
}

/** The 8-bit RGB of a colour in piecewise linear HSV. The hue is in sixths of the circle, from red. */
function colourOf(hue: number, saturation: number, value: number): [number, number, number] {
  const channel = (shift: number): number => {
    const k = (((shift + hue) % 6) + 6) % 6;
    return Math.round(255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}
