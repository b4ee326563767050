import { typeOf, type Site } from "../../graph/graph.ts";
import { gridFields, type GridField } from "../../graph/grid-field.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { stridesOf } from "../../tensor/shape.ts";
import type { Network } from "../network.ts";
import { overPicture } from "./lite.ts";

/** The units of a site and the grid that each of them covers, with the place of each value in a sample's activation. */
export interface UnitGrid {
  readonly units: number;
  readonly field: GridField;
  /** The value of a unit at (row, column) is element start + unit · unitStride + row · rowStride + column · columnStride. */
  readonly start: number;
  readonly unitStride: number;
  readonly rowStride: number;
  readonly columnStride: number;
  /** The number of values per sample. */
  readonly size: number;
  /** The kind of unit, for sentences. */
  readonly kind: "channel" | "feature";
  /** Tokens before the grid, e.g. a class token. They have no place in the picture and are left out. */
  readonly extraTokens: number;
}

/** Class tokens, distillation tokens and registers: more tokens without a place are not known. */
const mostExtraTokens = 16;

/**
 * The grid of a site: channels with rows and columns, or tokens that came from a grid of patches. Throws a readable error if
 * the site has none.
 */
export function unitGrid(network: Network, name: string): UnitGrid {
  const site = network.site(name);
  const { graph, source } = network;
  const field = gridFields(graph, source.input, source.layout).get(site.value);
  const found = field && layoutOf(site, typeOf(graph, site.value).shape, field, pictureOf(network));
  if (found === undefined)
    throw new GlassboxError("option", `${name} has no grid of positions in the picture`, {
      hint: "This analysis needs units that have a value at each place: convolution channels, or features of picture tokens.",
    });
  return found;
}

export const hasUnitGrid = (network: Network, { value }: Site, fields: ReadonlyMap<string, GridField>): boolean => {
  const field = fields.get(value);
  const site = network.graph.sites.find((each) => each.value === value);
  const found = field && site && layoutOf(site, typeOf(network.graph, value).shape, field, pictureOf(network));
  return found !== undefined && found.units > 1 && found.field.rows * found.field.columns > 1;
};

const pictureOf = ({ inputShape, source }: Network): readonly [rows: number, columns: number] =>
  source.layout === "NCHW" ? [inputShape[1]!, inputShape[2]!] : [inputShape[0]!, inputShape[1]!];

function layoutOf(
  { axes }: Site,
  shape: readonly number[],
  field: GridField,
  picture: readonly [number, number],
): UnitGrid | undefined {
  const strides = stridesOf(shape);
  const size = shape.slice(1).reduce((product, extent) => product * extent, 1);
  const unitAxis = axes.findIndex((axis) => axis === "channel" || axis === "feature");
  if (unitAxis < 1) return undefined;
  const common = {
    units: shape[unitAxis]!,
    unitStride: strides[unitAxis]!,
    size,
    kind: axes[unitAxis] === "channel" ? ("channel" as const) : ("feature" as const),
  };
  const [row, column] = [axes.indexOf("row"), axes.indexOf("column")];
  if (row > 0 && column > 0 && shape.length === 4) {
    const same = shape[row] === field.rows && shape[column] === field.columns;
    return {
      ...common,
      field: same ? field : overPicture({ ...field, rows: shape[row]!, columns: shape[column]! }, picture),
      start: 0,
      rowStride: strides[row]!,
      columnStride: strides[column]!,
      extraTokens: 0,
    };
  }
  const token = axes.findIndex((axis) => axis === "token" || axis === "place" || axis === "row × column");
  if (token < 1 || shape.length !== 3) return undefined;
  const extraTokens = shape[token]! - field.rows * field.columns;
  if (extraTokens < 0 || extraTokens > mostExtraTokens) return undefined;
  return {
    ...common,
    field,
    start: extraTokens * strides[token]!,
    rowStride: field.columns * strides[token]!,
    columnStride: strides[token]!,
    extraTokens,
  };
}
