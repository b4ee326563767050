import type { PartGraph } from "../../src/protocol/generic-answers.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LayeredLayout {
  readonly width: number;
  readonly height: number;
  readonly at: ReadonlyMap<string, Point>;
}

const spacing = { x: 64, y: 72 };
const margin = { x: 44, y: 28 };
/** Each pass moves nodes towards their neighbours; more passes change nothing that can be seen. */
const passes = 4;

/**
 * Places nodes in rows by their layer, the input at the bottom. Within a row, nodes are ordered by the mean position of
 * their neighbours (the barycentre heuristic of Sugiyama, Tagawa, Toda 1981), which removes most crossings.
 */
export function layeredLayout(nodes: PartGraph["nodes"], edges: PartGraph["edges"]): LayeredLayout {
  const layers = [...new Set(nodes.map(({ layer }) => layer))].sort((a, b) => a - b);
  const rows = layers.map((layer) => nodes.filter((node) => node.layer === layer).map(({ id }) => id));
  const widest = Math.max(1, ...rows.map(({ length }) => length));
  const column = new Map<string, number>();
  const place = (row: readonly string[]): void =>
    row.forEach((id, i) => column.set(id, (i + 0.5) * (widest / row.length) - 0.5));
  rows.forEach(place);
  const neighbours = new Map<string, string[]>();
  const join = (from: string, to: string): void => void neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
  for (const { from, to } of edges) {
    join(from, to);
    join(to, from);
  }
  const wanted = (id: string): number => {
    const near = (neighbours.get(id) ?? []).flatMap((each) => column.get(each) ?? []);
    return near.length ? near.reduce((a, b) => a + b) / near.length : column.get(id)!;
  };
  for (let pass = 0; pass < passes; pass++)
    for (const row of pass % 2 ? rows.toReversed() : rows) {
      const means = new Map(row.map((id) => [id, wanted(id)]));
      row.sort((a, b) => means.get(a)! - means.get(b)!);
      place(row);
    }
  const height = 2 * margin.y + (rows.length - 1) * spacing.y;
  const at = new Map(
    rows.flatMap((row, r) =>
      row.map(
        (id) => [id, { x: margin.x + column.get(id)! * spacing.x, y: height - margin.y - r * spacing.y }] as const,
      ),
    ),
  );
  return { width: 2 * margin.x + (widest - 1) * spacing.x, height, at };
}
