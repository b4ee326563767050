import type { Dataset, LabelColumn } from "../../data/datasets/dataset.ts";
import { numbered } from "../../data/datasets/dataset.ts";
import { foldsOf, splitRows } from "../../data/split.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { SplitFacts } from "./certificate.ts";
import { countsOf } from "./chart.ts";
import type { ProbeOptions } from "./options.ts";
import type { Task } from "./probe.ts";

/**
 * The dataset's own split, or a seeded one: groups whole, copies of one sample together, made before any statistic. It is
 * alike in all of the dataset's labels at once, so that questions about one after the other are asked of the same rows; a
 * label with a class too rare for that gets a split of its own.
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
      hint: "A probe is never scored on the rows that it learned from; set a test share between 0.05 and 0.5, or use groups that can be divided.",
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
      hint: "At least two groups must lie on the training side.",
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

/** A number for each combination of all labels, in order of the labels: rows are dealt cell by cell, and what one leaves over the next makes good. */
function cellsOf({ labels, count }: Dataset): Int32Array {
  let cells = new Int32Array(count);
  for (const { values, classes } of labels.values()) {
    const codes = Array.from(cells, (cell, row) => cell * classes.length + values[row]!);
    const rank = new Map([...new Set(codes)].sort((a, b) => a - b).map((code, i) => [code, i]));
    cells = Int32Array.from(codes, (code) => rank.get(code)!);
  }
  return cells;
}

/** Whether each class has about its share on the test side: within a tenth, or one row where it is rare. */
function isAlike({ test }: Task["split"], values: Int32Array, classes: number, testShare: number): boolean {
  const all = countsOf(
    values,
    Int32Array.from(values, (_, row) => row),
    classes,
  );
  const held = countsOf(values, test, classes);
  return held.every((count, k) => Math.abs(count - testShare * all[k]!) <= Math.max(1, 0.1 * testShare * all[k]!));
}

/** Rows that share a content or a group, directly or through others, have one number. */
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
