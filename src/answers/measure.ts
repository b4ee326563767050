import type { Measured } from "../protocol/generic-answers.ts";
import { csv } from "./csv.ts";
import type { AnswerKind, Figure } from "./kind.ts";
import { missing } from "./reading/path.ts";

/** A few numbers, with optional curves. */
export const measure: AnswerKind<"measure"> = {
  readings: [
    ["number(name)", "A number by its name; number(name).low and .high are the ends of its interval."],
    ["curve(line)", "The last value of a line by its name; also .first, .least and .greatest."],
  ],
  read(data, { name, argument = "" }, [field]) {
    if (name === "number") return numberOf(data.numbers, argument, field?.name);
    if (name !== "curve") return undefined;
    const lines = data.curves.flatMap((curves) => curves.lines);
    const { y } = lines.find((line) => line.name === argument) ?? missing(namesOf("curve", argument, lines));
    switch (field?.name) {
      case undefined:
        return y.at(-1);
      case "first":
        return y[0];
      case "least":
        return y.reduce((a, b) => Math.min(a, b), Infinity);
      case "greatest":
        return y.reduce((a, b) => Math.max(a, b), -Infinity);
      default:
        return missing(`a curve has first, least and greatest, not ${field!.name}`);
    }
  },
  headline: ({ numbers: [first] }) => first && numberText(first),
  lines: ({ numbers }) => numbers.map(numberText),
  figures: ({ numbers }) => numbers.map(({ name, value }): Figure => [`number(${name})`, value]),
  formats: {
    csv: ({ data: { numbers, curves } }) =>
      csv([
        ["curve", "line", "x", "y"],
        ...numbers.map(({ name, value }) => ["", name, "", value] as const),
        ...curves.flatMap(({ title, lines }) =>
          lines.flatMap(({ name, x, y }) => Array.from(x, (at, i) => [title, name, at, y[i]!] as const)),
        ),
      ]),
  },
};

function numberOf(numbers: readonly Measured[], name: string, field: string | undefined): number {
  const found = numbers.find((each) => each.name === name) ?? missing(namesOf("number", name, numbers));
  if (field === undefined) return found.value;
  const end = { low: 0, high: 1 }[field] ?? missing(`a number has low and high, not ${field}`);
  return found.interval?.[end] ?? missing(`${name} has no interval`);
}

const namesOf = (what: string, wanted: string, those: readonly { readonly name: string }[]): string =>
  `there is no ${what} ${wanted}; there are ${those.map(({ name }) => name).join(", ") || "none"}`;

const numberText = ({ name, value, unit, interval }: Measured): string =>
  `${name} ${value.toPrecision(4)}${unit && ` ${unit}`}${interval ? ` (${interval[0].toPrecision(4)} to ${interval[1].toPrecision(4)})` : ""}`;
