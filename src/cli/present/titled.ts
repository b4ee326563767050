import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { TaskCard } from "../../protocol/experiment.ts";

/** Two analyses by one method are told apart by what the experiment calls them. */
export const titled = ({
  task,
  method,
}: {
  readonly task: Pick<TaskCard, "analysis" | "method">;
  readonly method: AnalysisCard;
}): AnalysisCard =>
  task.analysis === task.method ? method : { ...method, title: `${method.title} (${task.analysis})` };
