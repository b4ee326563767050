/** UMAP against umap-learn (test/oracles/layout.py), and its quality on scikit-learn's digits. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Random } from "../../tensor/random.ts";
import { fitCloseness } from "./closeness.ts";
import { fuzzyGraph } from "./fuzzy-graph.ts";
import { nearestNeighbours, type Distance, type Neighbours, type Points } from "./neighbours.ts";
import { principalPlane } from "./principal-plane.ts";
import { finished, trustworthiness } from "./trustworthiness.ts";
import { umap, type LayoutOptions } from "./umap.ts";

interface Oracle {
  readonly neighbours: number;
  readonly graphs: Readonly<
    Record<
      Distance,
      {
        readonly edges: number;
        readonly sum: number;
        readonly rows: Readonly<Record<string, readonly (readonly [number, number])[]>>;
      }
    >
  >;
  readonly closeness: readonly {
    readonly minimum: number;
    readonly spread: number;
    readonly a: number;
    readonly b: number;
  }[];
}

const oracles = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "test", "oracles");
const oracle = JSON.parse(fs.readFileSync(path.join(oracles, "layout.json"), "utf8")) as Oracle;

/** A table of test/oracles/tables: a header line, the class last. */
function table(name: string): Points & { readonly labels: readonly number[] } {
  const lines = fs
    .readFileSync(path.join(oracles, "tables", name), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  const rows = lines.map((line) => line.split(",").map(Number));
  return {
    count: rows.length,
    features: rows[0]!.length - 1,
    values: Float64Array.from(rows.flatMap((row) => row.slice(0, -1))),
    labels: rows.map((row) => row.at(-1)!),
  };
}

const neighboursOf = (points: Points, each: number, distance: Distance = "euclidean"): Neighbours =>
  finished(nearestNeighbours(points, each, distance));

const options: LayoutOptions = { neighbours: 15, distance: "euclidean", minimum: 0.1, spread: 1, seed: 0 };

test("the closeness curve is umap-learn's", () => {
  for (const { minimum, spread, a, b } of oracle.closeness) {
    const fit = fitCloseness(minimum, spread);
    assert.ok(Math.abs(fit.a - a) < 1e-4 && Math.abs(fit.b - b) < 1e-4, `${minimum} ${spread}: ${JSON.stringify(fit)}`);
  }
});

for (const distance of ["euclidean", "cosine"] as const)
  test(`the fuzzy graph is umap-learn's (${distance})`, () => {
    const graph = fuzzyGraph(neighboursOf(table("wine.csv"), oracle.neighbours, distance));
    const wanted = oracle.graphs[distance];
    assert.equal(graph.weight.length, wanted.edges);
    assert.ok(Math.abs(graph.weight.reduce((sum, weight) => sum + weight, 0) - wanted.sum) < 1e-5 * wanted.edges);
    for (const [point, row] of Object.entries(wanted.rows)) {
      const found = Array.from(graph.from.keys()).filter((edge) => graph.from[edge] === Number(point));
      assert.deepEqual(
        found.map((edge) => graph.to[edge]),
        row.map(([other]) => other),
      );
      found.forEach((edge, i) => assert.ok(Math.abs(graph.weight[edge]! - row[i]![1]) < 1e-5));
    }
  });

test("neighbours are those of all pairs, ordered by distance and index", () => {
  const random = new Random(3);
  const points = { count: 150, features: 7, values: random.normals(150 * 7) };
  const { indices, distances } = neighboursOf(points, 9);
  for (let i = 0; i < points.count; i++) {
    const all = Array.from({ length: points.count }, (_, j) => ({
      j,
      far: Math.hypot(...Array.from({ length: 7 }, (_, f) => points.values[i * 7 + f]! - points.values[j * 7 + f]!)),
    })).sort((a, b) => a.far - b.far);
    all.slice(0, 9).forEach(({ j, far }, at) => {
      assert.equal(indices[i * 9 + at], j);
      assert.ok(Math.abs(distances[i * 9 + at]! - far) < 1e-12);
    });
  }
});

test("the principal plane is the one of the greatest variances", () => {
  const random = new Random(1);
  const deviations = [5, 0.1, 2, 0.3];
  const values = Float64Array.from({ length: 4000 }, (_, i) => 7 + deviations[i % 4]! * random.normal());
  const plane = principalPlane({ count: 1000, features: 4, values }, 0);
  const mean = (f: number): number => values.reduce((sum, value, i) => sum + (i % 4 === f ? value / 1000 : 0), 0);
  const [first, third] = [mean(0), mean(2)];
  for (let i = 0; i < 1000; i++) {
    assert.ok(Math.abs(plane[i * 2]! - (values[i * 4]! - first)) < 0.3);
    assert.ok(Math.abs(plane[i * 2 + 1]! - (values[i * 4 + 2]! - third)) < 0.6);
  }
});

test("the digits keep their neighbours and their classes, and a seed gives the same bytes", () => {
  const digits = table("digits.csv");
  const layout = finished(umap(digits, options));
  const trust = trustworthiness(digits, layout, 15, "euclidean");
  const accuracy = neighbourAccuracy(digits.labels, layout, 5);
  assert.ok(trust >= 0.985, `trustworthiness ${trust}`);
  assert.ok(accuracy >= 0.96, `accuracy of 5 neighbours ${accuracy}`);
  const small = { count: 300, features: digits.features, values: digits.values.subarray(0, 300 * digits.features) };
  assert.deepEqual(finished(umap(small, options)), finished(umap(small, options)));
  assert.notDeepEqual(finished(umap(small, options)), finished(umap(small, { ...options, seed: 1 })));
});

test("equal points, points on a line and rows of zeros give finite layouts", () => {
  const equal = new Float64Array(20 * 3).fill(4);
  const line = Float64Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? i : 0));
  for (const values of [equal, line, new Float64Array(60)])
    for (const distance of ["euclidean", "cosine"] as const) {
      const layout = finished(
        umap({ count: 20, features: 3, values }, { ...options, neighbours: 5, distance, epochs: 20 }),
      );
      assert.ok(layout.every(Number.isFinite));
    }
});

test("too many points, too few and numbers that are none are refused", () => {
  const points = { count: 10, features: 2, values: new Float64Array(20) };
  assert.throws(() => neighboursOf({ ...points, count: 20_001 }, 5), /20,001 points/);
  assert.throws(() => neighboursOf(points, 11), /11 neighbours of 10 points/);
  assert.throws(() => neighboursOf({ ...points, values: points.values.with(7, NaN) }, 5), /point 3 has the value NaN/);
});

/** The share of points whose class is the commonest of their nearest others in the layout. */
function neighbourAccuracy(labels: readonly number[], layout: Float64Array, k: number): number {
  const { indices } = neighboursOf({ count: labels.length, features: 2, values: layout }, k + 1);
  const right = labels.filter((label, i) => {
    const votes = new Map<number, number>();
    for (let j = 1; j <= k; j++) {
      const vote = labels[indices[i * (k + 1) + j]!]!;
      votes.set(vote, (votes.get(vote) ?? 0) + 1);
    }
    return [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0] === label;
  });
  return right.length / labels.length;
}
