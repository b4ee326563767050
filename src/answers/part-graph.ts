import type { PartGraph } from "../protocol/generic-answers.ts";
import { csv } from "./csv.ts";
import type { AnswerKind, Figure } from "./kind.ts";
import { missing } from "./reading/path.ts";

/** The number of edges that are printed. */
const maxPrinted = 20;

/** Components of a network, and the edges between them. */
export const partGraph: AnswerKind<"graph"> = {
  readings: [
    ["edge(from, to)", "The value of an edge; a head's channel is written a1.h0<q>."],
    ["node(id)", "The value of a node."],
    ["edges.count", "How many edges there are; also nodes.count."],
  ],
  read({ nodes, edges }, { name, argument = "" }, [field]) {
    if ((name === "edges" || name === "nodes") && field?.name === "count")
      return name === "edges" ? edges.length : nodes.length;
    const ids = argument.split(",").map((text) => text.trim());
    if (name === "node") {
      const { value } = nodes.find(({ id }) => id === ids[0]) ?? missing(`there is no node ${argument}`);
      return Number.isNaN(value) ? missing(`the node ${argument} has no number of its own`) : value;
    }
    if (name !== "edge") return undefined;
    const found = edges.find((edge) => edge.from === ids[0] && entrance(edge) === ids[1]);
    return (found ?? missing(`there is no edge from ${ids[0] ?? ""} to ${ids[1] ?? ""}`)).value;
  },
  headline: (data) => {
    const [first] = strongest(data);
    return first && `${data.edges.length} edges, the strongest from ${first.from} to ${entrance(first)}`;
  },
  lines: (data) =>
    strongest(data)
      .slice(0, maxPrinted)
      .map((edge) => `${edge.from} → ${entrance(edge)}  ${edge.value.toPrecision(4)}`),
  figures: ({ edges }) => edges.map((edge): Figure => [`edge(${edge.from}, ${entrance(edge)})`, edge.value]),
  formats: {
    csv: ({ data }) =>
      csv([
        ["from", "to", data.quantity],
        ...data.edges.map((edge) => [edge.from, entrance(edge), edge.value] as const),
      ]),
  },
};

/** The edges by magnitude, greatest first. */
export const strongest = ({ edges }: PartGraph): PartGraph["edges"] =>
  edges.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));

/** Where an edge enters: the node, and its channel if it has several, e.g. `a1.h0<q>`. */
export const entrance = ({ to, channel }: PartGraph["edges"][number]): string =>
  channel === undefined ? to : `${to}<${channel}>`;
