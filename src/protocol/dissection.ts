/** Network dissection: what each unit of a layer detects, measured against concepts in labelled pictures. */

/** `trained`: the model. `random`: the same network with random weights. `rotated`: the model's units, mixed by a random rotation. */
export type DissectionSeries = "trained" | "random" | "rotated";

/** What a whole layer detects, in one series. */
export interface LayerCount {
  readonly series: DissectionSeries;
  /** Units that are not silent. */
  readonly units: number;
  /** Units whose IoU is above the limit. */
  readonly detectors: number;
  /** Distinct labels of detectors. */
  readonly uniqueLabels: number;
  /** The mean of the units' best IoU; silent units are left out. */
  readonly meanIou: number;
  /** Detectors by the category of their label, in the order of `categories`. */
  readonly byCategory: readonly number[];
}

/** The best concept of one category for one unit. */
export interface CategoryLabel {
  readonly category: string;
  readonly label: string;
  readonly iou: number;
}

/**
 * `labelled`: it has a best concept. `silent`: its value is the same everywhere, or no point is above its threshold.
 * `unmatched`: it is active where no concept is. `invalid`: it has values that are not finite.
 */
export type UnitState = "labelled" | "silent" | "unmatched" | "invalid";

export interface DissectedUnit {
  readonly unit: number;
  readonly state: UnitState;
  /** The activation above which it counts as active; unset if it is invalid. */
  readonly threshold?: number | undefined;
  /** The share of all points at which it is active. */
  readonly active: number;
  /** A concept, or a formula of concepts. Unset unless it is labelled; so is all that follows. */
  readonly label?: string | undefined;
  readonly category?: string | undefined;
  readonly iou?: number | undefined;
  /** The greatest IoU that areas of these sizes can have: the smaller by the larger. */
  readonly ceiling?: number | undefined;
  /** IoU divided by its ceiling. */
  readonly normalized?: number | undefined;
  /** The share of its active points that show the concept, and the share of the concept's points where it is active. */
  readonly precision?: number | undefined;
  readonly recall?: number | undefined;
  /** Pictures ranked by the unit's greatest activation: average precision of those that show the concept; by chance it is `prevalence`. */
  readonly pictureAp?: number | undefined;
  readonly prevalence?: number | undefined;
  /** The chance of such an IoU if masks belonged to other pictures, and its false-discovery rate over all units (Benjamini, Hochberg). Unset if the concept is the same in every picture. */
  readonly p?: number | undefined;
  readonly q?: number | undefined;
  /** The share of bootstrap samples of the pictures that give the same label. */
  readonly stability?: number | undefined;
  readonly byCategory: readonly CategoryLabel[];
  /** What setting the unit to 0 does to the class scores of the pictures that activate it most. */
  readonly ablation?:
    | {
        /** Mean Kullback–Leibler divergence of the class probabilities without it from those with it, in nats. */
        readonly divergence: number;
        /** The share of pictures whose first class changes. */
        readonly changed: number;
        readonly pictures: number;
      }
    | undefined;
  /** The pictures with its greatest activation, greatest first. */
  readonly top: readonly number[];
}

export type DissectionVariant = "paper" | "lite" | "compositional";

export interface Dissection {
  readonly kind: "dissection";
  readonly site: string;
  readonly variant: DissectionVariant;
  /** An IoU above it makes a unit a detector. */
  readonly limit: number;
  /** The positions of a unit in a picture. */
  readonly grid: readonly [rows: number, columns: number];
  /** The points at which masks are compared, in a picture. */
  readonly points: readonly [rows: number, columns: number];
  readonly pictures: number;
  readonly categories: readonly string[];
  readonly concepts: readonly {
    readonly name: string;
    readonly category: string;
    /** The share of all points. */
    readonly share: number;
    /** The number of pictures that show it. */
    readonly pictures: number;
  }[];
  readonly units: readonly DissectedUnit[];
  readonly counts: readonly LayerCount[];
  /** The best IoU of units with masks of other pictures: its mean, and the value that 5 % exceed. */
  readonly shuffled?: { readonly mean: number; readonly quantile95: number } | undefined;
  /** What was left out, and why. */
  readonly notes: readonly string[];
  /** Sentences, generated from the data, that summarize it. */
  readonly summary: readonly string[];
}

/** What one series detects; unset if it was not computed. */
export const countOf = ({ counts }: Pick<Dissection, "counts">, series: LayerCount["series"]): LayerCount | undefined =>
  counts.find((each) => each.series === series);

/** Units whose IoU is above the limit. */
export const detectorsOf = ({ units, limit }: Pick<Dissection, "units" | "limit">): readonly DissectedUnit[] =>
  units.filter(({ iou = 0 }) => iou > limit);

/** Detectors whose label is unlikely by chance, at a false-discovery rate of 5 %. */
export const significantOf = (data: Pick<Dissection, "units" | "limit">): readonly DissectedUnit[] =>
  detectorsOf(data).filter(({ q }) => q !== undefined && q <= 0.05);
