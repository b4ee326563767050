import type { Concepts } from "../concepts/concepts.ts";
import type { Image, Size } from "../image/image.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Labelled samples. Rows are read on demand, so a dataset may be larger than memory. */
export interface Dataset {
  /** The user's reference, e.g. `procedural:2000:0` or a path. The same text opens the dataset again. */
  readonly reference: string;
  readonly title: string;
  /** One sentence: the kind and number of samples. */
  readonly description: string;
  /** SHA-256 of everything that the samples and labels depend on. */
  readonly hash: string;
  readonly count: number;
  /** Label columns by name; the first is the default. */
  readonly labels: ReadonlyMap<string, LabelColumn>;
  readonly samples: Samples;
  /** Which pixels show which concept, if the dataset says so. */
  readonly concepts?: Concepts | undefined;
  /** A name of the row for users: its file or its number. */
  nameOf(row: number): string;
  /** A key for each row that is equal for equal content: duplicates must not be on both sides of a split. */
  readonly contentOf: readonly string[];
  /** The group of each row, if the dataset has groups; rows of one group stay together in splits. */
  readonly groups: Int32Array | undefined;
  /** The split into training and test rows, if the dataset specifies one. */
  readonly givenSplit: { readonly train: Int32Array; readonly test: Int32Array } | undefined;
}

export type Samples =
  | {
      readonly kind: "pictures";
      /** The image at its own size, or at `size` if `anySize` is true. */ read(row: number, size: Size): Image;
      readonly anySize: boolean;
    }
  | { readonly kind: "tensors"; /** [row, feature…], the model's input. */ readonly values: Tensor };

export interface LabelColumn {
  readonly name: string;
  readonly classes: readonly string[];
  /** The class index of each row. */
  readonly values: Int32Array;
}

/** Makes a label column; classes are ordered by name, or by value if they are numbers. */
export function labelColumn(name: string, words: readonly string[]): LabelColumn {
  const classes = [...new Set(words)].sort(byNumberThenName);
  const index = new Map(classes.map((word, i) => [word, i]));
  return { name, classes, values: Int32Array.from(words, (word) => index.get(word)!) };
}

const byNumberThenName = (a: string, b: string): number => {
  const difference = Number(a) - Number(b);
  return a.trim() !== "" && b.trim() !== "" && Number.isFinite(difference) ? difference : a < b ? -1 : a > b ? 1 : 0;
};

/** Numbers the distinct words; equal words get equal numbers. */
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
/** Names of folders or cells that assign rows to one side of a split. */
export const splitWord = new RegExp(`${trainWord.source}|${testWord.source}`, "i");

/** The split that the dataset specifies by one word per row, "train" or "test". */
export function splitFromWords(words: readonly string[]): Dataset["givenSplit"] {
  const rows = (pattern: RegExp): Int32Array =>
    Int32Array.from(words.flatMap((word, row) => (pattern.test(word.trim()) ? [row] : [])));
  const [train, test] = [rows(trainWord), rows(testWord)];
  return train.length > 0 && test.length > 0 ? { train, test } : undefined;
}
