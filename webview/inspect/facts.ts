import type { PortCard } from "../../src/protocol/model.ts";
import { isNetwork, type Inspected } from "./inspected.ts";

export type Fact = readonly [name: string, value: string];

const count = (value: number): string => value.toLocaleString("en");

/** Bytes in units of powers of 1000, to three digits: `"18.6 MB"`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power - 1]}`;
}

const portWords = ({ dtype, shape }: PortCard): string =>
  `${dtype} ${shape.length === 0 ? "(one value)" : shape.join(" × ")}`;

/** What a model is, in names and values. Shapes are those of the file, with the names of free dimensions. */
export function factsOf(model: Inspected): readonly Fact[] {
  if (isNetwork(model))
    return [
      ["Format", model.format],
      ...(model.producer ? [["Written by", model.producer] as const] : []),
      ["File", sizeWords(model.bytes)],
      ["Parameters", count(model.parameters)],
      ...model.inputs.map((port): Fact => [`Input ${port.name}`, portWords(port)]),
      ...model.outputs.map((port): Fact => [`Output ${port.name}`, portWords(port)]),
    ];
  const { heads, headWidth, keyValueHeads } = model;
  const shared = keyValueHeads === heads ? "" : `, ${count(keyValueHeads)} for keys and values`;
  return [
    ["Format", model.format],
    ["Family", model.family],
    ["Parameters", count(model.parameters)],
    ["Input", `at most ${count(model.context)} tokens`],
    ["Output", `scores of ${count(model.vocabulary)} next tokens`],
    ["Layers", count(model.layers)],
    ["Residual stream", `${count(model.width)} wide`],
    ["Heads", `${count(heads)}, ${count(headWidth)} wide${shared}`],
    ["MLP", `${count(model.hidden)} wide`],
  ];
}
