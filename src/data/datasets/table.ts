import { createHash } from "node:crypto";
import path from "node:path";
import { namedPath } from "../../files/local-path.ts";
import { sizeOnDisk } from "../../files/look.ts";
import { readWhole, textOf } from "../../files/read-whole.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { requireMemory } from "../../tensor/memory-budget.ts";
import { float32 } from "../../tensor/tensor.ts";
import { labelColumn, numbered, splitFromWords, type Dataset } from "./dataset.ts";
import { readDelimited, type Delimited } from "./delimited.ts";
import { picturesDataset } from "./picture-folder.ts";

const pathNames = /^(path|file|filename|image|picture)$/i;
const groupNames = /^(group|subject|document|prompt|patient)(_?id)?$/i;
const splitNames = /^(split|subset|part)$/i;
const mostClasses = 200;
/** A text of JavaScript is not longer. */
const mostTableBytes = 1 << 29;

/** The memory of a table's cells, as a multiple of its text: a short cell takes more as a string than in the file. */
const cellShare = 12;

/** A CSV or TSV file with labels and either a column of paths or columns of features. */
export function tableDataset(file: string, mostBytes = Infinity): Dataset {
  requireMemory(sizeOnDisk(file) * cellShare, mostBytes, "reading this table", {
    where: file,
    hint: "Save its numbers as .npz, which takes far less memory, or raise the memory budget.",
  });
  const bytes = readWhole(file, mostTableBytes);
  const table = readDelimited(textOf(bytes), path.basename(file));
  const words = (column: number): string[] => table.rows.map((row) => row[column]!.trim());
  const find = (pattern: RegExp): number => table.columns.findIndex((name) => pattern.test(name));
  const [paths, group, split] = [find(pathNames), find(groupNames), find(splitNames)];
  const groupWords = group < 0 ? undefined : numbered(words(group));
  const splitWords = split < 0 ? undefined : words(split);
  const rest = table.columns.flatMap((_, column) => ([paths, group, split].includes(column) ? [] : [column]));
  if (paths >= 0) {
    const folder = path.dirname(file);
    const columns = rest
      .map((column) => [table.columns[column]!, words(column)] as const)
      .filter(([, each]) => isLabel(each));
    if (columns.length === 0) throw noLabels(file);
    return picturesDataset({
      reference: file,
      title: path.basename(file),
      files: words(paths).map((each) => namedPath(folder, each, file)),
      columns,
      splitWords,
      groupWords,
      base: folder,
      mostBytes,
    });
  }
  const { labels, features } = columnsOf(table, rest);
  if (labels.length === 0 || features.length === 0) throw noLabels(file);
  const values = new Float32Array(table.rows.length * features.length);
  table.rows.forEach((row, r) =>
    features.forEach((column, c) => (values[r * features.length + c] = Number(row[column]))),
  );
  const columns = labels.map((column) => labelColumn(table.columns[column]!, words(column)));
  return {
    reference: file,
    title: path.basename(file),
    description: `${table.rows.length} rows of ${features.length} features.`,
    hash: createHash("sha256").update(bytes).digest("hex"),
    count: table.rows.length,
    labels: new Map(columns.map((label) => [label.name, label])),
    samples: { kind: "tensors", values: float32([table.rows.length, features.length], values) },
    nameOf: (row) => `row ${row + 2}`,
    contentOf: table.rows.map((row) => features.map((column) => row[column]).join("\u0000")),
    groups: groupWords,
    givenSplit: splitWords && splitFromWords(splitWords),
  };
}

/** Label columns are those of words, and those with a label's name; all others are features. If there is no label column, the last column is the label. */
function columnsOf(
  { columns, rows }: Delimited,
  among: readonly number[],
): { readonly labels: readonly number[]; readonly features: readonly number[] } {
  const isFeature = (column: number): boolean =>
    !/^(label|class|target|y)$/i.test(columns[column]!) &&
    rows.every((row) => row[column]!.trim() !== "" && Number.isFinite(Number(row[column])));
  const features = among.filter(isFeature);
  const labels = among.filter((column) => !isFeature(column) && isLabel(rows.map((row) => row[column]!)));
  if (labels.length > 0 || features.length < 2) return { labels, features };
  return { labels: features.slice(-1), features: features.slice(0, -1) };
}

function isLabel(words: readonly string[]): boolean {
  const classes = new Set(words).size;
  return classes >= 2 && classes <= Math.min(mostClasses, words.length / 2) && words.every((word) => word !== "");
}

const noLabels = (file: string): GlassboxError =>
  new GlassboxError("input", "the table has no column of labels, or no other column", {
    where: file,
    hint: "It needs a column `path` or columns of numbers, and a column of 2 to 200 classes, each with several rows.",
  });
