import { useId, useState } from "preact/hooks";
import type { Rendered } from "../../src/data/colormap/display.ts";
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import { Badge, worst } from "../lib/Badge.tsx";
import { Failed } from "../lib/Failed.tsx";
import { HeatMap, type Look, type Picture } from "../lib/HeatMap.tsx";
import { KEYS, type MapActions } from "../lib/heatmap-keys.ts";
import { onScreen, type MapView } from "../lib/map-view.ts";
import { MapTable } from "./MapTable.tsx";
import type { Place } from "../lib/heatmap-reading.ts";
import { mapOf, noteOf, sentenceOf } from "./run-text.ts";
import type { Run } from "./session.ts";
import type { PlaceText } from "./use-reading.ts";

interface Props extends MapActions {
  readonly method: AnalysisCard;
  readonly run: Run | undefined;
  readonly picture: Picture;
  readonly look: Look;
  readonly view: MapView;
  readonly cursor: Place | undefined;
  /** What the cursor reads, on the map that it is over. */
  readonly reading: PlaceText | undefined;
  readonly leading: boolean;
  readonly selected: boolean;
  readonly onOpenCertificate: () => void;
  readonly onLead: () => void;
  readonly onRendered: (rendered: Rendered) => void;
  readonly onRun: () => void;
}

/** One method's map with its caption. Every row of the caption has its place from the start, so nothing jumps. */
export function MapCard({ method, run, leading, selected, reading, onOpenCertificate, onLead, onRun, ...map }: Props) {
  const [table, setTable] = useState(false);
  const title = useId();
  const planes = mapOf(run);
  const badge = run?.result && worst(run.result.certificate);
  const sentence = sentenceOf(method, run);
  const label = `${method.title}. ${sentence} ${KEYS}`;
  return (
    <figure
      class={`card${leading ? " leading" : ""}`}
      aria-labelledby={title}
      data-method={method.id}
      data-state={run?.state ?? "waiting"}
      data-map={planes !== undefined}
    >
      <div class="frame" style={{ aspectRatio: `${map.picture.width} / ${map.picture.height}` }}>
        {run?.state === "failed" && run.failure ? (
          <Failed failure={run.failure} onRetry={onRun} />
        ) : (
          <HeatMap {...map} label={label} planes={planes} />
        )}
        {reading && map.cursor && <Tip reading={reading} at={onScreen(map.view, map.cursor, map.picture)} />}
      </div>
      <figcaption>
        <p class="row">
          <span
            class="title"
            id={title}
            title={`${method.summary}${method.paper ? ` ${method.paper.authors}, ${method.paper.year}.` : ""}`}
          >
            {method.title}
          </span>
          <span class="note">{noteOf(run)}</span>
        </p>
        <p class="row">
          {badge && <Badge check={badge} chosen={selected} onOpen={onOpenCertificate} />}
          <span class="tools">
            {run?.state === "cancelled" && (
              <button class="link" onClick={onRun}>
                Run again
              </button>
            )}
            {map.view.zoom > 1 && leading && (
              <button class="link" onClick={() => map.onView({ zoom: 1, x: 0, y: 0 })}>
                Whole picture
              </button>
            )}
            {planes && (
              <button class="link" aria-expanded={table} onClick={() => setTable(!table)}>
                {table ? "Hide table" : "Table"}
              </button>
            )}
            {!leading && (
              <button class="link" onClick={onLead}>
                Larger
              </button>
            )}
          </span>
        </p>
        <p class={planes ? "says" : "says awaited"}>{sentence}</p>
      </figcaption>
      {table && planes && <MapTable title={method.title} planes={planes} />}
    </figure>
  );
}

/** Beside the cursor, on the side where there is room. Screen readers hear the same from the panel's live region. */
function Tip({
  reading: { head, detail },
  at: { x, y },
}: {
  readonly reading: PlaceText;
  readonly at: { readonly x: number; readonly y: number };
}) {
  if (x < 0 || x > 1 || y < 0 || y > 1) return null;
  const across = x < 0.5 ? { left: `calc(${100 * x}% + 14px)` } : { right: `calc(${100 * (1 - x)}% + 14px)` };
  const down = y < 0.5 ? { top: `calc(${100 * y}% + 10px)` } : { bottom: `calc(${100 * (1 - y)}% + 10px)` };
  return (
    <div class="tip" aria-hidden="true" style={{ ...across, ...down }}>
      {head}
      <span class="quiet">{detail}</span>
    </div>
  );
}
