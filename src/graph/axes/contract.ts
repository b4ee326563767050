import { extentOf, isWhole, type Axes, type Axis, type Factor, type PatternSide } from "./axis.ts";
import { broadcastAxes, combined } from "./combine.ts";
import { allAre, isChannel, isPosition, isSided, someAre, wide, type AxisFlow, type AxisLaw } from "./flow-law.ts";

/** Y = A·B, a row on the left or a column on the right if an operand has one axis. */
export const multiplies: AxisLaw<unknown> = (flow) => {
  const [a, b] = flow.inputs as readonly [Axes, Axes];
  const row: Axis = a.length > 1 ? a.at(-2)! : [];
  const column: Axis = b.length > 1 ? b.at(-1)! : [];
  const shape = flow.outputShapes[0]!;
  const ends = (a.length > 1 ? 1 : 0) + (b.length > 1 ? 1 : 0);
  const batches = [a.slice(0, -2), b.slice(0, -2)] as const;
  const product = contracted(flow, {
    rows: row,
    columns: column,
    left: a.at(-1)!,
    right: b.length > 1 ? b.at(-2)! : b[0]!,
    batches: [batches[0].flat(), batches[1].flat()],
    rank: Math.max(a.length, b.length),
    extents: [a.length > 1 ? shape[shape.length - ends]! : 1, b.length > 1 ? shape.at(-1)! : 1],
  });
  // The batch of the operand whose features the result has: their heads belong together.
  const shared = batches[1].some((axis) => axis.some(({ root }) => product.columns.some((c) => c.root.id === root.id)));
  const batch = broadcastAxes(flow, shared ? [batches[1], batches[0]] : batches, shape.slice(0, shape.length - ends));
  return [[...batch, ...(a.length > 1 ? [product.rows] : []), ...(b.length > 1 ? [product.columns] : [])]];
};

/** Y = α·A′·B′ + β·C: rows of A, columns of B. */
export const gemmAxes: AxisLaw<{ readonly transA: boolean; readonly transB: boolean }> = (flow, { transA, transB }) => {
  const [a, b] = flow.inputs as readonly [Axes, Axes];
  const [rows, left] = transA ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
  const [right, columns] = transB ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
  const extents = flow.outputShapes[0]! as readonly [number, number];
  const product = contracted(flow, { rows, columns, left, right, batches: [[], []], rank: 2, extents });
  return [[product.rows, product.columns]];
};

interface Operands {
  readonly rows: Axis;
  readonly columns: Axis;
  /** The axis that is summed over, as each operand has it. */
  readonly left: Axis;
  readonly right: Axis;
  /** The digits of the batch axes of each operand. */
  readonly batches: readonly [Axis, Axis];
  readonly rank: number;
  /** Of the rows and columns of the result. */
  readonly extents: readonly [number, number];
}

type Product = Pick<Operands, "rows" | "columns">;

function contracted(flow: AxisFlow, given: Operands): Product {
  const { rows, columns, left, right, batches, rank, extents } = given;
  if (flow.isConstant(1)) return { rows, columns: made(flow, left, [...batches[0], ...rows], extents[1]) };
  // A weight on the left is a matrix; learned queries have heads as well.
  if (flow.isConstant(0) && !(rank > 2 && flow.inputs[0]!.length > 2))
    return { rows: made(flow, right, [...batches[1], ...columns], extents[0]), columns };
  const claimHeads = (): void => {
    for (const digit of batches.flat()) if (!isWhole(digit)) flow.claim([digit], "head", "weak");
  };
  if (isSided(left) || isSided(right)) claimHeads();
  if (isSided(left)) return { rows: withoutSide(rows), columns };
  if (isSided(right)) return { rows, columns: withoutSide(columns) };
  const inner = combined(flow, [left, right], Math.max(extentOf(left), extentOf(right)));
  const features =
    wide(inner).length === 0 || allAre(flow, inner, (m) => isChannel(m) || m === "unknown" || m === "free");
  if (!features || isFeature(flow, rows) || isFeature(flow, columns)) return { rows, columns };
  flow.claim(left, "channel", "weak");
  flow.claim(right, "channel", "weak");
  claimHeads();
  flow.claim(rows, "token", "weak");
  flow.claim(columns, "token", "weak");
  return { rows: withSide(flow, rows, "left"), columns: withSide(flow, columns, "right") };
}

const isFeature = (flow: AxisFlow, axis: Axis): boolean => allAre(flow, axis, isChannel);

/**
 * What a weight makes of the axis that it sums over. Features come of features, and of whole samples that were flattened.
 * A weight that mixes positions and leaves the features alone makes something else: what, only a later sum tells.
 */
export function made(flow: AxisFlow, summed: Axis, others: Axis, extent: number): Axis {
  const mixesPositions =
    someAre(flow, summed, (meaning) => isPosition(meaning) || meaning === "unknown") &&
    !someAre(flow, summed, isChannel) &&
    someAre(flow, others, isChannel);
  if (mixesPositions || isSided(summed)) return flow.make("unknown", extent);
  flow.claim(summed, "channel", "weak");
  return flow.make(allAre(flow, summed, (meaning) => meaning === "head") ? "head" : "channel", extent);
}

function withSide(flow: AxisFlow, axis: Axis, side: PatternSide["side"]): Axis {
  const digits: Axis = axis.length > 0 ? axis : flow.make("token", 1);
  return digits.map((factor): Factor => ({ ...factor, side: flow.side(side) }));
}

const withoutSide = (axis: Axis): Axis => axis.map(({ root, stride, extent }): Factor => ({ root, stride, extent }));

/** Softmax runs along the keys of an attention pattern. */
export const softmaxes: AxisLaw<{ readonly axis: number }> = (flow, { axis }) => {
  const axes = flow.inputs[0]!;
  const along = axes.at(axis)!;
  const side = along.find((factor) => factor.side)?.side;
  if (side) flow.keysAre(side);
  return [axes];
};
