import type { SymbolicExtent } from "../formats/imported.ts";
import type { DeclaredPort } from "../formats/open.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/shape.ts";

/** What a person wrote about the inputs. */
export interface SaidInputs {
  readonly input?: string | undefined;
  readonly constants?: Readonly<Record<string, number>> | undefined;
  readonly sizes?: Readonly<Record<string, number>> | undefined;
}

/** The sides that are tried where a file leaves them free, the most usual first. */
export const usualSides = [224, 256, 640, 320, 384, 299, 512, 416, 128, 64, 32] as const;

const isFloatType = (type: string | undefined): boolean => /float|double/.test(type ?? "");

/** Whether an input has the shape of a picture: four axes, one of them with 1 or 3 channels or free. */
export function pictureAxes(
  shape: readonly SymbolicExtent[] | undefined,
): { readonly channel: 1 | 3; readonly sides: readonly [number, number] } | undefined {
  if (shape?.length !== 4) return undefined;
  const isChannel = (extent: SymbolicExtent): boolean => extent === 1 || extent === 3;
  if (isChannel(shape[1])) return { channel: 1, sides: [2, 3] };
  if (isChannel(shape[3])) return { channel: 3, sides: [1, 2] };
  // Everything is free: channels come second in most files.
  return typeof shape[1] !== "number" ? { channel: 1, sides: [2, 3] } : undefined;
}

/** The input that is explained where nobody chose: a picture, else the first of floats, else the first. */
export function explainedInput(inputs: readonly DeclaredPort[], said: SaidInputs | undefined): DeclaredPort {
  const wanted = said?.input;
  if (wanted !== undefined) {
    const found = inputs.find(({ name }) => name === wanted);
    if (found) return found;
    throw new GlassboxError(
      "option",
      `the file next to the model explains the input ${wanted}, which it does not have`,
      { hint: `It has ${inputs.map(({ name }) => name).join(", ")}.` },
    );
  }
  const [first] = inputs;
  if (first === undefined)
    throw new GlassboxError("unsupported", "the model has no input, so nothing can be explained");
  return (
    inputs.find(({ shape }) => pictureAxes(shape) !== undefined) ??
    inputs.find(({ elementType }) => isFloatType(elementType)) ??
    first
  );
}

/** The value of an input that is not explained, for all its elements: 1 of a mask, else 0. */
export function constantOf(
  { name }: DeclaredPort,
  said: SaidInputs | undefined,
): { readonly value: number; readonly said: boolean } {
  const given = said?.constants?.[name];
  return given === undefined
    ? { value: /mask|valid|scale/i.test(name) ? 1 : 0, said: false }
    : { value: given, said: true };
}

/** A whole shape at a batch size and a side for what is free; symbols that a person gave come first. */
export function shapeAt(
  { name, shape }: DeclaredPort,
  batch: number,
  side: number,
  said: SaidInputs | undefined,
): Shape | undefined {
  const picture = pictureAxes(shape);
  return shape?.map((extent, axis) => {
    if (typeof extent === "number" && (extent > 0 || axis > 0)) return axis === 0 && extent === 1 ? batch : extent;
    const given = said?.sizes?.[typeof extent === "string" && extent !== "" ? extent : `${name}:${axis}`];
    if (given !== undefined) return given;
    if (axis === 0) return batch;
    if (picture === undefined) return side;
    return axis === picture.channel ? 3 : side;
  });
}

/** Whether a picture's sides are left free. */
export function leavesSidesFree({ shape }: DeclaredPort): boolean {
  const picture = pictureAxes(shape);
  return picture !== undefined && picture.sides.some((axis) => typeof shape![axis] !== "number");
}
