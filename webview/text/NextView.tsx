import { displayToken } from "../../src/data/text/display-token.ts";
import { csv } from "../../src/answers/csv.ts";
import { Section } from "../lib/Section.tsx";
import { Certificate } from "../lib/Certificate.tsx";
import { exportableOf } from "../lib/export-answer.ts";
import { Edits } from "./Edits.tsx";
import { Generation } from "./Generation.tsx";
import { Grid } from "../lib/Grid.tsx";
import { figure, percent } from "../lib/numbers.ts";
import { Scale } from "../lib/Scale.tsx";
import { nextTokenSentence } from "./sentences.ts";
import { candidatesAt, SideNext } from "./SideNext.tsx";
import { nameOf } from "./TokenStrip.tsx";
import { textOf, type Expected, type ViewProps } from "./view.ts";
import { ViewBar } from "./ViewBar.tsx";
import { Waiting } from "./Waiting.tsx";

const shownRanks = 5;

/** What the model expects after every token, and what it writes when it goes on. */
export function NextView(view: ViewProps) {
  const { engine, next, state, tokens, position, lit, onLit, change, say } = view;
  const data = next.result?.data;
  const known = data && data.tokens.length === tokens.length ? data : undefined;
  return (
    <div class="content">
      <div class="main">
        <ViewBar
          engine={engine}
          title="What comes after each token"
          grid="next"
          answer={known && exportableOf("expected-tokens", next)}
          tables={known && { csv: () => new TextEncoder().encode(csv(candidateRows(known))) }}
          say={say}
        />
        {known ? (
          <ExpectationGrid data={known} view={{ tokens, position, lit, onLit, change }} />
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
        <Certificate title="next token" result={known && next.result} open={false} />
      </aside>
    </div>
  );
}

type GridView = Pick<ViewProps, "tokens" | "position" | "lit" | "onLit" | "change">;

function ExpectationGrid({
  data,
  view: { tokens, position, lit, onLit, change },
}: {
  readonly data: Expected;
  readonly view: GridView;
}) {
  const text = textOf(data.names);
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

function sentenceAt(data: Expected, tokens: ViewProps["tokens"], position: number): string {
  const rank = data.actualRanks[position]!;
  const follower = tokens[position + 1];
  const actual =
    follower && rank > 0 ? { text: follower.text, rank, probability: data.actualProbabilities[position]! } : undefined;
  return nextTokenSentence(candidatesAt(data, position), tokens[position]!.text, actual);
}

/** Every candidate with its token, best first. */
function candidateRows(data: Expected): readonly (readonly (string | number)[])[] {
  const text = textOf(data.names);
  const rows = Array.from(data.ids, (id, i) => [
    Math.floor(i / data.top),
    (i % data.top) + 1,
    id,
    text(id),
    data.logits[i]!,
    data.probabilities[i]!,
  ]);
  return [["position", "rank", "id", "token", "logit", "probability"], ...rows];
}
