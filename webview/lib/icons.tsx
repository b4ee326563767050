import type { CheckStatus } from "../../src/protocol/result.ts";

/** State is a sign and a word, never colour alone. */
export const STATUS_SIGNS: Readonly<Record<CheckStatus, { readonly sign: string; readonly word: string }>> = {
  pass: { sign: "✓", word: "passed" },
  warn: { sign: "△", word: "doubtful" },
  fail: { sign: "✕", word: "failed" },
  info: { sign: "i", word: "fact" },
};
