import type { AnyMethod } from "./method.ts";
import type { MethodCard } from "../protocol/method-card.ts";

export const methodCard = ({ id, title, summary, cost, paper, needsTarget, options }: AnyMethod): MethodCard => ({
  id,
  title,
  summary,
  cost,
  paper,
  needsTarget,
  options: Object.entries(options).map(([name, option]) => ({ name, ...option })),
});
