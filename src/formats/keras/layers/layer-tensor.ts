import type { Builder, Value } from "../../../graph/builder.ts";
import { sizeOf, type Shape } from "../../../tensor/shape.ts";

/**
 * A tensor between layers. Keras counts its axes with the channels last. A convolution leaves them second, as the graph has
 * them, so that layers which follow one another need no transpose between them.
 */
export interface LayerTensor {
  readonly value: Value;
  /** Whether the value's axes are [batch, channels, places…], while Keras counts [batch, places…, channels]. */
  readonly channelsFirst: boolean;
  /** Which steps of a sequence count: [batch, time]. Layers pass it on as Keras does. */
  readonly mask?: Value | undefined;
}

/** A value whose axes are in Keras' order already: channels last. */
export const asLayerTensor = (value: Value, mask?: Value): LayerTensor => ({ value, channelsFirst: false, mask });

/** From the graph's axes to Keras's and back, for a tensor of this rank. */
const toLast = (rank: number): number[] => [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
const toFirst = (rank: number): number[] => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];

/** The shape as Keras counts it. */
export function shapeOf({ value: { shape }, channelsFirst }: LayerTensor): Shape {
  return channelsFirst ? toLast(shape.length).map((axis) => shape[axis]!) : shape;
}

/** The value with its axes in Keras's order. */
export function inKerasOrder(b: Builder, { value, channelsFirst }: LayerTensor): Value {
  return channelsFirst ? transposed(b, value, toLast(value.shape.length)) : value;
}

/** The value with the channels second. */
export function withChannelsFirst(b: Builder, { value, channelsFirst }: LayerTensor): Value {
  return channelsFirst || value.shape.length < 3 ? value : transposed(b, value, toFirst(value.shape.length));
}

/** Where an axis that Keras counts, perhaps from the end, stands in the value. */
export function axisInValue({ value, channelsFirst }: LayerTensor, axis: number): number {
  const rank = value.shape.length;
  const counted = axis < 0 ? axis + rank : axis;
  return channelsFirst ? toLast(rank)[counted]! : counted;
}

/** A transpose that moves only axes of one element is a reshape, which costs nothing. */
function transposed(b: Builder, value: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => value.shape[axis]!);
  const moving = perm.filter((axis) => value.shape[axis] !== 1);
  const inOrder = moving.every((axis, i) => i === 0 || axis > moving[i - 1]!);
  return inOrder || sizeOf(shape) === 0 ? b.reshape(value, shape) : b.transpose(value, perm);
}
