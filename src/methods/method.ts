import type { Check, Progress, ResultData } from "../protocol/result.ts";
import type { Target } from "../graph/target.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Network } from "./network.ts";
import type { OptionsOf, OptionTable } from "./option.ts";

/** The source of a method. */
export interface Paper {
  readonly title: string;
  readonly authors: string;
  readonly year: number;
  readonly link: string;
}

/** The input of a method. */
export interface Context<T extends OptionTable> {
  readonly network: Network;
  /** One sample, in the model's units and layout, with a leading axis of 1. */
  readonly input: Tensor;
  readonly target: Target;
  /** The values of black and white pixels in the model's input, for each channel; unknown for raw tensors. */
  readonly pixels: { readonly black: readonly number[]; readonly white: readonly number[] } | undefined;
  readonly options: OptionsOf<T>;
  /** Checked between micro-batches. */
  readonly cancelled: () => boolean;
}

export interface Outcome {
  readonly data: ResultData;
  readonly certificate: readonly Check[];
}

/** What a method yields while it runs: its progress and a preliminary outcome. */
export interface Update {
  readonly progress: Progress;
  readonly partial?: Outcome | undefined;
}

/**
 * A method that explains a prediction. It is pure except for the network that it runs: equal contexts give equal outcomes.
 * If it is cancelled, it returns the preliminary outcome.
 */
export interface Method<T extends OptionTable = OptionTable> {
  readonly id: string;
  readonly title: string;
  /** One sentence for a hover. */
  readonly summary: string;
  /** In evaluations of the network, e.g. "one gradient". */
  readonly cost: string;
  readonly paper: Paper | undefined;
  readonly options: T;
  /** Whether it needs a target to explain. */
  readonly needsTarget: boolean;
  run(context: Context<T>): AsyncGenerator<Update, Outcome>;
}

export const method = <const T extends OptionTable>(id: string, definition: Omit<Method<T>, "id">): Method<T> => ({
  id,
  ...definition,
});

/** A method as the table stores it. Each method checks its own options. */
export type AnyMethod = Omit<Method, "run"> & { run(context: Context<never>): AsyncGenerator<Update, Outcome> };
