import type { DataOf } from "../protocol/answer-data.ts";
import type { LensPart } from "../protocol/language-model.ts";
import type { Grid } from "../protocol/grid.ts";
import { gridFormats, gridLines } from "./grid.ts";
import type { AnswerKind } from "./kind.ts";
import { missing } from "./reading/path.ts";

type Lens = DataOf<"lens">;

/** The measures that a table of the lens can show. */
const measures = {
  probability: ({ probabilities }: LensPart, i: number, top: number) => probabilities[i * top]!,
  rank: ({ ranks }: LensPart, i: number) => ranks[i]!,
  entropy: ({ entropies }: LensPart, i: number) => entropies[i]!,
  divergence: ({ divergences }: LensPart, i: number) => divergences[i]!,
  followed: ({ followed }: LensPart, i: number) => followed[i]!,
} as const;

export type LensMeasure = keyof typeof measures;
export const lensMeasures = Object.keys(measures) as [LensMeasure, ...LensMeasure[]];

/** What the model would predict if it ended after each layer. */
export const logitLens: AnswerKind<"lens"> = {
  readings: [
    [
      "cell(layer, token).name",
      "What the layer would say there; also probability, rank, followed, entropy, divergence.",
    ],
  ],
  /** The index after the last layer is the model's output. */
  read(data, { name, argument = "" }, [field]) {
    if (name !== "cell") return undefined;
    const [layer, token] = argument.split(",").map(Number);
    const position = data.positions.indexOf(token ?? -1);
    const part = data.parts.find(
      (each) => each.layer === layer && position >= each.from && position < each.from + each.followed.length,
    );
    if (position < 0 || part === undefined)
      return missing(
        `there is no cell(${argument}); layers are 0 to ${data.rows - 1}, tokens ${data.positions.join(", ")}`,
      );
    const at = position - part.from;
    const best = part.ids[at * data.top]!;
    const cell = {
      name: part.names.find(([id]) => id === best)?.[1] ?? `#${best}`,
      probability: part.probabilities[at * data.top],
      rank: part.ranks[at],
      followed: part.followed[at],
      entropy: part.entropies[at],
      divergence: part.divergences[at],
    };
    return (
      cell[(field?.name ?? "name") as keyof typeof cell] ??
      missing(`a cell has ${Object.keys(cell).join(", ")}, not ${field?.name ?? ""}`)
    );
  },
  lines: (data) => lensLines(data, "probability"),
  formats: gridFormats((data) => lensGrid(data, "probability")),
  grid: (data) => lensGrid(data, "probability"),
  caption: () => "Probability of the top token by layer and token; the last row is the end.",
};

/** By layer and token; the last row is the model's output. */
export function lensGrid({ rows, positions, top, parts, shown }: Lens, measure: LensMeasure): Grid {
  const cells = new Float64Array(rows * positions.length).fill(Number.NaN);
  for (const part of parts)
    for (let i = 0; i < part.followed.length; i++)
      cells[part.layer * positions.length + part.from + i] = measures[measure](part, i, top);
  return {
    kind: "grid",
    quantity: measure,
    unit: measure === "entropy" || measure === "divergence" ? "nats" : "",
    rowAxis: "layer",
    columnAxis: "token",
    rows: Array.from({ length: rows }, (_, layer) => (layer === rows - 1 ? "end" : String(layer))),
    columns: Array.from(positions, (position) => `${position}:${shown[position] ?? ""}`),
    cells,
    signed: false,
  };
}

/** The table, with the top token at the last position of each row. */
export const lensLines = (data: Lens, measure: LensMeasure): readonly string[] => {
  const best = topTokens(data);
  return gridLines(lensGrid(data, measure), measure === "rank" ? 0 : 2).map((line, i) =>
    i === 0 ? line : `${line}  ${best[i - 1]?.at(-1) ?? ""}`,
  );
};

/** The top token of every cell, in quotation marks. */
function topTokens({ rows, top, parts }: Lens): readonly (readonly string[])[] {
  const best: string[][] = Array.from({ length: rows }, () => []);
  for (const part of parts) {
    const names = new Map(part.names);
    for (let i = 0; i < part.followed.length; i++)
      best[part.layer]![part.from + i] = JSON.stringify(names.get(part.ids[i * top]!) ?? "");
  }
  return best;
}
