/** Concepts in pictures: which pixels of which picture show what. Every source of concepts becomes this one type. */

export interface Concept {
  /** Unique within its set. */
  readonly name: string;
  /** e.g. `colour`. A unit is compared with a concept only in pictures that have a concept of the same category. */
  readonly category: string;
  /** The concept has the same pixels in every picture, e.g. a position. Exchanging pictures then says nothing about it. */
  readonly fixed?: true;
}

/** The pixels of one concept in one picture. */
export interface ConceptMask {
  /** Its index in the list of concepts. */
  readonly concept: number;
  /** One bit per point, in rows from the top; see `bits.ts`. */
  readonly bits: Uint32Array;
}

/** The points at which masks are read, as shares of the picture's width and height; outside [0, 1) there is no picture. */
export interface SamplePoints {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface Concepts {
  readonly list: readonly Concept[];
  /** The concepts that a picture shows, in the order of `list`, with a bit for each point. Concepts that cover none of the points are left out. */
  masks(row: number, points: SamplePoints): readonly ConceptMask[];
  /** Sentences about what was left out, and why. */
  readonly notes: readonly string[];
}

/** The centres of the cells of a grid over the whole picture. */
export const cellCentres = (columns: number, rows: number): SamplePoints => ({
  x: Float64Array.from({ length: columns }, (_, i) => (i + 0.5) / columns),
  y: Float64Array.from({ length: rows }, (_, i) => (i + 0.5) / rows),
});
