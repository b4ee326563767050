import type { RefObject } from "preact";
import type { DisplayRecord } from "../../src/data/colormap/display.ts";
import type { CorrectionParams, PreparedInput } from "../../src/protocol/engine.ts";
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import { predictionRows, predictionTitle } from "../../src/answers/prediction-rows.ts";
import type { NetworkCard, Preprocessing } from "../../src/protocol/model.ts";
import { unitSites } from "../../src/protocol/unit-sites.ts";
import { Certificate } from "../lib/Certificate.tsx";
import { Fold } from "../lib/Section.tsx";
import { WhatModelIs } from "../lib/WhatModelIs.tsx";
import { ClassList } from "./ClassList.tsx";
import { Layers, type UnitWanted } from "./Layers.tsx";
import { MethodOptions } from "./MethodOptions.tsx";
import { Preprocess } from "./Preprocess.tsx";
import { ScaleBar } from "./ScaleBar.tsx";
import type { Known, Run } from "./session.ts";
import type { ExplainState } from "./state.ts";

interface Props {
  readonly root: RefObject<HTMLElement | null>;
  readonly known: Known;
  readonly prepared: PreparedInput;
  readonly state: ExplainState;
  /** The method whose map was chosen last. */
  readonly method: AnalysisCard;
  readonly run: Run | undefined;
  readonly record: DisplayRecord | undefined;
  readonly certificateOpen: boolean;
  readonly onChange: (change: Partial<ExplainState>) => void;
  readonly onPreprocess: (preprocessing: Preprocessing | undefined) => void;
  readonly onCorrect: (correction: CorrectionParams["correction"]) => void;
  readonly onOpenUnit: (wanted: UnitWanted) => void;
}

/** The one column of facts beside the maps. */
export function Facts({
  root,
  known,
  prepared,
  state,
  method,
  run,
  record,
  certificateOpen,
  onChange,
  onPreprocess,
  onCorrect,
  onOpenUnit,
}: Props) {
  const { card, prediction } = known;
  const rows = prediction && predictionRows(prediction);
  const layers = card ? unitSites(card) : [];
  const values = state.options[method.id] ?? {};
  return (
    <aside ref={root} class="facts-column" aria-label="Facts">
      {!prepared.sure && <Preprocess prepared={prepared} onChange={onPreprocess} />}
      {card && (
        <ClassList
          rows={rows}
          title={prediction ? predictionTitle(prediction) : "What it sees"}
          names={card.classes?.names}
          count={searchable(card)}
          chosen={state.target ?? rows?.[0]?.target}
          onChoose={(target) => onChange({ target })}
        />
      )}
      <ScaleBar title={method.title} record={record} opacity={state.opacity} />
      {prepared.sure && <Preprocess prepared={prepared} onChange={onPreprocess} />}
      <Certificate
        key={`${method.id}${certificateOpen}`}
        title={method.title}
        result={run?.result}
        open={certificateOpen}
      />
      <MethodOptions
        method={method}
        values={values}
        sites={card?.sites ?? []}
        onChange={(changed) => onChange({ options: { ...state.options, [method.id]: changed } })}
      />
      {layers.length > 0 && <Layers sites={layers} onOpen={onOpenUnit} />}
      {card && <WhatModelIs contract={card.contract} onCorrect={onCorrect} />}
      {card && (
        <AboutModel notes={card.notes} source={card.classes?.source} format={card.format} producer={card.producer} />
      )}
    </aside>
  );
}

/** Classes whose logit is a target of its own. */
function searchable({ classes, contract }: NetworkCard): number {
  const is = contract.heads[0]?.kind.value.is;
  return is === "classes" || is === "independent" || is === "segmentation" ? (classes?.count ?? 0) : 0;
}

function AboutModel({
  notes,
  source,
  format,
  producer,
}: {
  readonly notes: readonly string[];
  readonly source: string | undefined;
  readonly format: string;
  readonly producer: string;
}) {
  const lines = [
    [format, producer && `written by ${producer}`].filter(Boolean).join(", "),
    ...notes,
    ...(source ? [`Classes: ${source}`] : []),
  ];
  return (
    <Fold title="About the model">
      {lines.map((line) => (
        <p key={line} class="quiet">
          {line}
          {/[.!?]$/.test(line) ? "" : "."}
        </p>
      ))}
    </Fold>
  );
}
