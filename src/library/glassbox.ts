/**
 * Glassbox as a library: the same engine process, the same questions and the same bytes as in the panels and the terminal.
 * docs/library.md shows it.
 */
import { engineSettings } from "../client/engine-settings.ts";
import type { EngineSettings } from "../protocol/engine.ts";
import { openModel } from "../protocol/engine.ts";
import type { ExecutionProvider } from "../protocol/execution-provider.ts";
import { modelOf, type Model } from "./model.ts";
import { refusing } from "./request.ts";
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
  /** What runs networks: `onnxruntime` if unset; `reference` is float64 and slow. */
  readonly runtime?: EngineSettings["runtime"] | undefined;
  /** What ONNX Runtime computes on; the processor if unset. */
  readonly provider?: ExecutionProvider | undefined;
  /** How weights of language models are kept; if unset, float32 where the budget allows it. */
  readonly weights?: EngineSettings["weights"];
  /** The folder of weights, answers and remembered choices; if unset, the terminal's. */
  readonly cache?: string | undefined;
}

/**
 * Opens a model's file or folder, of any format that Glassbox reads. Models with equal settings share one engine process;
 * a program ends by itself once all of them are closed.
 */
export function open(file: string | URL, settings: OpenSettings = {}): Promise<Model> {
  return refusing(async () => {
    const { engine, release } = shareEngine(engineSettings(settings));
    try {
      return modelOf(await engine.request(openModel, { model: pathOf(file) }), engine, release);
    } catch (error) {
      release();
      throw error;
    }
  });
}
