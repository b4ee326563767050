/**
 * Models and inputs, asked of the engine over vscode-jsonrpc on a channel that clones structures: tensors travel as exact
 * binary. Every request can be cancelled; a failed one carries a `Failure`. Analyses are asked in `question.ts`.
 */
import { RequestType } from "vscode-jsonrpc";
import type { ErrorKind } from "../tensor/errors.ts";
import type { ExecutionProvider } from "./execution-provider.ts";
import type { ModelCard, Preprocessing } from "./model.ts";

/** A sentence in its parts: what was wrong, where, what to do. `defect` is our own fault. */
export interface Failure {
  readonly kind: ErrorKind | "defect" | "crash";
  readonly what: string;
  readonly where: string | undefined;
  readonly hint: string | undefined;
}

export interface ModelParams {
  readonly model: string;
}

/** A file on disk, or bytes that a person dropped. `.npy` bytes are the model's own input, not preprocessed. */
export type InputReference = { readonly path: string } | { readonly name: string; readonly bytes: Uint8Array };

export interface InputParams extends ModelParams {
  readonly input: InputReference;
  /** Overrides what was detected. */
  readonly preprocessing?: Preprocessing | undefined;
}

export interface PreparedInput {
  readonly name: string;
  readonly sha256: string;
  /** The picture that the model sees, 8-bit RGB; a tensor has none. */
  readonly view: { readonly width: number; readonly height: number; readonly rgb: Uint8Array } | undefined;
  readonly preprocessing: Preprocessing | undefined;
  /** False where a person should be asked whether the preprocessing is right. */
  readonly sure: boolean;
  /** Other conventions, best first, to choose from. */
  readonly alternatives: readonly { readonly title: string; readonly preprocessing: Preprocessing }[];
  readonly notes: readonly string[];
}

export const openModel = new RequestType<ModelParams, ModelCard, Failure>("model/open");
export const prepareInput = new RequestType<InputParams, PreparedInput, Failure>("input/prepare");
export const rememberPreprocessing = new RequestType<
  ModelParams & { readonly preprocessing: Preprocessing | undefined },
  null,
  Failure
>("model/rememberPreprocessing");
/** What the process that starts the engine tells it. */
export interface EngineSettings {
  /** Where weights, results and remembered choices are kept. */
  readonly cacheFolder: string;
  readonly memoryBudgetBytes: number;
  readonly runtime: "onnxruntime" | "tensorflow" | "reference";
  /** How language models' weights are kept; `auto`, which is meant if left out, is float32 where the budget allows it. */
  readonly weights?: "auto" | "float32" | "float16" | undefined;
  /** What ONNX Runtime computes on; the processor if left out. */
  readonly provider?: ExecutionProvider | undefined;
}
