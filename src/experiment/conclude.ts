import type { ClaimOutcome, Reading, ReadingValue, TaskCard } from "../protocol/experiment.ts";
import { aggregate } from "../answers/reading/aggregate.ts";
import type { Claim, Comparison, Experiment, Expected } from "./experiment.ts";
import { splitReading } from "./split-reading.ts";

/** The part of a task that claims need. It is small, so that the shards of a large experiment can be merged. */
export interface Read {
  readonly task: Pick<TaskCard, "input" | "analysis">;
  readonly readings: readonly Reading[];
}

/** Whether a name in a claim refers to an analysis: to itself, or to one of its sites. */
const refersTo = (name: string, analysis: string): boolean => analysis === name || analysis.startsWith(`${name}@`);

/** The paths that claims read from one task. */
export function pathsFor(
  { claims }: Pick<Experiment, "claims">,
  task: Read["task"],
  analyses: readonly string[],
): readonly string[] {
  const names = [...new Set([...analyses, ...analyses.map((id) => id.replace(/@.*$/s, ""))])];
  const paths = claims
    .filter(({ on }) => on === undefined || on.value === task.input)
    .flatMap((claim) => [claim.reading.value, ...otherReading(claim.comparison)])
    .flatMap((text) => splitReading(text, names) ?? [])
    .filter(({ analysis }) => refersTo(analysis, task.analysis))
    .map(({ path }) => path);
  return [...new Set(paths)];
}

const otherReading = (comparison: Comparison): readonly string[] =>
  "expected" in comparison && typeof comparison.expected.value === "string" ? [comparison.expected.value] : [];

/** Checks every claim against the read values, in the order of the file. */
export function conclude({ claims }: Pick<Experiment, "claims">, reads: readonly Read[]): readonly ClaimOutcome[] {
  const analyses = [...new Set(reads.map(({ task }) => task.analysis))];
  const names = [...new Set([...analyses, ...analyses.map((id) => id.replace(/@.*$/s, ""))])];
  return claims.map((claim, index) => ({ index, range: claim.range, ...judge(claim, reads, names) }));
}

type Judged = Omit<ClaimOutcome, "index" | "range">;

interface Case {
  readonly where: string;
  readonly found: ReadingValue;
  readonly expected: ReadingValue | undefined;
}

function judge(claim: Claim, reads: readonly Read[], names: readonly string[]): Judged {
  const { reading, comparison, on, over } = claim;
  const split = splitReading(reading.value, names);
  const what = `${over ? `the ${over} of ` : ""}${reading.value}${on ? ` on ${on.value}` : ""}`;
  const unknown = (why: string): Judged => ({
    status: "unknown",
    what,
    expected: expectation(comparison, undefined),
    found: "nothing",
    sentence: `${what} is not known: ${why.replace(/\.$/, "")}.`,
  });
  if (split === undefined) return unknown("no analysis has this name");
  const concerned = reads.filter(
    ({ task }) => refersTo(split.analysis, task.analysis) && (on === undefined || on.value === task.input),
  );
  if (concerned.length === 0) return unknown("nothing ran that it speaks of");
  const cases: Case[] = [];
  for (const { task, readings } of concerned) {
    const one = readings.find(({ path }) => path === split.path);
    if (one?.value === undefined) return unknown(`${one?.why ?? "the analysis gave no result"} (${task.input})`);
    const expected = expectedFor(comparison, task.input, reads, names);
    if (typeof expected === "object") return unknown(`${expected.why} (${task.input})`);
    cases.push({
      where:
        concerned.length > 1 ? ` on ${task.input}${task.analysis === split.analysis ? "" : ` (${task.analysis})`}` : "",
      found: one.value,
      expected,
    });
  }
  if (over === undefined) return verdict(what, comparison, cases, on === undefined);
  const numbers = cases.map(({ found }) => found);
  const bounds = cases.map(({ expected }) => expected);
  if (!numbers.every((value) => typeof value === "number")) return unknown(`the ${over} is of numbers only`);
  const bound = bounds.every((value) => typeof value === "number") ? aggregate(over, bounds) : bounds[0];
  return verdict(what, comparison, [{ where: "", found: aggregate(over, numbers), expected: bound }], false);
}

function verdict(what: string, comparison: Comparison, cases: readonly Case[], everywhere: boolean): Judged {
  const bad = cases.filter((each) => !holds(comparison, each));
  const shown = bad[0] ?? cases[0]!;
  const expected = expectation(comparison, shown.expected);
  const found = show(shown.found, shown.expected);
  const rest = bad.length > 1 ? `, and so on ${bad.length - 1} more of ${cases.length}` : "";
  if (bad.length)
    return {
      status: "fails",
      what,
      expected,
      found,
      sentence: `${what}${shown.where} is ${found}, expected ${expected}${rest}.`,
    };
  const where = everywhere && cases.length > 1 ? ` on all ${cases.length}` : "";
  const shownOnce = cases.length > 1 || found === expected ? "" : `${found}, `;
  return {
    status: "holds",
    what,
    expected,
    found,
    sentence: `${what} is ${shownOnce}${expected}${where}, as expected.`,
  };
}

/** The literal, or the value of the reading that it names, on the same input. */
function expectedFor(
  comparison: Comparison,
  input: string,
  reads: readonly Read[],
  names: readonly string[],
): ReadingValue | undefined | { readonly why: string } {
  if (!("expected" in comparison)) return undefined;
  const { value } = comparison.expected satisfies Expected;
  const split = typeof value === "string" ? splitReading(value, names) : undefined;
  if (split === undefined) return value;
  const read = reads
    .find(({ task }) => task.input === input && task.analysis === split.analysis)
    ?.readings.find(({ path }) => path === split.path);
  return read?.value ?? { why: read?.why ?? `${String(value)} was not read` };
}

function holds(comparison: Comparison, { found, expected }: Case): boolean {
  switch (comparison.kind) {
    case "is":
      if (typeof found === "number" && typeof expected === "number")
        return Math.abs(found - expected) <= allowed(comparison.within, expected);
      return String(found) === String(expected);
    case "isNot":
      return String(found) !== String(expected);
    case "oneOf":
      return comparison.choices.some((choice) => String(choice) === String(found));
    case "between":
      return typeof found === "number" && found >= comparison.low && found <= comparison.high;
    default:
      return typeof found === "number" && typeof expected === "number" && bounds[comparison.kind](found, expected);
  }
}

const bounds = {
  above: (a: number, b: number) => a > b,
  below: (a: number, b: number) => a < b,
  atLeast: (a: number, b: number) => a >= b,
  atMost: (a: number, b: number) => a <= b,
} as const;

function allowed(within: { readonly amount: number; readonly unit: string } | undefined, expected: number): number {
  if (within === undefined) return 0;
  if (within.unit === "%") return (within.amount / 100) * Math.abs(expected);
  return within.unit === "points" ? within.amount / 100 : within.amount;
}

const words: Readonly<Record<Comparison["kind"], string>> = {
  is: "",
  isNot: "not ",
  above: "above ",
  below: "below ",
  atLeast: "at least ",
  atMost: "at most ",
  between: "between ",
  oneOf: "one of ",
};

function expectation(comparison: Comparison, resolved: ReadingValue | undefined): string {
  if (comparison.kind === "between") return `between ${comparison.low} and ${comparison.high}`;
  if (comparison.kind === "oneOf") return `one of ${comparison.choices.join(", ")}`;
  const literal = comparison.expected.value;
  const shown =
    resolved === undefined || resolved === literal
      ? show(literal, undefined)
      : `${String(literal)} = ${show(resolved, undefined)}`;
  const within =
    comparison.kind === "is" && comparison.within
      ? ` within ${comparison.within.amount}${comparison.within.unit ? ` ${comparison.within.unit}` : ""}`
      : "";
  return `${words[comparison.kind]}${shown}${within}`;
}

/** Six digits, or as many as are needed to distinguish the number from what it is compared with. */
function show(value: ReadingValue, other: ReadingValue | undefined): string {
  if (typeof value !== "number") return String(value);
  const digits =
    [6, 9, 12, 17].find(
      (each) => typeof other !== "number" || value === other || value.toPrecision(each) !== other.toPrecision(each),
    ) ?? 17;
  return String(Number(value.toPrecision(digits)));
}
