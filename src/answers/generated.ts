import { displayToken } from "../data/text/display-token.ts";
import type { DataOf } from "../protocol/answer-data.ts";
import type { Grid } from "../protocol/grid.ts";
import { gridFormats } from "./grid.ts";
import type { AnswerKind } from "./kind.ts";

/** A continued prompt. */
export const generated: AnswerKind<"generated"> = {
  readings: [
    ["text", "The generated text."],
    ["count", "The number of new tokens."],
    ["ended", "Why the text ended: end token, stop token, limit, context or stopped."],
  ],
  read: ({ ids }, { name }) => (name === "count" ? ids.length : undefined),
  headline: ({ text }) => JSON.stringify(text),
  piped: true,
  lines: ({ text }) => [text],
  remarks: ({ ended }) => [ended.sentence],
  figures: ({ text, ids, ended, parts }) => [
    ["text", text],
    ["count", ids.length],
    ["ended", ended.reason],
    ...parts.map(({ probability }, i) => [`parts.${i + 1}.probability`, probability] as const),
  ],
  summary: ({ text, ended }) => ({ text, ended: ended.reason }),
  formats: { txt: ({ data: { text } }) => text, ...gridFormats(probabilities) },
};

/** The probability of each new token, and of the most likely tokens at its position. */
function probabilities({ parts }: DataOf<"generated">): Grid {
  const ranks = Math.max(0, ...parts.map(({ top }) => top.length));
  return {
    kind: "grid",
    quantity: "probability",
    unit: "",
    rowAxis: "token",
    columnAxis: "rank",
    rows: parts.map(({ text }, position) => `${position}:${displayToken(text)}`),
    columns: ["chosen", ...Array.from({ length: ranks }, (_, rank) => `rank ${rank + 1}`)],
    cells: Float64Array.from(
      parts.flatMap(({ probability, top }) => [
        probability,
        ...Array.from({ length: ranks }, (_, rank) => top[rank]?.probability ?? Number.NaN),
      ]),
    ),
    signed: false,
  };
}
