/**
 * The geometry that convolution and pooling share: a window of `kernel` taps, `dilations` apart,
 * moves by `strides` over an image padded by `before` and `after`. ONNX leaves each of these out when it is trivial.
 */
import { integers, maybe } from "../attributes.ts";

export const windowAttributes = { strides: maybe(integers()), pads: maybe(integers()), dilations: maybe(integers()) };

interface WindowAttributes {
  readonly strides?: readonly number[] | undefined;
  readonly pads?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
}

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export function windowOf(op: string, kernel: readonly number[], attributes: WindowAttributes): Window {
  const rank = kernel.length;
  const {
    strides = kernel.map(() => 1),
    dilations = kernel.map(() => 1),
    pads = [...kernel, ...kernel].map(() => 0),
  } = attributes;
  check(op, "kernel_shape", kernel, rank, 1);
  check(op, "strides", strides, rank, 1);
  check(op, "dilations", dilations, rank, 1);
  check(op, "pads", pads, 2 * rank, 0);
  return { kernel, strides, dilations, before: pads.slice(0, rank), after: pads.slice(rank) };
}

function check(op: string, name: string, values: readonly number[], length: number, least: number): void {
  if (values.length !== length || values.some((value) => !Number.isSafeInteger(value) || value < least)) {
    throw new RangeError(`${op} needs ${length} values of at least ${least} for ${name}, not [${values.join(", ")}]`);
  }
}

/** From the first tap to the last, both included. */
export const reach = ({ kernel, dilations }: Window, axis: number): number =>
  (kernel[axis]! - 1) * dilations[axis]! + 1;

export const padsOf = (window: Window): number[] => [...window.before, ...window.after];

/**
 * How often the window fits. With `ceil`, a last window may hang over the end, but never starts in
 * the padding there (as ONNX since opset 22, PyTorch and ONNX Runtime have it).
 */
export function slideExtents(op: string, window: Window, extents: readonly number[], ceil = false): number[] {
  return extents.map((extent, axis) => {
    const stride = window.strides[axis]!;
    const room = extent + window.before[axis]! + window.after[axis]! - reach(window, axis);
    if (room < 0)
      throw new RangeError(
        `${op}: a window that reaches over ${reach(window, axis)} does not fit into ${extent} with padding ${window.before[axis]} and ${window.after[axis]}`,
      );
    if (!ceil) return Math.floor(room / stride) + 1;
    const count = Math.ceil(room / stride) + 1;
    return (count - 1) * stride >= extent + window.before[axis]! ? count - 1 : count;
  });
}

/** Three spatial axes for the kernels of the reference: missing ones lead with extent 1. */
export const lift = (values: readonly number[], fill: number): [number, number, number] => {
  const lifted = [...new Array<number>(3 - values.length).fill(fill), ...values];
  return [lifted[0]!, lifted[1]!, lifted[2]!];
};

/** The outputs whose tap at `shift` (its offset minus the padding) lies inside the image: from the first, up to before the second. */
export const insideFrom = (shift: number, stride: number): number => Math.max(0, Math.ceil(-shift / stride));
export const insideTo = (shift: number, stride: number, extent: number, count: number): number =>
  Math.min(count, Math.floor((extent - 1 - shift) / stride) + 1);
