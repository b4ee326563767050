import { isScalar, isSeq, type Node } from "yaml";
import { nearestWords } from "../tensor/nearest.ts";
import { aggregates, type Aggregate } from "../answers/reading/aggregate.ts";
import type { Claim, Comparison, Tolerance } from "./experiment.ts";
import type { Entry, YamlReader } from "./yaml-reader.ts";

export const comparisonKeys = ["is", "isNot", "above", "below", "atLeast", "atMost", "between", "oneOf"] as const;
export const claimKeys = ["expect", "on", "over", "within", "because", ...comparisonKeys] as const;

/** The units of a tolerance: percent of the expected number, percentage points, or the value's own unit. */
export const toleranceUnits = [
  "%",
  "points",
  "logits",
  "nats",
  "bits",
  "probability",
  "share",
  "accuracy",
  "evaluations",
  "pixels",
  "units",
] as const;

export function readClaim(reader: YamlReader, node: Node): Claim | undefined {
  const entries = reader.mapping(node, "A claim", claimKeys);
  if (entries === undefined) return undefined;
  const reading = reader.text(entries.get("expect"), "What is expected");
  if (reading === undefined)
    return entries.has("expect")
      ? undefined
      : reader.fault(
          "missing",
          "A claim says what it reads: `expect: ig.certificate.completeness.net`.",
          reader.rangeOf(node),
        );
  const comparison = readComparison(reader, entries, node);
  return (
    comparison && {
      reading,
      comparison,
      on: reader.text(entries.get("on"), "The input"),
      over: readAggregate(reader, entries.get("over")),
      because: reader.text(entries.get("because"), "The reason")?.value ?? "",
      range: reader.rangeOf(node),
    }
  );
}

function readComparison(reader: YamlReader, entries: ReadonlyMap<string, Entry>, node: Node): Comparison | undefined {
  const named = comparisonKeys.filter((key) => entries.has(key));
  const [kind] = named;
  if (kind === undefined || named.length > 1) {
    return reader.fault(
      "comparison",
      `A claim needs one comparison${kind === undefined ? "" : `, but has ${named.join(" and ")}`}: ${comparisonKeys.join(", ")}.`,
      reader.rangeOf(node),
    );
  }
  const entry = entries.get(kind)!;
  const within = readTolerance(reader, entries.get("within"));
  if (entries.has("within") && kind !== "is")
    reader.fault(
      "tolerance",
      `A tolerance goes with \`is\`, not with \`${kind}\`, which is a bound already.`,
      entries.get("within")!.key,
    );
  switch (kind) {
    case "between": {
      const [low, high, ...rest] = numbersOf(entry.node);
      if (low === undefined || high === undefined || rest.length || low > high)
        return reader.fault(
          "shape",
          "`between` takes two numbers, the smaller first: `between: [0.3, 0.4]`.",
          entry.key,
        );
      return { kind, low, high };
    }
    case "oneOf": {
      const choices = isSeq(entry.node)
        ? entry.node.items.flatMap((item) =>
            isScalar(item) && (typeof item.value === "string" || typeof item.value === "number") ? [item.value] : [],
          )
        : [];
      if (choices.length === 0)
        return reader.fault("shape", "`oneOf` takes a list: `oneOf: [tabby, tiger cat]`.", entry.key);
      return { kind, choices };
    }
    case "is": {
      const expected = reader.scalar(entry, "What it is");
      return expected && { kind, expected, within };
    }
    default: {
      const expected = reader.scalar(entry, "The bound");
      return expected && { kind, expected };
    }
  }
}

const numbersOf = (node: Node | null): number[] =>
  isSeq(node)
    ? node.items.flatMap((item) =>
        isScalar(item) && typeof item.value === "number" && Number.isFinite(item.value) ? [item.value] : [],
      )
    : [];

function readAggregate(reader: YamlReader, entry: Entry | undefined): Aggregate | undefined {
  const text = reader.text(entry, "What it is over");
  if (text === undefined) return undefined;
  const found = aggregates.find((name) => name === text.value);
  return (
    found ??
    reader.fault(
      "unknown-word",
      `\`over\` is one of: ${aggregates.join(", ")}.`,
      text.range,
      nearestWords(text.value, aggregates),
    )
  );
}

function readTolerance(reader: YamlReader, entry: Entry | undefined): Tolerance | undefined {
  const text = reader.text(entry, "The tolerance");
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%|[a-z]+)?$/i.exec(text.value);
  if (match === null)
    return reader.fault(
      "tolerance",
      "A tolerance is a number and its unit: `2 %`, `0.5 points`, `0.01 logits`.",
      text.range,
    );
  const unit = match[2] ?? "";
  if (unit !== "" && !toleranceUnits.includes(unit as never)) {
    const near = nearestWords(unit, toleranceUnits);
    return reader.fault(
      "unit",
      `There is no unit ${unit}. The units are: ${toleranceUnits.join(", ")}.`,
      text.range,
      near.map((each) => `${match[1]} ${each}`),
    );
  }
  return { amount: Number(match[1]), unit };
}
