import { useEffect, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { readAnswer, type CellReading } from "../../src/protocol/question.ts";
import type { HeatmapPlanes } from "../../src/protocol/result.ts";
import { cellAt, figure, percent, type Place } from "../lib/heatmap-reading.ts";

export interface PlaceText {
  /** Where, and how strong. */
  readonly head: string;
  /** The exact value, its rank and its share, once the engine has said them. */
  readonly detail: string;
}

const restMs = 60;

/** What the map says at the cursor: at once from the drawn planes, exactly as soon as the cursor rests. */
export function useReading(
  connection: MessageConnection,
  job: string | undefined,
  planes: HeatmapPlanes | undefined,
  cursor: Place | undefined,
): PlaceText | undefined {
  const [reading, setReading] = useState<CellReading>();
  const cell = planes && cursor && cellAt(planes, cursor);
  useEffect(() => {
    setReading(undefined);
    if (!job || cell === undefined) return;
    const timer = setTimeout(
      () => void connection.sendRequest(readAnswer, { job, ...cell }).then(setReading, () => undefined),
      restMs,
    );
    return () => clearTimeout(timer);
  }, [job, cell?.row, cell?.column, planes]);
  if (cursor === undefined || planes === undefined || cell === undefined) return undefined;
  const place = cell.row * planes.columns + cell.column;
  const value = reading
    ? reading.values.reduce((total, each) => total + each, 0)
    : planes.signed[place]! * planes.signedScale;
  return {
    head: `x ${cursor.column}, y ${cursor.row} · ${(planes.magnitude[place]! / 65535).toFixed(2)} of the top`,
    detail: `${figure(value)}${reading ? ` · rank ${reading.rank} of ${reading.cells} · ${percent(reading.share)} of all` : ""}`,
  };
}
