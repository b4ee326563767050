import type { UnitFacts } from "../../src/protocol/visualization.ts";

/** To the digits that a reader can use. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return (
    size >= 100
      ? value.toFixed(0)
      : size >= 10
        ? value.toFixed(1)
        : size >= 1 || size === 0
          ? value.toFixed(2)
          : value.toPrecision(2)
  ).replace("-", "−");
}

export const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)}\u00a0%`;

/** How many real pictures the unit was evaluated on. */
export const evaluatedPictures = ({ photographs, photographsFound }: UnitFacts): string =>
  photographsFound > photographs.length
    ? `${photographs.length} of ${photographsFound.toLocaleString("en")} real pictures`
    : `${photographs.length} real pictures`;
