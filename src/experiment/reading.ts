import type { Heatmap, Prediction, Result } from "../protocol/result.ts";
import type { Reading, ReadingValue } from "../protocol/experiment.ts";
import { toFloat64, type Tensor } from "../tensor/tensor.ts";
import { nearestWords } from "../tensor/nearest.ts";

/** `ig.certificate.completeness.net` is the path `certificate.completeness.net` of the analysis `ig`. */
export interface ReadingPath {
  readonly analysis: string;
  readonly path: string;
}

/** Splits at the analysis; names of several sites hold dots, so the longest name that fits is meant. */
export function splitReading(text: string, analyses: readonly string[]): ReadingPath | undefined {
  const fitting = analyses.filter((id) => text === id || text.startsWith(`${id}.`)).sort((a, b) => b.length - a.length);
  const [analysis] = fitting;
  return analysis === undefined || text === analysis ? undefined : { analysis, path: text.slice(analysis.length + 1) };
}

/** What a reading may need besides the result. */
export interface ReadingContext {
  readonly classNames: readonly string[] | undefined;
  /** How much of each place of the model's input lies on the object, 0 to 1: the input's own `mask`, or a file's. */
  readonly mask: (name: string) => Mask;
}

export interface Mask {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
}

/** A reading that cannot be made, in a sentence. */
class NoReading extends Error {}

const missing = (sentence: string): never => {
  throw new NoReading(sentence);
};

export function read(result: Result, path: string, context: ReadingContext): Reading {
  try {
    return { path, value: finite(valueAt(result, segmentsOf(path), context)), why: undefined };
  } catch (error) {
    return { path, value: undefined, why: error instanceof Error ? error.message : String(error) };
  }
}

interface Segment {
  readonly name: string;
  /** What stands in parentheses. */
  readonly argument: string | undefined;
}

/** `top.1.name`, `share(mask)`, `at(0, 3, 5)`: names apart by dots, the last with an argument perhaps. */
export function segmentsOf(path: string): readonly Segment[] {
  const words = path.match(/[^.()]+(?:\([^)]*\))?/g) ?? [];
  if (words.join(".") !== path) missing(`the path ${path} cannot be read; write for example certificate.completeness.net, top.1.name or share(mask)`);
  return words.map((word) => {
    const match = /^([^(]+)(?:\((.*)\))?$/.exec(word)!;
    return { name: match[1]!.trim(), argument: match[2]?.trim() };
  });
}

function valueAt(result: Result, [first, ...rest]: readonly Segment[], context: ReadingContext): unknown {
  const { certificate, provenance, data } = result;
  if (first === undefined) return missing("nothing is read");
  if (first.name === "certificate") return certificateAt(certificate, rest);
  if (first.name === "target") return provenance.target ?? missing("this method explains no target");
  if (first.name === "blank") return "blank" in data && data.blank !== undefined;
  if (data.kind === "heatmap") {
    if (first.name === "share") return shareOn(data, context.mask(first.argument ?? "mask"));
    if (first.name === "half") return placesOfHalf(data);
    if (first.name === "map") return walk(data.values, rest, "the map");
  }
  if (data.kind === "prediction" && (first.name === "probability" || first.name === "logit")) return classValue(data, first, context);
  return walk(data, [first, ...rest], "the result");
}

function certificateAt(certificate: Result["certificate"], [check, field]: readonly Segment[]): unknown {
  const ids = certificate.map(({ id }) => id);
  const found = certificate.find(({ id }) => id === check?.name);
  if (found === undefined) return missing(`the certificate has no check ${check?.name ?? ""}; it has ${ids.join(", ") || "none"}`);
  if (field === undefined || field.name === "status") return found.status;
  if (field.name === "value") return found.value;
  return found.numbers[field.name] ?? missing(`the check ${found.id} has no number ${field.name}; it has ${["status", ...Object.keys(found.numbers)].join(", ")}`);
}

/** Through records by name, through lists counted from 1 as people rank, into tensors by what they say. */
function walk(value: unknown, [segment, ...rest]: readonly Segment[], what: string): unknown {
  if (segment === undefined) return leaf(value, what);
  if (isTensor(value)) return tensorValue(value, segment);
  if (Array.isArray(value)) {
    const rank = Number(segment.name);
    const item: unknown = Number.isInteger(rank) && rank >= 1 ? value[rank - 1] : undefined;
    return item === undefined ? missing(`${what} has ${value.length} entries, counted from 1; there is no ${segment.name}`) : walk(item, rest, `${what}'s ${segment.name}`);
  }
  if (typeof value === "object" && value !== null) {
    const inner = (value as Record<string, unknown>)[segment.name];
    if (inner !== undefined) return walk(inner, rest, segment.name);
    const names = Object.keys(value).filter((name) => name !== "kind");
    const near = nearestWords(segment.name, names);
    return missing(`${what} has no ${segment.name}; ${near.length ? `near to it are ${near.join(", ")}` : `it has ${names.join(", ")}`}`);
  }
  return missing(`${what} is ${String(value)}, which has no ${segment.name}`);
}

function leaf(value: unknown, what: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("name" in value) return value.name;
  return missing(`${what} is not one value; read on: ${isTensor(value) ? tensorWords.join(", ") : Object.keys(value).join(", ")}`);
}

const tensorWords = ["least", "greatest", "sum", "mean", "magnitude", "norm", "at(…)"];

function tensorValue(tensor: Tensor, { name, argument }: Segment): number {
  const values = toFloat64(tensor);
  const sum = (of: (value: number) => number): number => values.reduce((total, value) => total + of(value), 0);
  switch (name) {
    case "least":
      return values.reduce((a, b) => Math.min(a, b), Infinity);
    case "greatest":
      return values.reduce((a, b) => Math.max(a, b), -Infinity);
    case "sum":
      return sum((value) => value);
    case "mean":
      return sum((value) => value) / values.length;
    case "magnitude":
      return sum(Math.abs);
    case "norm":
      return Math.sqrt(sum((value) => value * value));
    case "at": {
      const place = (argument ?? "").split(",").map(Number);
      const inside = place.length === tensor.shape.length && place.every((index, axis) => Number.isInteger(index) && index >= 0 && index < tensor.shape[axis]!);
      if (!inside) return missing(`at(${argument ?? ""}) is no place of [${tensor.shape.join(", ")}], counted from 0`);
      return values[place.reduce((offset, index, axis) => offset * tensor.shape[axis]! + index, 0)]!;
    }
    default:
      return missing(`numbers have no ${name}; they have ${tensorWords.join(", ")}`);
  }
}

function classValue({ logits }: Prediction, { name, argument }: Segment, { classNames }: ReadingContext): number {
  const values = toFloat64(logits);
  const wanted = argument ?? "";
  const index = /^\d+$/.test(wanted) ? Number(wanted) : (classNames?.findIndex((each) => each.toLowerCase() === wanted.toLowerCase()) ?? -1);
  if (index < 0 || index >= values.length) return missing(`the model has no class ${wanted}; it has ${values.length}`);
  if (name === "logit") return values[index]!;
  const max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return Math.exp(values[index]! - max) / values.reduce((total, value) => total + Math.exp(value - max), 0);
}

/** Σ |a| over channels, for each place. */
function magnitudes({ values }: Heatmap): { readonly rows: number; readonly columns: number; readonly values: Float64Array } {
  const [channels, rows, columns] = values.shape as [number, number, number];
  const numbers = toFloat64(values);
  const sums = new Float64Array(rows * columns);
  for (let c = 0; c < channels; c++) for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + Math.abs(numbers[c * sums.length + i]!);
  return { rows, columns, values: sums };
}

/** The share of the magnitude that lies on the object. A coarse cell counts by the part of it that the object covers. */
export function shareOn(map: Heatmap, mask: Mask): number {
  const { rows, columns, values } = magnitudes(map);
  const covered = new Float64Array(values.length);
  const pixels = new Float64Array(values.length);
  for (let y = 0; y < mask.rows; y++) {
    for (let x = 0; x < mask.columns; x++) {
      const cell = Math.floor((y * rows) / mask.rows) * columns + Math.floor((x * columns) / mask.columns);
      covered[cell] = covered[cell]! + mask.values[y * mask.columns + x]!;
      pixels[cell] = pixels[cell]! + 1;
    }
  }
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return missing("the map is blank, so it has no share anywhere");
  return values.reduce((sum, value, i) => sum + (pixels[i] ? (value * covered[i]!) / pixels[i]! : 0), 0) / total;
}

/** The smallest share of the places that holds half of the magnitude. */
function placesOfHalf(map: Heatmap): number {
  const { values } = magnitudes(map);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return missing("the map is blank");
  const sorted = values.slice().sort().reverse();
  let held = 0;
  return (sorted.findIndex((value) => (held += value) >= total / 2) + 1) / values.length;
}

const isTensor = (value: unknown): value is Tensor => typeof value === "object" && value !== null && "dtype" in value && "data" in value && ArrayBuffer.isView(value.data);

function finite(value: unknown): ReadingValue {
  if (typeof value === "number" && !Number.isFinite(value)) return missing(`it is ${value}, which is no number to compare`);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return missing("it is not one value");
}
