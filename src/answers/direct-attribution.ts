import type { DataOf } from "../protocol/answer-data.ts";
import type { Grid } from "../protocol/grid.ts";
import { nearestWords } from "../tensor/nearest.ts";
import { gridFormats, gridLines } from "./grid.ts";
import type { AnswerKind } from "./kind.ts";
import { missing } from "./reading/path.ts";

/** The direct effect of each component on the logits of some tokens. */
export const directAttribution: AnswerKind<"direct-attribution"> = {
  readings: [
    [
      "effect(component)",
      "What a component writes into the first token's logit; effect(component, 2) into the second's.",
    ],
    ["logit(1)", "The logit of a token; tokens count from 1."],
  ],
  read({ components, values, logits, layers }, { name, argument = "" }) {
    const count = logits.length;
    const column = (text: string | undefined): number => {
      const rank = text === undefined ? 1 : Number(text);
      return Number.isInteger(rank) && rank >= 1 && rank <= count
        ? rank - 1
        : missing(`tokens are counted from 1 to ${count}; there is no ${text ?? ""}`);
    };
    if (name === "logit") return logits[column(argument || undefined)];
    if (name !== "effect") return undefined;
    const [component = "", rank] = argument.split(",").map((text) => text.trim());
    const row = components.indexOf(component);
    return row < 0
      ? missing(
          `there is no component ${component} in ${layers} layers; near to it are ${nearestWords(component, components).join(", ") || components.slice(0, 3).join(", ")}`,
        )
      : values[row * count + column(rank)];
  },
  headline({ components, values, logits }) {
    const effects = components
      .map((component, row) => ({ component, effect: values[row * logits.length]! }))
      .sort((a, b) => b.effect - a.effect);
    return effects[0] && `most by ${effects[0].component}, ${effects[0].effect.toFixed(2)} of ${logits[0]!.toFixed(2)}`;
  },
  lines: (data) => gridLines(effects(data), 3),
  formats: gridFormats(effects),
  grid: effects,
  caption: () => "What each part writes directly into the logits; their sum and the bias make the logit.",
};

/** [component, token] */
function effects({ components, words, values, names }: DataOf<"direct-attribution">): Grid {
  const text = new Map(names);
  return {
    kind: "grid",
    quantity: "effect on the logit",
    unit: "",
    rowAxis: "component",
    columnAxis: "token",
    rows: components,
    columns: Array.from(words, (id) => JSON.stringify(text.get(id) ?? `#${id}`)),
    cells: values,
    signed: true,
  };
}
