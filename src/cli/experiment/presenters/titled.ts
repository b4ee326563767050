import type { MethodCard } from "../../../protocol/method-card.ts";
import type { TaskCard } from "../../../protocol/experiment.ts";

/** Two analyses by one method are told apart by what the experiment calls them. */
export const titled = ({ task, method }: { readonly task: TaskCard; readonly method: MethodCard }): MethodCard =>
  task.analysis === task.method ? method : { ...method, title: `${method.title} (${task.analysis})` };
