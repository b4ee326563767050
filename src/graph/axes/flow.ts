import { isInteger } from "../../tensor/dtype.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { toNumbers, type TensorType } from "../../tensor/tensor.ts";
import { typeOf, type Graph, type Node, type ValueName } from "../graph.ts";
import { fits, isWhole, wholeRoot, type Axes, type Axis, type Factor, type Meaning, type PatternSide } from "./axis.ts";
import type { AxisFlow, AxisLaw, Certainty } from "./flow-law.ts";
import { axisNames, type AxisReading } from "./name.ts";

/** What laws need of an operator, as the table of operators has it. */
export type AxisLaws = ReadonlyMap<string, { readonly axes: AxisLaw<never> }>;

/** The axes of every value of a graph, and how their digits are read. */
export interface FollowedAxes {
  readonly axes: ReadonlyMap<ValueName, Axes>;
  readonly reading: AxisReading;
}

/** What readers of a value said of roots and digits. Laws say it again on each pass, so passes go on until nothing is new. */
class Claims implements AxisReading {
  readonly #meanings = new Map<string, { readonly meaning: Meaning; readonly certainty: Certainty }>();
  readonly #keys = new Map<string, PatternSide["side"]>();
  changed = false;

  /** Input axes and digits of features can be claimed; all else has its meaning from the operator that made it. */
  claim(axis: Axis | undefined, meaning: Meaning, certainty: Certainty): void {
    const wide = axis?.filter(({ extent }) => extent > 1) ?? [];
    const factor = wide.length === 0 ? axis?.[0] : wide[0];
    if (factor === undefined || wide.length > 1 || factor.side) return;
    const open = factor.root.id.startsWith(inputMark)
      ? factor.root.meaning === "unknown"
      : !isWhole(factor) && factor.root.meaning === "channel";
    if (!open) return;
    const known = this.#meanings.get(keyOf(factor));
    if (known && (known.meaning === meaning || (known.certainty === "strong" && certainty === "weak"))) return;
    const conflict = known !== undefined && known.certainty === certainty;
    if (conflict && known.meaning === "unknown") return;
    this.#meanings.set(keyOf(factor), { meaning: conflict ? "unknown" : meaning, certainty });
    this.changed = true;
  }

  keysAre({ pattern, side }: PatternSide): void {
    if (this.#keys.get(pattern) === side) return;
    this.changed ||= !this.#keys.has(pattern);
    this.#keys.set(pattern, side);
  }

  meaning(factor: Factor): Meaning {
    const claimed = this.#meanings.get(keyOf(factor)) ?? this.#meanings.get(keyOf(wholeRoot(factor.root)));
    return claimed?.meaning ?? factor.root.meaning;
  }

  isKey = ({ pattern, side }: PatternSide): boolean => (this.#keys.get(pattern) ?? "right") === side;
}

const inputMark = "input ";
const keyOf = ({ root, stride, extent }: Factor): string => `${root.id}|${stride}|${extent}`;

/** As many passes as claims take to settle: one for what operators say, one that uses it, and one that finds nothing new. */
const mostPasses = 5;

/** A constant of more numbers than this is no list of indices that is worth reading. */
const mostNumbers = 4096;

/**
 * Follows the axes of every value from the inputs through every operator. Inputs mean nothing by themselves: convolutions,
 * embeddings and recurrent layers say what they read, and `usualInput` what is left.
 */
export function followAxes(graph: Graph, laws: AxisLaws): FollowedAxes {
  const claims = new Claims();
  const inputs = new Map(graph.inputs.map((name) => [name, inputAxes(name, typeOf(graph, name).shape)] as const));
  const constants = new Map([...graph.constants].map(([name, { shape }]) => [name, constantAxes(name, shape)]));
  let axes = new Map<ValueName, Axes>();
  for (let pass = 0; pass < mostPasses; pass++) {
    claims.changed = false;
    axes = new Map([...constants, ...inputs]);
    for (const node of graph.nodes) follow(graph, node, axes, claims, laws);
    if (pass === 0) for (const [name, given] of inputs) nameRest(given, typeOf(graph, name), claims);
    if (!claims.changed) break;
  }
  return { axes, reading: claims };
}

/** The names of the axes of every value, as people see them. */
export function namedAxes(graph: Graph, laws: AxisLaws): ReadonlyMap<ValueName, readonly string[]> {
  const { axes, reading } = followAxes(graph, laws);
  return new Map([...axes].map(([name, own]) => [name, axisNames(own, reading)]));
}

const inputAxes = (name: string, shape: Shape): Axes =>
  shape.map((extent, i) => [wholeRoot({ id: `${inputMark}${name}@${i}`, meaning: "unknown", extent })]);

const constantAxes = (name: string, shape: Shape): Axes =>
  shape.map((extent, i) => (extent === 1 ? [] : [wholeRoot({ id: `constant ${name}@${i}`, meaning: "free", extent })]));

function follow(graph: Graph, node: Node, axes: Map<ValueName, Axes>, claims: Claims, laws: AxisLaws): void {
  const outputShapes = node.outputs.map((output) => typeOf(graph, output).shape);
  let made = 0;
  const make: AxisFlow["make"] = (meaning, extent, more) => [
    wholeRoot({ id: `${node.outputs[0]}#${made++}`, meaning, extent, ...more }),
  ];
  const flow: AxisFlow = {
    inputs: node.inputs.map((input) => (input === null ? undefined : axes.get(input))),
    inputShapes: node.inputs.map((input) => (input === null ? undefined : typeOf(graph, input).shape)),
    outputShapes,
    isConstant: (input) => graph.constants.has(node.inputs[input] ?? ""),
    numbers: (input) => {
      const constant = graph.constants.get(node.inputs[input] ?? "");
      return constant && sizeOf(constant.shape) <= mostNumbers ? [...toNumbers(constant.load())] : undefined;
    },
    make,
    meaning: (factor) => claims.meaning(factor),
    claim: (axis, meaning, certainty = "strong") => claims.claim(axis, meaning, certainty),
    side: (side) => ({ pattern: node.outputs[0]!, side }),
    keysAre: (side) => claims.keysAre(side),
  };
  const found = laws.get(node.op)?.axes(flow, node.attributes as never) ?? [];
  node.outputs.forEach((output, i) => {
    const shape = outputShapes[i]!;
    const given = found[i];
    axes.set(
      output,
      given && fits(given, shape) ? given : shape.map((extent) => (extent === 1 ? [] : make("unknown", extent))),
    );
  });
}

/**
 * What is usual for an input that no operator named: the batch in front unless another axis is it, and a picture by the
 * extent of its channels.
 */
function nameRest(axes: Axes, { shape, dtype }: TensorType, claims: Claims): void {
  const meanings = axes.map((axis) => claims.meaning(axis[0]!));
  if (!meanings.includes("batch")) claims.claim(axes[0], "batch", "weak");
  const usual = shape.length === 2 ? (["batch", isInteger(dtype) ? "token" : "channel"] as const) : usualPicture(shape);
  usual?.forEach((meaning, i) => {
    if (i > 0 && !meanings.includes(meaning)) claims.claim(axes[i], meaning, "weak");
  });
}

const colours = (extent: number | undefined): boolean => extent === 1 || extent === 3 || extent === 4;

function usualPicture(shape: Shape): readonly Meaning[] | undefined {
  const space: readonly Meaning[] | undefined =
    shape.length === 4 ? ["row", "column"] : shape.length === 5 ? ["depth", "row", "column"] : undefined;
  if (space === undefined) return undefined;
  if (colours(shape[1]) && !colours(shape.at(-1))) return ["batch", "channel", ...space];
  return colours(shape.at(-1)) && !colours(shape[1]) ? ["batch", ...space, "channel"] : undefined;
}
