import assert from "node:assert/strict";
import { test } from "node:test";
import { layeredLayout } from "./layered-layout.ts";

const node = (id: string, layer: number) => ({ id, layer, value: Number.NaN });
const edge = (from: string, to: string) => ({ from, to, value: 1 });

test("layers stand above each other, the input at the bottom, and no two nodes share a place", () => {
  const nodes = [node("a", 0), node("b", 0), node("c", 1), node("d", 2), node("e", 2), node("f", 2)];
  const { at, width, height } = layeredLayout(nodes, [edge("a", "c"), edge("c", "d")]);
  assert.equal(at.size, nodes.length);
  assert.ok(at.get("a")!.y > at.get("c")!.y && at.get("c")!.y > at.get("d")!.y);
  assert.equal(new Set([...at.values()].map(({ x, y }) => `${x} ${y}`)).size, nodes.length);
  for (const { x, y } of at.values()) assert.ok(x >= 0 && x <= width && y >= 0 && y <= height);
});

test("edges that cross as the nodes came do not cross in the layout", () => {
  const nodes = [node("a", 0), node("b", 0), node("c", 0), node("x", 1), node("y", 1), node("z", 1)];
  const edges = [edge("a", "z"), edge("b", "y"), edge("c", "x")];
  const { at } = layeredLayout(nodes, edges);
  const x = (id: string) => at.get(id)!.x;
  for (const one of edges)
    for (const other of edges)
      assert.ok((x(one.from) - x(other.from)) * (x(one.to) - x(other.to)) >= 0, `${one.from} and ${other.from} cross`);
});

test("an edge to a node that is not there and an empty graph are no error", () => {
  assert.equal(layeredLayout([node("a", 0)], [edge("a", "gone")]).at.size, 1);
  assert.equal(layeredLayout([], []).at.size, 0);
});
