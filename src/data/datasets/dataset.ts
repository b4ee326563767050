import type { Image, Size } from "../image/image.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Samples with labels, described once. Rows are read when they are needed, so a dataset may be larger than memory. */
export interface Dataset {
  /** How a person gave it, e.g. `procedural:2000:0` or a path: the same text opens it again. */
  readonly reference: string;
  readonly title: string;
  /** One sentence: what it is and how many there are. */
  readonly description: string;
  /** SHA-256 of everything that its samples and labels depend on. */
  readonly hash: string;
  readonly count: number;
  /** By name; the first is the one that is meant if none is named. */
  readonly labels: ReadonlyMap<string, LabelColumn>;
  readonly samples: Samples;
  /** What a person would call a row: its file, or its number. */
  nameOf(row: number): string;
  /** Equal for equal content: duplicates must not lie on both sides of a split. Groups are of equal numbers, too. */
  readonly contentOf: readonly string[];
  /** A number for each row; rows of one group belong together. */
  readonly groups: Int32Array | undefined;
  /** Where the dataset says itself what is for training and what for testing. */
  readonly givenSplit: { readonly train: Int32Array; readonly test: Int32Array } | undefined;
}

export type Samples =
  | {
      readonly kind: "pictures";
      /** At its own size, unless the dataset can be drawn at any. */ read(row: number, size: Size): Image;
      readonly anySize: boolean;
    }
  | { readonly kind: "tensors"; /** [row, feature…], the model's own input. */ readonly values: Tensor };

export interface LabelColumn {
  readonly name: string;
  readonly classes: readonly string[];
  /** The class of each row. */
  readonly values: Int32Array;
}

/** Classes in order of their names, numbers by size. */
export function labelColumn(name: string, words: readonly string[]): LabelColumn {
  const classes = [...new Set(words)].sort(byNumberThenName);
  const index = new Map(classes.map((word, i) => [word, i]));
  return { name, classes, values: Int32Array.from(words, (word) => index.get(word)!) };
}

const byNumberThenName = (a: string, b: string): number => {
  const difference = Number(a) - Number(b);
  return a.trim() !== "" && b.trim() !== "" && Number.isFinite(difference) ? difference : a < b ? -1 : a > b ? 1 : 0;
};

/** A number for each distinct word. */
export function numbered(words: readonly string[]): Int32Array {
  const index = new Map<string, number>();
  return Int32Array.from(words, (word) => {
    const known = index.get(word) ?? index.size;
    index.set(word, known);
    return known;
  });
}

const trainWord = /^train(ing)?$/i;
const testWord = /^(test(ing)?|valid(ation)?|val)$/i;
/** What a folder or a cell says that belongs to one side. */
export const splitWord = new RegExp(`${trainWord.source}|${testWord.source}`, "i");

/** Rows that the dataset itself calls train and test, by a word each. */
export function splitFromWords(words: readonly string[]): Dataset["givenSplit"] {
  const rows = (pattern: RegExp): Int32Array =>
    Int32Array.from(words.flatMap((word, row) => (pattern.test(word.trim()) ? [row] : [])));
  const [train, test] = [rows(trainWord), rows(testWord)];
  return train.length > 0 && test.length > 0 ? { train, test } : undefined;
}
