import { copyText } from "../../src/protocol/panel.ts";
import type { EditSpec, Prompt } from "../../src/protocol/language-model.ts";
import { Section } from "../lib/Section.tsx";
import { cellCode } from "./cell-code.ts";
import { exact, figure, percent, signed } from "../lib/numbers.ts";
import { exactLayer } from "./patch-question.ts";
import { patchGridOf, sizeOf, type Judgement } from "./recovery.ts";
import { METRICS } from "./state.ts";
import { usePromptAnswer, type PromptQuestion } from "./use-prompt-answer.ts";
import type { ViewProps } from "./view.ts";

interface Props {
  readonly view: ViewProps;
  readonly question: PromptQuestion | undefined;
  readonly layer: number;
  readonly column: number;
  readonly columnName: string;
  readonly value: number | undefined;
  readonly judgement: Judgement | undefined;
  /** The whole grid as TransformerLens code; known with the answer. */
  readonly program: string | undefined;
  /** What a mean is taken over. */
  readonly over: readonly Prompt[];
  /** Whether the cell was chosen, and is not only under the pointer. */
  readonly pinned: boolean;
}

/** One cell: its number, the exact one behind an estimate, the same as code, and where to go from it. */
export function CellFacts({
  view: { engine, state, change, say },
  question,
  layer,
  column,
  columnName,
  value,
  judgement,
  program,
  over,
  pinned,
}: Props) {
  const estimated = question?.when !== undefined;
  const exactly = usePromptAnswer(
    engine,
    "The exact value",
    "patched",
    estimated && pinned && question ? exactLayer(question, layer) : undefined,
  );
  const exactValue = patchGridOf(exactly).layers.get(layer)?.[column];
  const heads = state.component === "head";
  const copy = async (text: string, what: string): Promise<void> => {
    await engine.connection.sendRequest(copyText, { text });
    say(`${what} is on the clipboard.`);
  };
  const rowsOf = (name: string, number: number | undefined) =>
    number !== undefined &&
    judgement && (
      <>
        <dt>
          {name}
          {METRICS[state.metric].toLowerCase()}
        </dt>
        <dd>{signed(number)}</dd>
        <dt>{judgement.kind === "share" ? (state.experiment === "denoise" ? "recovered" : "moved") : "change"}</dt>
        <dd>{judgement.kind === "share" ? percent(sizeOf(number, judgement)) : signed(number - judgement.base)}</dd>
      </>
    );
  const site = heads
    ? `blocks.${layer}.attn.hook_z`
    : state.component === "resid_pre" || state.component === "resid_mid"
      ? undefined
      : `blocks.${layer}.hook_${state.component}`;
  const how = state.experiment === "mean" ? ({ kind: "mean", over } as const) : ({ kind: "scale", factor: 0 } as const);
  const ablation: EditSpec | undefined =
    site === undefined ? undefined : heads ? { ...how, site, head: column } : { ...how, site, tokens: [column] };
  return (
    <Section title={`Layer ${layer}, ${heads ? `head ${column}` : `position ${column} ${columnName}`}`}>
      <dl class="facts">
        {estimated ? rowsOf("estimated ", value) : rowsOf("", value)}
        {estimated && rowsOf("exact ", exactValue)}
      </dl>
      {value === undefined && <p class="quiet">Not known yet.</p>}
      {estimated && exactValue !== undefined && value !== undefined && (
        <p class="quiet">The estimate is {figure(Math.abs(value - exactValue))} off.</p>
      )}
      {estimated && exactValue === undefined && (
        <p class="quiet">{pinned ? "Running this layer exactly…" : "Choose the cell for its exact value."}</p>
      )}
      <p class="links">
        <button
          class="link"
          disabled={value === undefined}
          onClick={() => void copy(exact(exactValue ?? value ?? Number.NaN), "The number")}
        >
          Copy the number
        </button>
        <button
          class="link"
          disabled={program === undefined}
          onClick={() => void (program && copy(cellCode(program, layer, column), "The TransformerLens code"))}
        >
          Copy TransformerLens code
        </button>
        {!heads && (
          <button class="link" onClick={() => change({ component: "head" })}>
            Heads at every layer…
          </button>
        )}
        <button class="link" onClick={() => change({ view: "attention", head: { layer, head: heads ? column : 0 } })}>
          {heads ? "Where this head looks…" : "Attention at this layer…"}
        </button>
        {ablation && (
          <button class="link" onClick={() => change({ edits: [...state.edits, ablation], view: "next" })}>
            {state.experiment === "mean" ? "Set to its mean here, and read on…" : "Ablate here, and read on…"}
          </button>
        )}
      </p>
    </Section>
  );
}
