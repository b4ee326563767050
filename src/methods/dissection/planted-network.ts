/** A network whose units are known, for tests: detectors of colours, stripes, corners and positions, built by hand. */
import { Builder, type Value } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { NetworkSource } from "../network.ts";
import { randomRotation } from "./rotation.ts";

/** The side of its input. Textures then repeat every 6 or 8 pixels. */
export const plantedSide = 112;

/** What each unit of the site `units` was built to detect; "" for one that is always 0. */
export const planted: readonly string[] = [
  ...["red", "yellow", "green", "cyan", "blue", "magenta"],
  ...["horizontal stripes", "vertical stripes", "diagonal stripes", "checks"],
  "corner",
  ...["upper left", "upper right", "centre", "lower left", "lower right"],
  "",
];

/** Sites: `units`, and `rotated`, where no unit is aligned with a concept. Pictures are RGB from 0 to 1. */
export function plantedNetwork(): NetworkSource {
  const graphs = new Map<number, Graph>();
  return {
    hash: "planted",
    at: (batch) => {
      const known = graphs.get(batch) ?? build(batch);
      graphs.set(batch, known);
      return known;
    },
    batchable: true,
    input: "pixels",
    logits: "logits",
    layout: "NCHW",
    classNames: undefined,
  };
}

function build(batch: number): Graph {
  const b = new Builder(coreOperators);
  const side = plantedSide;
  const x = b.input("pixels", { dtype: "float32", shape: [batch, 3, side, side] });
  const parts = [colours(b, x), stripes(b, x), corner(b, x), positions(b, x), b.scale(channel(b, x, 0), 0)];
  const units = b.apply("Identity", [b.concat(parts, 1)], {}, { names: ["units"] });
  const count = planted.length;
  const rotation = float32([count, count], randomRotation(count, 1));
  const flat = b.reshape(units, [batch, count, side * side]);
  const turned = b.reshape(b.matmul(b.tensor(rotation), flat), units.shape);
  const rotated = b.apply("Identity", [turned], {}, { names: ["rotated"] });
  const means = b.apply("ReduceMean", [rotated], { axes: [2, 3], keepdims: false });
  const logits = b.apply("Identity", [means], {}, { names: ["logits"] });
  const axes = ["batch", "channel", "row", "column"];
  for (const { name } of [units, rotated]) b.site({ name, value: name, axes, role: "planted" });
  return b.finish([logits]);
}

const channel = (b: Builder, x: Value, index: number): Value => b.slice(x, [1], [index], [index + 1]);

function conv(b: Builder, x: Value, filters: readonly (readonly number[])[], kernel: number, bias?: readonly number[]) {
  const weight = float32([filters.length, x.shape[1]!, kernel, kernel], filters.flat());
  const pads = [
    Math.floor((kernel - 1) / 2),
    Math.floor((kernel - 1) / 2),
    Math.floor(kernel / 2),
    Math.floor(kernel / 2),
  ];
  return b.apply("Conv", [x, b.tensor(weight), ...(bias ? [b.tensor(float32([bias.length], bias))] : [])], { pads });
}

const relu = (b: Builder, x: Value): Value => b.apply("Relu", [x]);

/** Red is R − G − B; yellow is R + G − 2B − 1; grey gives neither. */
function colours(b: Builder, x: Value): Value {
  const filters = [
    [1, -1, -1],
    [1, 1, -2],
    [-1, 1, -1],
    [-2, 1, 1],
    [-1, -1, 1],
    [1, -2, 1],
  ];
  return relu(b, conv(b, x, filters, 1, [0, -1, 0, -1, 0, -1]));
}

/** The energy of grey waves of each texture's period and direction, less that of the others, smoothed. */
function stripes(b: Builder, x: Value): Value {
  const grey = conv(b, x, [[1 / 3, 1 / 3, 1 / 3]], 1);
  // Twelve pixels hold two periods of 6; sixteen hold two of 8.
  const waves = (kernel: number, wave: (x: number, y: number, phase: 0 | 1) => number): Value => {
    const filters = ([0, 1] as const).map((phase) => {
      const values = Array.from({ length: kernel * kernel }, (_, i) => wave(i % kernel, Math.floor(i / kernel), phase));
      return values.map((value) => value / (kernel * kernel));
    });
    const energy = conv(b, grey, filters, kernel);
    return b.sum(b.mul(energy, energy), [1], true);
  };
  const shifted = (turns: number, phase: 0 | 1): number => Math.sin(2 * Math.PI * (turns + phase / 4));
  const horizontal = waves(12, (_, y, phase) => shifted(y / 6, phase));
  const vertical = waves(12, (column, _, phase) => shifted(column / 6, phase));
  const diagonal = waves(16, (column, row, phase) => shifted((column + row) / 8, phase));
  // Checks have the products of both waves; the two other phases make up for the missing shifts.
  const crossed = (shift: number): Value =>
    waves(12, (column, row, phase) => shifted(column / 6 + shift, phase) * shifted(row / 6, 0));
  const crossedToo = (shift: number): Value =>
    waves(12, (column, row, phase) => shifted(column / 6 + shift, phase) * shifted(row / 6, 1));
  const checks = b.add(crossed(0), crossedToo(0));
  const all = [horizontal, vertical, diagonal, checks];
  const total = all.reduce((sum, each) => b.add(sum, each));
  const own = all.map((each) => relu(b, b.sub(b.scale(each, 2), total)));
  return b.apply("AveragePool", [b.concat(own, 1)], { kernel_shape: [5, 5], pads: [2, 2, 2, 2] });
}

/** Corners of the coloured shape: the determinant of the structure tensor of its colourfulness (Harris, Stephens 1988). */
function corner(b: Builder, x: Value): Value {
  const differences = conv(b, x, [[1, -1, 0], [0, 1, -1], [-1, 0, 1]], 1); // prettier-ignore
  const colourful = b.sum(b.apply("Abs", [differences]), [1], true);
  const soft = b.apply("AveragePool", [colourful], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  const across = conv(b, soft, [[-1, 0, 1, -2, 0, 2, -1, 0, 1]], 3);
  const down = conv(b, soft, [[-1, -2, -1, 0, 0, 0, 1, 2, 1]], 3);
  const pooled = (value: Value): Value => b.apply("AveragePool", [value], { kernel_shape: [7, 7], pads: [3, 3, 3, 3] });
  const [xx, yy, xy] = [b.mul(across, across), b.mul(down, down), b.mul(across, down)].map(pooled) as [
    Value,
    Value,
    Value,
  ];
  const trace = b.add(xx, yy);
  return relu(b, b.sub(b.sub(b.mul(xx, yy), b.mul(xy, xy)), b.scale(b.mul(trace, trace), 0.05)));
}

/** The same bump in every picture. */
function positions(b: Builder, x: Value): Value {
  const side = plantedSide;
  const centres = [[1, 1], [5, 1], [3, 3], [1, 5], [5, 5]] as const; // prettier-ignore
  const bumps = centres.flatMap(([column, row]) =>
    Array.from({ length: side * side }, (_, i) => {
      const [dx, dy] = [(i % side) - (column * side) / 6, Math.floor(i / side) - (row * side) / 6];
      return Math.exp(-(dx * dx + dy * dy) / (side * 4));
    }),
  );
  const constant = b.tensor(float32([1, centres.length, side, side], bumps));
  return b.add(b.scale(b.concat(centres.map(() => channel(b, x, 0)), 1), 0), constant); // prettier-ignore
}
