import { ResponseError } from "vscode-jsonrpc";
import type { Failure } from "../../src/protocol/engine.ts";
import { messageOf } from "../../src/tensor/errors.ts";

/** What a rejected request says, in its parts. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ResponseError && error.data) return error.data as Failure;
  return { kind: "defect", what: messageOf(error), where: undefined, hint: undefined };
}

/** The same as one sentence or two, for a status line. */
export function sentenceOf(error: unknown): string {
  const { what, hint } = failureOf(error);
  return [what, hint].filter(Boolean).join(". ");
}
