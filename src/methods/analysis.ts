import type { MethodCard } from "../protocol/method-card.ts";
import { optionCards } from "./method-card.ts";
import type { OptionTable } from "./option.ts";

/** A way to look that the engine runs by a service of its own, as experiment files name it. */
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
