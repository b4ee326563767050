import type { Check, Progress, ResultData } from "../protocol/result.ts";
import type { Target } from "../graph/target.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Network } from "./network.ts";
import type { OptionsOf, OptionTable } from "./option.ts";

/** Where a method comes from; `checked` says how we know. */
export interface Paper {
  readonly title: string;
  readonly authors: string;
  readonly year: number;
  readonly link: string;
}

/** What a method is given. */
export interface Context<T extends OptionTable> {
  readonly network: Network;
  /** One sample as the model takes it, with a leading axis of 1. */
  readonly input: Tensor;
  readonly target: Target;
  /** What black and white pixels are in the model's input, for each channel; unknown for raw tensors. */
  readonly pixels: { readonly black: readonly number[]; readonly white: readonly number[] } | undefined;
  readonly options: OptionsOf<T>;
  /** Looked at between micro-batches. */
  readonly cancelled: () => boolean;
}

export interface Outcome {
  readonly data: ResultData;
  readonly certificate: readonly Check[];
}

/** What a method yields while it works: how far it is, and what is known so far. */
export interface Update {
  readonly progress: Progress;
  readonly partial?: Outcome | undefined;
}

/**
 * A way to look inside. Pure but for the network it runs: equal contexts give equal outcomes.
 * Cancelled, it returns what it has.
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
  /** Whether it explains a target, or only looks. */
  readonly needsTarget: boolean;
  run(context: Context<T>): AsyncGenerator<Update, Outcome>;
}

export const method = <const T extends OptionTable>(id: string, definition: Omit<Method<T>, "id">): Method<T> => ({
  id,
  ...definition,
});

/** Methods as a table holds them: each checks its own options. */
export type AnyMethod = Omit<Method, "run"> & { run(context: Context<never>): AsyncGenerator<Update, Outcome> };
