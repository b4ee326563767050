import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type ChartConfiguration,
  type PointStyle,
} from "chart.js";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Curves } from "../../src/protocol/generic-answers.ts";
import { figure } from "./numbers.ts";
import { css, useTheme, type Theme } from "./theme.ts";

Chart.register(LineController, LineElement, PointElement, LinearScale);

interface Look {
  /** A CSS variable of the panel. */
  readonly variable: string;
  readonly dash: readonly number[];
  readonly mark: PointStyle;
}

/** Colour, dash and mark all differ, so that lines can be told apart in greyscale. They repeat after the last. */
const looks: readonly Look[] = [
  { variable: "--for", dash: [], mark: "circle" },
  { variable: "--against", dash: [6, 3], mark: "rect" },
  { variable: "--quiet", dash: [2, 3], mark: "triangle" },
  { variable: "--pass", dash: [10, 4], mark: "rectRot" },
  { variable: "--vscode-foreground", dash: [4, 4], mark: "cross" },
];
const lookOf = (line: number): Look => looks[line % looks.length]!;

/** With more points the marks would hide the line. */
const mostMarked = 40;

/** Lines over a common axis: the picture, its legend, and the same numbers as a table. */
export function CurvesChart({ curves }: { readonly curves: Curves }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [table, setTable] = useState(false);
  const theme = useTheme();
  useEffect(() => {
    const chart = new Chart(canvas.current!, configuration(curves, theme));
    return () => chart.destroy();
  }, [theme, curves]);
  const { title, xAxis, yAxis, lines } = curves;
  return (
    <figure class="curves">
      <figcaption>{title}</figcaption>
      <div class="chart-frame">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${title}: ${yAxis} over ${xAxis}. ${lines.map(summary).join(" ")}`}
        />
      </div>
      <ul class="legend">
        {lines.map(({ name }, i) => (
          <li key={name}>
            <Key look={lookOf(i)} /> {name}
          </li>
        ))}
      </ul>
      <button class="link" aria-expanded={table} onClick={() => setTable(!table)}>
        {table ? "Hide table" : "Table"}
      </button>
      {table && <CurvesTable curves={curves} />}
    </figure>
  );
}

const summary = ({ name, y }: Curves["lines"][number]): string =>
  `${name} goes from ${figure(y[0] ?? Number.NaN)} to ${figure(y.at(-1) ?? Number.NaN)}.`;

function CurvesTable({ curves: { title, xAxis, lines } }: { readonly curves: Curves }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Table: ${title}`}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">line</th>
            <th scope="col">{xAxis}</th>
            <th scope="col">value</th>
          </tr>
        </thead>
        <tbody>
          {lines.flatMap(({ name, x, y }) =>
            Array.from(x, (at, i) => (
              <tr key={`${name} ${i}`}>
                <th scope="row">{name}</th>
                <td>{figure(at)}</td>
                <td>{figure(y[i]!)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}

function configuration({ xAxis, yAxis, lines }: Curves, theme: Theme): ChartConfiguration<"line"> {
  const styles = getComputedStyle(document.body);
  const quiet = css(theme.quiet);
  const font = { family: theme.font, size: 11 };
  const axis = (title: string) => ({
    type: "linear" as const,
    title: { display: true, text: title, color: quiet, font },
    border: { color: css(theme.line) },
    grid: { color: css(theme.line), lineWidth: 0.5 },
    ticks: { color: quiet, font, maxTicksLimit: 6 },
  });
  return {
    type: "line",
    data: {
      datasets: lines.map(({ name, x, y }, i) => {
        const { variable, dash, mark } = lookOf(i);
        const colour = styles.getPropertyValue(variable).trim() || quiet;
        return {
          label: name,
          data: Array.from(x, (at, k) => ({ x: at, y: Number.isFinite(y[k]!) ? y[k]! : null })) as {
            x: number;
            y: number;
          }[],
          borderColor: colour,
          backgroundColor: colour,
          borderDash: [...dash],
          borderWidth: i === 0 ? 2.5 : 1.5,
          pointStyle: mark,
          pointRadius: x.length > mostMarked ? 0 : 3,
          pointHoverRadius: 5,
        };
      }),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      scales: { x: { ...axis(xAxis), min: leastOf(lines), max: greatestOf(lines) }, y: axis(yAxis) },
    },
  };
}

const ends = (lines: Curves["lines"]): readonly number[] => lines.flatMap(({ x }) => [x[0]!, x.at(-1)!]);
const leastOf = (lines: Curves["lines"]): number => Math.min(...ends(lines));
const greatestOf = (lines: Curves["lines"]): number => Math.max(...ends(lines));

/** A piece of the line with its mark, as the chart draws it. */
function Key({ look: { variable, dash, mark } }: { readonly look: Look }) {
  const colour = `var(${variable})`;
  return (
    <svg width="28" height="12" viewBox="0 0 28 12" aria-hidden="true" class="line-key" style={{ color: colour }}>
      <path d="M0 6h28" stroke="currentColor" stroke-width="2" stroke-dasharray={dash.join(" ")} fill="none" />
      {mark === "circle" && <circle cx="14" cy="6" r="3.5" fill="currentColor" />}
      {mark === "rect" && <rect x="10.5" y="2.5" width="7" height="7" fill="currentColor" />}
      {mark === "rectRot" && <path d="M14 1.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z" fill="currentColor" />}
      {mark === "triangle" && <path d="M14 1.5l4.5 8h-9z" fill="currentColor" />}
      {mark === "cross" && <path d="M14 2v8M10 6h8" stroke="currentColor" stroke-width="2" />}
    </svg>
  );
}
