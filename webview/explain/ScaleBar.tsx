import { colormap } from "../../src/data/colormap/colormap.ts";
import { describe, type DisplayRecord } from "../../src/data/colormap/display.ts";
import { figure } from "./reading.ts";

const shades = 64;

/** The colours of the leading map with their limits, and what was smoothed and clipped to draw it. */
export function ScaleBar({ record }: { readonly record: DisplayRecord }) {
  if (record.blank || record.style === "photograph") return null;
  const map = colormap(record.colormap);
  const signed = record.colormap === "signed";
  const paint = (canvas: HTMLCanvasElement | null): void => {
    const context = canvas?.getContext("2d");
    if (!context) return;
    for (let i = 0; i < shades; i++) {
      const at = 3 * Math.round((i / (shades - 1)) * 255);
      context.fillStyle = `rgb(${map.table[at]}, ${map.table[at + 1]}, ${map.table[at + 2]})`;
      context.fillRect(i, 0, 1, 1);
    }
  };
  const { floor, ceiling } = record.scale;
  return (
    <section aria-labelledby="scale">
      <h2 id="scale">Scale</h2>
      <canvas class="scale" width={shades} height={1} ref={paint} aria-hidden="true" />
      <p class="ends"><span>{signed ? `${figure(-ceiling)} against` : figure(floor)}</span><span>{signed ? `${figure(ceiling)} for` : figure(ceiling)}</span></p>
      <p class="quiet">{describe(record)}</p>
    </section>
  );
}
