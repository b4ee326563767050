import { Random } from "../tensor/random.ts";

/** Disjoint training and test rows. The split is made before any statistic is computed. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** The group of each row. Rows of one group stay on the same side; without groups, each row is a separate group. */
export type Groups = ArrayLike<number>;

/**
 * Distributes `rows` among `parts` so that each part gets about its share of every class. Groups are shuffled and then
 * assigned, class by class (that of a group's first row), to the part with the largest deficit.
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
  // The classes are processed in order, so that the next class balances the remainder of the previous one.
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

/** A seeded split, stratified by class, that keeps groups together. */
export function splitRows(labels: ArrayLike<number>, groups: Groups, testShare: number, seed: number): Split {
  const rows = Int32Array.from({ length: labels.length }, (_, i) => i);
  const [train, test] = deal(rows, labels, groups, [1 - testShare, testShare], seed);
  return { train: train!, test: test! };
}

/** Splits the training rows into `count` folds by the same rules. */
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
