import { RequestType } from "vscode-jsonrpc";
import type { Tensor } from "../tensor/tensor.ts";
import type { Failure, ModelParams } from "./engine.ts";
import type { Preprocessing } from "./model.ts";
import type { Subject } from "./question.ts";

/** One input, and the sites whose activations are wanted. */
export interface TraceParams extends ModelParams {
  /** A picture, a tensor or a prompt. */
  readonly subject: Subject;
  readonly sites: readonly string[];
  /** Overrides what is known or detected. */
  readonly preprocessing?: Preprocessing | undefined;
}

/** Activations by site, of the shape that the model's card says; a prompt's have an entry for each token. */
export type Activations = ReadonlyMap<string, Tensor>;

/** Cost: one forward pass as far as the last of the sites. */
export const traceModel = new RequestType<TraceParams, Activations, Failure>("model/trace");
