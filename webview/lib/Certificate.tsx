import type { Check, Result } from "../../src/protocol/result.ts";
import { FactList } from "./FactList.tsx";
import { STATUS_SIGNS } from "./icons.tsx";
import { Section } from "./Section.tsx";

/** What of a result says how it came about. */
type Proof = Pick<Result, "certificate" | "provenance">;

interface Props {
  readonly title: string;
  readonly result: Proof | undefined;
  /** Opens every check, as the badge asks. */
  readonly open: boolean;
  /** What the checks come with. */
  readonly awaited?: string;
}

/** Can I believe it? The checks that ran, and everything needed to run it again. */
export function Certificate({ title, result, open, awaited = "the map" }: Props) {
  return (
    <Section title="Can I believe it?" of={title}>
      {result === undefined ? (
        <p class="quiet">The checks come with {awaited}.</p>
      ) : (
        <ul class="checks">
          {result.certificate.map((check) => (
            <li key={check.id}>
              <CheckRow check={check} open={open} />
            </li>
          ))}
          <li>
            <MadeWith result={result} />
          </li>
        </ul>
      )}
    </Section>
  );
}

function CheckRow({
  check: { label, status, value, sentence },
  open,
}: {
  readonly check: Check;
  readonly open: boolean;
}) {
  const { sign, word } = STATUS_SIGNS[status];
  return (
    <details open={open}>
      <summary>
        <span>{label}</span>
        <span class={`value ${status}`}>
          {status !== "info" && (
            <>
              <span aria-hidden="true">{sign} </span>
              <span class="hidden">{word}: </span>
            </>
          )}
          {value}
        </span>
      </summary>
      <p class="quiet">{sentence}</p>
    </details>
  );
}

/** Enough to run it again to the same numbers. */
function MadeWith({ result: { provenance } }: { readonly result: Proof }) {
  const facts: readonly (readonly [string, string])[] = [
    ["model", `${provenance.model.file}, ${provenance.model.sha256.slice(0, 12)}`],
    ["input", `${provenance.subject.name}, ${provenance.subject.sha256.slice(0, 12)}`],
    ...(provenance.target ? [["target", provenance.target] as const] : []),
    ...Object.entries(provenance.options).map(
      ([name, value]) => [name, String(value) || "chosen by the method"] as const,
    ),
    ["Glassbox", provenance.glassbox],
  ];
  return (
    <details>
      <summary>
        <span>made with</span>
        <span class="value">
          {provenance.runtime.name} {provenance.runtime.version}
        </span>
      </summary>
      <FactList facts={facts} />
    </details>
  );
}
