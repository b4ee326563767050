import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { Call } from "../kernel.ts";

type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

/** Padding by zeros: told to the kernel where the backend can, else done before it (the native one knows only "valid" and "same"). */
export function padded(
  call: Call,
  image: Tensor4D,
  [top, left, bottom, right]: readonly number[],
): { readonly image: Tensor4D; readonly pad: ExplicitPadding | "valid" } {
  if (!top && !left && !bottom && !right) return { image, pad: "valid" };
  const pad: ExplicitPadding = [
    [0, 0],
    [top!, bottom!],
    [left!, right!],
    [0, 0],
  ];
  return call.backend.name === "wasm" ? { image, pad } : { image: call.tf.pad(image, pad), pad: "valid" };
}
