import { useEffect, useRef } from "preact/hooks";
import { figure } from "./numbers.ts";
import { css, useTheme } from "./theme.ts";
import { useWidth } from "./use-width.ts";

export interface Point {
  readonly exact: number;
  readonly estimate: number;
}

/** Pearson's r; undefined where one of the two does not vary. */
export function correlation(points: readonly Point[]): number | undefined {
  const mean = (read: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + read(point), 0) / points.length;
  const [mx, my] = [mean(({ exact }) => exact), mean(({ estimate }) => estimate)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const { exact, estimate } of points) {
    xy += (exact - mx) * (estimate - my);
    xx += (exact - mx) ** 2;
    yy += (estimate - my) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : undefined;
}

/** Estimates against exact values; on the diagonal they agree. */
export function Scatter({ points }: { readonly points: readonly Point[] }) {
  const theme = useTheme();
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = Math.max(120, Math.min(280, width || 240));
  const r = correlation(points);
  const label = `Estimate against exact value for ${points.length} cells${r === undefined ? "" : `; correlation ${r.toFixed(2)}`}.`;
  useEffect(() => {
    if (!canvas.current || points.length === 0) return;
    const scale = globalThis.devicePixelRatio || 1;
    canvas.current.width = canvas.current.height = Math.round(side * scale);
    const context = canvas.current.getContext("2d")!;
    context.scale(scale, scale);
    const all = points.flatMap(({ exact, estimate }) => [exact, estimate]);
    const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
    const margin = 8;
    const along = (value: number): number => margin + ((value - low) / (high - low || 1)) * (side - 2 * margin);
    context.fillStyle = css(theme.background);
    context.fillRect(0, 0, side, side);
    const line = (from: readonly [number, number], to: readonly [number, number]): void => {
      context.beginPath();
      context.moveTo(along(from[0]), side - along(from[1]));
      context.lineTo(along(to[0]), side - along(to[1]));
      context.stroke();
    };
    context.strokeStyle = css(theme.line);
    line([low, 0], [high, 0]);
    line([0, low], [0, high]);
    context.strokeStyle = css(theme.quiet);
    line([low, low], [high, high]);
    context.fillStyle = "#ff9614";
    for (const { exact, estimate } of points) {
      context.beginPath();
      context.arc(along(exact), side - along(estimate), 2.5, 0, 2 * Math.PI);
      context.fill();
    }
  }, [points, side, theme]);
  return (
    <div ref={box}>
      <canvas
        ref={canvas}
        data-grid="scatter"
        role="img"
        aria-label={label}
        style={{ width: `${side}px`, height: `${side}px` }}
      />
      <p class="quiet">
        Across: exact. Up: estimate. On the line they agree{r === undefined ? "" : `; r = ${r.toFixed(2)}`}, over{" "}
        {points.length} cells, up to{" "}
        {figure(Math.max(0, ...points.map(({ exact, estimate }) => Math.abs(exact - estimate))))} apart.
      </p>
    </div>
  );
}
