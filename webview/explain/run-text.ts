import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import type { HeatmapPlanes } from "../../src/protocol/result.ts";
import { summary } from "../lib/heatmap-reading.ts";
import type { Run } from "./session.ts";

export const mapOf = (run: Run | undefined): HeatmapPlanes | undefined =>
  run?.result?.data.kind === "planes" ? run.result.data : undefined;

/** How far a map is, or what it was read at: the few words at the right of its caption. */
export function noteOf(run: Run | undefined): string {
  if (run === undefined || run.state === "waiting") return "waiting";
  if (run.state === "running") return run.progress ? `${run.progress.done} of ≤ ${run.progress.total}` : "starting";
  if (run.state === "cancelled") return "stopped early";
  const site = mapOf(run)?.site;
  return site ? `at ${site}` : "";
}

/** What the map shows, in sentences made from its data; before there is any, what the method does. */
export function sentenceOf(method: AnalysisCard, run: Run | undefined): string {
  const planes = mapOf(run);
  if (run?.state === "running" && run.progress) return `${run.progress.note}.`;
  if (planes) return [localisation(run), summary(planes)].filter(Boolean).join(" ");
  if (run?.state === "cancelled") return "Stopped before there was anything to show.";
  if (run?.state === "failed") return "No map was made.";
  return method.summary;
}

/** Only where it is known where the object is. */
function localisation(run: Run | undefined): string {
  const check = run?.result?.certificate.find(({ id }) => id === "mask-share");
  return check
    ? `${check.label.charAt(0).toUpperCase()}${check.label.slice(1)} ${check.value.replace("its area", "its share of the area")}.`
    : "";
}
