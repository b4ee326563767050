/** The kinds of image resizing that TensorFlow.js has. Cropping, cubic and antialiased resizing run by the reference law. */
import type { Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { resize } from "../../../graph/ops/resize.ts";
import { kernel, type Kernel } from "../kernel.ts";

interface Given {
  readonly mode: string;
  readonly coordinate_transformation_mode: string;
  readonly nearest_mode: string;
  readonly antialias: boolean;
}

/** In TensorFlow, nearest is asymmetric with floor; linear supports half pixels and aligned corners. */
const known = ({ mode, coordinate_transformation_mode: coordinates, nearest_mode, antialias }: Given): boolean =>
  !antialias &&
  (mode === "nearest"
    ? coordinates === "asymmetric" && nearest_mode === "floor"
    : mode === "linear" && ["half_pixel", "align_corners", "asymmetric"].includes(coordinates));

export const resizeKernels: readonly Kernel[] = [
  kernel(resize, {
    layout: "images",
    fits: ({ inputs: [x], results: [y] }, given) => {
      const [from, to] = [x!.shape, y!.shape];
      // Only if the scale is a whole number do the extents determine it.
      const exact = given.scales === undefined || from.every((extent, axis) => Number.isInteger(to[axis]! / extent));
      const moved =
        given.axes === undefined || given.axes.length === 4 || given.axes.every((axis) => axis >= 2 || axis < 0);
      return (
        from.length === 4 &&
        from[0] === to[0] &&
        from[1] === to[1] &&
        exact &&
        moved &&
        given.keep_aspect_ratio_policy === "stretch" &&
        known(given)
      );
    },
    run: (call, { mode, coordinate_transformation_mode: coordinates }) => {
      const size: [number, number] = [call.results[0]!.shape[2]!, call.results[0]!.shape[3]!];
      const x = call.x(0) as Tensor3D | Tensor4D;
      if (mode === "nearest") return call.tf.image.resizeNearestNeighbor(x, size);
      return call.tf.image.resizeBilinear(x, size, coordinates === "align_corners", coordinates === "half_pixel");
    },
  }),
];
