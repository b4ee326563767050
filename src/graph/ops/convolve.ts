/** The sums of convolution over plain arrays: float64, up to three spatial axes, any geometry. */
import { convolveChannels, convolveChannelsAdjoint } from "./depthwise.ts";
import { gemm, type MatrixView } from "./gemm.ts";
import { insideFrom, insideTo, lift, type Window } from "./window.ts";

/** y[n, g·M + m, o] = Σ_c,k x[n, g·C + c, o·stride + k·dilation − pad] · w[g·M + m, c, k]. */
export interface Convolution {
  readonly batch: number;
  readonly groups: number;
  /** C and M: channels of the image and of the result in each group. */
  readonly channels: number;
  readonly filters: number;
  readonly window: Window;
  /** Spatial extents. */
  readonly image: readonly number[];
  readonly result: readonly number[];
}

type Triple = readonly [number, number, number];

/** The same with three spatial axes, the missing ones of extent 1. */
export interface Geometry {
  readonly kernel: Triple;
  readonly stride: Triple;
  readonly dilation: Triple;
  readonly pad: Triple;
  readonly image: Triple;
  readonly result: Triple;
  readonly taps: number;
  readonly pixels: number;
  readonly outputs: number;
}

/** Patches are gathered for this many numbers at a time: those of a VGG layer would fill 230 MB at once. */
const patchBudget = 2 ** 20;

export function convolve(c: Convolution, x: Float64Array, w: Float64Array): Float64Array {
  const geometry = geometryOf(c);
  const y = new Float64Array(c.batch * c.groups * c.filters * geometry.outputs);
  run(c, geometry, x, w, y, false);
  return y;
}

/** The adjoint of `convolve` in its image: transposed convolution. */
export function convolveAdjoint(c: Convolution, y: Float64Array, w: Float64Array): Float64Array {
  const geometry = geometryOf(c);
  const x = new Float64Array(c.batch * c.groups * c.channels * geometry.pixels);
  run(c, geometry, x, w, y, true);
  return x;
}

function geometryOf({ window, image, result }: Convolution): Geometry {
  const product = ([d, h, w]: Triple): number => d * h * w;
  const lifted = {
    kernel: lift(window.kernel, 1),
    stride: lift(window.strides, 1),
    dilation: lift(window.dilations, 1),
    pad: lift(window.before, 0),
    image: lift(image, 1),
    result: lift(result, 1),
  };
  return { ...lifted, taps: product(lifted.kernel), pixels: product(lifted.image), outputs: product(lifted.result) };
}

function run(c: Convolution, g: Geometry, x: Float64Array, w: Float64Array, y: Float64Array, adjoint: boolean): void {
  if (c.channels === 1) (adjoint ? convolveChannelsAdjoint : convolveChannels)(c, g, x, w, y);
  else if (g.taps === 1 && g.pixels === g.outputs && g.stride.every((s) => s === 1) && g.pad.every((p) => p === 0))
    pointwise(c, g, x, w, y, adjoint);
  else overPatches(c, g, x, w, y, adjoint);
}

/** 1×1 convolution is a matrix product as it lies. */
function pointwise(
  c: Convolution,
  g: Geometry,
  x: Float64Array,
  w: Float64Array,
  y: Float64Array,
  adjoint: boolean,
): void {
  for (let block = 0; block < c.batch * c.groups; block++) {
    const weight = (block % c.groups) * c.filters * c.channels;
    const xAt = block * c.channels * g.pixels;
    const yAt = block * c.filters * g.outputs;
    if (adjoint)
      gemm(
        c.channels,
        g.pixels,
        c.filters,
        { data: w, offset: weight, row: 1, column: c.channels },
        rowMajor(y, yAt, g.outputs),
        x,
        xAt,
        g.pixels,
      );
    else
      gemm(
        c.filters,
        g.outputs,
        c.channels,
        rowMajor(w, weight, c.channels),
        rowMajor(x, xAt, g.pixels),
        y,
        yAt,
        g.outputs,
      );
  }
}

/**
 * Patches as columns of a matrix, the result (or its cotangent) as another with the same columns; then one product.
 * A block is a run of output lines, possibly over several samples: the gradient of a weight is a
 * convolution with tiny results and a large batch.
 */
function overPatches(
  c: Convolution,
  g: Geometry,
  x: Float64Array,
  w: Float64Array,
  y: Float64Array,
  adjoint: boolean,
): void {
  const depth = c.channels * g.taps;
  const line = g.result[2];
  const lines = c.batch * g.result[0] * g.result[1];
  const perBlock = Math.max(1, Math.min(lines, Math.floor(patchBudget / (depth * line))));
  const patches = new Float64Array(depth * perBlock * line);
  const results = new Float64Array(c.filters * perBlock * line);
  for (let group = 0; group < c.groups; group++) {
    const weight = group * c.filters * depth;
    for (let first = 0; first < lines; first += perBlock) {
      const count = Math.min(perBlock, lines - first);
      const columns = count * line;
      patches.fill(0);
      if (adjoint) {
        moveResults(c, g, y, results, group, first, count, false);
        gemm(
          depth,
          columns,
          c.filters,
          { data: w, offset: weight, row: 1, column: depth },
          rowMajor(results, 0, columns),
          patches,
        );
        movePatches(c, g, x, patches, group, first, count, true);
      } else {
        results.fill(0);
        movePatches(c, g, x, patches, group, first, count, false);
        gemm(c.filters, columns, depth, rowMajor(w, weight, depth), rowMajor(patches, 0, columns), results);
        moveResults(c, g, y, results, group, first, count, true);
      }
    }
  }
}

const rowMajor = (data: Float64Array, offset: number, row: number): MatrixView => ({ data, offset, row, column: 1 });

/** Between the image and its patches: gathers, or adds back (`scatter`). */
function movePatches(
  c: Convolution,
  g: Geometry,
  x: Float64Array,
  patches: Float64Array,
  group: number,
  first: number,
  count: number,
  scatter: boolean,
): void {
  const [, height, width] = g.image;
  const [depthOut, heightOut, widthOut] = g.result;
  const stride = g.stride[2];
  for (let row = 0; row < c.channels * g.taps; row++) {
    const channel = Math.floor(row / g.taps);
    const tap = row % g.taps;
    const kw = tap % g.kernel[2];
    const kh = Math.floor(tap / g.kernel[2]) % g.kernel[1];
    const kd = Math.floor(tap / (g.kernel[2] * g.kernel[1]));
    const [shiftD, shiftH, shiftW] = [
      kd * g.dilation[0] - g.pad[0],
      kh * g.dilation[1] - g.pad[1],
      kw * g.dilation[2] - g.pad[2],
    ];
    const from = insideFrom(shiftW, stride);
    const length = insideTo(shiftW, stride, width, widthOut) - from;
    for (let l = 0; l < count; l++) {
      const at = first + l;
      const h = (at % heightOut) * g.stride[1] + shiftH;
      const d = (Math.floor(at / heightOut) % depthOut) * g.stride[0] + shiftD;
      if (h < 0 || h >= height || d < 0 || d >= g.image[0]) continue;
      const sample = Math.floor(at / (heightOut * depthOut));
      const plane = ((sample * c.groups + group) * c.channels + channel) * g.pixels;
      const i = plane + (d * height + h) * width + from * stride + shiftW;
      const p = (row * count + l) * widthOut + from;
      if (scatter) for (let j = 0; j < length; j++) x[i + j * stride]! += patches[p + j]!;
      else for (let j = 0; j < length; j++) patches[p + j] = x[i + j * stride]!;
    }
  }
}

/** Between [sample, channel, position] and [channel, (sample, position)]. */
function moveResults(
  c: Convolution,
  g: Geometry,
  y: Float64Array,
  results: Float64Array,
  group: number,
  first: number,
  count: number,
  store: boolean,
): void {
  const line = g.result[2];
  const linesPerSample = g.result[0] * g.result[1];
  for (let filter = 0; filter < c.filters; filter++) {
    for (let l = 0; l < count; l++) {
      const sample = Math.floor((first + l) / linesPerSample);
      const o =
        (((sample * c.groups + group) * c.filters + filter) * linesPerSample + ((first + l) % linesPerSample)) * line;
      const r = (filter * count + l) * line;
      if (store) for (let j = 0; j < line; j++) y[o + j] = results[r + j]!;
      else for (let j = 0; j < line; j++) results[r + j] = y[o + j]!;
    }
  }
}
