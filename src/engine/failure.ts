import { ErrorCodes, ResponseError } from "vscode-jsonrpc";
import { systemFailure } from "../files/system-failure.ts";
import type { Failure } from "../protocol/engine.ts";
import { GlassboxError, messageOf } from "../tensor/errors.ts";

/** Converts errors to failures that users can read. Anything but a GlassboxError is a bug and says so. */
export function asFailure(thrown: unknown): Failure {
  const error = systemFailure(thrown);
  if (error instanceof GlassboxError)
    return { kind: error.kind, what: error.what, where: error.where, hint: error.hint };
  const message = messageOf(error);
  return {
    kind: "defect",
    what: `Glassbox met a case that it does not handle: ${message}`,
    where: error instanceof Error ? error.stack?.split("\n")[1]?.trim() : undefined,
    hint: "Please report it, with the model if you can share it.",
  };
}

export function asResponseError(error: unknown): ResponseError<Failure> {
  const failure = asFailure(error);
  return new ResponseError(ErrorCodes.InternalError, failure.what, failure);
}
