import type { Worded } from "../../protocol/answer-data.ts";
import type { DirectAttribution } from "../../protocol/language-model.ts";
import { nearestWords } from "../../tensor/nearest.ts";
import { missing, type Segment } from "./path.ts";

/** `effect(blocks.3.attn.head.5)` on the first word's logit, `effect(hook_embed, 2)` on the second's; `logit(1)`. */
export function readDirectAttribution(
  { components, values, logits, ...data }: DirectAttribution & Worded,
  { name, argument = "" }: Segment,
): unknown {
  const count = logits.length;
  const word = (text: string | undefined): number => {
    const rank = text === undefined ? 1 : Number(text);
    return Number.isInteger(rank) && rank >= 1 && rank <= count
      ? rank - 1
      : missing(`words are counted from 1 to ${count}; there is no ${text ?? ""}`);
  };
  if (name === "logit") return logits[word(argument || undefined)];
  if (name !== "effect") return undefined;
  const [component = "", rank] = argument.split(",").map((text) => text.trim());
  const row = components.indexOf(component);
  return row < 0
    ? missing(
        `nothing is written by ${component} in ${data.layers} layers; near to it are ${nearestWords(component, components).join(", ") || components.slice(0, 3).join(", ")}`,
      )
    : values[row * count + word(rank)];
}
