import { useEffect, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { readPlace, type PlaceReading } from "../../src/protocol/engine.ts";
import type { HeatmapPlanes } from "../../src/protocol/result.ts";
import { cellAt, figure, percent, type Place } from "./reading.ts";

interface Props {
  readonly connection: MessageConnection;
  readonly job: string | undefined;
  readonly planes: HeatmapPlanes | undefined;
  readonly cursor: Place | undefined;
}

/** The exact value under the cursor, read from the engine once the cursor rests; said aloud as well. */
export function Reading({ connection, job, planes, cursor }: Props) {
  const [reading, setReading] = useState<PlaceReading>();
  const cell = planes && cursor && cellAt(planes, cursor);
  useEffect(() => {
    setReading(undefined);
    if (job === undefined || cell === undefined) return;
    const timer = setTimeout(() => void connection.sendRequest(readPlace, { job, ...cell }).then(setReading, () => undefined), 60);
    return () => clearTimeout(timer);
  }, [job, cell?.row, cell?.column, planes]);
  return (
    <p class="reading" aria-live="polite">
      {cursor === undefined || planes === undefined || cell === undefined
        ? "Point at a map, or use the arrow keys in it, to read values."
        : `x ${cursor.column}, y ${cursor.row}: ${reading ? `${figure(sum(reading.values))}, rank ${reading.rank} of ${reading.places}, ${percent(reading.share)} of all` : figure(planes.signed[cell.row * planes.columns + cell.column]! * planes.signedScale)}`}
    </p>
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
