import type { Figure } from "../../src/protocol/walkthrough.ts";
import { Chart } from "./Chart.tsx";
import { MapFigure } from "./MapFigure.tsx";
import type { Runs } from "./runs.ts";

/** A drawing of what blocks found. Before they have run its place is kept, and says what is missing. */
export function FigureView({ figure, runs }: { readonly figure: Figure; readonly runs: Runs }) {
  const read = (reading: string): number | undefined => {
    const at = reading.indexOf("/");
    return runs.of(reading.slice(0, at))?.outcome?.readings[reading.slice(at + 1)];
  };
  if (figure.kind === "maps") return <MapFigure title={figure.title} maps={figure.maps} runs={runs} />;
  const { title, unit, scale } = figure;
  if (figure.kind === "bars") {
    const values = figure.bars.map(({ reading }) => read(reading));
    return <Chart kind="bar" title={title} unit={unit} labels={figure.bars.map(({ label }) => label)} series={[{ label: title, values: values.map((value) => value === undefined ? undefined : value * scale) }]} />;
  }
  const series = figure.lines.map(({ label, readings }) => ({ label, values: readings.map((reading) => (reading === "" ? undefined : read(reading))).map((value) => (value === undefined ? undefined : value * scale)) }));
  return <Chart kind="line" title={title} unit={unit} labels={figure.labels} series={series} />;
}
