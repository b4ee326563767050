import { nearest } from "../../../tensor/nearest.ts";
import { OPERATOR_ATTRIBUTES } from "../operator-attributes.ts";
import type { OnnxAttribute } from "../records.ts";
import type { LoweringContext } from "./context.ts";

/** Hints to the runtime, and what only training used. */
const meaningless = new Set([
  "stash_type",
  "consumed_inputs",
  "spatial",
  "is_test",
  "saturate",
  "round_mode",
  "momentum",
  "layout_hint",
]);

/** Whether an attribute changes no number. Tools write notes under names with two leading underscores, as the standard's checker has it. */
export const isNote = (name: string): boolean => name.startsWith("__") || meaningless.has(name);

type Kind = OnnxAttribute["kind"];
type Kinds = ReadonlyMap<string, Kind>;

type Versions = readonly { readonly since: number; readonly kinds: Kinds }[];

const table: ReadonlyMap<string, Versions> = new Map(OPERATOR_ATTRIBUTES.trim().split("\n").map(readLine));

/** `Relu | 1 consumed_inputs:ints | 6`: an operator, and the attributes from each version on. */
function readLine(line: string): readonly [string, Versions] {
  const [op, ...versions] = line.split(" | ");
  return [
    op!,
    versions.map((version) => {
      const [since, ...words] = version.split(" ");
      return { since: Number(since), kinds: new Map(words.map((word) => word.split(":") as [string, Kind])) };
    }),
  ];
}

/** The attributes of ONNX's own operator in a version of the operator set, by name; nothing for an operator that it does not have. */
export const attributesOf = (op: string, version: number): Kinds | undefined =>
  table.get(op)?.findLast(({ since }) => since <= version)?.kinds;

/**
 * Refuses an attribute that ONNX does not define for the node's operator in its version, and one of another kind. Passed over in
 * silence, a misspelt stride computes another network.
 */
export function checkAttributes(c: LoweringContext): void {
  const { opType, attributes } = c.node;
  const kinds = attributesOf(opType, c.version);
  if (kinds === undefined) return;
  for (const [name, given] of attributes) {
    const wanted = kinds.get(name);
    if (wanted === undefined && isNote(name)) continue;
    if (wanted === undefined) {
      const meant = nearest(name, [...kinds.keys()]);
      c.refuse(
        `it has an attribute ${JSON.stringify(name)}, which ONNX does not define for it`,
        meant ? `Did its exporter mean ${meant}?` : "Export the model again for the operator set that it declares.",
      );
    }
    const { kind } = given.kind === "reference" ? (c.scope.attribute(given.value) ?? { kind: wanted }) : given;
    if (kind !== wanted && !(wanted === "string" && kind === "bytes"))
      c.refuse(`its attribute ${JSON.stringify(name)} is of kind ${kind}, not ${wanted}`);
  }
}
