import type { DataOf } from "../protocol/answer-data.ts";
import type { Grid } from "../protocol/grid.ts";
import { gridFormats, gridLines } from "./grid.ts";
import type { AnswerKind } from "./kind.ts";
import { indicesIn } from "./reading/path.ts";

/** Longer prompts have more columns than a terminal. */
const mostColumns = 16;

/** One head's weights, from every token to every token before it. */
export const attentionHead: AnswerKind<"attention-weights"> = {
  readings: [["weight(query, key)", "The head's weight from one token to another."]],
  read({ weights, tokens }, first) {
    if (first.name !== "weight") return undefined;
    const [query, key] = indicesIn(first, { query: tokens.length, key: tokens.length }) as [number, number];
    return weights[query * tokens.length + key];
  },
  lines(data) {
    const grid = pattern(data);
    return [
      ...(grid.columns.length <= mostColumns ? [...gridLines(grid), ""] : []),
      "Largest weights:",
      ...data.top.map(({ query, key, weight }) => `${weight.toFixed(3)}  ${grid.rows[query]}  →  ${grid.columns[key]}`),
    ];
  },
  formats: gridFormats(pattern),
  grid: pattern,
  caption: ({ layer, head }) =>
    `Weights of head ${head} of layer ${layer}: from each token, in rows, to those before it.`,
};

function pattern({ weights, shown }: DataOf<"attention-weights">): Grid {
  const tokens = shown.map((text, position) => `${position}:${text}`);
  return {
    kind: "grid",
    quantity: "attention weight",
    unit: "",
    rowAxis: "query",
    columnAxis: "key",
    rows: tokens,
    columns: tokens,
    cells: Float64Array.from(weights),
    signed: false,
  };
}
