import type { Entry, OutputKind, OutputKindName } from "../protocol/contract.ts";
import type { Shape } from "../tensor/shape.ts";
import type { ValueName } from "../graph/graph.ts";
import type { Ending } from "./ending.ts";

/** An output of the graph, with the scores behind its last step. */
export interface Candidate {
  /** The file's name of the output. */
  readonly output: string;
  readonly value: ValueName;
  /** The shape of the output itself. */
  readonly given: Shape;
  readonly ending: Ending | undefined;
  /** The output itself, or what its last step is applied to. */
  readonly scores: ValueName;
  /** Of `scores`, with the batch in front. */
  readonly shape: Shape;
  /** Whether another output is computed from it. */
  readonly feedsAnother: boolean;
}

/** A part of the output that can be explained. */
export interface FoundHead {
  readonly output: string;
  readonly shape: Shape;
  readonly kind: Entry<OutputKind>;
  /** The values whose channels, one after another, are the numbers that targets read. */
  readonly parts: readonly HeadPart[];
  /** What a person should know about the choice. */
  readonly note: string | undefined;
}

export interface HeadPart {
  readonly value: ValueName;
  /** Unset where the sample is a single number. */
  readonly channelAxis: number | undefined;
}

/** What is known about a model besides its graph. */
export interface Hints {
  /** The input's picture, if it takes one. */
  readonly picture: { readonly rows: number; readonly columns: number; readonly layout: "NCHW" | "NHWC" } | undefined;
  /** How many class names the file or a neighbour gives. */
  readonly named: number | undefined;
  /** What a person wrote next to the model. */
  readonly said: { readonly output?: string | undefined; readonly kind?: OutputKindName | undefined } | undefined;
}
