import { predictionRows } from "../../src/answers/prediction-rows.ts";
import type { Known } from "./session.ts";

/** What a screen reader should hear of a change: the prediction, and each map as it is done or stopped. Failures are alerts of their own. */
export function announcement(before: Known, now: Known, titleOf: (method: string) => string): string {
  const said: string[] = [];
  const [best] = now.prediction ? predictionRows(now.prediction) : [];
  if (now.prediction !== before.prediction && best) said.push(`The model sees ${best.name}, ${best.figure}.`);
  for (const [method, { state, result }] of now.runs) {
    if (state === before.runs.get(method)?.state) continue;
    if (state === "done") said.push(`${titleOf(method)} is done.`);
    if (state === "cancelled") said.push(`${titleOf(method)} was stopped${result ? "; what was known is kept" : ""}.`);
  }
  return said.join(" ");
}
