import type { MethodCard } from "../protocol/method-card.ts";
import { optionCards } from "./method-card.ts";
import type { OptionTable } from "./option.ts";

/** An analysis that a separate service of the engine runs, under its name in experiment files. */
export interface Analysis<T extends OptionTable = OptionTable> extends Omit<MethodCard, "options" | "needsTarget"> {
  readonly options: T;
}

export const analysis = <const T extends OptionTable>(
  id: string,
  definition: Omit<Analysis<T>, "id">,
): Analysis<T> => ({ id, ...definition });

export const analysisCard = ({ options, ...card }: Analysis): MethodCard => ({
  ...card,
  needsTarget: false,
  options: optionCards(options),
});
