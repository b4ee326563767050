import { useEffect, useId, useState } from "preact/hooks";
import { describe, type Rendered } from "../../src/data/colormap/display.ts";
import type { MethodCard } from "../../src/protocol/method-card.ts";
import type { Check, HeatmapPlanes } from "../../src/protocol/result.ts";
import { STATUS_SIGNS } from "../lib/icons.tsx";
import { Failed } from "./Failed.tsx";
import { MapCanvas, type Picture } from "./MapCanvas.tsx";
import { MapTable } from "./MapTable.tsx";
import { summary, type Place } from "./reading.ts";
import type { Run } from "./session.ts";
import type { ExplainState, MapView } from "./state.ts";

interface Props {
  readonly method: MethodCard;
  readonly run: Run | undefined;
  readonly picture: Picture;
  readonly look: Pick<ExplainState, "style" | "colormap" | "opacity" | "coarse">;
  readonly view: MapView;
  readonly cursor: Place | undefined;
  readonly leading: boolean;
  readonly selected: boolean;
  readonly onCursor: (place: Place | undefined) => void;
  readonly onView: (view: MapView) => void;
  readonly onStyle: (index: number) => void;
  readonly onSelect: () => void;
  readonly onLead: () => void;
  readonly onRendered: (rendered: Rendered) => void;
  readonly onRetry: () => void;
}

/** One method's map with its caption: name, the worst of its checks, and how far it is or what it shows. */
export function MapCard(props: Props) {
  const { method, run, picture, leading, selected, onSelect, onLead, onRetry } = props;
  const [table, setTable] = useState(false);
  const caption = useId();
  const result = run?.result;
  const planes = result?.data.kind === "planes" ? result.data : undefined;
  const [rendered, setRendered] = useState<Rendered>();
  useEffect(() => rendered && props.onRendered(rendered), [rendered]);
  const badge = worst(result?.certificate ?? []);
  return (
    <figure class={`card${leading ? " leading" : ""}`} aria-labelledby={caption} data-method={method.id} data-state={run?.state ?? "waiting"}>
      {run?.state === "failed" && run.failure ? (
        <Failed failure={run.failure} onRetry={onRetry} />
      ) : (
        <MapCanvas {...props} label={`${method.title}: ${planes ? summary(planes) : "not computed yet"} Arrow keys read values, plus and minus zoom.`} planes={planes} picture={picture} onRendered={setRendered} />
      )}
      <figcaption id={caption}>
        <span class="title" title={`${method.summary}${method.paper ? ` ${method.paper.authors} ${method.paper.year}.` : ""}`}>{method.title}</span>
        {badge && (
          <button class={`badge ${badge.status}`} aria-pressed={selected} onClick={onSelect} title={`${badge.sentence} Click for all checks.`}>
            <span aria-hidden="true">{STATUS_SIGNS[badge.status].sign}</span>
            <span class="hidden">{STATUS_SIGNS[badge.status].word}: </span> {badge.label} {badge.value}
          </button>
        )}
        <span class="note">{noteOf(run, planes)}</span>
        <span class="tools">
          <button class="link" aria-expanded={table} onClick={() => setTable(!table)}>{table ? "Hide table" : "Table"}</button>
          {!leading && <button class="link" onClick={onLead}>Larger</button>}
        </span>
      </figcaption>
      {planes && <p class="says">{summary(planes)}{rendered && !planes.blank && leading ? <span class="quiet"> {describe(rendered.record)}</span> : null}</p>}
      {table && planes && <MapTable title={method.title} planes={planes} />}
    </figure>
  );
}

function noteOf(run: Run | undefined, planes: HeatmapPlanes | undefined): string {
  if (run === undefined || run.state === "waiting") return "waiting";
  if (run.state === "running") return run.progress?.note ?? "starting";
  if (run.state === "cancelled") return planes ? "stopped; this is what was known" : "stopped";
  return planes?.site ?? "";
}

const severity: Readonly<Record<Check["status"], number>> = { fail: 3, warn: 2, pass: 1, info: 0 };

/** The check to show in one badge: the worst that was judged, or a fact of the map. */
function worst(certificate: readonly Check[]): Check | undefined {
  return [...certificate].filter(({ id }) => id !== "target").sort((a, b) => severity[b.status] - severity[a.status])[0];
}
