import { displayToken } from "../data/text/display-token.ts";
import type { DataOf } from "../protocol/answer-data.ts";
import type { Grid } from "../protocol/grid.ts";
import { gridFormats } from "./grid.ts";
import type { AnswerKind, Figure } from "./kind.ts";
import { percent } from "./percent.ts";
import { missing } from "./reading/path.ts";
import { nameOf, ranked, tokenAt } from "./reading/ranked-tokens.ts";

type NextTokens = DataOf<"token-distributions">;

/** The prediction after every token. */
export const nextTokens: AnswerKind<"token-distributions"> = {
  readings: [
    ["top.1.name", "The likeliest token after the last token."],
    ["top.1.probability", "Its probability; top(3).1 is after token 3."],
    ["entropy(token)", "In nats."],
    ["rank(token)", "The rank of the token that came next."],
  ],
  read(data, first, rest) {
    const at = (): number => tokenAt(first, data.tokens.length);
    switch (first.name) {
      case "top": {
        const { rank, field } = ranked(data.top, rest);
        const i = at() * data.top + rank;
        return (
          { name: nameOf(data, data.ids[i]!), probability: data.probabilities[i]!, logit: data.logits[i]! }[field] ??
          missing(`a token has name, probability and logit, not ${field}`)
        );
      }
      case "entropy":
        return data.entropies[at()];
      case "rank":
        return data.actualRanks[at()];
      case "actual":
        return data.actualProbabilities[at()];
      default:
        return undefined;
    }
  },
  headline(data) {
    const last = (data.tokens.length - 1) * data.top;
    return `${JSON.stringify(nameOf(data, data.ids[last]!))} ${(100 * data.probabilities[last]!).toFixed(1)} %`;
  },
  lines({ tokens, ids, probabilities, top, names }) {
    const text = new Map(names);
    const quoted = (id: number): string => JSON.stringify(text.get(id) ?? `#${id}`);
    return Array.from(tokens, (id, position) => {
      const best = Array.from({ length: top }, (_, i) => position * top + i);
      return `${String(position).padStart(4)}  ${quoted(id).padEnd(16)}  →  ${best.map((at) => `${quoted(ids[at]!)} ${percent(probabilities[at]!)}`).join(", ")}`;
    });
  },
  figures(data) {
    const last = (data.tokens.length - 1) * data.top;
    const best = Array.from({ length: data.top }, (_, i): readonly Figure[] => [
      [`top.${i + 1}.name`, nameOf(data, data.ids[last + i]!)],
      [`top.${i + 1}.probability`, data.probabilities[last + i]!],
      [`top.${i + 1}.logit`, data.logits[last + i]!],
    ]);
    return [...best.flat(), ...Array.from(data.entropies, (value, token): Figure => [`entropy(${token})`, value])];
  },
  formats: gridFormats(probabilities),
};

/** The probabilities of the most likely tokens, by position and rank. */
function probabilities({ tokens, top, names, probabilities: values }: NextTokens): Grid {
  const text = new Map(names);
  return {
    kind: "grid",
    quantity: "probability",
    unit: "",
    rowAxis: "token",
    columnAxis: "rank",
    rows: Array.from(tokens, (id, position) => `${position}:${displayToken(text.get(id) ?? `#${id}`)}`),
    columns: Array.from({ length: top }, (_, rank) => `rank ${rank + 1}`),
    cells: Float64Array.from(values),
    signed: false,
  };
}
