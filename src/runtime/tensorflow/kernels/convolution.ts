/**
 * Convolution, channels-last. TensorFlow.js has dense and depthwise kernels with stride or dilation. Other group counts
 * are split. A transposed convolution is computed as a convolution of the image with zeros inserted between its pixels:
 * the WebAssembly backend's conv2dTranspose was measured to be ten times slower.
 */
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { conv, convTranspose } from "../../../graph/ops/convolution.ts";
import type { Tf } from "../backend.ts";
import { kernel, type Call, type Kernel, type Signature } from "../kernel.ts";
import { padded } from "./padding.ts";

type Pair = [number, number];

interface Geometry {
  readonly groups: number;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** The padding at the top, left, bottom and right. */
  readonly pads: readonly number[];
}

interface Given {
  readonly strides?: readonly number[] | undefined;
  readonly pads?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
  readonly group: number;
}

/** Two spatial values; a single one becomes the second. */
const pair = (values: readonly number[] | undefined, missing: number): Pair => {
  const given = values ?? [missing, missing];
  return given.length === 1 ? [missing, given[0]!] : [given[0]!, given[1]!];
};

const geometryOf = ({ strides, pads, dilations, group }: Given): Geometry => {
  const four = pads === undefined ? [0, 0, 0, 0] : pads.length === 2 ? [0, pads[0]!, 0, pads[1]!] : pads;
  return { groups: group, strides: pair(strides, 1), dilations: pair(dilations, 1), pads: four };
};

const planar = ({ inputs: [x] }: Signature): boolean => x!.shape.length === 3 || x!.shape.length === 4;

/** TensorFlow.js does not support stride and dilation together. */
const stridesOrDilates = ({ strides, dilations }: Given): boolean =>
  (strides ?? []).every((stride) => stride === 1) || (dilations ?? []).every((dilation) => dilation === 1);

export const convolutionKernels: readonly Kernel[] = [
  kernel(conv, {
    layout: "images",
    fits: (signature, given) => planar(signature) && stridesOrDilates(given),
    run: (call, given) =>
      overImage(call, (x) => {
        const geometry = geometryOf(given);
        const weight = weightOf(call, "HWIO", geometry.groups, (w) => w);
        return convolved(call, x, weight, geometry);
      }),
  }),
  kernel(convTranspose, {
    layout: "images",
    fits: planar,
    run: (call, given) => overImage(call, (x) => transposed(call, x, geometryOf(given), pair(given.output_padding, 0))),
  }),
];

/** Treats [N, C, L] as an image with one row. */
function overImage(call: Call, f: (x: Tensor4D) => Tensor4D): Tensor {
  const { tf } = call;
  if (call.rank === 4) return f(call.x(0) as Tensor4D);
  const [batch, channels, length] = call.shape(0) as [number, number, number];
  const y = f(tf.transpose(tf.reshape(call.x(0), [batch, channels, 1, length]), [0, 2, 3, 1]) as Tensor4D);
  return tf.reshape(tf.transpose(y, [0, 3, 1, 2]), [...call.results[0]!.shape]);
}

/** Rearranges a weight from [M, C, (H,) W] to [H, W, C, M]. The result is cached; for a constant, it lives as long as the program. */
function weightOf(call: Call, key: string, groups: number, prepare: (weight: Tensor4D) => Tensor4D): Tensor4D {
  const { tf } = call;
  return call.cells[1]!.derived(`${key} of ${groups}`, (plain) => {
    const [rows, columns, ...kernelShape] = plain.shape as [number, number, ...number[]];
    const four = [rows, columns, ...(kernelShape.length === 1 ? [1] : []), ...kernelShape] as [
      number,
      number,
      number,
      number,
    ];
    return tf.transpose(prepare(tf.reshape(plain, four)), [2, 3, 1, 0]);
  }) as Tensor4D;
}

function convolved(
  call: Call,
  x: Tensor4D,
  filter: Tensor4D,
  { groups, strides, dilations, pads }: Geometry,
): Tensor4D {
  const { tf } = call;
  const bias = call.has(2) ? (call.cells[2]!.as("plain") as Tensor1D) : undefined;
  const { image, pad } = padded(call, x, pads);
  const [height, width, channels, filters] = filter.shape;
  if (groups === 1) return tf.fused.conv2d({ x: image, filter, strides, pad, dilations, ...(bias && { bias }) });
  if (channels === 1) {
    // Filter c·multiplier + m reads channel c: the same order in both.
    const depthwise = tf.reshape(filter, [height, width, groups, filters / groups]) as Tensor4D;
    // The declared type lacks explicit padding, but the kernel accepts it, as conv2d does.
    return tf.fused.depthwiseConv2d({
      x: image,
      filter: depthwise,
      strides,
      pad: pad as "valid",
      dilations,
      ...(bias && { bias }),
    });
  }
  const images = tf.split(image, groups, 3);
  const parts = tf
    .split(filter, groups, 3)
    .map((part, i) => tf.conv2d(images[i] as Tensor4D, part as Tensor4D, strides, pad, "NHWC", dilations) as Tensor4D);
  const joined = tf.concat(parts, 3);
  return bias ? tf.add(joined, bias) : joined;
}

function transposed(call: Call, x: Tensor4D, { groups, strides, dilations, pads }: Geometry, extra: Pair): Tensor4D {
  const { tf } = call;
  // [C, M, H, W], grouped along C, becomes [G·M, C/G, H, W], rotated by 180°.
  const filter = weightOf(call, "adjoint HWIO", groups, (weight) => {
    const [channels, filters, height, width] = weight.shape;
    const split = tf.reshape(weight, [groups, channels / groups, filters, height * width]);
    const swapped = tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [
      groups * filters,
      channels / groups,
      height,
      width,
    ]) as Tensor4D;
    return tf.reverse(swapped, [2, 3]);
  });
  const spread = zerosBetween(tf, x, strides);
  const reach = [0, 1].map((axis) => (filter.shape[axis]! - 1) * dilations[axis]!);
  const around = [
    reach[0]! - pads[0]!,
    reach[1]! - pads[1]!,
    reach[0]! - pads[2]! + extra[0],
    reach[1]! - pads[3]! + extra[1],
  ];
  // Padding beyond the extent of the kernel crops the output.
  const crop = around.map((count) => Math.max(0, -count));
  const [, height, width] = spread.shape;
  const kept = crop.some((count) => count > 0)
    ? tf.slice(spread, [0, crop[0]!, crop[1]!, 0], [-1, height - crop[0]! - crop[2]!, width - crop[1]! - crop[3]!, -1])
    : spread;
  return convolved(call, kept, filter, {
    groups,
    strides: [1, 1],
    dilations,
    pads: around.map((count) => Math.max(0, count)),
  });
}

/** Inserts `stride − 1` zeros after each pixel but the last, one axis after the other, within four axes. */
function zerosBetween(tf: Tf, x: Tensor4D, [down, across]: Pair): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  let spread: Tensor = x;
  if (across > 1) {
    const cells = tf.pad(tf.reshape(spread, [batch * height, width, channels]), [
      [0, 0],
      [0, 0],
      [0, channels * (across - 1)],
    ]);
    spread = tf.slice(
      tf.reshape(cells, [batch, height, width * across, channels]),
      [0, 0, 0, 0],
      [-1, -1, (width - 1) * across + 1, -1],
    );
  }
  const [, , columns] = spread.shape as [number, number, number, number];
  if (down > 1) {
    const lines = tf.pad(tf.reshape(spread, [batch, height, columns * channels]), [
      [0, 0],
      [0, 0],
      [0, columns * channels * (down - 1)],
    ]);
    spread = tf.slice(
      tf.reshape(lines, [batch, height * down, columns, channels]),
      [0, 0, 0, 0],
      [-1, (height - 1) * down + 1, -1, -1],
    );
  }
  return spread as Tensor4D;
}
