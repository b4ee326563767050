import fs from "node:fs";

/**
 * What a file is: another file, other contents or another name for them give another stamp. The time of the last change of the
 * entry is in it, which no program can set back.
 */
export const stampOfStat = ({ dev, ino, size, mtimeNs, ctimeNs }: fs.BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(" ");

/** The stamp of a path where nothing is. */
export const absent = "absent";

/** The stamp of what lies at this path now, behind all links. */
export function stampAt(file: string): string {
  const stat = statOf(file);
  return stat === undefined ? absent : stampOfStat(stat);
}

/** Milliseconds since the entry last changed, by this machine's clock; negative where the file system's is ahead. */
export const ageOf = (stamp: string): number => Date.now() - Number(BigInt(stamp.split(" ")[4] ?? 0) / 1_000_000n);

/** Undefined also for what cannot be asked about, for want of permission or in a circle of links: it cannot be read either. */
export function statOf(file: string): fs.BigIntStats | undefined {
  try {
    return fs.statSync(file, { throwIfNoEntry: false, bigint: true });
  } catch {
    return undefined;
  }
}
