import { copyText } from "../../src/protocol/text-panel.ts";
import { runPatch, type EditSpec, type Metric, type PatchParams } from "../../src/protocol/language.ts";
import { Section } from "../lib/Section.tsx";
import { exact, figure, percent, signed } from "./numbers.ts";
import { emptyGrid, sizeOf, withPart, type Judgement } from "./recovery.ts";
import { METRICS } from "./state.ts";
import { transformerLensCode } from "./transformer-lens-code.ts";
import { useJob } from "./use-answer.ts";
import type { ViewProps } from "./view.ts";

interface Props {
  readonly view: ViewProps;
  readonly params: Omit<PatchParams, "job"> | undefined;
  readonly layer: number;
  readonly column: number;
  readonly columnName: string;
  readonly value: number | undefined;
  readonly judgement: Judgement | undefined;
  /** With ids instead of texts; known with the answer. */
  readonly metric: Metric | undefined;
  readonly ids: { readonly clean: readonly number[]; readonly corrupted: readonly number[] };
  /** Whether the cell was chosen, and is not only under the pointer. */
  readonly pinned: boolean;
}

/** One cell: its number, the exact one behind an estimate, the same as code, and where to go from it. */
export function CellFacts({ view: { host, card, state, change, say }, params, layer, column, columnName, value, judgement, metric, ids, pinned }: Props) {
  const estimated = params?.method === "attribution";
  const exactly = useJob(host, "The exact value", runPatch, estimated && pinned && params ? { ...params, method: "exact", layers: [layer] } : undefined, emptyGrid, withPart);
  const exactValue = exactly.value?.parts.layers.get(layer)?.[column];
  const heads = state.component === "head";
  const copy = async (text: string, what: string): Promise<void> => {
    await host.connection.sendRequest(copyText, { text });
    say(`${what} is on the clipboard.`);
  };
  const rowsOf = (name: string, number: number | undefined) => number !== undefined && judgement && (
    <>
      <dt>{name}{METRICS[state.metric].toLowerCase()}</dt><dd>{signed(number)}</dd>
      <dt>{judgement.kind === "share" ? (state.experiment === "denoise" ? "recovered" : "moved") : "change"}</dt><dd>{judgement.kind === "share" ? percent(sizeOf(number, judgement)) : signed(number - judgement.base)}</dd>
    </>
  );
  const site = heads ? `blocks.${layer}.attn.hook_z` : state.component === "resid_pre" || state.component === "resid_mid" ? undefined : `blocks.${layer}.hook_${state.component}`;
  const ablation: EditSpec | undefined = site === undefined ? undefined : heads ? { kind: "scale", site, factor: 0, head: column } : { kind: "scale", site, factor: 0, tokens: [column] };
  return (
    <Section title={`Layer ${layer}, ${heads ? `head ${column}` : `position ${column} ${columnName}`}`}>
      <dl class="facts">
        {estimated ? rowsOf("estimated ", value) : rowsOf("", value)}
        {estimated && rowsOf("exact ", exactValue)}
      </dl>
      {value === undefined && <p class="quiet">Not known yet.</p>}
      {estimated && exactValue !== undefined && value !== undefined && <p class="quiet">The estimate is {figure(Math.abs(value - exactValue))} off.</p>}
      {estimated && exactValue === undefined && <p class="quiet">{pinned ? "Running this layer exactly…" : "Choose the cell for its exact value."}</p>}
      <p class="links">
        <button class="link" disabled={value === undefined} onClick={() => void copy(exact(exactValue ?? value ?? Number.NaN), "The number")}>Copy the number</button>
        <button class="link" disabled={metric === undefined} onClick={() => void (metric && copy(transformerLensCode(card.name, { ...ids, component: state.component, experiment: state.experiment, layer, column, metric }), "The TransformerLens code"))}>Copy TransformerLens code</button>
        {!heads && <button class="link" onClick={() => change({ component: "head" })}>Heads at every layer…</button>}
        <button class="link" onClick={() => change({ view: "attention", head: { layer, head: heads ? column : 0 } })}>{heads ? "Where this head looks…" : "Attention at this layer…"}</button>
        {ablation && <button class="link" onClick={() => change({ edits: [...state.edits, ablation], view: "next" })}>Ablate here, and read on…</button>}
      </p>
    </Section>
  );
}
