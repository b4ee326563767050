import type { DataOf } from "../protocol/answer-data.ts";
import type { Grid } from "../protocol/grid.ts";
import { gridFormats, gridLines } from "./grid.ts";
import type { AnswerKind } from "./kind.ts";
import { missing } from "./reading/path.ts";

const measures = ["self", "previous", "first", "spread"] as const;

/** A summary of where each head attends. */
export const attention: AnswerKind<"attention-patterns"> = {
  readings: [["head(0.0).previous", "The head's mean weight on the previous token; also self, first, spread."]],
  read({ parts, layers, heads }, { name, argument = "" }, [field]) {
    if (name !== "head") return undefined;
    const [layer, head] = /^(\d+)\.(\d+)$/.exec(argument)?.slice(1).map(Number) ?? [];
    const facts = parts.find((part) => part.layer === layer)?.heads[head ?? -1];
    if (facts === undefined)
      return missing(
        `there is no head ${argument}; layers are 0 to ${layers - 1}, heads 0 to ${heads - 1}, e.g. head(0.0)`,
      );
    return (
      facts[field?.name as keyof typeof facts] ??
      missing(`a head has ${Object.keys(facts).join(", ")}, not ${field?.name ?? ""}`)
    );
  },
  lines: (data) => gridLines(heads(data)),
  formats: gridFormats(heads),
  grid: heads,
  caption: () =>
    "Mean weight of each head on the token itself, on the previous one and on the first; entropy from 0 to 1.",
};

function heads({ parts }: DataOf<"attention-patterns">): Grid {
  const each = parts.flatMap(({ layer, heads: facts }) => facts.map((of, head) => ({ name: `${layer}.${head}`, of })));
  return {
    kind: "grid",
    quantity: "mean attention weight, or entropy from 0 to 1",
    unit: "",
    rowAxis: "head",
    columnAxis: "measure",
    rows: each.map(({ name }) => name),
    columns: measures,
    cells: Float64Array.from(each.flatMap(({ of }) => measures.map((measure) => of[measure]))),
    signed: false,
  };
}
