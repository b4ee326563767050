/**
 * What a model is: what goes in, what comes out, and how each of these is known. It is decided once, when a model is
 * opened; every surface shows it and every answer is kept under it.
 */
import type { Shape } from "../tensor/shape.ts";
import type { Preprocessing } from "./model.ts";

export interface Contract {
  /** In the file's order. */
  readonly inputs: readonly InputContract[];
  /** The parts of the output that can be explained: the chosen one first. */
  readonly heads: readonly HeadContract[];
  /** Why nothing can be explained, if `heads` is empty. */
  readonly unexplained: string | undefined;
  /** The names of the first head's classes, if it has classes. */
  readonly names: Entry<readonly string[] | undefined> | undefined;
}

/** One statement about a model: its value, how it is known, and whether a person should confirm it. */
export interface Entry<Value> {
  readonly value: Value;
  readonly evidence: Evidence;
  readonly sure: boolean;
}

export interface Evidence {
  readonly from: EvidenceSource;
  /** One sentence. */
  readonly words: string;
  /** What was measured, by name. */
  readonly figures?: Readonly<Record<string, number>> | undefined;
}

/**
 * - `file`: the model's own file says so, or its graph computes it
 * - `neighbour`: a file next to it says so
 * - `measured`: the network was run, or its numbers were compared
 * - `person`: a person said so
 * - `usual`: nothing says so; it is what most models do
 */
export type EvidenceSource = "file" | "neighbour" | "measured" | "person" | "usual";

export interface InputContract {
  readonly name: string;
  /** The element type in the file's words. */
  readonly elementType: string;
  readonly axes: Entry<readonly InputAxis[]>;
  /** What the input gets: what is explained, or a constant that every sample gets. */
  readonly role: Entry<{ readonly is: "explained" } | { readonly is: "constant"; readonly value: number }>;
  /** How a picture becomes this input; unset for anything that is no picture, and before a picture was seen. */
  readonly preprocessing: Entry<Preprocessing> | undefined;
}

export interface InputAxis {
  readonly means: string;
  readonly size: number;
  /** The file's symbol, if it leaves the size free. */
  readonly free: string | undefined;
}

export interface HeadContract {
  /** The name of the file's output, or of the two outputs that belong together. */
  readonly output: string;
  readonly shape: Shape;
  readonly kind: Entry<OutputKind>;
}

/** What the numbers of an output are. */
export type OutputKind =
  /** One of several classes: logits, whose softmax is a distribution. `given`: what the file itself gives out. */
  | { readonly is: "classes"; readonly classes: number; readonly given: Given }
  /** Several classes, each for itself: the sigmoid of each score is its own probability. */
  | { readonly is: "independent"; readonly classes: number; readonly given: Given }
  /** One score for two classes: its sigmoid is the probability of the second. */
  | { readonly is: "binary"; readonly given: Given }
  /** Numbers that are no scores. The bounds are those of the last activation function. */
  | { readonly is: "number"; readonly numbers: number; readonly range: Range }
  /** Class scores for each pixel. */
  | {
      readonly is: "segmentation";
      readonly classes: number;
      readonly rows: number;
      readonly columns: number;
      /** Whether a pixel is of one class only. */
      readonly exclusive: boolean;
      readonly given: Given;
    }
  /** A picture or another number for each pixel, e.g. a depth. */
  | {
      readonly is: "pixels";
      readonly channels: number;
      readonly rows: number;
      readonly columns: number;
      readonly range: Range;
    }
  | ({ readonly is: "boxes" } & BoxLayout)
  | { readonly is: "embedding"; readonly size: number; readonly unitLength: boolean }
  /** Numbers for each token or place. */
  | {
      readonly is: "sequence";
      readonly positions: number;
      readonly features: number;
      /** Whether a softmax makes the features of a place a distribution. */
      readonly exclusive: boolean;
    };

export type OutputKindName = OutputKind["is"];

/** What a file gives out where scores are meant. */
export type Given = "logits" | "probabilities" | "log-probabilities" | "labels";

/** Bounds of a number; an unset one does not bind. */
export interface Range {
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** Candidate boxes: how the numbers of each are laid out. */
export interface BoxLayout {
  readonly layout: BoxLayoutName;
  readonly boxes: number;
  readonly classes: number;
  /** Four numbers: the centre, width and height, or two opposite corners. */
  readonly coordinates: "centre" | "corners";
  /** Whether the numbers are pixels of the input or shares of its sides. */
  readonly unit: "pixels" | "shares";
  /** Whether the fifth number says how sure it is that there is an object at all. */
  readonly objectness: boolean;
  /** Further numbers of each box behind its classes, e.g. coefficients of a mask. */
  readonly further: number;
  /** What the class numbers are. */
  readonly scores: "probabilities" | "logits" | "independent-logits";
  /** Classes that mean "no object": its index, if there is one. */
  readonly background: number | undefined;
}

export type BoxLayoutName = "yolo-v5" | "yolo-v8" | "yolox" | "end-to-end" | "ssd" | "detr";
