import type { Preprocessing } from "../data/image/preprocessing.ts";
import type { Contract } from "./contract.ts";
import type { DType } from "../tensor/dtype.ts";
import type { LanguageCard } from "./language-model.ts";
import type { Shape } from "../tensor/shape.ts";

/** The facts about an open model: what a panel's header and `glassbox sites` show. */
export type ModelCard = NetworkCard | LanguageCard;

/** A network that takes pictures or tensors. */
export interface NetworkCard {
  readonly kind: "network";
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly format: string;
  readonly producer: string;
  readonly inputs: readonly PortCard[];
  readonly outputs: readonly PortCard[];
  /** The file's operators and how often each occurs, most frequent first. */
  readonly operators: readonly (readonly [name: string, count: number])[];
  readonly parameters: number;
  readonly sites: readonly SiteCard[];
  /** Notes about the import that a person should know. */
  readonly notes: readonly string[];
  readonly contract: Contract;
  /** Set where the output has classes. */
  readonly classes:
    { readonly count: number; readonly names: readonly string[] | undefined; readonly source: string } | undefined;
  /** Set where the input is one picture. */
  readonly picture: PictureCard | undefined;
}

export interface PortCard {
  readonly name: string;
  readonly dtype: string;
  /** As in the file: a number, the name of a free dimension, or `?`. */
  readonly shape: readonly string[];
}

export interface SiteCard {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** What each axis means, e.g. `["batch", "row", "column", "channel"]`; `unknown` where it could not be followed. */
  readonly axes: readonly string[];
  readonly role: string;
  /** The number of channels, or features, in any layout; below it, the number of positions. Absent if an axis is unknown. */
  readonly channels?: number | undefined;
  readonly positions?: number | undefined;
  /** The rows and columns, if the positions are those of the picture. */
  readonly grid?: readonly [rows: number, columns: number] | undefined;
}

export interface PictureCard {
  readonly rows: number;
  readonly columns: number;
  readonly channels: 1 | 3;
  readonly layout: "NCHW" | "NHWC";
}

export type { Preprocessing };
