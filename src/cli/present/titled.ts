import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { TaskCard } from "../../protocol/experiment.ts";

/** Adds the analysis' name in the experiment if two analyses use the same method. */
export const titled = ({
  task,
  method,
}: {
  readonly task: Pick<TaskCard, "analysis" | "method">;
  readonly method: AnalysisCard;
}): AnalysisCard =>
  task.analysis === task.method ? method : { ...method, title: `${method.title} (${task.analysis})` };
