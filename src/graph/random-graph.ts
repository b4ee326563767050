/**
 * Random networks for tests: programs of core operators over small tensors, generated step by step from a seed. A program
 * is data, so that a failing one can be shrunk and printed.
 */
import { isFloat } from "../tensor/dtype.ts";
import { Random } from "../tensor/random.ts";
import { broadcastShapes, sizeOf, type Shape } from "../tensor/shape.ts";
import { array64, narrow, type Array64 } from "./array64.ts";
import { Builder, type OperatorTable, type Value } from "./builder.ts";
import type { Attributes } from "./graph.ts";

export interface Leaf {
  readonly leaf: Array64;
}

export interface Step {
  readonly op: string;
  /** Indices of earlier entries. */
  readonly inputs: readonly number[];
  readonly attributes: Attributes;
}

/** Entries in order; the last one is the result. Float leaves are inputs, other leaves are constants. */
export type Program = readonly (Leaf | Step)[];

export const leavesOf = (program: Program): readonly Array64[] =>
  program.flatMap((entry) => ("leaf" in entry && isFloat(entry.leaf.dtype) ? [entry.leaf] : []));

/** Builds a program, given values for its float leaves, and returns the value of every entry. */
export function buildProgram(b: Builder, program: Program, inputs: readonly Value[]): readonly Value[] {
  const values: Value[] = [];
  let next = 0;
  for (const entry of program) {
    if (!("leaf" in entry))
      values.push(
        b.apply(
          entry.op,
          entry.inputs.map((i) => values[i]!),
          entry.attributes,
        ),
      );
    else values.push(isFloat(entry.leaf.dtype) ? inputs[next++]! : b.tensor(narrow(entry.leaf)));
  }
  return values;
}

/** The same program in single precision, with rounded leaves, as runtimes run it. */
export const inFloat32 = (program: Program): Program =>
  program.map((entry) =>
    "leaf" in entry && isFloat(entry.leaf.dtype)
      ? { leaf: array64("float32", entry.leaf.shape, entry.leaf.data.map(Math.fround)) }
      : entry,
  );

export const describeProgram = (program: Program): string =>
  program
    .map((entry, i) => {
      if ("leaf" in entry)
        return `v${i} = ${entry.leaf.dtype} [${entry.leaf.shape.join(", ")}] of ${[...entry.leaf.data].join(", ")}`;
      return `v${i} = ${entry.op}(${entry.inputs.map((k) => `v${k}`).join(", ")}) ${JSON.stringify(entry.attributes)}`;
    })
    .join("\n");

/** A program of about `steps` operators. No value has more than `cap` elements. */
export function randomProgram(seed: number, operators: OperatorTable, { steps = 8, cap = 36 } = {}): Program {
  const generator = new ProgramGenerator(new Random(seed), operators, cap);
  for (let i = 0; i < 2; i++) generator.leaf(generator.random.choice(startShapes));
  for (let i = 0; i < steps; i++) generator.random.choice(rules)(generator);
  return generator.program;
}

const startShapes: readonly Shape[] = [[3], [2, 3], [1, 4], [2, 2, 2], [3, 1], [1, 2, 4, 4]];

class ProgramGenerator {
  readonly random: Random;
  readonly program: (Leaf | Step)[] = [];
  readonly values: Value[] = [];
  readonly cap: number;
  readonly #b: Builder;

  constructor(random: Random, operators: OperatorTable, cap: number) {
    this.random = random;
    this.#b = new Builder(operators);
    this.cap = cap;
  }

  leaf(shape: Shape): number {
    return this.constant(array64("float64", shape, this.random.normals(sizeOf(shape))));
  }

  constant(leaf: Array64): number {
    this.values.push(this.#b.input(this.#b.fresh("leaf"), leaf));
    return this.program.push({ leaf }) - 1;
  }

  /** Adds a step unless its result would be too large, and returns the index of its first result. */
  step(op: string, inputs: readonly number[], attributes: Attributes = {}): number {
    const result = this.#b.apply(
      op,
      inputs.map((i) => this.values[i]!),
      attributes,
    );
    if (sizeOf(result.shape) > this.cap || sizeOf(result.shape) === 0) return inputs[0]!;
    this.values.push(result);
    return this.program.push({ op, inputs, attributes }) - 1;
  }

  /** A random float value that `fits`. Later values are preferred, so that programs become deep. */
  pick(fits: (shape: Shape) => boolean = () => true): number {
    const found = this.values.flatMap(({ dtype, shape }, i) => (isFloat(dtype) && fits(shape) ? [i] : []));
    if (found.length === 0) return this.leaf(this.random.choice(startShapes.filter(fits)));
    return found[Math.max(this.random.integer(found.length), this.random.integer(found.length))]!;
  }

  shape = (i: number): Shape => this.values[i]!.shape;
  axis = (i: number): number => this.random.integer(this.shape(i).length);
}

const hasAxes = (shape: Shape): boolean => shape.length > 0;

const bounded = ["Tanh", "Sigmoid", "Sin", "Cos", "Erf", "Softsign", "Softplus", "Gelu", "Atan", "Asinh", "Neg"];
const isImage = (shape: Shape): boolean => shape.length === 4 && shape[2]! > 1 && shape[3]! > 1;

const kinked = ["Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Abs", "HardSigmoid", "ThresholdedRelu"];

const rules: readonly ((g: ProgramGenerator) => void)[] = [
  (g) => g.step(g.random.choice(bounded), [g.pick()]),
  (g) => g.step(g.random.choice(kinked), [g.pick()]),
  (g) => g.step("Clip", [g.pick()], { min: -0.5, max: 0.75 }),
  (g) => g.step(g.random.choice(["Add", "Sub", "Mul", "Max", "Min"]), pair(g)),
  (g) => g.step(g.random.choice(["Add", "Sub", "Mul", "Max", "Min"]), pair(g)),
  // The quotient by 1 + y² has no pole.
  (g) => {
    const [x, y] = pair(g);
    const one = g.constant(array64("float64", [], [1]));
    g.step("Div", [x, g.step("Add", [g.step("Mul", [y, y]), one])]);
  },
  (g) => {
    const [x, y] = pair(g);
    g.step("Where", [g.step("Greater", [x, y]), y, g.step("Tanh", [x])]);
  },
  (g) => {
    const x = g.pick(hasAxes);
    const size = sizeOf(g.shape(x));
    const first = g.random.choice([1, 2, 3, size].filter((n) => size % n === 0));
    g.step("Reshape", [x], { shape: g.random.choice([[first, size / first], [size], [-1, 1, first]]) });
  },
  (g) => {
    const x = g.pick();
    g.step("Transpose", [x], { perm: [...g.random.permutation(g.shape(x).length)] });
  },
  (g) => {
    const x = g.pick();
    g.step("Expand", [x], { shape: [2, ...g.shape(x)] });
  },
  (g) => {
    const x = g.pick(hasAxes);
    const y = g.pick((shape) => `${shape}` === `${g.shape(x)}`);
    g.step("Concat", [x, y, x].slice(0, 1 + g.random.integer(3)), { axis: g.axis(x) });
  },
  (g) => {
    const x = g.pick(hasAxes);
    const axis = g.axis(x);
    const extent = g.shape(x)[axis]!;
    const [start, step] = [g.random.integer(extent), g.random.choice([1, 1, 2, -1, -2])];
    g.step("Slice", [x], { starts: [start], ends: [step > 0 ? extent : -extent - 1], axes: [axis], steps: [step] });
  },
  (g) => {
    const x = g.pick(hasAxes);
    const mode = g.random.choice(["constant", "reflect", "edge", "wrap"]);
    const counts = g.shape(x).map((extent) => g.random.integer(mode === "reflect" && extent === 1 ? 1 : 2));
    g.step("Pad", [x], { pads: [...counts, ...counts.map((most) => g.random.integer(most + 1))], mode });
  },
  (g) => {
    const x = g.pick(hasAxes);
    g.step("Tile", [x], { repeats: g.shape(x).map(() => 1 + g.random.integer(2)) });
  },
  (g) => {
    const x = g.pick(hasAxes);
    const op = g.random.choice(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"]);
    g.step(op, [x], { axes: [g.axis(x)], keepdims: g.random.integer(2) === 0 });
  },
  (g) => {
    const x = g.pick(hasAxes);
    g.step(g.random.choice(["Softmax", "LogSoftmax", "CumSum"]), [x], { axis: g.axis(x) });
  },
  (g) => {
    const x = g.pick(hasAxes);
    const axis = g.axis(x);
    g.step("Gather", [x, g.constant(indices(g, [3], g.shape(x)[axis]!))], { axis });
  },
  (g) => {
    const x = g.pick(hasAxes);
    const axis = g.axis(x);
    g.step("GatherElements", [x, g.constant(indices(g, g.shape(x), g.shape(x)[axis]!))], { axis });
  },
  (g) => {
    const x = g.pick(hasAxes);
    const axis = g.axis(x);
    g.step("TopK", [x], { k: 1 + g.random.integer(g.shape(x)[axis]!), axis });
  },
  (g) => {
    const x = g.pick((shape) => shape.length >= 2 && shape.at(-1)! <= 12);
    g.step("MatMul", [x, g.leaf([g.shape(x).at(-1)!, 1 + g.random.integer(3)])]);
  },
  (g) => {
    const x = g.pick(isImage);
    const channels = g.shape(x)[1]!;
    const group = g.random.choice([1, channels]);
    const [kernel, pad] = g.random.choice([
      [3, 1],
      [2, 0],
      [1, 0],
      [2, 1],
    ] as const);
    const strides = g.random.choice([
      [1, 1],
      [2, 2],
      [2, 1],
    ]);
    const w = g.leaf([group === 1 ? 2 : channels, channels / group, kernel, kernel]);
    g.step("Conv", [x, w], { group, strides, pads: [pad, pad, pad, pad] });
  },
  (g) => {
    const x = g.pick(isImage);
    const strides = g.random.choice([
      [1, 1],
      [2, 2],
    ]);
    g.step("ConvTranspose", [x, g.leaf([g.shape(x)[1]!, 1, 2, 2])], { strides, pads: [0, 1, 0, 1] });
  },
  (g) => {
    const window = {
      kernel_shape: [2, 2],
      strides: g.random.choice([
        [1, 1],
        [2, 2],
      ]),
      pads: g.random.choice([
        [0, 0, 0, 0],
        [0, 1, 1, 0],
      ]),
    };
    const x = g.pick(isImage);
    if (g.random.integer(2) === 0) g.step("MaxPool", [x], window);
    else g.step("AveragePool", [x], { ...window, count_include_pad: g.random.integer(2) === 0 });
  },
  (g) => g.step(g.random.choice(["GlobalAveragePool", "GlobalMaxPool"]), [g.pick(isImage)]),
  (g) => {
    const x = g.pick(hasAxes);
    const parameter = (): number => g.leaf([g.shape(x).at(-1)!]);
    g.step("LayerNormalization", [x, parameter(), parameter()], { epsilon: 0.125 });
  },
  (g) => {
    const x = g.pick(isImage);
    const parameter = (): number => g.leaf([g.shape(x)[1]!]);
    if (g.random.integer(2) === 0) g.step("InstanceNormalization", [x, parameter(), parameter()], { epsilon: 0.125 });
    else g.step("GroupNormalization", [x, parameter(), parameter()], { epsilon: 0.125, num_groups: 1 });
  },
  (g) => g.step("LRN", [g.pick(isImage)], { size: 3, alpha: 0.5 }),
];

function pair(g: ProgramGenerator): [number, number] {
  const x = g.pick();
  return [x, g.pick((shape) => sizeOf(broadcastShapes(shape, g.shape(x)) ?? [Infinity]) <= g.cap)];
}

const indices = (g: ProgramGenerator, shape: Shape, extent: number): Array64 =>
  array64(
    "int64",
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => g.random.integer(extent)),
  );
