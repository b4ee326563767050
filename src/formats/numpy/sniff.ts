import type { Sniffer } from "../candidate.ts";

/** A zip archive of arrays and nothing else. */
export const sniffNpz: Sniffer = ({ entries }) =>
  entries().length > 0 && entries().every((name) => name.endsWith(".npy"));
