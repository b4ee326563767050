import { Random } from "../tensor/random.ts";

/** Rows to learn from and rows to judge by: disjoint, made before any statistic. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Rows of one group stay on one side; without groups each row is its own. */
export type Groups = ArrayLike<number>;

/**
 * Shares `rows` out among `parts` so that each part has about its share of every class: groups in random order, dealt class
 * by class (of a group's first row) to the part that lacks most.
 */
function deal(
  rows: ArrayLike<number>,
  labels: ArrayLike<number>,
  groups: Groups,
  shares: readonly number[],
  seed: number,
): Int32Array[] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const known = members.get(groups[row]!);
    if (known) known.push(row);
    else members.set(groups[row]!, [row]);
  }
  const all = [...members.values()];
  const order = Array.from(new Random(seed).permutation(all.length), (i) => all[i]!);
  const byClass = new Map<number, number[][]>();
  for (const group of order) {
    const label = labels[group[0]!]!;
    const known = byClass.get(label);
    if (known) known.push(group);
    else byClass.set(label, [group]);
  }
  const parts: number[][] = shares.map(() => []);
  const carried = shares.map(() => 0);
  // Classes in order, so that what is left over of one is made good by the next.
  for (const label of [...byClass.keys()].sort((a, b) => a - b)) {
    for (const group of byClass.get(label)!) {
      shares.forEach((share, p) => (carried[p] = carried[p]! + share * group.length));
      const most = carried.indexOf(Math.max(...carried));
      parts[most]!.push(...group);
      carried[most] = carried[most]! - group.length;
    }
  }
  return parts.map((part) => Int32Array.from(part).sort());
}

/** A seeded split, alike in classes on both sides, by group where there are groups. */
export function splitRows(labels: ArrayLike<number>, groups: Groups, testShare: number, seed: number): Split {
  const rows = Int32Array.from({ length: labels.length }, (_, i) => i);
  const [train, test] = deal(rows, labels, groups, [1 - testShare, testShare], seed);
  return { train: train!, test: test! };
}

/** `count` folds of the training rows, by the same rules. */
export const foldsOf = (
  train: Int32Array,
  labels: ArrayLike<number>,
  groups: Groups,
  count: number,
  seed: number,
): Int32Array[] =>
  deal(
    train,
    labels,
    groups,
    Array.from({ length: count }, () => 1 / count),
    seed,
  );
