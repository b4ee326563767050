import type { Shape } from "../../tensor/shape.ts";
import { extentOf, type Axes, type Axis, type Factor, type Meaning, type PatternSide, type Root } from "./axis.ts";

/** How sure an operator is of the meaning of an axis that it reads: a convolution is, a product with a weight less so. */
export type Certainty = "weak" | "strong";

/** What an operator's axis law sees of one node. */
export interface AxisFlow {
  /** The axes of each input; a missing optional input has none. */
  readonly inputs: readonly (Axes | undefined)[];
  readonly inputShapes: readonly (Shape | undefined)[];
  readonly outputShapes: readonly Shape[];
  /** Whether an input is a constant of the graph, e.g. a weight. */
  readonly isConstant: (input: number) => boolean;
  /** The numbers of a small constant input. */
  readonly numbers: (input: number) => readonly number[] | undefined;
  /** A new axis that this node makes. */
  readonly make: (meaning: Meaning, extent: number, more?: Pick<Root, "parts" | "cut" | "rolled">) => Axis;
  /** The meaning of a digit, as its root or a reader of it says. */
  readonly meaning: (factor: Factor) => Meaning;
  /** Says what an axis means that nothing else has named: an input's axis, or a digit of a split feature vector. */
  readonly claim: (axis: Axis | undefined, meaning: Meaning, certainty?: Certainty) => void;
  /** The two sides of an attention pattern that this node makes. */
  readonly side: (side: PatternSide["side"]) => PatternSide;
  /** Says which side of a pattern softmax runs along: the keys. */
  readonly keysAre: (side: PatternSide) => void;
}

/** How the axes of an operator's outputs follow from those of its inputs. Like a shape law, it computes nothing else. */
export type AxisLaw<A> = (flow: AxisFlow, attributes: A) => readonly Axes[];

/** The axes of the first input. */
export const dataOf = ({ inputs }: AxisFlow): Axes => inputs[0] ?? [];

/** The digits that have more than one element. */
export const wide = (axis: Axis): Axis => axis.filter(({ extent }) => extent > 1);

const positions: ReadonlySet<Meaning> = new Set(["row", "column", "depth", "time", "token", "class token"]);
const channels: ReadonlySet<Meaning> = new Set(["channel", "head", "direction"]);

export const isPosition = (meaning: Meaning): boolean => positions.has(meaning);
export const isChannel = (meaning: Meaning): boolean => channels.has(meaning);

export const isSided = (axis: Axis): boolean => axis.some(({ side }) => side !== undefined);

export const allAre = (flow: AxisFlow, axis: Axis, test: (meaning: Meaning) => boolean): boolean =>
  wide(axis).length > 0 && wide(axis).every((factor) => test(flow.meaning(factor)));

export const someAre = (flow: AxisFlow, axis: Axis, test: (meaning: Meaning) => boolean): boolean =>
  wide(axis).some((factor) => test(flow.meaning(factor)));

/** The one meaning of an axis: `token` for several positions, `channel` for what was flattened, else unknown. */
export function meaningOf(flow: AxisFlow, axis: Axis): Meaning {
  const factors = wide(axis).length > 0 ? wide(axis) : axis.slice(0, 1);
  const known = factors.map((factor) => flow.meaning(factor)).filter((meaning) => meaning !== "free");
  if (factors.length > 0 && known.length === 0) return "free";
  if (known.length === 1 || (known.length > 1 && known.every((meaning) => meaning === known[0]))) {
    const [meaning] = known;
    return meaning === "head" && known.length < factors.length ? "channel" : meaning!;
  }
  if (known.length > 1 && known.every(isPosition)) return "token";
  // Features, or positions that were flattened with them.
  if (known.length > 1 && known.some(isChannel) && known.every((meaning) => isChannel(meaning) || isPosition(meaning)))
    return "channel";
  return "unknown";
}

/** The same meaning at another extent, e.g. fewer rows: after a stride, a crop or a reduction. */
export const resized = (flow: AxisFlow, axis: Axis, extent: number): Axis =>
  extentOf(axis) === extent
    ? axis
    : extent === 1 && axis.length === 0
      ? axis
      : flow.make(axis.length === 0 ? "free" : meaningOf(flow, axis), extent);
