import type { ClaimOutcome } from "../../src/protocol/experiment.ts";

/** Whether the claims came out. As the walkthrough wrote them, one that fails did not reproduce; changed, it is a finding. */
export function Claims({
  claims,
  asWritten,
}: {
  readonly claims: readonly ClaimOutcome[];
  readonly asWritten: boolean;
}) {
  if (claims.length === 0) return null;
  const failed = claims.filter(({ status }) => status !== "holds");
  const good = failed.length === 0;
  const verdict = good
    ? `${claims.length === 1 ? "The claim" : claims.length === 2 ? "Both claims" : `All ${claims.length} claims`} came out`
    : asWritten
      ? "Did not reproduce"
      : `${failed.length} of ${claims.length} claims do not hold here`;
  return (
    <details class="claims" open={!good}>
      <summary>
        <span class={good ? "pass" : asWritten ? "fail" : "warn"}>
          <span aria-hidden="true">{good ? "✓" : asWritten ? "✕" : "△"}</span> {verdict}
        </span>
      </summary>
      <ul>
        {claims.map(({ index, status, sentence }) => (
          <li key={index}>
            <span aria-hidden="true">{status === "holds" ? "✓" : "✕"}</span>
            <span class="hidden">{status === "holds" ? "holds: " : "fails: "}</span> {sentence}
          </li>
        ))}
      </ul>
    </details>
  );
}
