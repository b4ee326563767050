import { extentOf, isWhole, wholeRoot, type Axes, type Axis, type Factor, type Root } from "./axis.ts";
import { combined } from "./combine.ts";
import {
  allAre,
  dataOf,
  isChannel,
  isPosition,
  isSided,
  meaningOf,
  resized,
  wide,
  type AxisFlow,
  type AxisLaw,
} from "./flow-law.ts";

/** What a slice takes along one axis: start, start + step, … */
export interface Run {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

export const slicedAxes = (flow: AxisFlow, axes: Axes, runs: readonly Run[]): Axes =>
  axes.map((axis, i) => sliced(flow, axis, runs[i]!));

/** A part of an axis: a crop of rows, one of queries, keys and values, the patches without the class token. */
export function sliced(flow: AxisFlow, axis: Axis, run: Run): Axis {
  const { start, step, length } = run;
  const extent = extentOf(axis);
  if (length === extent && (step === 1 || extent === 1)) return axis;
  const [first, ...others] = wide(axis);
  if (first === undefined || length === 0) return flow.make("unknown", length);
  if (others.length === 0) return slicedFactor(flow, first, run);
  if (isSided(axis)) return length === 1 ? [] : flow.make("unknown", length);
  const minor = extentOf(others);
  if (step === 1 && start % minor === 0 && length % minor === 0)
    return [...sliced(flow, [first], { start: start / minor, step, length: length / minor }), ...others];
  if (step === 1 && Math.floor(start / minor) === Math.floor((start + length - 1) / minor))
    return sliced(flow, others, { start: start % minor, step, length });
  return length === 1 ? [] : resized(flow, axis, length);
}

function slicedFactor(flow: AxisFlow, factor: Factor, { start, step, length }: Run): Axis {
  const { root } = factor;
  const meaning = flow.meaning(factor);
  if (isWhole(factor) && root.parts && step === 1) return slicedParts(flow, root.parts, start, length);
  const cut = cuttable(flow, factor);
  if (factor.side || cut === undefined)
    return length === 1 ? [] : flow.make(isChannel(meaning) && !factor.side ? "channel" : "unknown", length);
  // A mirrored axis would be drawn the wrong way round.
  if (step < 0 && isPosition(meaning)) return flow.make("unknown", length);
  return flow.make(meaning, length, step === 1 ? { cut: { root: cut, start } } : {});
}

/** The root that a slice is a piece of. Coarse rows, after patches were merged, are rows of their own. */
function cuttable(flow: AxisFlow, factor: Factor): Root | undefined {
  const { root, stride, extent } = factor;
  if (isWhole(factor)) return root;
  const meaning = flow.meaning(factor);
  return isPosition(meaning) && stride * extent === root.extent
    ? { id: `${root.id}|${stride}`, meaning, extent }
    : undefined;
}

function slicedParts(flow: AxisFlow, parts: readonly Axis[], start: number, length: number): Axis {
  let at = 0;
  const kept = parts.flatMap((part): Axis[] => {
    const extent = extentOf(part);
    const [from, to] = [Math.max(start - at, 0), Math.min(start + length - at, extent)];
    at += extent;
    return to > from ? [sliced(flow, part, { start: from, step: 1, length: to - from })] : [];
  });
  return kept.length === 1 ? kept[0]! : flow.make("token", length, { parts: kept });
}

/** Pieces one after the other along `axis`; the other axes are those of all pieces. */
export function concatenates(flow: AxisFlow, axis: number): readonly Axes[] {
  const shape = flow.outputShapes[0]!;
  return [
    shape.map((extent, i) => {
      const pieces = flow.inputs.flatMap((axes) => (axes ? [axes[i]!] : []));
      return i === axis ? appended(flow, pieces, extent) : combined(flow, pieces, extent);
    }),
  ];
}

function appended(flow: AxisFlow, pieces: readonly Axis[], extent: number): Axis {
  if (pieces.length === 1) return pieces[0]!;
  const turned = rolledBy(flow, pieces);
  if (turned) return turned;
  const kinds = pieces.map((piece) => (piece.length === 0 ? "free" : meaningOf(flow, piece)));
  const known = [...new Set(kinds.filter((kind) => kind !== "free"))];
  if (known.length === 0) return flow.make(pieces.every((_, i) => flow.isConstant(i)) ? "free" : "unknown", extent);
  if (known.some((kind) => kind === "unknown")) return flow.make("unknown", extent);
  if (known.every(isChannel)) return flow.make("channel", extent);
  if (known.every(isPosition)) {
    const [only] = known;
    const learned = kinds.some((kind) => kind === "free");
    const products = pieces.some((piece) => wide(piece).length > 1);
    if (known.length === 1 && only !== "token" && only !== "class token" && !products && !(learned && only === "time"))
      return flow.make(only!, extent);
    const parts = pieces.map((piece, i) => (kinds[i] === "free" ? flow.make("class token", extentOf(piece)) : piece));
    return flow.make("token", extent, { parts: parts.flatMap(partsOf) });
  }
  return flow.make(known.length === 1 ? known[0]! : "unknown", extent);
}

const partsOf = (axis: Axis): readonly Axis[] => {
  const [only, ...others] = wide(axis);
  return only && others.length === 0 && isWhole(only) && only.root.parts ? only.root.parts : [axis];
};

/** Two pieces of one root, the end before the beginning, are the root rolled. Rolled back, it is the root itself. */
function rolledBy(flow: AxisFlow, pieces: readonly Axis[]): Axis | undefined {
  const cuts = pieces.map((piece) => (wide(piece).length === 1 ? wide(piece)[0]!.root.cut : undefined));
  const [first, second, ...more] = cuts;
  if (!first || !second || more.length > 0 || first.root.id !== second.root.id) return undefined;
  const { root } = first;
  const lengths = pieces.map(extentOf) as [number, number];
  if (lengths[0] + lengths[1] !== root.extent) return undefined;
  if (first.start === 0 && second.start === lengths[0]) return whole(root);
  if (second.start !== 0 || first.start !== lengths[1]) return undefined;
  return rolled(flow, root, first.start);
}

const whole = (root: Root): Axis => [wholeRoot(root)];

export function rolled(flow: AxisFlow, root: Root, by: number): Axis {
  const base = root.rolled?.root ?? root;
  const total = ((root.rolled?.by ?? 0) + by) % root.extent;
  return total === 0
    ? whole(base)
    : flow.make(flow.meaning(wholeRoot(base)), base.extent, { rolled: { root: base, by: total } });
}

/** New elements before and after, or fewer. A product of positions keeps its grid between the new ones. */
export const padsAxes: AxisLaw<{ readonly pads: readonly number[]; readonly mode: string }> = (
  flow,
  { pads, mode },
) => {
  const axes = dataOf(flow);
  return [
    axes.map((axis, i) => {
      const [before, after] = [pads[i]!, pads[axes.length + i]!];
      if (before === 0 && after === 0) return axis;
      const extent = extentOf(axis);
      const kept = sliced(flow, axis, {
        start: Math.max(0, -before),
        step: 1,
        length: extent - Math.max(0, -before) - Math.max(0, -after),
      });
      if (before <= 0 && after <= 0) return kept;
      const size = flow.outputShapes[0]![i]!;
      if (mode === "constant" && wide(kept).length > 1 && allAre(flow, kept, isPosition)) {
        const parts = [before > 0 ? flow.make("token", before) : [], kept, after > 0 ? flow.make("token", after) : []];
        return flow.make("token", size, { parts: parts.filter((part) => extentOf(part) > 1 || part.length > 0) });
      }
      return kept.length === 0 ? flow.make("free", size) : resized(flow, kept, size);
    }),
  ];
};
