import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import type { Failure } from "../../protocol/engine.ts";

export const asResponseError = (failure: Failure): ResponseError<Failure> =>
  new ResponseError(ErrorCodes.InternalError, failure.what, failure);
