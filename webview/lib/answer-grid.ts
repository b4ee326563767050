import { answerKind } from "../../src/answers/table.ts";
import type { AnswerData } from "../../src/protocol/answer-data.ts";
import type { Grid } from "../../src/protocol/grid.ts";
import type { Asked } from "./asking.ts";

/** Whether answers of a kind are numbers by row and column. */
export const isGridKind = (kind: AnswerData["kind"]): boolean => answerKind(kind).grid !== undefined;

/** What is known of an answer as numbers by row and column; nothing where its kind is none, or nothing is known yet. */
export function gridOf({ result, parts }: Pick<Asked, "result" | "parts">): Grid | undefined {
  const data = result?.data;
  if (data === undefined || data.kind === "planes") return undefined;
  // Reduced for drawing, data that grow are empty: the events carried their parts.
  const whole = "parts" in data && data.parts.length === 0 ? ({ ...data, parts } as AnswerData) : data;
  return answerKind(whole.kind).grid?.(whole);
}
