import type { ShownToken } from "./TokenStrip.tsx";

/** How two prompts line up, token by token. */
export interface Pair {
  readonly differing: ReadonlySet<number>;
  /** Why they cannot be patched into each other. */
  readonly problem: string | undefined;
}

export function alignPair(clean: readonly ShownToken[], corrupted: readonly ShownToken[]): Pair {
  const longest = Math.max(clean.length, corrupted.length);
  const differing = new Set(
    Array.from({ length: longest }, (_, i) => i).filter((i) => clean[i]?.id !== corrupted[i]?.id),
  );
  if (clean.length !== corrupted.length) {
    const first = Math.min(...differing);
    return {
      differing,
      problem: `The clean prompt has ${clean.length} tokens and the corrupted one ${corrupted.length}: they must line up token by token. They part at position ${first}.`,
    };
  }
  return {
    differing,
    problem: differing.size === 0 ? "Both prompts are the same: change a token of the corrupted one." : undefined,
  };
}
