import { traitsOf } from "./ops/table.ts";
import { reach } from "./ops/window.ts";
import { typeOf, type Graph, type Node, type ValueName } from "./graph.ts";

/**
 * Where the positions of an activation lie in the picture: the receptive field of position i is centred at
 * offset + i · step, in pixels of the network's input, counted from the centre of the first pixel.
 */
export interface GridField {
  readonly rows: number;
  readonly columns: number;
  readonly offset: readonly [y: number, x: number];
  readonly step: readonly [y: number, x: number];
}

/**
 * The grid of each value that depends on the picture, carried through the operators. A window moves the centres by its
 * stride and its padding; an operator that changes the extents in another way, e.g. a resize, spreads its positions evenly
 * over the same place; all others keep the grid, also where they turn its positions into tokens. Where grids of several
 * inputs meet, the finest is kept, because the others are gates or statistics of it.
 */
export function gridFields(graph: Graph, input: ValueName, layout: "NCHW" | "NHWC"): ReadonlyMap<ValueName, GridField> {
  const { shape } = typeOf(graph, input);
  if (shape.length !== 4) return new Map();
  const [rows, columns] = layout === "NCHW" ? [shape[2]!, shape[3]!] : [shape[1]!, shape[2]!];
  const fields = new Map<ValueName, GridField>([[input, { rows, columns, offset: [0, 0], step: [1, 1] }]]);
  for (const node of graph.nodes) {
    const known = node.inputs.flatMap((name) => (name === null ? [] : (fields.get(name) ?? [])));
    if (known.length === 0) continue;
    const finest = known.reduce((a, b) => (b.rows * b.columns > a.rows * a.columns ? b : a));
    for (const output of node.outputs) fields.set(output, fieldAfter(graph, node, output, finest));
  }
  return fields;
}

function fieldAfter(graph: Graph, node: Node, output: ValueName, before: GridField): GridField {
  const traits = traitsOf(node.op);
  const [first] = node.inputs;
  const from = first == null ? undefined : typeOf(graph, first).shape;
  const to = typeOf(graph, output).shape;
  if (from?.length !== 4 || to.length !== 4) return before;
  const [rows, columns] = [to[2]!, to[3]!];
  if (traits?.window !== undefined) {
    const inputs = node.inputs.flatMap((name) => (name === null ? [] : [typeOf(graph, name)]));
    const window = traits.window(inputs, node.attributes as never);
    const moved = (axis: 0 | 1): number =>
      before.offset[axis] + before.step[axis] * ((reach(window, axis) - 1) / 2 - window.before[axis]!);
    return {
      rows,
      columns,
      offset: [moved(0), moved(1)],
      step: [before.step[0] * window.strides[0]!, before.step[1] * window.strides[1]!],
    };
  }
  const held = from[2] === before.rows && from[3] === before.columns;
  const resized = rows !== before.rows || columns !== before.columns;
  const spatial = traits?.kind === "pools" || traits?.kind === "linear" || from[1] === to[1];
  return held && resized && spatial ? spread(before, rows, columns) : before;
}

/** Other positions over the same place, evenly. */
function spread(
  { rows: hadRows, columns: hadColumns, offset, step }: GridField,
  rows: number,
  columns: number,
): GridField {
  const ratios = [hadRows / rows, hadColumns / columns] as const;
  const at = (axis: 0 | 1): number => offset[axis] + (step[axis] * (ratios[axis] - 1)) / 2;
  return { rows, columns, offset: [at(0), at(1)], step: [step[0] * ratios[0], step[1] * ratios[1]] };
}
