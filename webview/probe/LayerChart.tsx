import { Chart } from "chart.js";
import { useEffect, useRef } from "preact/hooks";
import type { Probes, ProbePoint } from "../../src/protocol/probing.ts";
import { useTheme } from "../lib/theme.ts";
import { configuration, linesOf, readPalette } from "./drawing.ts";
import { digits, findPoint, intervalOf, metricName, neighbour, scoreOf, seriesLooks } from "./series.ts";
import type { Selected } from "./state.ts";

interface Props {
  readonly chart: Probes;
  readonly selected: Selected | undefined;
  readonly onChoose: (point: ProbePoint) => void;
}

/** Accuracy by layer. Arrow keys step along a series and from one to the next; the chosen point is said and opened beside. */
export function LayerChart({ chart, selected, onChoose }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef<Chart>(undefined);
  const now = useRef({ chart, selected, onChoose });
  now.current = { chart, selected, onChoose };
  const theme = useTheme();
  useEffect(() => {
    const palette = readPalette();
    const made = new Chart(
      canvas.current!,
      configuration({
        chart: () => now.current.chart,
        palette: () => palette,
        selected: () => now.current.selected,
        onChoose: (point) => now.current.onChoose(point),
      }),
    );
    drawn.current = made;
    return () => made.destroy();
  }, [theme, chart]);
  useEffect(() => drawn.current?.draw(), [selected]);
  const point = findPoint(chart, selected);
  const said = point ? describe(point, chart) : "";
  return (
    <div class="chart">
      <div class="canvas">
        <canvas
          ref={canvas}
          tabIndex={0}
          role="application"
          aria-roledescription="chart"
          aria-label={`${chart.summary.join(" ")} Arrow keys step through the points.`}
          onKeyDown={(event) => {
            const next = neighbour(chart, point, event.key);
            if (next === undefined) return;
            event.preventDefault();
            onChoose(next);
          }}
        />
      </div>
      <ul class="legend">
        {linesOf(chart).map(({ series }) => (
          <li key={series}>
            <Key series={series} /> {seriesLooks[series].name}
            {series === "majority" ? `: always ${chart.classes[chart.majority.class]}` : ""}
          </li>
        ))}
      </ul>
      <p class="hidden" aria-live="polite">
        {said}
      </p>
    </div>
  );
}

export const describe = (point: ProbePoint, chart: Probes): string => {
  const [low, high] = intervalOf(point, chart);
  return `${seriesLooks[point.series].name}, ${point.site}: ${metricName(chart)} ${digits(scoreOf(point, chart))}, 95 % interval ${digits(low)} to ${digits(high)}`;
};

/** A piece of the line with its mark, as the chart draws it. */
function Key({ series }: { readonly series: keyof typeof seriesLooks }) {
  const { variable, dash, mark } = seriesLooks[series];
  return (
    <svg width="28" height="12" viewBox="0 0 28 12" aria-hidden="true" class="key" data-variable={variable}>
      <path d="M0 6h28" stroke-width="2" stroke-dasharray={dash.join(" ")} fill="none" />
      {mark === "circle" && <circle cx="14" cy="6" r="4" />}
      {mark === "rect" && <rect x="10" y="2" width="8" height="8" />}
      {mark === "diamond" && <path d="M14 1l5 5l-5 5l-5 -5z" />}
      {mark === "triangle" && <path d="M14 1.5l4.5 8h-9z" />}
    </svg>
  );
}
