/**
 * What surfaces ask the engine, over vscode-jsonrpc on a channel that clones structures: tensors travel
 * as exact binary. Every request can be cancelled; a failed one carries a `Failure`.
 */
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc";
import type { ErrorKind } from "../tensor/errors.ts";
import type { ExecutionProvider } from "./execution-provider.ts";
import type { MethodCard } from "./method-card.ts";
import type { ModelCard, Preprocessing } from "./model.ts";
import type { DisplayData, OptionValues, Progress, Result, ResultData } from "./result.ts";

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

export interface RunParams extends InputParams {
  /** Chosen by the caller; events carry it. */
  readonly job: string;
  readonly method: string;
  /** Text form, e.g. `logit:281 - logit:285`; the best class if left out. */
  readonly target?: string | undefined;
  readonly options: OptionValues;
}

export interface RunEvent<Data = ResultData> {
  readonly job: string;
  readonly progress: Progress;
  readonly partial: Result<Data> | undefined;
}

export interface RunOutcome<Data = ResultData> {
  readonly result: Result<Data>;
  /** Whether it was stopped before its end; the result is then what was known. */
  readonly cancelled: boolean;
  /** Whether it was remembered rather than computed. */
  readonly cached: boolean;
}

export const openModel = new RequestType<ModelParams, ModelCard, Failure>("model/open");
export const prepareInput = new RequestType<InputParams, PreparedInput, Failure>("input/prepare");
export const rememberPreprocessing = new RequestType<
  ModelParams & { readonly preprocessing: Preprocessing | undefined },
  null,
  Failure
>("model/rememberPreprocessing");
export const runMethod = new RequestType<RunParams, RunOutcome, Failure>("method/run");
/** The same, reduced for drawing. The exact result stays in the engine under the job's name. */
export const showMethod = new RequestType<RunParams, RunOutcome<DisplayData>, Failure>("method/show");
export const showEvent = new NotificationType<RunEvent<DisplayData>>("method/showEvent");
export const readPlace = new RequestType<PlaceParams, PlaceReading, Failure>("result/readPlace");
/** The exact result of a job that was shown, as the bytes of a file. */
export const exportBytes = new RequestType<ExportParams, Uint8Array, Failure>("result/export");
export const listMethods = new RequestType0<readonly MethodCard[], Failure>("method/list");
export const runEvent = new NotificationType<RunEvent>("method/event");

export interface PlaceParams {
  readonly job: string;
  readonly row: number;
  readonly column: number;
}

export interface ExportParams {
  readonly job: string;
  readonly format: "csv" | "json" | "npy";
}

/** One place of a heatmap, exactly. */
export interface PlaceReading {
  /** One value a channel. */
  readonly values: readonly number[];
  /** 1 is the place of the greatest magnitude. */
  readonly rank: number;
  readonly places: number;
  /** Of the summed magnitude of all places. */
  readonly share: number;
}

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
