import type { OptionCard } from "../../src/protocol/analysis-card.ts";
import type { OptionValue, OptionValues } from "../../src/protocol/result.ts";

/** The values with one changed; a default is not kept. */
export function changed(values: OptionValues, { name, fallback }: OptionCard, value: OptionValue): OptionValues {
  const { [name]: _, ...others } = values;
  return value === fallback ? others : { ...others, [name]: value };
}
