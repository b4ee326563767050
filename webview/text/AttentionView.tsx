import { useMemo, useState } from "preact/hooks";
import type { DataOf } from "../../src/protocol/answer-data.ts";
import type { AttentionGlance, EditSpec } from "../../src/protocol/language-model.ts";
import { Certificate } from "../lib/Certificate.tsx";
import { exportableOf } from "../lib/export-answer.ts";
import { Section } from "../lib/Section.tsx";
import { Choice } from "./Choice.tsx";
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
import { usePromptAnswer } from "./use-prompt-answer.ts";
import { editsText, type ViewProps } from "./view.ts";
import { ViewBar } from "./ViewBar.tsx";
import { Waiting } from "./Waiting.tsx";

type Glances = ReadonlyMap<number, AttentionGlance>;

/** So many weights are drawn at once; of a longer prompt, the queries come in pages. */
const mostWeights = 2 ** 16;

/** All heads at a glance, one head large, and where it looks most. */
export function AttentionView(view: ViewProps) {
  const { engine, card, state, change, prompt, tokens, next, position, lit, onLit, say } = view;
  const [cursor, setCursor] = useState<Cell>();
  const [from, setFrom] = useState(0);
  const [extent, setExtent] = useState<"all" | "layer">("all");
  const valueWeighted = state.weighting === "value";
  const options = { valueWeighted, edits: editsText(state.edits) };
  const subject = { kind: "prompt", prompt } as const;
  const glance = usePromptAnswer(engine, "Attention", "attention-patterns", { subject, options });
  const layer = Math.min(card.layers - 1, state.head.layer);
  const head = Math.min(card.heads - 1, state.head.head);
  const own = usePromptAnswer(engine, `Head ${layer}.${head}`, "attention-weights", {
    subject,
    options: { ...options, head: `${layer}.${head}` },
  });
  const written = meanPrompts(state);
  const glances: Glances = useMemo(() => new Map(glance.parts.map((part) => [part.layer, part])), [glance.parts]);
  const shown = extent === "layer" ? [layer] : Array.from({ length: card.layers }, (_, i) => card.layers - 1 - i);
  const facts = glances.get(layer)?.heads[head];
  const data = own.result?.data;
  const count = data?.tokens.length ?? 0;
  const page = Math.max(1, Math.floor(mostWeights / Math.max(1, count)));
  const first = from < count ? from : 0;
  const sentence =
    data && facts && !valueWeighted && count === tokens.length
      ? attentionSentence({
          layer,
          head,
          weights: data.weights,
          ids: data.tokens,
          tokens: tokens.map(({ text }) => text),
          induction: facts.induction,
        })
      : "";
  const checks = new Map(
    [...(glance.result?.certificate ?? []), ...(own.result?.certificate ?? [])].map((check) => [check.id, check]),
  );
  const proof = own.result && { ...own.result, certificate: [...checks.values()] };
  const site = `blocks.${layer}.attn.hook_z`;
  const add = (edit: EditSpec): void => change({ edits: [...state.edits, edit] });
  const choose = (chosenLayer: number, chosenHead: number): void => {
    setFrom(0);
    change({ head: { layer: chosenLayer, head: chosenHead } });
  };
  return (
    <div class="content">
      <div class="main">
        <ViewBar
          engine={engine}
          title={`Where head ${layer}.${head} looks`}
          grid="attention"
          answer={exportableOf(`attention-${layer}.${head}`, own)}
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
          <button onClick={() => add({ kind: "scale", site, factor: 0, head })}>Ablate this head</button>
          <button
            title={`The mean of what it fetches, over all tokens of ${written.length ? "the prompts under Interventions" : "this prompt"}`}
            onClick={() => add({ kind: "mean", site, head, over: written.length ? written : [prompt] })}
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
            {own.state !== "done" && <Waiting answer={own} doing="Reading the head" />}
            {data && (
              <HeadGrid
                data={data}
                from={first}
                most={page}
                view={view}
                cursor={cursor}
                onCursor={(cell) => {
                  setCursor(cell);
                  onLit(cell?.column);
                }}
                onSelect={(cell) => change({ position: first + cell.row })}
                lit={lit}
              />
            )}
            {page < count && (
              <p class="quiet">
                Queries {first} to {Math.min(count, first + page) - 1} of {count}.{" "}
                <button class="link" disabled={first === 0} onClick={() => setFrom(0)}>
                  First
                </button>{" "}
                <button class="link" disabled={first + page >= count} onClick={() => setFrom(first + page)}>
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
              {facts.induction !== undefined && (
                <>
                  <dt title="Mean weight on the token after an earlier occurrence of the same token (Olsson et al. 2022)">
                    induction
                  </dt>
                  <dd>{percent(facts.induction)}</dd>
                </>
              )}
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
        <SideNext next={next.result?.data} tokens={tokens} position={position} />
        <Certificate title={`head ${layer}.${head}`} result={proof} open={false} />
      </aside>
    </div>
  );
}

interface HeadGridProps {
  readonly data: DataOf<"attention-weights">;
  /** The first query, and how many are shown at most. */
  readonly from: number;
  readonly most: number;
  readonly view: ViewProps;
  readonly cursor: Cell | undefined;
  readonly lit: number | undefined;
  readonly onCursor: (cell: Cell | undefined) => void;
  readonly onSelect: (cell: Cell) => void;
}

function HeadGrid({ data, from, most, view, cursor, lit, onCursor, onSelect }: HeadGridProps) {
  const { tokens, position, state } = view;
  const count = data.tokens.length;
  const largest = state.weighting === "value" ? data.weights.reduce((a, b) => Math.max(a, b), 1e-9) : 1;
  const at = (row: number, column: number): number => data.weights[(row + from) * count + column]!;
  const columns = tokens.slice(0, count).map(nameOf);
  const rows = columns.slice(from, from + most);
  return (
    <Grid
      name="attention"
      label={`Head ${data.layer}.${data.head}: ${rows.length} queries down, ${count} keys across.`}
      rowTitle="From"
      columnTitle="To"
      square
      rows={rows}
      columns={columns}
      shadeOf={(row, column) => (column > row + from ? 0 : at(row, column) / largest)}
      valueOf={(row, column) => (column > row + from ? "" : figure(at(row, column)))}
      cursor={cursor}
      litColumn={lit}
      litRow={position - from}
      describe={({ row, column }) =>
        column > row + from
          ? `${rows[row]} does not see ${columns[column]}, which comes later.`
          : `${rows[row]} (${row + from}) to ${columns[column]} (${column}): ${state.weighting === "value" ? figure(at(row, column)) : percent(at(row, column))}`
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
  const kinds = (
    [
      ["previous", "the token before"],
      ["self", "the token itself"],
      ["first", "the first token"],
      ["induction", "the token after an earlier occurrence of the same token"],
    ] as const
  ).filter(([kind]) => all.every((facts) => facts[kind] !== undefined));
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
                  .sort((a, b) => b[kind]! - a[kind]!)
                  .slice(0, 5)
                  .map((facts) => (
                    <button
                      key={`${facts.layer}.${facts.head}`}
                      class="link"
                      onClick={() => onChoose(facts.layer, facts.head)}
                    >
                      {facts.layer}.{facts.head} {percent(facts[kind]!)}
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
