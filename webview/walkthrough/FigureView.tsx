import type { Figure } from "../../src/protocol/walkthrough.ts";
import { Chart } from "./Chart.tsx";
import { MapFigure } from "./MapFigure.tsx";
import type { Runs } from "./runs.ts";

/** A drawing of what blocks found. Before they have run its place is kept, and says what is missing. */
export function FigureView({
  figure,
  runs,
  onRun,
}: {
  readonly figure: Figure;
  readonly runs: Runs;
  readonly onRun: (block: string) => void;
}) {
  const read = (reading: string): number | undefined => {
    const at = reading.indexOf("/");
    return runs.of(reading.slice(0, at))?.outcome?.readings[reading.slice(at + 1)];
  };
  const missing = blocksOf(figure).filter((block) => runs.of(block)?.outcome === undefined);
  const empty = missing.some((block) => runs.of(block)?.state === "running") ? (
    <p class="quiet">Running…</p>
  ) : (
    <button onClick={() => missing.forEach(onRun)}>Run it</button>
  );
  if (figure.kind === "maps") return <MapFigure title={figure.title} maps={figure.maps} runs={runs} empty={empty} />;
  const { title, unit, scale } = figure;
  if (figure.kind === "bars") {
    const values = figure.bars.map(({ reading }) => read(reading));
    return (
      <Chart
        kind="bar"
        empty={empty}
        title={title}
        unit={unit}
        labels={figure.bars.map(({ label }) => label)}
        series={[{ label: title, values: values.map((value) => (value === undefined ? undefined : value * scale)) }]}
      />
    );
  }
  const series = figure.lines.map(({ label, readings }) => ({
    label,
    values: readings
      .map((reading) => (reading === "" ? undefined : read(reading)))
      .map((value) => (value === undefined ? undefined : value * scale)),
  }));
  return <Chart kind="line" empty={empty} title={title} unit={unit} labels={figure.labels} series={series} />;
}

function blocksOf(figure: Figure): readonly string[] {
  const names =
    figure.kind === "maps"
      ? figure.maps.map(({ result }) => result)
      : figure.kind === "bars"
        ? figure.bars.map(({ reading }) => reading)
        : figure.lines.flatMap(({ readings }) => readings);
  return [...new Set(names.map((name) => name.slice(0, name.indexOf("/"))))];
}
