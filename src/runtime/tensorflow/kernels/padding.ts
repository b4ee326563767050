import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { Call } from "../kernel.ts";

type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

/** Zero padding. The kernel does it if the backend supports that; otherwise it is done before (the native backend has only "valid" and "same"). */
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
