/**
 * Convolution of single channels. The padded plane is split into stride² phases, so that every tap is
 * one shift of one phase, and a whole plane is one long line: rows of 7 pixels would be too short a loop.
 */
import type { Convolution, Geometry } from "./convolve.ts";

interface Tap {
  readonly index: number;
  /** Its distance on the grid of its phase. */
  readonly shift: number;
}

interface Phase {
  /** The offset of its first pixel along each axis. */
  readonly first: readonly [number, number, number];
  readonly taps: readonly Tap[];
}

interface Plan {
  readonly grid: readonly [number, number, number];
  readonly cells: number;
  /** From the first result on the grid to the last, both included. */
  readonly span: number;
  readonly reach: number;
  readonly phases: readonly Phase[];
}

function planOf(g: Geometry): Plan {
  const blocks = (axis: 0 | 1 | 2): number =>
    g.result[axis] + Math.floor(((g.kernel[axis] - 1) * g.dilation[axis]) / g.stride[axis]);
  const grid = [blocks(0), blocks(1), blocks(2)] as const;
  const cell = (d: number, h: number, w: number): number => (d * grid[1] + h) * grid[2] + w;
  const phases = new Map<string, { first: readonly [number, number, number]; taps: Tap[] }>();
  let reach = 0;
  for (let index = 0; index < g.taps; index++) {
    const k = [
      Math.floor(index / (g.kernel[2] * g.kernel[1])),
      Math.floor(index / g.kernel[2]) % g.kernel[1],
      index % g.kernel[2],
    ];
    const at = k.map((tap, axis) => tap * g.dilation[axis]!);
    const first = [at[0]! % g.stride[0], at[1]! % g.stride[1], at[2]! % g.stride[2]] as const;
    const shift = cell(
      Math.floor(at[0]! / g.stride[0]),
      Math.floor(at[1]! / g.stride[1]),
      Math.floor(at[2]! / g.stride[2]),
    );
    reach = Math.max(reach, shift);
    const phase = phases.get(`${first}`) ?? { first, taps: [] };
    phase.taps.push({ index, shift });
    phases.set(`${first}`, phase);
  }
  const span = cell(g.result[0] - 1, g.result[1] - 1, g.result[2] - 1) + 1;
  return { grid, cells: cell(grid[0] - 1, grid[1] - 1, grid[2] - 1) + 1, span, reach, phases: [...phases.values()] };
}

export function convolveChannels(c: Convolution, g: Geometry, x: Float64Array, w: Float64Array, y: Float64Array): void {
  if (g.taps > g.outputs) return correlateChannels(c, g, x, w, y);
  const plan = planOf(g);
  const lines = plan.phases.map(() => new Float64Array(plan.cells));
  const sums = new Float64Array(plan.span);
  for (let plane = 0; plane < c.batch * c.groups; plane++) {
    plan.phases.forEach((phase, i) => movePhase(g, plan, phase, x, plane * g.pixels, lines[i]!, false));
    for (let filter = 0; filter < c.filters; filter++) {
      const weight = ((plane % c.groups) * c.filters + filter) * g.taps;
      sums.fill(0);
      plan.phases.forEach(({ taps }, i) => addShifted(sums, plan.span, lines[i]!, 0, 1, taps, w, weight));
      moveResult(g, plan, y, (plane * c.filters + filter) * g.outputs, sums, 0, true);
    }
  }
}

/**
 * For kernels larger than the result, as the gradient of a weight has them: result and kernel change places,
 * which x[o·stride + k·dilation − pad] allows, and each result is one long scalar product.
 */
function correlateChannels(c: Convolution, g: Geometry, x: Float64Array, w: Float64Array, y: Float64Array): void {
  const swapped: Geometry = {
    ...g,
    kernel: g.result,
    result: g.kernel,
    stride: g.dilation,
    dilation: g.stride,
    taps: g.outputs,
    outputs: g.taps,
  };
  const plan = planOf(swapped);
  const lines = plan.phases.map(() => new Float64Array(plan.cells));
  const spread = new Float64Array(plan.span);
  for (let plane = 0; plane < c.batch * c.groups; plane++) {
    plan.phases.forEach((phase, i) => movePhase(swapped, plan, phase, x, plane * g.pixels, lines[i]!, false));
    for (let filter = 0; filter < c.filters; filter++) {
      moveResult(swapped, plan, w, ((plane % c.groups) * c.filters + filter) * g.taps, spread, 0, false);
      const at = (plane * c.filters + filter) * g.outputs;
      plan.phases.forEach(({ taps }, i) => {
        for (const { index, shift } of taps) y[at + index] = innerProduct(spread, lines[i]!, shift);
      });
    }
  }
}

function innerProduct(x: Float64Array, y: Float64Array, shift: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < x.length; i += 2) {
    even += x[i]! * y[shift + i]!;
    odd += x[i + 1]! * y[shift + i + 1]!;
  }
  return even + odd + (i < x.length ? x[i]! * y[shift + i]! : 0);
}

export function convolveChannelsAdjoint(
  c: Convolution,
  g: Geometry,
  x: Float64Array,
  w: Float64Array,
  y: Float64Array,
): void {
  const plan = planOf(g);
  const sums = plan.phases.map(() => new Float64Array(plan.cells));
  // Results lie behind a margin of zeros, and have zeros between their lines.
  const spread = new Float64Array(plan.reach + plan.cells);
  for (let plane = 0; plane < c.batch * c.groups; plane++) {
    for (const sum of sums) sum.fill(0);
    for (let filter = 0; filter < c.filters; filter++) {
      const weight = ((plane % c.groups) * c.filters + filter) * g.taps;
      moveResult(g, plan, y, (plane * c.filters + filter) * g.outputs, spread, plan.reach, false);
      plan.phases.forEach(({ taps }, i) => addShifted(sums[i]!, plan.cells, spread, plan.reach, -1, taps, w, weight));
    }
    plan.phases.forEach((phase, i) => movePhase(g, plan, phase, x, plane * g.pixels, sums[i]!, true));
  }
}

/** to[i] += Σ w[tap]·from[start + i ± shift], four taps at a time. */
function addShifted(
  to: Float64Array,
  length: number,
  from: Float64Array,
  start: number,
  sign: 1 | -1,
  taps: readonly Tap[],
  w: Float64Array,
  weight: number,
): void {
  let t = 0;
  for (; t + 4 <= taps.length; t += 4) {
    const w0 = w[weight + taps[t]!.index]!;
    const w1 = w[weight + taps[t + 1]!.index]!;
    const w2 = w[weight + taps[t + 2]!.index]!;
    const w3 = w[weight + taps[t + 3]!.index]!;
    const s0 = start + sign * taps[t]!.shift;
    const s1 = start + sign * taps[t + 1]!.shift;
    const s2 = start + sign * taps[t + 2]!.shift;
    const s3 = start + sign * taps[t + 3]!.shift;
    for (let i = 0; i < length; i++)
      to[i]! += w0 * from[s0 + i]! + w1 * from[s1 + i]! + w2 * from[s2 + i]! + w3 * from[s3 + i]!;
  }
  for (; t < taps.length; t++) {
    const value = w[weight + taps[t]!.index]!;
    const shift = start + sign * taps[t]!.shift;
    for (let i = 0; i < length; i++) to[i]! += value * from[shift + i]!;
  }
}

/** Between a plane of the image and one of its phases, in the direction `store` says; padding stays untouched. */
function movePhase(
  g: Geometry,
  { grid }: Plan,
  { first }: Phase,
  x: Float64Array,
  plane: number,
  line: Float64Array,
  store: boolean,
): void {
  const stride = g.stride[2];
  const shift = first[2] - g.pad[2];
  const from = Math.max(0, Math.ceil(-shift / stride));
  const count = Math.min(grid[2], Math.floor((g.image[2] - 1 - shift) / stride) + 1) - from;
  for (let qd = 0; qd < grid[0]; qd++) {
    const d = qd * g.stride[0] + first[0] - g.pad[0];
    if (d < 0 || d >= g.image[0]) continue;
    for (let qh = 0; qh < grid[1]; qh++) {
      const h = qh * g.stride[1] + first[1] - g.pad[1];
      if (h < 0 || h >= g.image[1]) continue;
      const pixel = plane + (d * g.image[1] + h) * g.image[2] + from * stride + shift;
      const cell = (qd * grid[1] + qh) * grid[2] + from;
      if (store) for (let i = 0; i < count; i++) x[pixel + i * stride] = line[cell + i]!;
      else for (let i = 0; i < count; i++) line[cell + i] = x[pixel + i * stride]!;
    }
  }
}

/** Between a plane of results and its positions on the grid. */
function moveResult(
  g: Geometry,
  { grid }: Plan,
  y: Float64Array,
  plane: number,
  line: Float64Array,
  start: number,
  store: boolean,
): void {
  const [depth, height, width] = g.result;
  for (let d = 0, at = plane; d < depth; d++) {
    for (let h = 0; h < height; h++, at += width) {
      const cell = start + (d * grid[1] + h) * grid[2];
      if (store) for (let i = 0; i < width; i++) y[at + i] = line[cell + i]!;
      else for (let i = 0; i < width; i++) line[cell + i] = y[at + i]!;
    }
  }
}
