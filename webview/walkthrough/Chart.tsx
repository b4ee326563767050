import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as Drawing,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useThemeColors, type ThemeColors } from "./theme-colors.ts";

Drawing.register(
  BarController,
  BarElement,
  LineController,
  LineElement,
  PointElement,
  CategoryScale,
  LinearScale,
  Tooltip,
);

export interface Series {
  readonly label: string;
  /** `undefined` where nothing was found. */
  readonly values: readonly (number | undefined)[];
}

interface Props {
  readonly kind: "bar" | "line";
  readonly title: string;
  readonly unit: string;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  /** What stands in its place before anything is known. */
  readonly empty: ComponentChildren;
}

/** Told apart by dash and mark as well as by colour. */
const dashes: readonly number[][] = [[], [6, 4], [2, 3], [10, 3, 2, 3], [1, 4]];
const marks = ["circle", "rect", "triangle", "rectRot", "crossRot"] as const;

/** A small chart, with its numbers as a table and a sentence for who cannot see it. */
export function Chart({ kind, title, unit, labels, series, empty }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colors = useThemeColors();
  const known = series.some(({ values }) => values.some((value) => value !== undefined));
  const content = JSON.stringify([labels, series]);
  useEffect(() => {
    if (!known || canvas.current === null) return;
    const drawing =
      kind === "bar"
        ? bars(canvas.current, labels, series, unit, colors)
        : lines(canvas.current, labels, series, unit, colors);
    return () => drawing.destroy();
  }, [content, known, colors]);
  const height = kind === "bar" ? 40 + 30 * labels.length : 240;
  return (
    <figure class="chart">
      <figcaption>
        {title}
        {unit && <span class="quiet"> in {unit}</span>}
      </figcaption>
      <div class="plot" style={{ height: `${height}px` }}>
        {known ? (
          <canvas ref={canvas} role="img" aria-label={spoken(title, unit, labels, series)} />
        ) : (
          <div class="empty">{empty}</div>
        )}
      </div>
      {known && series.length > 1 && (
        <ul class="legend">
          {series.map(({ label }, i) => (
            <li key={label}>
              <svg width="28" height="10" aria-hidden="true">
                <line
                  x1="0"
                  x2="28"
                  y1="5"
                  y2="5"
                  stroke={colors.series[i % colors.series.length]}
                  stroke-width="2.5"
                  stroke-dasharray={dashes[i % dashes.length]!.join(" ")}
                />
              </svg>{" "}
              {label}
            </li>
          ))}
        </ul>
      )}
      {known && (
        <details class="numbers">
          <summary>
            <span>As a table</span>
          </summary>
          <div class="scroll" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
            <table>
              <thead>
                <tr>
                  <th scope="col">
                    <span class="hidden">Of what</span>
                  </th>
                  {series.map(({ label }) => (
                    <th key={label} scope="col">
                      {series.length > 1 ? label : unit || "value"}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {labels.map((label, i) => (
                  <tr key={label}>
                    <th scope="row">{label}</th>
                    {series.map((each) => (
                      <td key={each.label}>{shown(each.values[i])}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </figure>
  );
}

const shown = (value: number | undefined): string =>
  value === undefined ? "–" : Number(value.toPrecision(3)).toString();

const spoken = (title: string, unit: string, labels: readonly string[], series: readonly Series[]): string =>
  `${title}: ${series.map(({ label, values }) => `${series.length > 1 ? `${label}, ` : ""}${labels.map((name, i) => `${name} ${shown(values[i])}${unit && ` ${unit}`}`).join(", ")}`).join("; ")}.`;

const numbers = (values: Series["values"]): (number | null)[] => values.map((value) => value ?? null);

const axis = ({ text, grid, font }: ThemeColors) => ({
  ticks: { color: text, font: { family: font } },
  grid: { color: grid },
  border: { color: grid },
});

function bars(
  canvas: HTMLCanvasElement,
  labels: readonly string[],
  [one]: readonly Series[],
  unit: string,
  colors: ThemeColors,
): Drawing {
  return new Drawing(canvas, {
    type: "bar",
    data: {
      labels: [...labels],
      datasets: [
        {
          data: numbers(one!.values),
          backgroundColor: one!.values.map((value) => ((value ?? 0) < 0 ? colors.against : colors.for)),
          barThickness: 14,
          minBarLength: 1,
        },
      ],
    },
    options: {
      indexAxis: "y",
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      plugins: { tooltip: { callbacks: { label: ({ raw }) => `${shown(raw as number)}${unit && ` ${unit}`}` } } },
      scales: { x: { ...axis(colors), grace: "14%" }, y: axis(colors) },
    },
    plugins: [{ id: "ends", afterDatasetsDraw: (chart) => writeEnds(chart, one!.values, colors) }],
  });
}

/** The number at the end of each bar, inside the plot. */
function writeEnds(chart: Drawing, values: Series["values"], { text, font }: ThemeColors): void {
  const { ctx, chartArea } = chart;
  ctx.save();
  ctx.font = `12px ${font}`;
  ctx.fillStyle = text;
  ctx.textBaseline = "middle";
  chart.getDatasetMeta(0).data.forEach((bar, i) => {
    const words = shown(values[i]);
    const width = ctx.measureText(words).width;
    ctx.fillText(words, Math.min(bar.x + 6, chartArea.right - width - 2), bar.y);
  });
  ctx.restore();
}

function lines(
  canvas: HTMLCanvasElement,
  labels: readonly string[],
  series: readonly Series[],
  unit: string,
  colors: ThemeColors,
): Drawing {
  const datasets = series.map(({ label, values }, i) => ({
    label,
    data: numbers(values),
    borderColor: colors.series[i % colors.series.length]!,
    backgroundColor: colors.series[i % colors.series.length]!,
    borderDash: dashes[i % dashes.length]!,
    pointStyle: marks[i % marks.length]!,
    pointRadius: 4,
    borderWidth: 2.5,
    spanGaps: false,
  }));
  return new Drawing(canvas, {
    type: "line",
    data: { labels: [...labels], datasets },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        tooltip: {
          callbacks: { label: ({ dataset, raw }) => `${dataset.label}: ${shown(raw as number)}${unit && ` ${unit}`}` },
        },
      },
      scales: { x: axis(colors), y: { ...axis(colors), beginAtZero: true } },
    },
  });
}
