import type { Heatmap } from "../../data/colormap/heatmap.ts";

export interface Concentration {
  /** The smallest share of the positions that contains half of the magnitude. */
  readonly half: number;
  /** The centre of those positions, from 0 at the left and top to 1. */
  readonly center: readonly [x: number, y: number];
}

/** How concentrated a map of magnitudes is, and where; `undefined` if it is blank. */
export function concentration({ width, height, values }: Heatmap): Concentration | undefined {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0) || !Number.isFinite(total)) return undefined;
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]!);
  let [held, x, y, count] = [0, 0, 0, 0];
  for (const index of order) {
    const value = values[index]!;
    held += value;
    x += value * ((index % width) + 0.5);
    y += value * (Math.floor(index / width) + 0.5);
    count++;
    if (held >= total / 2) break;
  }
  return { half: count / values.length, center: [x / held / width, y / held / height] };
}

/** e.g. "Half of the magnitude lies on 12 % of the pixels, centred 43 % from the left and 52 % from the top." */
export function concentrationSentence(found: Concentration, unit: "pixels" | "cells"): string {
  const [x, y] = found.center.map((share) => Math.round(100 * share));
  return `Half of the magnitude lies on ${Math.round(100 * found.half)} % of the ${unit}, centred ${x} % from the left and ${y} % from the top.`;
}
