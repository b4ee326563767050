import { useMemo, useState } from "preact/hooks";
import { csv } from "../../src/answers/csv.ts";
import type { LensPart } from "../../src/protocol/language-model.ts";
import { displayToken } from "../../src/data/text/display-token.ts";
import { Certificate } from "../lib/Certificate.tsx";
import { exportableOf } from "../lib/export-answer.ts";
import { Section } from "../lib/Section.tsx";
import { Candidates } from "./Candidates.tsx";
import { Choice } from "./Choice.tsx";
import { Grid } from "../lib/Grid.tsx";
import { figure, percent } from "../lib/numbers.ts";
import type { Cell } from "../lib/paint-grid.ts";
import { Scale } from "../lib/Scale.tsx";
import { lensSentence } from "./sentences.ts";
import { LENS_MEASURES, type LensMeasure } from "./state.ts";
import { nameOf } from "./TokenStrip.tsx";
import { usePromptAnswer } from "./use-prompt-answer.ts";
import { editsText, textOf, type ViewProps } from "./view.ts";
import { ViewBar } from "./ViewBar.tsx";
import { Waiting } from "./Waiting.tsx";

const top = 8;

interface LensCell {
  readonly candidates: readonly {
    readonly id: number;
    readonly text: string;
    readonly probability: number;
    readonly logit: undefined;
  }[];
  readonly followed: number;
  readonly rank: number;
  readonly entropy: number;
  readonly divergence: number;
}

/** Cells by layer and position, as far as they are known. */
type Cells = ReadonlyMap<string, LensCell>;
const keyOf = (layer: number, position: number): string => `${layer} ${position}`;

function cellsOf(parts: readonly LensPart[]): Cells {
  const cells = new Map<string, LensCell>();
  for (const { layer, from, ids, probabilities, followed, ranks, entropies, divergences, names } of parts) {
    const text = textOf(names);
    const top = ids.length / entropies.length;
    for (let i = 0; i < entropies.length; i++) {
      const candidates = Array.from(ids.subarray(i * top, (i + 1) * top), (id, k) => ({
        id,
        text: text(id),
        probability: probabilities[i * top + k]!,
        logit: undefined,
      }));
      cells.set(keyOf(layer, from + i), {
        candidates,
        followed: followed[i]!,
        rank: ranks[i]!,
        entropy: entropies[i]!,
        divergence: divergences[i]!,
      });
    }
  }
  return cells;
}

/** What the model would say if it stopped at each layer, for every token. */
export function LensView(view: ViewProps) {
  const { engine, card, state, change, prompt, tokens, position, lit, onLit, say } = view;
  const [cursor, setCursor] = useState<Cell>();
  const [selected, setSelected] = useState<Cell>();
  const answer = usePromptAnswer(engine, "Logit lens", "lens", {
    subject: { kind: "prompt", prompt },
    options: { top, edits: editsText(state.edits) },
  });
  const cells = useMemo(() => cellsOf(answer.parts), [answer.parts]);
  const names = Array.from({ length: card.layers + 1 }, (_, layer) => (layer === card.layers ? "end" : `${layer}`));
  const layerOf = (row: number): number => card.layers - row;
  const cellAt = (row: number, column: number): LensCell | undefined => cells.get(keyOf(layerOf(row), column));
  const furthest = Math.max(1e-9, ...[...cells.values()].map(({ divergence }) => divergence));
  const shadeOf = (row: number, column: number): number | undefined => {
    const cell = cellAt(row, column);
    return cell && shadeFor(cell, state.lensMeasure, card.vocabulary, furthest);
  };
  const shown = cursor ?? selected ?? { row: 0, column: position };
  const detail = cellAt(shown.row, shown.column);
  const tops = names.map((_, layer) => cells.get(keyOf(layer, position))?.candidates[0]?.text);
  const sentence = tokens[position] ? lensSentence(tops, card.layers, tokens[position].text) : "";
  return (
    <div class="content">
      <div class="main">
        <ViewBar
          engine={engine}
          title="The top token if the model stopped before each layer"
          grid="lens"
          answer={exportableOf("lens", answer)}
          tables={{ csv: () => new TextEncoder().encode(csv(cellRows(cells, tokens.length, names))) }}
          say={say}
        >
          <Choice
            label="Colour"
            options={LENS_MEASURES}
            value={state.lensMeasure}
            onChange={(lensMeasure) => change({ lensMeasure })}
          />
        </ViewBar>
        {answer.state !== "done" && <Waiting answer={answer} doing="Reading every layer" />}
        {answer.state !== "failed" && (
          <Grid
            name="lens"
            label={`Logit lens: ${card.layers + 1} rows from the first layer, below, to the end, above, by ${tokens.length} tokens. ${sentence}`}
            rowTitle="Before layer"
            columnTitle="Token"
            rows={[...names].reverse()}
            columns={tokens.map(nameOf)}
            shadeOf={shadeOf}
            textOf={(row, column) => displayToken(cellAt(row, column)?.candidates[0]?.text ?? "")}
            valueOf={(row, column) => {
              const cell = cellAt(row, column);
              return cell ? `${displayToken(cell.candidates[0]!.text)} ${measured(cell, state.lensMeasure)}` : "";
            }}
            cursor={cursor}
            selected={selected}
            litColumn={lit}
            describe={({ row, column }) => {
              const cell = cellAt(row, column);
              return `${rowName(names, layerOf(row))}, ${nameOf(tokens[column]!, column)}: ${cell ? `${displayToken(cell.candidates[0]!.text)} ${percent(cell.candidates[0]!.probability)} · rank of the final answer ${cell.rank} · entropy ${figure(cell.entropy)} nats · KL to the end ${figure(cell.divergence)} nats` : "not known yet"}`;
            }}
            onCursor={(cell) => {
              setCursor(cell);
              onLit(cell?.column);
            }}
            onSelect={(cell) => {
              setSelected(cell);
              change({ position: cell.column });
            }}
          />
        )}
      </div>
      <aside class="facts-column" aria-label="Facts">
        <Section
          title={rowName(names, layerOf(shown.row))}
          of={tokens[shown.column] && `after ${nameOf(tokens[shown.column]!, shown.column)}`}
        >
          {detail ? (
            <Candidates
              caption={`Rank of the final answer ${detail.rank}; KL to the end ${figure(detail.divergence)} nats`}
              candidates={detail.candidates}
              marked={tokens[shown.column + 1]?.id}
            />
          ) : (
            <p class="quiet">…</p>
          )}
        </Section>
        <Section title="Read it">
          <p>
            {sentence ||
              (answer.state === "cancelled"
                ? "Stopped; finished cells are kept."
                : "The sentence comes with the last cell.")}
          </p>
        </Section>
        <Scale {...scales(state.lensMeasure, furthest)} signed={false} />
        <Certificate title="logit lens" result={answer.result} open={false} />
      </aside>
    </div>
  );
}

const rowName = (names: readonly string[], layer: number): string =>
  names[layer] === "end" ? "At the end" : `Before layer ${layer}`;

function shadeFor(
  { candidates, rank, entropy, divergence }: LensCell,
  measure: LensMeasure,
  vocabulary: number,
  furthest: number,
): number {
  switch (measure) {
    case "probability":
      return candidates[0]?.probability ?? 0;
    case "rank":
      return 1 - Math.log(Math.max(1, rank)) / Math.log(vocabulary);
    case "entropy":
      return entropy / Math.log(vocabulary);
    case "divergence":
      return divergence / furthest;
  }
}

function measured({ candidates, rank, entropy, divergence }: LensCell, measure: LensMeasure): string {
  switch (measure) {
    case "probability":
      return percent(candidates[0]?.probability ?? 0);
    case "rank":
      return `rank ${rank}`;
    case "entropy":
      return `${figure(entropy)} nats`;
    case "divergence":
      return `${figure(divergence)} nats`;
  }
}

function scales(measure: LensMeasure, furthest: number): { low: string; high: string; note: string } {
  switch (measure) {
    case "probability":
      return { low: "0", high: "100 %", note: "The probability of the token written in the cell." };
    case "rank":
      return {
        low: "last",
        high: "first",
        note: "The rank of the token that is on top at the end, on a logarithmic scale.",
      };
    case "entropy":
      return {
        low: "sure",
        high: "all alike",
        note: "The entropy of the distribution, as a share of the vocabulary's.",
      };
    case "divergence":
      return {
        low: "0",
        high: `${figure(furthest)} nats`,
        note: "KL(end‖layer): how far the distribution is from the final one.",
      };
  }
}

/** Every cell with its top token. */
function cellRows(cells: Cells, columns: number, names: readonly string[]): readonly (readonly (string | number)[])[] {
  const rows = names.flatMap((name, layer) =>
    Array.from({ length: columns }, (_, position) => {
      const cell = cells.get(keyOf(layer, position));
      const best = cell?.candidates[0];
      return [
        name,
        position,
        best?.id ?? "",
        best?.text ?? "",
        best?.probability ?? "",
        cell?.rank ?? "",
        cell?.entropy ?? "",
        cell?.divergence ?? "",
      ];
    }),
  );
  return [
    ["before_layer", "position", "top_id", "top_token", "probability", "rank_of_final", "entropy", "kl_to_end"],
    ...rows,
  ];
}
