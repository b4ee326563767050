import { nearestWords } from "../../tensor/nearest.ts";
import { toFloat64, type Tensor } from "../../tensor/tensor.ts";
import { missing, type Segment } from "./path.ts";

/** Follows a path through records by name, through lists counted from 1, and into tensors by their statistics. */
export function walk(value: unknown, [segment, ...rest]: readonly Segment[], what: string): unknown {
  if (segment === undefined) return leaf(value, what);
  if (isTensor(value)) return tensorValue(value, segment);
  if (Array.isArray(value)) {
    const rank = Number(segment.name);
    const item: unknown = Number.isInteger(rank) && rank >= 1 ? value[rank - 1] : undefined;
    return item === undefined
      ? missing(`${what} has ${value.length} entries, counted from 1; there is no ${segment.name}`)
      : walk(item, rest, `${what}'s ${segment.name}`);
  }
  if (typeof value === "object" && value !== null) {
    const inner = (value as Record<string, unknown>)[segment.name];
    if (inner !== undefined) return walk(inner, rest, segment.name);
    const names = Object.keys(value).filter((name) => name !== "kind");
    const near = nearestWords(segment.name, names);
    return missing(
      `${what} has no ${segment.name}; ${near.length ? `near to it are ${near.join(", ")}` : `it has ${names.join(", ")}`}`,
    );
  }
  return missing(`${what} is ${String(value)}, which has no ${segment.name}`);
}

function leaf(value: unknown, what: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("name" in value) return value.name;
  return missing(
    `${what} is not one value; read on: ${isTensor(value) ? tensorWords.join(", ") : Object.keys(value).join(", ")}`,
  );
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
      const indices = (argument ?? "").split(",").map(Number);
      const inside =
        indices.length === tensor.shape.length &&
        indices.every((index, axis) => Number.isInteger(index) && index >= 0 && index < tensor.shape[axis]!);
      if (!inside)
        return missing(`at(${argument ?? ""}) is not an index of [${tensor.shape.join(", ")}], counted from 0`);
      return values[indices.reduce((offset, index, axis) => offset * tensor.shape[axis]! + index, 0)]!;
    }
    default:
      return missing(`numbers have no ${name}; they have ${tensorWords.join(", ")}`);
  }
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && "dtype" in value && "data" in value && ArrayBuffer.isView(value.data);
