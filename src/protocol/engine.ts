/**
 * Requests about models and inputs. The engine speaks vscode-jsonrpc over structured clone, so tensors are sent as
 * binary. Every request can be cancelled; a failed one carries a `Failure`. `question.ts` has the requests for
 * analyses.
 */
import { RequestType } from "vscode-jsonrpc";
import type { ErrorKind } from "../tensor/errors.ts";
import type { OutputKindName } from "./contract.ts";
import type { ExecutionProvider } from "./execution-provider.ts";
import type { ModelCard, Preprocessing } from "./model.ts";

/** The parts of an error message: what was wrong, where, and what to do. `defect` means a bug in Glassbox. */
export interface Failure {
  readonly kind: ErrorKind | "defect" | "crash";
  readonly what: string;
  readonly where: string | undefined;
  readonly hint: string | undefined;
}

export interface ModelParams {
  readonly model: string;
}

/** A file on disk, or the bytes of a dropped file. `.npy` bytes are the model's input and are not preprocessed. */
export type InputReference = { readonly path: string } | { readonly name: string; readonly bytes: Uint8Array };

export interface InputParams extends ModelParams {
  readonly input: InputReference;
  /** Overrides the detected preprocessing. */
  readonly preprocessing?: Preprocessing | undefined;
}

export interface PreparedInput {
  readonly name: string;
  readonly sha256: string;
  /** The picture as the model sees it, 8-bit RGB; unset for tensors. */
  readonly view: { readonly width: number; readonly height: number; readonly rgb: Uint8Array } | undefined;
  readonly preprocessing: Preprocessing | undefined;
  /** False if a person should confirm the preprocessing. */
  readonly sure: boolean;
  /** Alternative conventions, best first. */
  readonly alternatives: readonly { readonly title: string; readonly preprocessing: Preprocessing }[];
  readonly notes: readonly string[];
}

export const openModel = new RequestType<ModelParams, ModelCard, Failure>("model/open");
export const prepareInput = new RequestType<InputParams, PreparedInput, Failure>("input/prepare");
/** What a person says about a model's output; it is written into the file next to the model. */
export interface CorrectionParams extends ModelParams {
  readonly correction: {
    readonly output?: string | undefined;
    readonly kind?: Exclude<OutputKindName, "boxes"> | undefined;
  };
}

export const correctModel = new RequestType<CorrectionParams, null, Failure>("model/correct");
export const rememberPreprocessing = new RequestType<
  ModelParams & { readonly preprocessing: Preprocessing | undefined },
  null,
  Failure
>("model/rememberPreprocessing");
/** Settings from the process that starts the engine. */
export interface EngineSettings {
  /** The folder for weights, results and remembered choices. */
  readonly cacheFolder: string;
  readonly memoryBudgetBytes: number;
  readonly runtime: "onnxruntime" | "tensorflow" | "reference";
  /**
   * The precision of language models' weights in memory. `auto`, the default, is float32 where the budget allows it.
   */
  readonly weights?: "auto" | "float32" | "float16" | undefined;
  /** ONNX Runtime's execution provider; the CPU if unset. */
  readonly provider?: ExecutionProvider | undefined;
}
