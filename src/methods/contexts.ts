import type { SamplePoints } from "../data/concepts/concepts.ts";
import type { Dataset, LabelColumn } from "../data/datasets/dataset.ts";
import type { PixelCoding } from "./visualization/coding.ts";
import type { SubjectKind } from "../protocol/analysis-card.ts";
import type { AnswerData, DataOf } from "../protocol/answer-data.ts";
import type { EditSpec, Prompt, TokenRef } from "../protocol/language-model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Objective } from "../graph/objective.ts";
import type { Target } from "../graph/target.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ActivationStore } from "./activation-store.ts";
import type { SiteEdit } from "./language-model/edits.ts";
import type { LanguageModel, Trace } from "./language-model/language-model.ts";
import type { Vocabulary } from "./language-model/vocabulary.ts";
import type { Network, NetworkSource, RowSource } from "./network.ts";
import type { Counted } from "./traced.ts";

/** The part of the context that every analysis gets, whatever its subject. */
export interface CommonContext {
  /** Checked between micro-batches. */
  readonly cancelled: () => boolean;
  readonly memoryBudgetBytes: number;
  /** Parts of answers that outlive a run, e.g. probe points and paused pictures. A key contains everything that a part depends on besides model, subject, preparation and runtime. */
  readonly parts: PartStore;
  /**
   * The answer of another analysis about the same subject and target, from the cache if it is there: what a metric
   * measures. Throws if that analysis does not give this kind.
   */
  readonly ask: <Kind extends AnswerData["kind"]>(analysis: string, gives: Kind) => Promise<DataOf<Kind>>;
}

export interface PartStore {
  get<Value>(key: string): Value | undefined;
  put(key: string, value: unknown): void;
  drop(key: string): void;
}

/** A picture or a tensor. */
export interface PictureContext extends CommonContext {
  readonly network: Network;
  /** One sample, in the model's units and layout, with a leading axis of 1. */
  readonly input: Tensor;
  readonly target: Target;
  /** The values of black and white pixels in the model's input, for each channel; unknown for raw tensors. */
  readonly pixels: { readonly black: readonly number[]; readonly white: readonly number[] } | undefined;
}

/** Labelled samples. */
export interface DataContext extends CommonContext {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly label: LabelColumn;
  readonly samples: ModelSamples;
  readonly runtime: Runtime;
  readonly activations: ActivationStore;
  /** A network with the same graph and other weights, e.g. random ones. The last one is cached with its programs. */
  variant(source: NetworkSource): Network;
}

/** A dataset in the model's units and layout. */
export interface ModelSamples<Rows extends Counted = RowSource> {
  readonly rows: Rows;
  /** The input itself as features: the picture at 16 × 16, or the tensor unchanged; `undefined` if that is too large. */
  readonly raw: { readonly features: number; row(index: number): Float32Array } | undefined;
  /** For pictures: where the centres of a grid over the model's input lie in the picture of a row, before resizing and cropping. */
  readonly pointsOf?: (row: number, grid: readonly [rows: number, columns: number]) => SamplePoints;
}

/** Units or other objectives, and real pictures for comparison. */
export interface UnitContext extends CommonContext {
  readonly network: Network;
  readonly objectives: readonly Objective[];
  readonly coding: PixelCoding;
  /** Real pictures in the model's units and layout. */
  readonly photographs: readonly { readonly name: string; readonly path: string; readonly tensor: Tensor }[];
  /** The number of pictures found, evaluated or not. */
  readonly photographsFound: number;
  /** The same network on a runtime that gives equal numbers on every machine. */
  portable(): Promise<Network>;
  /** Whether to discard a paused run. */
  readonly fresh: boolean;
}

/** A prompt, and for a pair the corrupted prompt. */
export interface PromptContext extends CommonContext {
  readonly model: LanguageModel;
  readonly vocabulary: Vocabulary;
  readonly prompt: Prompt;
  readonly ids: readonly number[];
  readonly corrupted: readonly number[] | undefined;
  /** The correct next token (`answer`) and the one it is compared with (`wrong`). */
  readonly answer: TokenRef | undefined;
  readonly wrong: TokenRef | undefined;
  /** The activations of a prompt at sites. Recent runs are cached, because one prompt usually gets several questions in turn. */
  trace(tokens: readonly number[], sites: readonly string[], edits?: readonly SiteEdit[]): Promise<Trace>;
  /** Resolves edits as written by a user for a prompt of `length` tokens. */
  edits(specs: readonly EditSpec[], length: number): Promise<readonly SiteEdit[]>;
}

export interface Contexts extends Record<SubjectKind, CommonContext> {
  readonly picture: PictureContext;
  readonly data: DataContext;
  readonly unit: UnitContext;
  readonly prompt: PromptContext;
}
