import {
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type ChartConfiguration,
  type Plugin,
} from "chart.js";
import type { Probes, ProbePoint, ProbeSeries } from "../../src/protocol/probing.ts";
import { intervalOf, lineSeries, scoreOf, seriesLooks, type SeriesLook } from "./series.ts";
import type { Selected } from "./state.ts";

Chart.register(LineController, LineElement, PointElement, LinearScale, CategoryScale);

/** Colours of the theme, as the canvas needs them: read anew when the theme changes. */
export interface Palette {
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly focus: string;
  readonly font: string;
  readonly of: (look: SeriesLook) => string;
}

export function readPalette(): Palette {
  const styles = getComputedStyle(document.body);
  const read = (name: string): string => styles.getPropertyValue(name).trim();
  const quiet = read("--vscode-descriptionForeground");
  return {
    text: styles.color,
    quiet,
    line: read("--vscode-editorWidget-border") || read("--vscode-contrastBorder") || "#8886",
    focus: read("--vscode-focusBorder"),
    font: styles.fontFamily,
    of: ({ variable }) => read(variable) || quiet,
  };
}

/** What stands below the chart: the input, where it is probed, at depth −1, then the sites. */
const columnsOf = ({ sites, points }: Probes): readonly string[] => [
  ...points.filter(({ series }) => series === "raw").map(({ site }) => site),
  ...sites,
];

const columnAt = (chart: Probes, depth: number): number => depth + columnsOf(chart).length - chart.sites.length;

interface Line {
  readonly series: ProbeSeries | "majority";
  /** One a column; where nothing is known yet the line has a gap. */
  readonly points: readonly (ProbePoint | undefined)[];
  readonly values: readonly (number | null)[];
}

export function linesOf(chart: Probes): readonly Line[] {
  const columns = columnsOf(chart);
  const pointsOf = (series: ProbeSeries): Line["points"] =>
    columns.map((_, at) =>
      chart.points.find((point) => point.series === series && columnAt(chart, point.depth) === at),
    );
  const raw = chart.points.find(({ series }) => series === "raw");
  return [
    ...lineSeries.flatMap((series): Line[] => {
      const points = pointsOf(series);
      return points.some(Boolean)
        ? [{ series, points, values: points.map((point) => (point ? scoreOf(point, chart) : null)) }]
        : [];
    }),
    ...(raw
      ? [{ series: "raw" as const, points: pointsOf("raw"), values: columns.map(() => scoreOf(raw, chart)) }]
      : []),
    {
      series: "majority",
      points: columns.map(() => undefined),
      values: columns.map(() => chart.majority[chart.metric]),
    },
  ];
}

const ringRadius = 9;

/** Intervals behind the marks, and a ring around the chosen point. */
const intervals = (
  chart: () => Probes,
  palette: () => Palette,
  selected: () => Selected | undefined,
): Plugin<"line"> => ({
  id: "intervals",
  beforeDatasetsDraw({ ctx, scales }) {
    const shown = chart();
    const colours = palette();
    for (const line of linesOf(shown)) {
      ctx.strokeStyle = colours.of(seriesLooks[line.series]);
      ctx.lineWidth = 1;
      for (const [at, point] of line.points.entries()) {
        if (point === undefined) continue;
        const [low, high] = intervalOf(point, shown);
        const x = scales.x!.getPixelForValue(at);
        ctx.beginPath();
        ctx.moveTo(x, scales.y!.getPixelForValue(low));
        ctx.lineTo(x, scales.y!.getPixelForValue(high));
        ctx.stroke();
      }
    }
  },
  afterDatasetsDraw({ ctx, scales }) {
    const [shown, wanted] = [chart(), selected()];
    const point = wanted && shown.points.find(({ series, site }) => series === wanted.series && site === wanted.site);
    if (point === undefined) return;
    ctx.strokeStyle = palette().focus || palette().text;
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.arc(
      scales.x!.getPixelForValue(columnAt(shown, point.depth)),
      scales.y!.getPixelForValue(scoreOf(point, shown)),
      ringRadius,
      0,
      2 * Math.PI,
    );
    ctx.stroke();
  },
});

interface Drawing {
  readonly chart: () => Probes;
  readonly palette: () => Palette;
  readonly selected: () => Selected | undefined;
  readonly onChoose: (point: ProbePoint) => void;
}

const marks = { circle: "circle", rect: "rect", triangle: "triangle", diamond: "rectRot", none: false } as const;

/** What chart.js is told. Labels of sites stand at an angle where there is no room for them. */
export function configuration({ chart, palette, selected, onChoose }: Drawing): ChartConfiguration<"line"> {
  const colours = palette();
  const lines = linesOf(chart());
  return {
    type: "line",
    data: {
      labels: [...columnsOf(chart())],
      datasets: lines.map(({ series, points, values }) => {
        const look = seriesLooks[series];
        const mark = marks[look.mark];
        return {
          label: look.name,
          data: [...values],
          borderColor: colours.of(look),
          backgroundColor: colours.of(look),
          borderDash: [...look.dash],
          borderWidth: series === "trained" ? 2.5 : 1.5,
          pointStyle: mark,
          pointRadius: points.map((point) => (point ? 4 : 0)),
          pointHitRadius: points.map((point) => (point ? 12 : 0)),
          pointHoverRadius: points.map((point) => (point ? 6 : 0)),
          spanGaps: true,
        };
      }),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      // The ring around a chosen point at the edge needs its radius.
      layout: { padding: { top: ringRadius + 2, right: ringRadius + 2 } },
      interaction: { mode: "nearest", intersect: true },
      onClick: (_event, elements) => {
        const [element] = elements;
        const point = element && lines[element.datasetIndex]?.points[element.index];
        if (point) onChoose(point);
      },
      onHover: (event, elements) => {
        const target = event.native?.target;
        if (target instanceof HTMLElement) target.style.cursor = elements.length > 0 ? "pointer" : "default";
      },
      scales: {
        x: {
          grid: { display: false },
          border: { color: colours.line },
          ticks: { color: colours.quiet, font: { family: colours.font, size: 11 }, autoSkip: true, maxRotation: 50 },
        },
        y: {
          min: 0,
          max: 1,
          grid: { color: colours.line, lineWidth: 0.5 },
          border: { display: false },
          ticks: {
            color: colours.quiet,
            font: { family: colours.font, size: 11 },
            stepSize: 0.25,
            callback: (value) => Number(value).toFixed(2),
          },
        },
      },
    },
    plugins: [intervals(chart, palette, selected)],
  };
}
