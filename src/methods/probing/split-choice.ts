import type { Dataset, LabelColumn } from "../../data/datasets/dataset.ts";
import { numbered } from "../../data/datasets/dataset.ts";
import { foldsOf, splitRows } from "../../data/split.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { SplitFacts } from "./certificate.ts";
import { countsOf } from "./chart.ts";
import type { ProbeOptions } from "./options.ts";
import type { Task } from "./probe.ts";

/**
 * The dataset's split, or a seeded one that keeps groups and copies of one sample together. It is made before any statistic
 * is computed. It is stratified by all labels of the dataset at once, so that questions about different labels use the same
 * rows. A label with a class too rare for that gets a separate split.
 */
export function chooseSplit(
  dataset: Dataset,
  { values, classes, name }: LabelColumn,
  { testShare, seed, folds }: Pick<ProbeOptions, "testShare" | "seed" | "folds">,
): { readonly task: Task; readonly facts: SplitFacts } {
  const contents = numbered(dataset.contentOf);
  const groups = together(contents, dataset.groups);
  const common = dataset.givenSplit ?? splitRows(cellsOf(dataset), groups, testShare, seed);
  const split =
    dataset.givenSplit !== undefined || isAlike(common, values, classes.length, testShare)
      ? common
      : splitRows(values, groups, testShare, seed);
  if (split.test.length === 0 || split.train.length === 0) {
    throw new GlassboxError("option", "no row is left to test on", {
      hint: "A probe is never scored on its training rows; set a test share between 0.05 and 0.5, or use groups that can be divided.",
    });
  }
  const train = countsOf(values, split.train, classes.length);
  const missing = train.findIndex((count) => count < folds);
  if (missing >= 0) {
    throw new GlassboxError("input", `the class ${classes[missing]} of ${name} has ${train[missing]} training rows`, {
      where: dataset.reference,
      hint: `Each class needs at least ${folds}, one for each fold.`,
    });
  }
  const parts = foldsOf(split.train, values, groups, folds, seed + 1).filter((fold) => fold.length > 0);
  if (parts.length < 2)
    throw new GlassboxError("input", "the groups cannot be divided into folds", {
      where: dataset.reference,
      hint: "At least two groups must be in the training rows.",
    });
  const onTest = new Set(split.test.map((row) => groups[row]!));
  return {
    task: { labels: values, classes: classes.length, split, folds: parts },
    facts: {
      given: dataset.givenSplit !== undefined,
      grouped: dataset.groups !== undefined,
      duplicates: dataset.count - new Set(contents).size,
      across: new Set(split.train.map((row) => groups[row]!).filter((group) => onTest.has(group))).size,
    },
  };
}

/** Numbers the combinations of all labels, in the order of the labels. Rows are distributed cell by cell, and the next cell balances the remainder of the previous one. */
function cellsOf({ labels, count }: Dataset): Int32Array {
  let cells = new Int32Array(count);
  for (const { values, classes } of labels.values()) {
    const codes = Array.from(cells, (cell, row) => cell * classes.length + values[row]!);
    const rank = new Map([...new Set(codes)].sort((a, b) => a - b).map((code, i) => [code, i]));
    cells = Int32Array.from(codes, (code) => rank.get(code)!);
  }
  return cells;
}

/** Whether each class has about its share of the test rows: within a tenth, or within one row if it is rare. */
function isAlike({ test }: Task["split"], values: Int32Array, classes: number, testShare: number): boolean {
  const all = countsOf(
    values,
    Int32Array.from(values, (_, row) => row),
    classes,
  );
  const held = countsOf(values, test, classes);
  return held.every((count, k) => Math.abs(count - testShare * all[k]!) <= Math.max(1, 0.1 * testShare * all[k]!));
}

/** Numbers the rows so that rows which share a content or a group, directly or indirectly, get the same number. */
function together(contents: Int32Array, groups: Int32Array | undefined): Int32Array {
  if (groups === undefined) return contents;
  const parent = Int32Array.from({ length: contents.length }, (_, row) => row);
  const root = (row: number): number => {
    let at = row;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  for (const of of [contents, groups]) {
    const first = new Map<number, number>();
    of.forEach((number, row) => {
      const known = first.get(number);
      if (known === undefined) first.set(number, row);
      else parent[root(row)] = root(known);
    });
  }
  return parent.map((_, row) => root(row));
}
