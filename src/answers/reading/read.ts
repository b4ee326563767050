import type { Reading, ReadingValue } from "../../protocol/experiment.ts";
import type { Result } from "../../protocol/result.ts";
import { answerKind } from "../table.ts";
import { missing, segmentsOf, type Segment } from "./path.ts";
import type { ReadingContext } from "./reader.ts";
import { walk } from "./walk.ts";
import { messageOf } from "../../tensor/errors.ts";

/**
 * The value at a path of a result, e.g. `certificate.completeness.net` or `top.1.name`; if there is none, the reason.
 */
export function read(result: Result, path: string, context: ReadingContext): Reading {
  try {
    return { path, value: finite(valueAt(result, segmentsOf(path), context)), why: undefined };
  } catch (error) {
    return { path, value: undefined, why: messageOf(error) };
  }
}

function valueAt(
  { certificate, provenance, data }: Result,
  [first, ...rest]: readonly Segment[],
  context: ReadingContext,
): unknown {
  if (first === undefined) return missing("nothing is read");
  if (first.name === "certificate") return certificateAt(certificate, rest);
  if (first.name === "target") return provenance.target ?? missing("this analysis explains no target");
  if (first.name === "blank") return "blank" in data && data.blank !== undefined;
  return (
    answerKind(data.kind).read?.(data as never, first, rest, context) ?? walk(data, [first, ...rest], "the result")
  );
}

function certificateAt(certificate: Result["certificate"], [check, field]: readonly Segment[]): unknown {
  const ids = certificate.map(({ id }) => id);
  const found = certificate.find(({ id }) => id === check?.name);
  if (found === undefined)
    return missing(`the certificate has no check ${check?.name ?? ""}; it has ${ids.join(", ") || "none"}`);
  if (field === undefined || field.name === "status") return found.status;
  if (field.name === "value") return found.value;
  return (
    found.numbers[field.name] ??
    missing(
      `the check ${found.id} has no number ${field.name}; it has ${["status", ...Object.keys(found.numbers)].join(", ")}`,
    )
  );
}

function finite(value: unknown): ReadingValue {
  if (typeof value === "number" && !Number.isFinite(value))
    return missing(`it is ${value}, which is no number to compare`);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return missing("it is not one value");
}
