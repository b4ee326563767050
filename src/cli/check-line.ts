import type { Check, CheckStatus } from "../protocol/result.ts";

/** A status is never shown by colour or sign alone. */
const marks: Readonly<Record<CheckStatus, { readonly sign: string; readonly word: string }>> = {
  pass: { sign: "✓", word: "" },
  warn: { sign: "△", word: "caution: " },
  fail: { sign: "✕", word: "failed: " },
  info: { sign: "·", word: "" },
};

export const signOf = (status: CheckStatus): string => marks[status].sign;

/** e.g. `✓ complete, net 0.8 %`. */
export const checkWords = ({ status, label, value }: Check): string =>
  `${marks[status].sign} ${marks[status].word}${label}${value ? `, ${value}` : ""}`;

/** The worst status in a certificate, for one badge. */
export function worst(certificate: readonly Check[]): CheckStatus {
  return (
    (["fail", "warn", "pass"] as const).find((status) => certificate.some((check) => check.status === status)) ?? "info"
  );
}
