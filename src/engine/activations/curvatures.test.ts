import assert from "node:assert/strict";
import { test } from "node:test";
import { Curvature } from "../../methods/probing/curvature.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { Curvatures } from "./curvatures.ts";

const columns = 20;
let made = 0;
const make = async (): Promise<Curvature> => {
  made++;
  return Curvature.of({ rows: 30, columns, data: new Random(made).normals(30 * columns) }, referenceRuntime);
};
const gramBytes = (columns + 1) ** 2 * 8;

test("the same rows are factored once, whatever is asked of them", async () => {
  made = 0;
  const kept = new Curvatures(1e6);
  const first = await kept.get("rows", make);
  assert.equal(await kept.get("rows", make), first);
  assert.equal(made, 1);
  assert.equal(first.at(0.1, 3), first.at(0.1, 5), "three classes or more share a factor");
  assert.notEqual(first.at(0.1, 2), first.at(0.1, 3));
});

test("those used longest ago go when the factors of others have grown", async () => {
  made = 0;
  const kept = new Curvatures(5.5 * gramBytes);
  const a = await kept.get("a", make);
  await kept.get("b", make);
  await kept.get("a", make);
  assert.equal(made, 2);
  a.at(0.1, 2).apply(new Float64Array(columns + 1), 1);
  assert.equal(a.bytes, 4 * gramBytes, "the matrix of products, that of the strength, and its factor both ways");
  await kept.get("c", make);
  assert.equal(await kept.get("a", make), a, "b went, used longest ago");
  await kept.get("b", make);
  assert.equal(made, 4);
});
