import { displayToken } from "../../src/data/text/display-token.ts";
import type { LanguageResult, NextTokens } from "../../src/protocol/language-model.ts";
import { Section } from "../lib/Section.tsx";
import { Certificate } from "../lib/Certificate.tsx";
import { csvOf, type Exportable } from "./export.ts";
import { Edits } from "./Edits.tsx";
import { Generation } from "./Generation.tsx";
import { Grid } from "../lib/Grid.tsx";
import { figure, percent } from "../lib/numbers.ts";
import { Scale } from "../lib/Scale.tsx";
import { nextTokenSentence } from "./sentences.ts";
import { candidatesAt, SideNext } from "./SideNext.tsx";
import { nameOf } from "./TokenStrip.tsx";
import type { Answer } from "./use-answer.ts";
import { textOf, type ViewProps } from "./view.ts";
import { ViewBar } from "./ViewBar.tsx";
import { Waiting } from "./Waiting.tsx";

const shownRanks = 5;

/** What the model expects after every token, and what it writes when it goes on. */
export function NextView({ next, ...view }: ViewProps & { readonly next: Answer<LanguageResult<NextTokens>> }) {
  const { host, state, tokens, position, lit, onLit, change, say } = view;
  const result = next.value;
  const known = result && result.data.tokens.length === tokens.length ? result : undefined;
  return (
    <div class="content">
      <div class="main">
        <ViewBar host={host} title="What comes after each token" exportable={known && exportOf(known)} say={say} />
        {known ? (
          <ExpectationGrid result={known} view={{ tokens, position, lit, onLit, change }} />
        ) : (
          <Waiting answer={next} doing="Running the model" />
        )}
        <Generation {...view} />
      </div>
      <aside class="facts-column" aria-label="Facts">
        <SideNext next={known} tokens={tokens} position={position} />
        <Section title="Read it">
          <p>{known && sentenceAt(known, tokens, position)}</p>
        </Section>
        <Edits
          card={view.card}
          state={state}
          onMeans={(means) => change({ means })}
          edits={state.edits}
          onEdits={(edits) => change({ edits })}
        />
        <Scale
          low="0"
          high="100 %"
          signed={false}
          note="The probability of each candidate after the token of its column."
        />
        <Certificate title="next token" result={known} open={false} />
      </aside>
    </div>
  );
}

type GridView = Pick<ViewProps, "tokens" | "position" | "lit" | "onLit" | "change">;

function ExpectationGrid({
  result: { data, words },
  view: { tokens, position, lit, onLit, change },
}: {
  readonly result: LanguageResult<NextTokens>;
  readonly view: GridView;
}) {
  const text = textOf(words);
  const ranks = Math.min(shownRanks, data.top);
  const at = (row: number, column: number): number => column * data.top + row;
  return (
    <Grid
      name="next"
      label={`The ${ranks} likeliest next tokens after each of ${tokens.length} tokens.`}
      rowTitle="Rank"
      columnTitle="After"
      rows={Array.from({ length: ranks }, (_, rank) => `${rank + 1}`)}
      columns={tokens.map(nameOf)}
      shadeOf={(row, column) => data.probabilities[at(row, column)]}
      textOf={(row, column) => displayToken(text(data.ids[at(row, column)]!))}
      valueOf={(row, column) =>
        `${displayToken(text(data.ids[at(row, column)]!))} ${percent(data.probabilities[at(row, column)]!)}`
      }
      cursor={lit === undefined ? undefined : { row: 0, column: lit }}
      selected={{ row: 0, column: position }}
      litColumn={lit}
      describe={({ column }) => {
        const best = text(data.ids[at(0, column)]!);
        const rank = data.actualRanks[column]!;
        const own =
          rank > 0 ? ` · the text’s own next token: rank ${rank}, ${percent(data.actualProbabilities[column]!)}` : "";
        return `After ${nameOf(tokens[column]!, column)}: ${displayToken(best)} ${percent(data.probabilities[at(0, column)]!)} · entropy ${figure(data.entropies[column]!)} nats${own}`;
      }}
      onCursor={(cell) => onLit(cell?.column)}
      onSelect={({ column }) => change({ position: column })}
    />
  );
}

function sentenceAt(result: LanguageResult<NextTokens>, tokens: ViewProps["tokens"], position: number): string {
  const rank = result.data.actualRanks[position]!;
  const follower = tokens[position + 1];
  const actual =
    follower && rank > 0
      ? { text: follower.text, rank, probability: result.data.actualProbabilities[position]! }
      : undefined;
  return nextTokenSentence(candidatesAt(result, position), tokens[position]!.text, actual);
}

function exportOf(result: LanguageResult<NextTokens>): Exportable {
  const { data, words, code } = result;
  const text = textOf(words);
  const rows = Array.from({ length: data.ids.length }, (_, i) => [
    Math.floor(i / data.top),
    (i % data.top) + 1,
    data.ids[i]!,
    text(data.ids[i]!),
    data.logits[i]!,
    data.probabilities[i]!,
  ]);
  return {
    name: "next-tokens",
    grid: "next",
    csv: () => csvOf([["position", "rank", "id", "token", "logit", "probability"], ...rows]),
    json: () => result,
    code,
  };
}
