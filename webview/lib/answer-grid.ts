import { answerKind } from "../../src/answers/table.ts";
import type { AnswerData } from "../../src/protocol/answer-data.ts";
import type { Grid } from "../../src/protocol/grid.ts";
import type { Asked } from "./asking.ts";

type Known = Pick<Asked, "result" | "parts">;

/** What is known of an answer, whole; nothing where nothing is known yet, or only its drawing came. */
export function wholeData({ result, parts }: Known): AnswerData | undefined {
  const data = result?.data;
  if (data === undefined || data.kind === "planes") return undefined;
  // Reduced for drawing, data that grow are empty: the events carried their parts.
  return "parts" in data && data.parts.length === 0 ? ({ ...data, parts } as AnswerData) : data;
}

/** The same as numbers by row and column; nothing where its kind is none. */
export function gridOf(known: Known): Grid | undefined {
  const data = wholeData(known);
  return data && answerKind(data.kind).grid?.(data);
}
