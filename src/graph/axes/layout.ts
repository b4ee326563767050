import { sameShape, sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import type { Builder, Value } from "../builder.ts";
import { typeOf, type Graph, type ValueName } from "../graph.ts";
import { coreOperators } from "../ops/table.ts";
import { extentOf, isWhole, type Axes, type Axis, type Factor } from "./axis.ts";
import { followAxes, type FollowedAxes } from "./flow.ts";
import { axisNames, rolesOf, type AxisReading, type DigitRole } from "./name.ts";

/**
 * How a value holds channels at positions, whatever the order of its axes: [batch, channel, …space], [batch, …space,
 * channel], tokens with a class token, windows. Readers see the canonical form [batch, channel, position], and rows and
 * columns where the positions are those of a picture.
 */
export interface Layout {
  readonly batch: number;
  readonly channels: number;
  /** The extents of the positions in the canonical form, e.g. [rows, columns]; nothing for a vector. */
  readonly space: Shape;
  readonly grid: PositionGrid | undefined;
  /** The value's digits as a shape, and the order of digits that is canonical: first the batch, then channels, then positions. */
  readonly digits: Shape;
  readonly order: readonly number[];
  /** The same as an order of whole axes, which holds at other sizes as well; nothing where an axis holds several roles. */
  readonly axes: AxisOrder | undefined;
  readonly shape: Shape;
}

interface AxisOrder {
  readonly batch: readonly number[];
  readonly channel: readonly number[];
  readonly position: readonly number[];
}

/** Positions that are a picture's rows and columns. */
export interface PositionGrid {
  readonly rows: number;
  readonly columns: number;
  /** The canonical position of each cell, row by row: not all are cells where there is a class token. */
  readonly at: Int32Array;
}

const followed = new WeakMap<Graph, FollowedAxes>();

/** The axes of all values of a graph, followed once. */
export function followedAxes(graph: Graph): FollowedAxes {
  const known = followed.get(graph) ?? followAxes(graph, coreOperators);
  followed.set(graph, known);
  return known;
}

/** What the axes of a value are called. */
export function namesOf(graph: Graph, value: ValueName): readonly string[] {
  const { axes, reading } = followedAxes(graph);
  return axisNames(axes.get(value)!, reading);
}

const layouts = new WeakMap<Graph, Map<ValueName, Layout | undefined>>();

/** How a value of the graph is read; nothing where what an axis means is unknown. */
export function layoutOf(graph: Graph, value: ValueName): Layout | undefined {
  const known = layouts.get(graph) ?? new Map<ValueName, Layout | undefined>();
  layouts.set(graph, known);
  if (!known.has(value)) {
    const { axes, reading } = followedAxes(graph);
    known.set(value, layoutFrom(axes.get(value)!, typeOf(graph, value).shape, reading));
  }
  return known.get(value);
}

interface Digit {
  readonly factor: Factor;
  readonly role: DigitRole;
  readonly axis: number;
}

function layoutFrom(axes: Axes, shape: Shape, reading: AxisReading): Layout | undefined {
  const digits = axes.flatMap((axis, i): Digit[] => {
    const roles = rolesOf(axes, i, reading);
    return axis.flatMap((factor, k): Digit[] => (factor.extent > 1 ? [{ factor, role: roles[k]!, axis: i }] : []));
  });
  if (digits.some(({ role }) => role === "unknown")) return undefined;
  const among = (role: DigitRole): number[] => digits.flatMap((digit, i) => (digit.role === role ? [i] : []));
  const places = among("position");
  const picture = pictureOf(
    places.map((i) => digits[i]!.factor),
    reading,
  );
  const ordered = picture ? picture.order.map((i) => places[i]!) : places;
  const inAxes = axisOrder(
    axes,
    ordered.map((i) => digits[i]!.axis),
    reading,
  );
  const size = (indices: readonly number[]): number => indices.reduce((n, i) => n * digits[i]!.factor.extent, 1);
  return {
    batch: size(among("batch")),
    channels: size(among("channel")),
    space: inAxes
      ? inAxes.position.map((axis) => shape[axis]!)
      : spaceOf(
          ordered.map((i) => digits[i]!.factor),
          picture,
        ),
    grid: picture?.grid,
    digits: digits.map(({ factor }) => factor.extent),
    order: [...among("batch"), ...among("channel"), ...ordered],
    axes: inAxes,
    shape,
  };
}

/** Axes of one element that mean nothing are left out. */
function axisOrder(axes: Axes, places: readonly number[], reading: AxisReading): AxisOrder | undefined {
  const roles = axes.map((axis, i) => {
    const found = new Set(rolesOf(axes, i, reading).filter((_, k) => axis[k]!.extent > 1));
    const small = new Set(rolesOf(axes, i, reading));
    return found.size > 1 ? "mixed" : ([...found][0] ?? (small.size === 1 ? [...small][0]! : "single"));
  });
  const order = [...new Set(places)];
  const simple = !roles.includes("mixed") && order.length === places.length;
  if (!simple) return undefined;
  const among = (role: DigitRole): number[] => roles.flatMap((own, i) => (own === role ? [i] : []));
  const rising = order.every((axis, i) => i === 0 || axis > order[i - 1]!);
  return {
    batch: among("batch"),
    channel: among("channel"),
    position: rising ? among("position") : [...order, ...among("position").filter((axis) => !order.includes(axis))],
  };
}

interface Picture {
  readonly grid: PositionGrid;
  /** The order of the positions' digits that runs over rows, then columns. */
  readonly order: readonly number[];
  readonly whole: boolean;
}

/** Rows and columns, each with all its larger digits. Positions besides them, in time or depth, make no picture. */
function pictureOf(positions: readonly Factor[], reading: AxisReading): Picture | undefined {
  const [only] = positions;
  if (positions.length === 1 && only && isWhole(only) && only.root.parts)
    return pictureInParts(only.root.parts, reading);
  if (positions.some(({ side }) => side !== undefined)) return undefined;
  const rows = chain(positions, "row", reading);
  const columns = chain(positions, "column", reading);
  if (!rows || !columns || rows.order.length + columns.order.length !== positions.length) return undefined;
  const at = new Int32Array(rows.extent * columns.extent);
  for (let row = 0, cell = 0; row < rows.extent; row++)
    for (let column = 0; column < columns.extent; column++)
      at[cell++] = rows.at(row) * columns.extent + columns.at(column);
  return {
    grid: { rows: rows.extent, columns: columns.extent, at },
    order: [...rows.order, ...columns.order],
    whole: true,
  };
}

interface Chain {
  readonly order: readonly number[];
  readonly extent: number;
  /** Where the row of the picture lies: elsewhere if it was rolled. */
  readonly at: (index: number) => number;
}

/** The digits of one root from its largest down, without a gap. */
function chain(positions: readonly Factor[], meaning: "row" | "column", reading: AxisReading): Chain | undefined {
  const order = positions
    .map((factor, i) => ({ factor, i }))
    .filter(({ factor }) => reading.meaning(factor) === meaning)
    .sort((a, b) => b.factor.stride - a.factor.stride);
  const [first] = order;
  if (first === undefined) return undefined;
  const { root } = first.factor;
  // A digit of features that a convolution reads as rows is a root of its own.
  const own = order.length === 1 && reading.meaning({ root, stride: 1, extent: root.extent }) !== meaning;
  let reach = own ? first.factor.stride * first.factor.extent : root.extent;
  for (const { factor } of order) {
    if (factor.root.id !== root.id || factor.stride * factor.extent !== reach) return undefined;
    reach = factor.stride;
  }
  const extent = order.reduce((size, { factor }) => size * factor.extent, 1);
  const by = root.rolled?.by ?? 0;
  if (extent < 2 || (by % reach !== 0 && !own)) return undefined;
  return { order: order.map(({ i }) => i), extent, at: (index) => (((index - by / reach) % extent) + extent) % extent };
}

/** The one part of tokens that is a picture, behind the class token. */
function pictureInParts(parts: readonly Axis[], reading: AxisReading): Picture | undefined {
  let start = 0;
  const found = parts.flatMap((part) => {
    const wide = part.filter(({ extent }) => extent > 1);
    const picture = pictureOf(wide, reading);
    const inOrder = picture?.order.every((digit, i) => digit === i);
    const own =
      picture && inOrder ? [{ ...picture.grid, at: picture.grid.at.map((position) => position + start) }] : [];
    start += extentOf(part);
    return own;
  });
  return found.length === 1 ? { grid: found[0]!, order: [0], whole: false } : undefined;
}

function spaceOf(positions: readonly Factor[], picture: Picture | undefined): Shape {
  if (picture?.whole) return [picture.grid.rows, picture.grid.columns];
  return positions.map(({ extent }) => extent);
}

export const positionsOf = ({ space }: Layout): number => sizeOf(space);

/** The element of the first sample at each channel and position, in canonical order: their sum is its place. */
export function placesOf({ digits, order, batch, channels, space }: Layout): {
  readonly channel: Int32Array;
  readonly position: Int32Array;
} {
  const strides = stridesOf(digits);
  const batches = countFor(order, digits, 0, batch);
  const features = countFor(order, digits, batches, channels);
  const list = (own: readonly number[], size: number): Int32Array => {
    const places = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      let rest = i;
      for (let k = own.length - 1; k >= 0; k--) {
        const extent = digits[own[k]!]!;
        places[i] = places[i]! + (rest % extent) * strides[own[k]!]!;
        rest = Math.floor(rest / extent);
      }
    }
    return places;
  };
  return {
    channel: list(order.slice(batches, features), channels),
    position: list(order.slice(features), sizeOf(space)),
  };
}

/** How many digits from `start` have `size` elements. */
function countFor(order: readonly number[], digits: Shape, start: number, size: number): number {
  let end = start;
  for (let have = 1; have < size; end++) have *= digits[order[end]!]!;
  return end;
}

/** The channels of one sample at its positions, [channel, position], whatever the order of the axes. */
export function canonicalValues(values: Float64Array, layout: Layout): Float64Array {
  const { channel, position } = placesOf(layout);
  const result = new Float64Array(channel.length * position.length);
  let at = 0;
  for (const from of channel) for (const offset of position) result[at++] = values[from + offset]!;
  return result;
}

export const canonicalShape = ({ batch, channels, space }: Layout): Shape => [batch, channels, ...space];

/** x as [batch, channel, …space], at any size that keeps its axes. Nothing is added where it is so already. */
export function toCanonical(b: Builder, x: Value, layout: Layout): Value {
  if (layout.axes === undefined)
    return b.reshape(b.transpose(b.reshape(x, layout.digits), layout.order), canonicalShape(layout));
  const { batch, channel, position } = layout.axes;
  const listed = [...batch, ...channel, ...position];
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !listed.includes(axis));
  const size = (axes: readonly number[]): number => axes.reduce((n, axis) => n * x.shape[axis]!, 1);
  const space = position.map((axis) => x.shape[axis]!);
  return b.reshape(b.transpose(x, [...listed, ...rest]), [size(batch), size(channel), ...space]);
}

/** The inverse: a value of canonical form, [batch, channel, …space], in the order and shape of the layout's value. */
export function fromCanonical(b: Builder, y: Value, layout: Layout): Value {
  if (sameShape(y.shape, layout.shape) && layout.order.every((digit, i) => digit === i)) return y;
  const ordered = b.reshape(
    y,
    layout.order.map((digit) => layout.digits[digit]!),
  );
  const back = layout.digits.map((_, digit) => layout.order.indexOf(digit));
  return b.reshape(b.transpose(ordered, back), layout.shape);
}
