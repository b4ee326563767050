import type { Probes, ProbePoint, ProbeSeries } from "../protocol/probing.ts";

/** The point of a series at a site, if it is known. */
export const pointAt = (
  { points }: Pick<Probes, "points">,
  series: ProbeSeries,
  site: string,
): ProbePoint | undefined => points.find((point) => point.series === series && point.site === site);
