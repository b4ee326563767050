import type { Entry, EvidenceSource } from "../protocol/contract.ts";

/** A statement that needs no confirmation. */
export const known = <Value>(
  value: Value,
  from: EvidenceSource,
  words: string,
  figures?: Readonly<Record<string, number>>,
): Entry<Value> => ({ value, evidence: { from, words, ...(figures && { figures }) }, sure: true });

/** A statement that a person should confirm. */
export const assumed = <Value>(
  value: Value,
  from: EvidenceSource,
  words: string,
  figures?: Readonly<Record<string, number>>,
): Entry<Value> => ({ ...known(value, from, words, figures), sure: false });
