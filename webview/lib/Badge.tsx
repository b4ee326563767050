import type { Check } from "../../src/protocol/result.ts";
import { STATUS_SIGNS } from "./icons.tsx";

const severity: Readonly<Record<Check["status"], number>> = { fail: 3, warn: 2, pass: 1, info: 0 };

/** Facts about the target and the object say nothing of the method. */
const aside = new Set(["target", "mask-share"]);

/** The check to show in one badge: the worst that was judged, or a fact of the map. */
export const worst = (certificate: readonly Check[]): Check | undefined =>
  [...certificate].filter(({ id }) => !aside.has(id)).sort((a, b) => severity[b.status] - severity[a.status])[0];

/** What passed needs no figure, what is doubtful does; all of them are in the certificate. */
const short = ({ status, label, value }: Check): string =>
  status === "pass" ? label : status === "info" ? value : `${label}: ${value.split(", ")[0]}`;

/** The worst check of a result in a few words; it opens the certificate. */
export function Badge({
  check,
  chosen,
  onOpen,
}: {
  readonly check: Check;
  readonly chosen: boolean;
  readonly onOpen: () => void;
}) {
  const { sign, word } = STATUS_SIGNS[check.status];
  return (
    <button
      class={`badge ${check.status}`}
      aria-pressed={chosen}
      onClick={onOpen}
      title={`${check.sentence} Opens all checks.`}
    >
      {check.status !== "info" && (
        <>
          <span aria-hidden="true">{sign} </span>
          <span class="hidden">{word}: </span>
        </>
      )}
      {short(check)}
    </button>
  );
}
