import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { headline } from "../../src/answers/table.ts";
import { defaultDisplay, describe, display, type DisplayStyle } from "../../src/data/colormap/display.ts";
import type { BlockOutcome } from "../../src/protocol/walkthrough.ts";
import type { ShownData } from "../../src/protocol/answer-data.ts";
import type { Grid } from "../../src/protocol/grid.ts";
import type { HeatmapPlanes, Result } from "../../src/protocol/result.ts";
import { gridOf } from "../lib/answer-grid.ts";
import { GridView } from "../lib/GridView.tsx";
import { STATUS_SIGNS } from "../lib/icons.tsx";
import type { Cell } from "../lib/paint-grid.ts";
import type { Runs } from "./runs.ts";

interface Props {
  readonly title: string;
  readonly maps: readonly { readonly label: string; readonly result: string }[];
  readonly runs: Runs;
  /** What stands in a map's place before it is known. */
  readonly empty: ComponentChildren;
}

const styles: readonly (readonly [DisplayStyle, string])[] = [
  ["where", "Where"],
  ["signed", "Signed"],
  ["raw", "Raw values"],
  ["photograph", "Photograph"],
];

/** Maps of one picture side by side, drawn the same way; answers that are numbers by row and column as grids. */
export function MapFigure({ title, maps, runs, empty }: Props) {
  const [style, setStyle] = useState<DisplayStyle>("where");
  const shown = maps.map(({ label, result }) => ({ label, ...lookUp(result, runs) }));
  const styled = shown.some(({ result }) => result?.data.kind === "planes");
  return (
    <figure class="maps-figure">
      <div class="title-row">
        <figcaption>{title}</figcaption>
        {styled && (
          <select
            aria-label="How the maps are drawn"
            value={style}
            onChange={(event) => setStyle(event.currentTarget.value as DisplayStyle)}
          >
            {styles.map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </div>
      <div class="maps">
        {shown.map((map) => {
          const grid = map.result && gridOf({ result: map.result, parts: [] });
          return grid ? (
            <OneGrid key={map.label} label={map.label} grid={grid} result={map.result} />
          ) : (
            <OneMap key={map.label} {...map} style={style} empty={empty} />
          );
        })}
      </div>
    </figure>
  );
}

/** `block/analysis`. */
function lookUp(
  name: string,
  runs: Runs,
): { readonly result: Result<ShownData> | undefined; readonly picture: BlockOutcome["picture"] } {
  const at = name.indexOf("/");
  const outcome = runs.of(name.slice(0, at))?.outcome;
  return {
    result: outcome?.tasks.find(({ task }) => task.analysis === name.slice(at + 1))?.result,
    picture: outcome?.picture,
  };
}

interface OneMapProps {
  readonly label: string;
  readonly result: Result<ShownData> | undefined;
  readonly picture: BlockOutcome["picture"];
  readonly style: DisplayStyle;
  readonly empty: ComponentChildren;
}

function OneMap({ label, result, picture, style, empty }: OneMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const planes = result?.data.kind === "planes" ? result.data : undefined;
  const rendered = useMemo(() => {
    if (planes === undefined) return undefined;
    const { width, height, rgb } = picture ?? {
      width: planes.columns,
      height: planes.rows,
      rgb: new Uint8Array(planes.rows * planes.columns * 3).fill(96),
    };
    return display(valuesOf(planes, style), { width, height, data: rgb }, { ...defaultDisplay, style });
  }, [planes, picture, style]);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (rendered && context) context.putImageData(new ImageData(rendered.rgba, rendered.width, rendered.height), 0, 0);
  }, [rendered]);
  return (
    <div class="one-map">
      {rendered && planes ? (
        <canvas
          ref={canvas}
          class="map"
          width={rendered.width}
          height={rendered.height}
          role="img"
          aria-label={`${label}: ${sentence(planes)}`}
        />
      ) : (
        <div class="map empty">{empty}</div>
      )}
      <Caption label={label} result={result} />
      {planes && <p class="quiet">{sentence(planes)}</p>}
      {rendered && <p class="quiet display">{describe(rendered.record)}</p>}
    </div>
  );
}

interface OneGridProps extends Pick<OneMapProps, "label" | "result"> {
  readonly grid: Grid;
}

function OneGrid({ label, grid, result }: OneGridProps) {
  const [selected, setSelected] = useState<Cell>();
  const said = result && result.data.kind !== "planes" ? headline(result.data) : undefined;
  return (
    <div class="one-map">
      <GridView grid={grid} selected={selected} onSelect={setSelected} />
      <Caption label={label} result={result} />
      {said && <p class="quiet">{said}</p>}
    </div>
  );
}

/** What it is, and the check that says the most of it. */
function Caption({ label, result }: Pick<OneMapProps, "label" | "result">) {
  const check =
    result?.certificate.find(({ id }) => id === "completeness") ??
    result?.certificate.find(({ status }) => status !== "info");
  return (
    <p>
      <strong>{label}</strong>
      {check && (
        <span class={check.status}>
          {" "}
          <span aria-hidden="true">{STATUS_SIGNS[check.status].sign}</span>
          <span class="hidden">{STATUS_SIGNS[check.status].word}: </span> {check.label}, {check.value}
        </span>
      )}
    </p>
  );
}

function valuesOf(
  { rows, columns, magnitude, magnitudeScale, signed, signedScale }: HeatmapPlanes,
  style: DisplayStyle,
): { width: number; height: number; values: Float32Array } {
  const values =
    style === "signed" || style === "raw"
      ? Float32Array.from(signed, (value) => value * signedScale)
      : Float32Array.from(magnitude, (value) => value * magnitudeScale);
  return { width: columns, height: rows, values };
}

/** From the data: how much of the picture holds half of the magnitude. */
function sentence({ magnitude, blank }: HeatmapPlanes): string {
  if (blank) return blank;
  const sorted = Uint16Array.from(magnitude).sort().reverse();
  const half = sorted.reduce((sum, value) => sum + value, 0) / 2;
  let [held, count] = [0, 0];
  while (count < sorted.length && held < half) held += sorted[count++]!;
  return `Half of it lies on ${Number(((100 * count) / sorted.length).toPrecision(2))} % of the picture.`;
}
