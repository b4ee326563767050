import { useState } from "preact/hooks";
import {
  glanceAttention,
  readAttentionRows,
  type AttentionGlance,
  type AttentionRows,
  type LanguageResult,
  type NextTokens,
} from "../../src/protocol/language-model.ts";
import { Certificate } from "../lib/Certificate.tsx";
import { Section } from "../lib/Section.tsx";
import { Choice } from "./Choice.tsx";
import { csvOf, type Exportable } from "./export.ts";
import { Grid } from "../lib/Grid.tsx";
import { HeadMultiples } from "./HeadMultiples.tsx";
import { figure, percent } from "../lib/numbers.ts";
import type { Cell } from "../lib/paint-grid.ts";
import { Scale } from "../lib/Scale.tsx";
import { attentionSentence } from "./sentences.ts";
import { SideNext } from "./SideNext.tsx";
import { WEIGHTINGS } from "./state.ts";
import { meanPrompts } from "./MeansField.tsx";
import { nameOf } from "./TokenStrip.tsx";
import { useAnswer, useJob } from "./use-answer.ts";
import type { ViewProps } from "./view.ts";
import { ViewBar } from "./ViewBar.tsx";
import { Waiting } from "./Waiting.tsx";

type Glances = ReadonlyMap<number, AttentionGlance>;
const none: Glances = new Map();

/** All heads at a glance, one head large, and where it looks most. */
export function AttentionView({
  next,
  ...view
}: ViewProps & { readonly next: LanguageResult<NextTokens> | undefined }) {
  const { host, card, state, change, prompt, tokens, position, lit, onLit, say } = view;
  const [cursor, setCursor] = useState<Cell>();
  const [from, setFrom] = useState(0);
  const [extent, setExtent] = useState<"all" | "layer">("all");
  const valueWeighted = state.weighting === "value";
  const glance = useJob(
    host,
    "Attention",
    glanceAttention,
    { model: card.path, prompt, valueWeighted, edits: state.edits },
    none,
    (known: Glances, part: AttentionGlance) => new Map(known).set(part.layer, part),
  );
  const layer = Math.min(card.layers - 1, state.head.layer);
  const head = Math.min(card.heads - 1, state.head.head);
  const rows = useAnswer(host, `Head ${layer}.${head}`, readAttentionRows, {
    model: card.path,
    prompt,
    layer,
    head,
    valueWeighted,
    from: Math.min(from, Math.max(0, tokens.length - 1)),
    edits: state.edits,
  });
  const written = meanPrompts(state);
  const glances = glance.value?.parts ?? none;
  const shown = extent === "layer" ? [layer] : Array.from({ length: card.layers }, (_, i) => card.layers - 1 - i);
  const facts = glances.get(layer)?.heads[head];
  const data = rows.value?.data;
  const sentence =
    data && !valueWeighted && data.from === 0 && data.weights.length === tokens.length ** 2
      ? attentionSentence(
          layer,
          head,
          data.weights,
          [...data.tokens],
          tokens.map(({ text }) => text),
        )
      : "";
  const checks = new Map(
    [...(glance.value?.outcome?.certificate ?? []), ...(rows.value?.certificate ?? [])].map((check) => [
      check.id,
      check,
    ]),
  );
  const proof = rows.value && { ...rows.value, certificate: [...checks.values()] };
  const choose = (chosenLayer: number, chosenHead: number): void => {
    setFrom(0);
    change({ head: { layer: chosenLayer, head: chosenHead } });
  };
  return (
    <div class="content">
      <div class="main">
        <ViewBar
          host={host}
          title={`Where head ${layer}.${head} looks`}
          exportable={rows.value && exportOf(rows.value)}
          say={say}
        >
          <Choice
            label="Weights"
            options={WEIGHTINGS}
            value={state.weighting}
            onChange={(weighting) => change({ weighting })}
          />
          <Choice
            label="Heads shown"
            options={{ all: "All layers", layer: "This layer" }}
            value={extent}
            onChange={setExtent}
          />
          <button
            onClick={() =>
              change({
                edits: [...state.edits, { kind: "scale", site: `blocks.${layer}.attn.hook_z`, factor: 0, head }],
              })
            }
          >
            Ablate this head
          </button>
          <button
            title={`The mean of what it fetches, over all tokens of ${written.length ? "the prompts under Edit the run" : "this prompt"}`}
            onClick={() =>
              change({
                edits: [
                  ...state.edits,
                  {
                    kind: "mean",
                    site: `blocks.${layer}.attn.hook_z`,
                    head,
                    over: written.length ? written : [prompt],
                  },
                ],
              })
            }
          >
            Set it to its mean
          </button>
        </ViewBar>
        <div class="attention">
          <div>
            <HeadMultiples
              label={`All heads of ${shown.length === 1 ? `layer ${layer}` : `${card.layers} layers`}: layers upwards, heads across; in each, queries down and keys across.`}
              layers={shown}
              heads={card.heads}
              glances={glances}
              chosen={{ layer, head }}
              lit={lit === undefined ? undefined : { position: lit, count: tokens.length }}
              onChoose={choose}
            />
            {glance.state !== "done" && <Waiting answer={glance} doing="Looking at every head" />}
            <HeadsTable glances={glances} chosen={{ layer, head }} onChoose={choose} />
          </div>
          <div>
            {rows.state !== "done" && <Waiting answer={rows} doing="Reading the head" />}
            {data && data.weights.length > 0 && (
              <HeadGrid
                data={data}
                view={view}
                cursor={cursor}
                onCursor={(cell) => {
                  setCursor(cell);
                  onLit(cell?.column);
                }}
                onSelect={(cell) => change({ position: data.from + cell.row })}
                lit={lit}
              />
            )}
            {data && data.weights.length / data.tokens.length < data.tokens.length && (
              <p class="quiet">
                Queries {data.from} to {data.from + data.weights.length / data.tokens.length - 1} of{" "}
                {data.tokens.length}.{" "}
                <button class="link" disabled={data.from === 0} onClick={() => setFrom(0)}>
                  First
                </button>{" "}
                <button
                  class="link"
                  onClick={() =>
                    setFrom(Math.min(data.tokens.length - 1, data.from + data.weights.length / data.tokens.length))
                  }
                >
                  Next
                </button>
              </p>
            )}
          </div>
        </div>
      </div>
      <aside class="facts-column" aria-label="Facts">
        <Section title={`Head ${layer}.${head}`}>
          {facts && (
            <dl class="facts">
              <dt>on the token itself</dt>
              <dd>{percent(facts.self)}</dd>
              <dt>on the one before</dt>
              <dd>{percent(facts.previous)}</dd>
              <dt>on the first</dt>
              <dd>{percent(facts.first)}</dd>
              <dt title="Mean entropy of its rows, 0 is one token, 1 is all alike">spread</dt>
              <dd>{figure(facts.spread)}</dd>
            </dl>
          )}
        </Section>
        {data && (
          <Section title="Largest weights">
            <table>
              <thead>
                <tr>
                  <th scope="col">From</th>
                  <th scope="col">To</th>
                  <th scope="col">Weight</th>
                </tr>
              </thead>
              <tbody>
                {data.top.slice(0, 10).map(({ query, key, weight }) => (
                  <tr
                    key={`${query} ${key}`}
                    onPointerEnter={() => onLit(query)}
                    onPointerLeave={() => onLit(undefined)}
                  >
                    <th scope="row">
                      <code>{tokens[query] && nameOf(tokens[query], query)}</code> <span class="quiet">{query}</span>
                    </th>
                    <td>
                      <code>{tokens[key] && nameOf(tokens[key], key)}</code> <span class="quiet">{key}</span>
                    </td>
                    <td>{figure(weight)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Section>
        )}
        {(sentence || valueWeighted) && (
          <Section title="Read it">
            <p>
              {sentence ||
                "Each weight is multiplied by the norm of the value that it fetches: a strong look at an empty value moves nothing."}
            </p>
          </Section>
        )}
        <Scale
          low="0"
          high={valueWeighted ? "the largest" : "100 %"}
          signed={false}
          note={
            valueWeighted
              ? "Weight × norm of the value (without W_O); the small pictures show the square root."
              : "The share of a query's attention; the small pictures show its square root."
          }
        />
        <SideNext next={next} tokens={tokens} position={position} />
        <Certificate title={`head ${layer}.${head}`} result={proof} open={false} />
      </aside>
    </div>
  );
}

interface HeadGridProps {
  readonly data: AttentionRows;
  readonly view: ViewProps;
  readonly cursor: Cell | undefined;
  readonly lit: number | undefined;
  readonly onCursor: (cell: Cell | undefined) => void;
  readonly onSelect: (cell: Cell) => void;
}

function HeadGrid({ data, view: { tokens, position, state }, cursor, lit, onCursor, onSelect }: HeadGridProps) {
  const count = data.tokens.length;
  const most = state.weighting === "value" ? data.weights.reduce((a, b) => Math.max(a, b), 1e-9) : 1;
  const at = (row: number, column: number): number => data.weights[row * count + column]!;
  const columns = tokens.slice(0, count).map(nameOf);
  const rows = columns.slice(data.from, data.from + data.weights.length / count);
  return (
    <Grid
      name="attention"
      label={`Head ${data.layer}.${data.head}: ${rows.length} queries down, ${count} keys across.`}
      rowTitle="From"
      columnTitle="To"
      square
      rows={rows}
      columns={columns}
      shadeOf={(row, column) => (column > row + data.from ? 0 : at(row, column) / most)}
      valueOf={(row, column) => (column > row + data.from ? "" : figure(at(row, column)))}
      cursor={cursor}
      litColumn={lit}
      litRow={position - data.from}
      describe={({ row, column }) =>
        column > row + data.from
          ? `${rows[row]} does not see ${columns[column]}, which comes later.`
          : `${rows[row]} (${row + data.from}) to ${columns[column]} (${column}): ${state.weighting === "value" ? figure(at(row, column)) : percent(at(row, column))}`
      }
      onCursor={onCursor}
      onSelect={onSelect}
    />
  );
}

interface HeadsTableProps {
  readonly glances: Glances;
  readonly chosen: { readonly layer: number; readonly head: number };
  readonly onChoose: (layer: number, head: number) => void;
}

/** The heads that look most alike to a known kind, to choose from and as the pictures' table. */
function HeadsTable({ glances, onChoose }: HeadsTableProps) {
  const all = [...glances.values()].flatMap(({ layer, heads }) =>
    heads.map((facts, head) => ({ layer, head, ...facts })),
  );
  if (all.length === 0) return null;
  const kinds = [
    ["previous", "the token before"],
    ["self", "the token itself"],
    ["first", "the first token"],
  ] as const;
  return (
    <details>
      <summary>
        <span>Heads by what they look at</span>
      </summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Mostly at</th>
            <th scope="col">Heads, strongest first</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map(([kind, words]) => (
            <tr key={kind}>
              <th scope="row">{words}</th>
              <td>
                {[...all]
                  .sort((a, b) => b[kind] - a[kind])
                  .slice(0, 5)
                  .map((facts) => (
                    <button
                      key={`${facts.layer}.${facts.head}`}
                      class="link"
                      onClick={() => onChoose(facts.layer, facts.head)}
                    >
                      {facts.layer}.{facts.head} {percent(facts[kind])}
                    </button>
                  ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function exportOf(result: LanguageResult<AttentionRows>): Exportable {
  const { data, code } = result;
  const count = data.tokens.length;
  const rows = Array.from(
    data.weights,
    (weight, i) => [data.from + Math.floor(i / count), i % count, weight] as const,
  ).filter(([query, key]) => key <= query);
  return {
    name: `attention-${data.layer}.${data.head}`,
    grid: "attention",
    csv: () => csvOf([["query", "key", "weight"], ...rows]),
    json: () => result,
    code,
  };
}
