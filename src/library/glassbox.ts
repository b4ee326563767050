/**
 * Glassbox as a library: the same engine process, the same questions and the same bytes as in the panels and the
 * terminal.
 * docs/library.md shows it.
 */
import { engineSettings } from "../client/engine-settings.ts";
import type { EngineSettings } from "../protocol/engine.ts";
import { openModel } from "../protocol/engine.ts";
import type { ExecutionProvider } from "../protocol/execution-provider.ts";
import { modelOf, type Model } from "./model.ts";
import { asEngineFailure } from "./request.ts";
import { shareEngine } from "./shared-engine.ts";
import { pathOf } from "./subject.ts";

export { EngineFailure } from "../client/engine-client.ts";
export type { AnalysisCard } from "../protocol/analysis-card.ts";
export type { AnswerData, DataOf, Part } from "../protocol/answer-data.ts";
export type { ModelCard, Preprocessing } from "../protocol/model.ts";
export type { Check, Code, OptionValues, Progress, Provenance } from "../protocol/result.ts";
export type { Activations } from "../protocol/trace.ts";
export type { Tensor } from "../tensor/tensor.ts";
export type { Answer } from "./answer.ts";
export type { AskSettings, Model, Progressed, TraceSettings } from "./model.ts";
export type { OneInput, SubjectInput } from "./subject.ts";

export interface OpenSettings {
  /** The memory budget in gigabytes, from 0.25 to 1024; 2 if unset. */
  readonly memory?: number | undefined;
  /** The runtime: `onnxruntime` if unset; `reference` is float64 and slow. */
  readonly runtime?: EngineSettings["runtime"] | undefined;
  /** ONNX Runtime's execution provider; the CPU if unset. */
  readonly provider?: ExecutionProvider | undefined;
  /** The precision of language models' weights in memory; if unset, float32 where the budget allows it. */
  readonly weights?: EngineSettings["weights"];
  /** The folder for weights, answers and remembered choices; if unset, the terminal's. */
  readonly cache?: string | undefined;
}

/**
 * Opens a model's file or folder, of any format that Glassbox reads. Models with equal settings share one engine
 * process; the Node process can exit once all of them are closed.
 */
export function open(file: string | URL, settings: OpenSettings = {}): Promise<Model> {
  return asEngineFailure(async () => {
    const { engine, release } = shareEngine(engineSettings(settings));
    try {
      return modelOf(await engine.request(openModel, { model: pathOf(file) }), engine, release);
    } catch (error) {
      release();
      throw error;
    }
  });
}
