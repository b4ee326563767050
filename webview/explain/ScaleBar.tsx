import { blue, colormap, colorOf, orange, type Rgb } from "../../src/data/colormap/colormap.ts";
import { describe, type DisplayRecord } from "../../src/data/colormap/display.ts";
import { Section } from "../lib/Section.tsx";
import { figure } from "../lib/heatmap-reading.ts";

const shades = 128;
/** Stands for the dimmed photograph under the colours. */
const grey = 60;

/** The colours of a map as they lie on the photograph, their limits, and what was smoothed and clipped to draw it. */
export function ScaleBar({
  title,
  record,
  opacity,
}: {
  readonly title: string;
  readonly record: DisplayRecord | undefined;
  readonly opacity: number;
}) {
  if (record === undefined)
    return (
      <Section title="Scale" of={title} name="scale-facts">
        <p class="quiet">It comes with the map.</p>
      </Section>
    );
  const bar = (canvas: HTMLCanvasElement | null): void => {
    const context = canvas?.getContext("2d");
    if (!context) return;
    for (let i = 0; i < shades; i++) {
      context.fillStyle = `rgb(${shade(record, i / (shades - 1), opacity).join()})`;
      context.fillRect(i, 0, 1, 1);
    }
  };
  const { floor, ceiling } = record.scale;
  const signed = record.colormap === "signed";
  const [low, high] = record.percentiles
    ? [`${record.percentiles.floor}th percentile`, `${record.percentiles.ceiling}th`]
    : ["nothing", "the largest"];
  return (
    <Section title="Scale" of={title} name="scale-facts">
      <canvas class="scale" width={shades} height={1} ref={bar} aria-hidden="true" />
      <p class="ends">
        <span>{figure(signed ? -ceiling : floor)}</span>
        <span>{figure(ceiling)}</span>
      </p>
      <p class="ends quiet">
        <span>{signed ? "against" : low}</span>
        <span>{signed ? "for" : high}</span>
      </p>
      <p class="quiet">{describe(record)}</p>
    </Section>
  );
}

/** `at` runs over the bar from 0 to 1. */
function shade({ style, colormap: name }: DisplayRecord, at: number, opacity: number): Rgb {
  const value = name === "signed" ? 2 * at - 1 : at;
  if (style === "raw") return colorOf(colormap(name), value);
  const color =
    name === "signed" ? (value < 0 ? blue : orange) : name === "warm" ? orange : colorOf(colormap(name), value);
  const cover = opacity * Math.abs(value);
  const mix = (channel: number): number => Math.round(grey + (channel - grey) * cover);
  return [mix(color[0]), mix(color[1]), mix(color[2])];
}
