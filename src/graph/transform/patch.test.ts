import assert from "node:assert/strict";
import test from "node:test";
import { float32, fromFloat64, toNumbers, type Tensor } from "../../tensor/tensor.ts";
import { Builder } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import type { Graph } from "../graph.ts";
import { coreOperators } from "../ops/table.ts";
import { cut, passing } from "./cut.ts";
import { editInputs, patch, type Edit, type EditKind } from "./patch.ts";
import { siteOf, tap } from "./tap.ts";

/** y = 10·(x + 1), with a site at h = x + 1 of shape [2, 3]. */
function small(): Graph {
  const b = new Builder(coreOperators);
  const h = b.shift(b.input("x", { dtype: "float32", shape: [2, 3] }), 1);
  b.site({ name: "h", value: h.name, axes: ["token", "feature"], role: "residual" });
  return b.finish([b.scale(h, 10)]);
}

const x = float32([2, 3], [1, 2, 3, 4, 5, 6]);
const run = (graph: Graph, feeds: Readonly<Record<string, Tensor>>): number[][] => {
  const values = evaluate(graph, new Map(Object.entries(feeds)), coreOperators);
  return graph.outputs.map((name) => Array.from(values.get(name)!.data));
};
const bool = (shape: readonly number[], bits: readonly number[]): Tensor => fromFloat64("bool", shape, bits);

function patched(
  edits: readonly (Omit<Edit, "value"> & { readonly where: readonly number[]; readonly with: readonly number[] })[],
): number[] {
  const graph = small();
  const { value } = siteOf(graph, "h");
  const feeds: Record<string, Tensor> = { x };
  edits.forEach((edit, i) => {
    feeds[editInputs(i).mask] = bool(edit.mask, edit.where);
    feeds[editInputs(i).operand] = float32(edit.operand, edit.with);
  });
  return run(
    patch(
      graph,
      edits.map((edit) => ({ ...edit, value })),
      coreOperators,
    ),
    feeds,
  )[0]!;
}

test("each kind of edit does what its formula says, where its mask holds", () => {
  const second = { mask: [2, 1], where: [0, 1] } as const;
  const cases: readonly (readonly [EditKind, readonly number[], readonly number[]])[] = [
    ["set", [7, 8, 9], [70, 80, 90]],
    ["add", [1, 0, -1], [60, 60, 60]],
    ["scale", [2, 0, 1], [100, 0, 70]],
    ["remove", [0, 0.6, 0.8], [50, 10 * (6 - 0.6 * 9.2), 10 * (7 - 0.8 * 9.2)]],
  ];
  for (const [kind, operand, expected] of cases) {
    const y = patched([{ kind, ...second, operand: [1, 3], with: operand }]);
    assert.deepEqual(y.slice(0, 3), [20, 30, 40], `${kind} leaves the first row alone`);
    y.slice(3).forEach((value, i) =>
      assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${kind}: ${value} for ${expected[i]}`),
    );
  }
});

test("edits of one value apply in their order, by row and by channel", () => {
  const y = patched([
    { kind: "set", mask: [1, 3], where: [1, 0, 0], operand: [2, 3], with: [5, 5, 5, 5, 5, 5] },
    { kind: "scale", mask: [2, 1], where: [1, 0], operand: [1, 1], with: [3] },
  ]);
  assert.deepEqual(y, [150, 90, 120, 50, 60, 70]);
});

test("a patched site is read after the edit", () => {
  const graph = small();
  const changed = patch(
    graph,
    [{ value: siteOf(graph, "h").value, kind: "set", mask: [1, 1], operand: [1, 1] }],
    coreOperators,
  );
  const [h] = run(tap(changed, [siteOf(changed, "h").value]), {
    x,
    [editInputs(0).mask]: bool([1, 1], [1]),
    [editInputs(0).operand]: float32([1, 1], [4]),
  });
  assert.deepEqual(h, [4, 4, 4, 4, 4, 4]);
});

test("the parts before and after a cut compose to the whole", () => {
  const graph = small();
  const { value } = siteOf(graph, "h");
  const [h] = run(tap(graph, [value]), { x });
  const after = cut(graph, [value], graph.outputs, coreOperators);
  assert.deepEqual(after.inputs, [value]);
  assert.deepEqual(run(after, { [value]: float32([2, 3], h!) }), run(graph, { x }));
  assert.deepEqual(toNumbers(x), [1, 2, 3, 4, 5, 6]);
});

test("a cut inside a residual block includes the skip connection and recomputes nothing before it", () => {
  const b = new Builder(coreOperators);
  const before = b.shift(b.input("x", { dtype: "float32", shape: [2, 3] }), 1);
  const inner = b.scale(before, 2);
  const y = b.mul(b.add(before, b.apply("Relu", [inner])), before);
  const graph = b.finish([y]);
  const skips = passing(graph, [inner.name], graph.outputs);
  assert.deepEqual(skips, [before.name]);
  const after = cut(graph, [inner.name, ...skips], graph.outputs, coreOperators);
  assert.deepEqual(new Set(after.inputs), new Set([inner.name, before.name]));
  assert.deepEqual(
    after.nodes.map(({ op }) => op),
    ["Relu", "Add", "Mul"],
  );
  const [h, passed] = run(tap(graph, [inner.name, before.name]), { x });
  assert.deepEqual(
    run(after, { [inner.name]: float32([2, 3], h!), [before.name]: float32([2, 3], passed!) }),
    run(graph, { x }),
  );
});
