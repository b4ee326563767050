import { displayToken } from "../../src/data/text/display-token.ts";
import { figure, percent } from "../lib/numbers.ts";

export interface Candidate {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
  readonly logit: number | undefined;
}

/** The likeliest tokens with their probabilities as bars and in numbers. */
export function Candidates({
  caption,
  candidates,
  marked,
}: {
  readonly caption: string;
  readonly candidates: readonly Candidate[];
  readonly marked?: number | undefined;
}) {
  const largest = Math.max(1e-12, ...candidates.map(({ probability }) => probability));
  return (
    <table class="candidates">
      <caption>{caption}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">Token</th>
          <th scope="col">Bar</th>
          <th scope="col">Probability</th>
          <th scope="col">Logit</th>
        </tr>
      </thead>
      <tbody>
        {candidates.map(({ id, text, probability, logit }) => (
          <tr key={id} class={id === marked ? "marked" : ""}>
            <th scope="row">
              <code title={`id ${id}`}>{displayToken(text)}</code>
              {id === marked && <span class="quiet"> (the text’s)</span>}
            </th>
            <td class="bar" aria-hidden="true">
              <span style={{ width: `${(100 * probability) / largest}%` }} />
            </td>
            <td>{percent(probability)}</td>
            {logit !== undefined && <td class="quiet">{figure(logit)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
