import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { generatedTable, type TableRecipe } from "../../../test/oracles/generated-table.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { gramOf, standardizationOf, standardized, type Features } from "./design.ts";
import { fitLogistic, probabilities } from "./logistic-regression.ts";
import { curvatureBound, FeaturePreconditioner } from "./preconditioner.ts";
import { withoutFold } from "./regularization.ts";
import { auroc, brier, scoresOf, wilson } from "./scores.ts";

interface Oracle {
  readonly tables: Readonly<Record<string, { readonly generator?: TableRecipe; readonly file?: string }>>;
  readonly fits: readonly {
    readonly table: string;
    readonly features: "raw" | "standardised" | "scaled16";
    readonly C: number;
    readonly balanced: boolean;
    readonly classes: number;
    readonly objective: number;
    readonly coefficients: readonly (readonly number[])[];
    readonly intercepts: readonly number[];
    readonly accuracy: number;
    readonly balancedAccuracy: number;
    readonly logLoss: number;
    readonly auroc: number | null;
    readonly brier: number | null;
  }[];
  readonly folds: readonly {
    readonly table: string;
    readonly features: "standardised";
    readonly C: number;
    readonly folds: number;
    readonly accuracy: readonly number[];
    readonly pooledAuroc: number;
    readonly pooledBrier: number;
  }[];
}

const folder = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "test", "oracles");
const oracle = JSON.parse(fs.readFileSync(path.join(folder, "logistic-regression.json"), "utf8")) as Oracle;

function tableOf(name: string): { readonly x: Features; readonly y: Uint8Array } {
  const { generator, file } = oracle.tables[name]!;
  if (generator) {
    const { x, labels } = generatedTable(generator);
    return { x: { rows: generator.rows, columns: generator.features, data: x }, y: labels };
  }
  const rows = fs
    .readFileSync(path.join(folder, file!), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
  const columns = rows[0]!.length - 1;
  return {
    x: { rows: rows.length, columns, data: Float64Array.from(rows.flatMap((row) => row.slice(0, columns))) },
    y: Uint8Array.from(rows, (row) => row[columns]!),
  };
}

for (const expected of oracle.fits) {
  const { table, features, C, balanced, classes } = expected;
  test(`${table}, ${features}, C = ${C}${balanced ? ", balanced" : ""}: the optimum equals scikit-learn's`, async () => {
    const { x: raw, y } = tableOf(table);
    const all = Array.from({ length: raw.rows }, (_, i) => i);
    const x =
      features === "standardised"
        ? standardized(raw, standardizationOf(raw, all), all)
        : features === "scaled16"
          ? { ...raw, data: raw.data.map((value) => value / 16) }
          : raw;
    const counts = Array.from({ length: classes }, (_, k) => y.reduce((n, label) => n + (label === k ? 1 : 0), 0));
    const weights = balanced ? Float64Array.from(y, (label) => y.length / (classes * counts[label]!)) : undefined;
    const lambda = 1 / (C * y.length);
    const preconditioner = new FeaturePreconditioner(await gramOf(x, referenceRuntime), x.columns, {
      curvature: curvatureBound(x.rows, classes),
      lambda,
    });
    const fit = fitLogistic({ x, y, classes, weights, C }, preconditioner);
    assert.ok(fit.distance < 1e-6, `certified to ${fit.distance}`);
    const worst = (a: readonly number[], b: (k: number) => number): number =>
      Math.max(...a.map((value, k) => Math.abs(value - b(k))));
    expected.coefficients.forEach((row, k) => assert.ok(worst(row, (c) => fit.weights[c * fit.outputs + k]!) < 1e-6));
    assert.ok(worst(expected.intercepts, (k) => fit.intercepts[k]!) < 1e-6);
    assert.ok(Math.abs(fit.objective * C * y.length - expected.objective) < 1e-7 * expected.objective);
    const p = probabilities(fit, x);
    const scores = scoresOf(p, y, classes);
    assert.equal(scores.accuracy, expected.accuracy);
    assert.ok(Math.abs(scores.balancedAccuracy - expected.balancedAccuracy) < 1e-12);
    assert.ok(Math.abs(scores.logLoss - expected.logLoss) < 1e-8);
    if (classes === 2) {
      const positive = p.filter((_, i) => i % 2 === 1);
      assert.ok(Math.abs(auroc(positive, y) - expected.auroc!) < 1e-12);
      assert.ok(Math.abs(brier(positive, y) - expected.brier!) < 1e-8);
    } else {
      for (let c = 0; c < x.columns; c++) {
        const sum = Array.from({ length: classes }, (_, k) => fit.weights[c * classes + k]!).reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum) < 1e-12, "coefficients sum to zero over classes");
      }
    }
  });
}

for (const { table, C, folds, accuracy, pooledAuroc, pooledBrier } of oracle.folds) {
  test(`${table}, ${folds} folds, each standardised by its own rows: the accuracies equal scikit-learn's`, async () => {
    const { x: raw, y } = tableOf(table);
    const all = Array.from({ length: raw.rows }, (_, i) => i);
    // As in probes, all rows are standardised together, and each fold adjusts for its own rows.
    const x = standardized(raw, standardizationOf(raw, all), all);
    const preconditioner = new FeaturePreconditioner(await gramOf(x, referenceRuntime), x.columns, {
      curvature: curvatureBound(x.rows, 2),
      lambda: 1 / (C * x.rows),
    });
    const pooled = new Float64Array(x.rows);
    for (let fold = 0; fold < folds; fold++) {
      const held = Int32Array.from(all.filter((row) => row % folds === fold));
      const fit = fitLogistic({ ...withoutFold({ x, y, classes: 2 }, held), C }, preconditioner);
      const p = probabilities(fit, x);
      for (const row of held) pooled[row] = p[2 * row + 1]!;
      assert.equal(held.filter((row) => (pooled[row]! > 0.5 ? 1 : 0) === y[row]).length / held.length, accuracy[fold]);

      const rest = all.filter((row) => row % folds !== fold);
      const own = standardizationOf(raw, rest);
      const direct = fitLogistic(
        { x: standardized(raw, own, rest), y: rest.map((row) => y[row]!), classes: 2, C },
        preconditioner,
      );
      const expected = probabilities(direct, standardized(raw, own, held));
      held.forEach((row, i) => assert.ok(Math.abs(pooled[row]! - expected[2 * i + 1]!) < 1e-8));
    }
    assert.ok(Math.abs(auroc(pooled, y) - pooledAuroc) < 1e-12);
    assert.ok(Math.abs(brier(pooled, y) - pooledBrier) < 1e-8);
  });
}

test("Wilson's interval equals the reference values", () => {
  const rounded = (share: number, count: number): string =>
    wilson(share, count)
      .map((value) => value.toFixed(3))
      .join();
  assert.equal(rounded(0.858, 2000), "0.842,0.873");
  assert.equal(rounded(0.9, 100), "0.826,0.945");
});
