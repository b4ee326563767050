import { displayToken } from "../../src/data/text/display-token.ts";
import { Section } from "../lib/Section.tsx";
import { Candidates, type Candidate } from "./Candidates.tsx";
import { figure } from "../lib/numbers.ts";
import type { ShownToken } from "./TokenStrip.tsx";
import { textOf, type Expected } from "./view.ts";

/** What the model expects at a position, best first. */
export function candidatesAt(data: Expected, position: number): Candidate[] {
  const text = textOf(data.names);
  return Array.from({ length: data.top }, (_, i) => {
    const at = position * data.top + i;
    return {
      id: data.ids[at]!,
      text: text(data.ids[at]!),
      probability: data.probabilities[at]!,
      logit: data.logits[at]!,
    };
  });
}

/** What comes next at the chosen token, next to every view. */
export function SideNext({
  next,
  tokens,
  position,
}: {
  readonly next: Expected | undefined;
  readonly tokens: readonly ShownToken[];
  readonly position: number;
}) {
  const token = tokens[position];
  const known = next && position < next.tokens.length;
  return (
    <Section title="Next token" of={token && `after ${displayToken(token.text)}, position ${position}`}>
      {known ? (
        <>
          <Candidates
            caption={`Entropy ${figure(next.entropies[position]!)} nats`}
            candidates={candidatesAt(next, position)}
            marked={tokens[position + 1]?.id}
          />
          {next.actualRanks[position]! > next.top && (
            <p class="quiet">The text’s own next token has rank {next.actualRanks[position]}.</p>
          )}
        </>
      ) : (
        <p class="quiet">…</p>
      )}
    </Section>
  );
}
