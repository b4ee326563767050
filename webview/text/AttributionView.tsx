import { useState } from "preact/hooks";
import type { DataOf } from "../../src/protocol/answer-data.ts";
import { tokenText } from "../../src/protocol/prompt-text.ts";
import { writeTexts } from "../../src/protocol/written-lists.ts";
import { displayToken } from "../../src/data/text/display-token.ts";
import { Certificate } from "../lib/Certificate.tsx";
import { exportableOf } from "../lib/export-answer.ts";
import { Section } from "../lib/Section.tsx";
import { partsOf, type Part } from "./components.ts";
import { Grid } from "../lib/Grid.tsx";
import { figure, signed } from "../lib/numbers.ts";
import type { Cell } from "../lib/paint-grid.ts";
import { Scale } from "../lib/Scale.tsx";
import { attributionSentence } from "./sentences.ts";
import { candidatesAt, SideNext } from "./SideNext.tsx";
import { usePromptAnswer } from "./use-prompt-answer.ts";
import { editsText, textOf, type ViewProps } from "./view.ts";
import { ViewBar } from "./ViewBar.tsx";
import { Waiting } from "./Waiting.tsx";
import { tokenRef } from "./token-choice.ts";
import { TokenInput } from "./TokenInput.tsx";

/** How much each component's own writing moves a logit, or a difference of two. */
export function AttributionView({ engine, next, state, change, prompt, tokens, position, say }: ViewProps) {
  const [cursor, setCursor] = useState<Cell>();
  const expected = next.result?.data;
  const best = expected && position < expected.tokens.length ? candidatesAt(expected, position) : [];
  const answer = state.answer ?? best[0]?.text;
  const wrong = state.wrong ?? best.find(({ text }) => text !== answer)?.text ?? "";
  const targets = answer === undefined ? undefined : [answer, ...(wrong === "" ? [] : [wrong])];
  const asked = usePromptAnswer(
    engine,
    "Attributing",
    "direct-attribution",
    targets && {
      subject: { kind: "prompt", prompt },
      options: {
        position,
        targets: writeTexts(targets.map((text) => tokenText(tokenRef(text, best)))),
        edits: editsText(state.edits),
      },
    },
  );
  const data = asked.result?.data;
  const difference = (targets?.length ?? 0) > 1;
  const parts = data ? partsOf(data, difference) : [];
  const what =
    targets === undefined
      ? ""
      : difference
        ? `difference ${displayToken(answer!)} − ${displayToken(wrong)}`
        : `logit of ${displayToken(answer!)}`;
  const sentence = attributionSentence(parts, what);
  return (
    <div class="content">
      <div class="main">
        <ViewBar
          engine={engine}
          title={`Direct effect on the ${what || "logit"}`}
          grid="attribution"
          answer={exportableOf("direct-attribution", asked)}
          say={say}
        >
          <TokenInput
            label="Answer"
            value={answer ?? ""}
            suggestions={best.map(({ text }) => text)}
            onChange={(text) => change({ answer: text || undefined })}
          />
          <TokenInput
            label="Against"
            value={wrong}
            suggestions={best.map(({ text }) => text)}
            onChange={(text) => change({ wrong: text })}
          />
        </ViewBar>
        {asked.state !== "done" && <Waiting answer={asked} doing="Adding up the components" />}
        {data && (
          <ComponentGrid
            parts={parts}
            layers={data.layers}
            heads={data.heads}
            what={what}
            cursor={cursor}
            onCursor={setCursor}
            onSelect={(layer, head) => change({ view: "attention", head: { layer, head } })}
          />
        )}
        {data && (
          <Largest parts={parts} onHead={(layer, head) => change({ view: "attention", head: { layer, head } })} />
        )}
      </div>
      <aside class="facts-column" aria-label="Facts">
        <Section title="Sum">{data && <Sum data={data} parts={parts} difference={difference} />}</Section>
        <Section title="Read it">
          <p>{sentence}</p>
        </Section>
        <Scale
          low="against"
          middle="0"
          high="for"
          signed
          note={`Blue lowers, orange raises it; full colour is the largest effect, ${data ? figure(largest([...parts, ...wholeAttention(parts, data.layers)])) : ""}.`}
        />
        <SideNext next={expected} tokens={tokens} position={position} />
        <Certificate title="direct attribution" result={asked.result} open={false} />
      </aside>
    </div>
  );
}

const largest = (parts: readonly Part[]): number => Math.max(1e-12, ...parts.map(({ value }) => Math.abs(value)));

function Sum({
  data,
  parts,
  difference,
}: {
  readonly data: DataOf<"direct-attribution">;
  readonly parts: readonly Part[];
  readonly difference: boolean;
}) {
  const text = textOf(data.names);
  const two = difference && data.words.length > 1;
  const whole = data.logits[0]! - (two ? data.logits[1]! : 0);
  const bias = data.bias[0]! - (two ? data.bias[1]! : 0);
  const sum = parts.reduce((total, { value }) => total + value, 0);
  return (
    <dl class="facts">
      <dt>components</dt>
      <dd>{signed(sum)}</dd>
      <dt>bias of the readout</dt>
      <dd>{signed(bias)}</dd>
      <dt>{two ? "logit difference" : `logit of ${displayToken(text(data.words[0]!))}`}</dt>
      <dd>{signed(whole)}</dd>
    </dl>
  );
}

interface GridProps {
  readonly parts: readonly Part[];
  readonly layers: number;
  readonly heads: number;
  readonly what: string;
  readonly cursor: Cell | undefined;
  readonly onCursor: (cell: Cell | undefined) => void;
  readonly onSelect: (layer: number, head: number) => void;
}

/** Layers upwards; heads, the attention's bias where there is one, all of the attention, and the MLP across. */
function ComponentGrid({ parts, layers, heads, what, cursor, onCursor, onSelect }: GridProps) {
  const sums = wholeAttention(parts, layers);
  const most = largest([...parts, ...sums]);
  // Where there is none, what is left over in float32 is rounding.
  const bias = parts.some(({ kind, value }) => kind === "attention bias" && Math.abs(value) > 1e-5 * most);
  const columns = [
    ...Array.from({ length: heads }, (_, head) => `h${head}`),
    ...(bias ? ["bias"] : []),
    "attention",
    "MLP",
  ];
  const rows = Array.from({ length: layers }, (_, row) => `${layers - 1 - row}`);
  const known = new Map(parts.map((part) => [`${part.layer} ${columnOf(part)}`, part]));
  for (const sum of sums) known.set(`${sum.layer} attention`, sum);
  const at = (row: number, column: number): Part | undefined => known.get(`${rows[row]} ${columns[column]}`);
  return (
    <Grid
      name="attribution"
      label={`Direct effect on the ${what} by layer and component.`}
      rowTitle="Layer"
      columnTitle="Component"
      rows={rows}
      columns={columns}
      shadeOf={(row, column) => (at(row, column)?.value ?? 0) / most}
      valueOf={(row, column) => signed(at(row, column)?.value ?? 0)}
      cursor={cursor}
      describe={({ row, column }) => `${at(row, column)?.name ?? "nothing"}: ${signed(at(row, column)?.value ?? 0)}`}
      onCursor={onCursor}
      onSelect={({ row, column }) => {
        const part = at(row, column);
        if (part?.layer !== undefined && part.head !== undefined) onSelect(part.layer, part.head);
      }}
    />
  );
}

const columnOf = ({ kind, head }: Part): string =>
  kind === "head" ? `h${head}` : kind === "mlp" ? "MLP" : kind === "attention bias" ? "bias" : kind;

/** What each layer's attention writes, all heads and the bias together. */
const wholeAttention = (parts: readonly Part[], layers: number): Part[] =>
  Array.from({ length: layers }, (_, layer) => {
    const value = parts
      .filter((part) => part.layer === layer && part.kind !== "mlp")
      .reduce((sum, part) => sum + part.value, 0);
    return {
      site: `blocks.${layer}.hook_attn_out`,
      name: `attention ${layer}, all heads`,
      kind: "attention bias",
      layer,
      head: undefined,
      value,
    };
  });

/** The components with the largest effects, as bars for and against. */
function Largest({
  parts,
  onHead,
}: {
  readonly parts: readonly Part[];
  readonly onHead: (layer: number, head: number) => void;
}) {
  const most = largest(parts);
  const sorted = [...parts].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, 16);
  return (
    <table class="bars">
      <caption>
        The {sorted.length} largest effects of {parts.length}
      </caption>
      <thead class="hidden">
        <tr>
          <th scope="col">Component</th>
          <th scope="col">Bar</th>
          <th scope="col">Effect</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ site, name, value, layer, head }) => (
          <tr key={site}>
            <th scope="row">
              {layer !== undefined && head !== undefined ? (
                <button class="link" onClick={() => onHead(layer, head)}>
                  {name}
                </button>
              ) : (
                name
              )}
            </th>
            <td class="signed-bar" aria-hidden="true">
              <span class={value < 0 ? "against" : "for"} style={{ width: `${(50 * Math.abs(value)) / most}%` }} />
            </td>
            <td>{signed(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
