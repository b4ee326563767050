import { RequestType } from "vscode-jsonrpc";
import type { Tensor } from "../tensor/tensor.ts";
import type { Failure, ModelParams } from "./engine.ts";
import type { Preprocessing } from "./model.ts";
import type { Subject } from "./question.ts";

/** One input, and the sites whose activations are requested. */
export interface TraceParams extends ModelParams {
  /** A picture, a tensor or a prompt. */
  readonly subject: Subject;
  readonly sites: readonly string[];
  /** Overrides the known or detected preprocessing. */
  readonly preprocessing?: Preprocessing | undefined;
}

/** Activations by site, with the shapes of the model's card. A prompt's activations have one entry per token. */
export type Activations = ReadonlyMap<string, Tensor>;

/** Cost: one forward pass up to the last site. */
export const traceModel = new RequestType<TraceParams, Activations, Failure>("model/trace");
