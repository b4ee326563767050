import type { MethodCard, OptionCard } from "../protocol/method-card.ts";
import type { AnyMethod } from "./method.ts";
import type { OptionTable } from "./option.ts";

export const optionCards = (options: OptionTable): readonly OptionCard[] =>
  Object.entries(options).map(([name, option]) => ({ name, ...option }));

export const methodCard = ({ id, title, summary, cost, paper, needsTarget, options }: AnyMethod): MethodCard => ({
  id,
  title,
  summary,
  cost,
  takes: "picture",
  paper,
  needsTarget,
  options: optionCards(options),
});
