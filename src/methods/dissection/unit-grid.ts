import { layoutOf, placesOf, positionsOf, toCanonical, type Layout } from "../../graph/axes/layout.ts";
import { Builder, type Value } from "../../graph/builder.ts";
import type { Graph, Site, ValueName } from "../../graph/graph.ts";
import { gridFields, type GridField } from "../../graph/grid-field.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { ownName } from "../../graph/own-name.ts";
import { prune } from "../../graph/prune.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Network } from "../network.ts";
import { siteLayout } from "../site-layout.ts";
import { overPicture } from "./lite.ts";

/** The units of a site and the grid that each of them covers. */
export interface UnitGrid {
  readonly units: number;
  readonly field: GridField;
  /** All positions of a unit, those without a place in the picture too. */
  readonly positions: number;
  /** The position of each cell of the grid, row by row. */
  readonly at: Int32Array;
  /** Tokens besides the grid, e.g. a class token. They have no place in the picture and are left out. */
  readonly extraTokens: number;
  /** Where one sample's activation has the values of a unit: the sum of a unit's and a position's place. */
  readonly places: { readonly channel: Int32Array; readonly position: Int32Array };
}

/**
 * The grid of a site: the channels of a picture's rows and columns, or tokens that came from a grid of patches, by what
 * the graph says of each axis. Throws a readable error if the site has none.
 */
export function unitGrid(network: Network, name: string): UnitGrid {
  const { value } = network.site(name);
  const { graph, source } = network;
  const field = gridFields(graph, source.input, source.layout).get(value);
  const found = field && gridFrom(layoutOf(graph, value), field, pictureOf(network));
  if (found === undefined)
    throw new GlassboxError("option", `${name} has no grid of positions in the picture`, {
      hint: "This analysis needs units that have a value at each place: convolution channels, or features of picture tokens.",
    });
  return found;
}

export const hasUnitGrid = (network: Network, { value }: Site, fields: ReadonlyMap<string, GridField>): boolean => {
  const field = fields.get(value);
  const found = field && gridFrom(layoutOf(network.graph, value), field, pictureOf(network));
  return found !== undefined && found.units > 1;
};

const pictureOf = ({ inputShape, source }: Network): readonly [rows: number, columns: number] =>
  source.layout === "NCHW" ? [inputShape[1]!, inputShape[2]!] : [inputShape[0]!, inputShape[1]!];

function gridFrom(
  layout: Layout | undefined,
  field: GridField,
  picture: readonly [number, number],
): UnitGrid | undefined {
  if (layout?.grid === undefined) return undefined;
  const { rows, columns, at } = layout.grid;
  const same = rows === field.rows && columns === field.columns;
  const positions = positionsOf(layout);
  return {
    units: layout.channels,
    field: same ? field : overPicture({ ...field, rows, columns }, picture),
    positions,
    at,
    extraTokens: positions - rows * columns,
    places: placesOf(layout),
  };
}

/** The name of a value's units in canonical order. */
export const unitsName = (value: ValueName): ValueName => ownName(`units of ${value}`);

/** The graph whose output is `unitsName(value)`: [batch, unit, position], whatever the order of the value's axes. */
export function unitsGraph(graph: Graph, value: ValueName): Graph {
  const b = Builder.extend(graph, coreOperators);
  b.origin = "units";
  const units = canonicalUnits(b, graph, value);
  return prune(b.finish([b.apply("Identity", [units], {}, { names: [unitsName(value)] })]));
}

/** A value of the graph as [batch, unit, position]. */
export function canonicalUnits(b: Builder, graph: Graph, value: ValueName): Value {
  const layout = siteLayout(graph, value);
  const x = toCanonical(b, b.value(value), layout);
  return b.reshape(x, [layout.batch, layout.channels, positionsOf(layout)]);
}
