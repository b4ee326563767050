import { normalizeAxis } from "../../../tensor/shape.ts";
import type { AttributeSpec, AttributeSpecs } from "../../../graph/attributes.ts";
import type { AttributeValue } from "../../../graph/graph.ts";
import { isNote } from "./attributes.ts";
import type { LoweringContext } from "./context.ts";
import type { Value } from "../../../graph/builder.ts";

/**
 * An operator that the core has under the same name, written as opset 21 writes it: attributes are
 * taken over, constant inputs become the attributes they stand for.
 */
export function lowerCore(c: LoweringContext): readonly Value[] {
  const { opType, attributes } = c.node;
  const law = c.b.operators.get(opType)!;
  const specs: AttributeSpecs = law.attributes;
  for (const name of attributes.keys()) {
    if (!(name in specs) && !isNote(name)) c.refuse(`its attribute ${name} has no meaning here`);
  }
  const given: Record<string, AttributeValue | undefined> = {};
  const taken = new Set<number>();
  const rank = c.inputs[0]?.shape.length ?? 0;
  for (const [name, spec] of Object.entries(specs)) {
    const value = spec.input === undefined ? fromAttribute(c, name, spec) : fromInput(c, name, spec, spec.input);
    if (spec.input !== undefined) taken.add(spec.input);
    given[name] = normalized(name, olderWord(c, name, value), rank, opType);
  }
  const data = c.inputs.filter((_, index) => !taken.has(index));
  while (data.length > 0 && data.at(-1) === null) data.pop();
  return c.applyAll(opType, data, given);
}

function fromAttribute(c: LoweringContext, name: string, { kind }: AttributeSpec): AttributeValue | undefined {
  switch (kind) {
    case "integer":
      return c.integer(name);
    case "flag":
      return c.has(name) ? c.flag(name) : undefined;
    case "float":
      return c.float(name);
    case "text":
      return c.text(name);
    case "integers":
      return c.integers(name);
    case "floats":
      return c.floats(name);
    case "texts":
      return c.texts(name);
  }
}

function fromInput(
  c: LoweringContext,
  name: string,
  { kind }: AttributeSpec,
  index: number,
): AttributeValue | undefined {
  const numbers = c.numbers(index, name);
  const isAbsent = numbers?.length === 0 && emptyIsAbsent.has(`${c.node.opType} ${name}`);
  if (numbers === undefined || isAbsent) return fromAttribute(c, name, { kind, fallback: undefined, optional: true });
  if (kind === "integers" || kind === "floats") return numbers;
  return kind === "flag" ? numbers[0] !== 0 : numbers[0];
}

/** Optional inputs that exporters leave out by an empty tensor. An empty shape or list of axes has a meaning. */
const emptyIsAbsent: ReadonlySet<string> = new Set(["Resize roi", "Resize scales", "Resize sizes"]);

/** GridSample's modes had the names of their two-dimensional kinds before opset 20. */
const gridModes: ReadonlyMap<AttributeValue | undefined, string> = new Map([
  ["bilinear", "linear"],
  ["bicubic", "cubic"],
]);

const olderWord = (c: LoweringContext, name: string, value: AttributeValue | undefined): AttributeValue | undefined =>
  c.node.opType === "GridSample" && name === "mode" && c.version < 20 ? (gridModes.get(value) ?? value) : value;

/** Axes are counted from the front from here on. */
function normalized(
  name: string,
  value: AttributeValue | undefined,
  rank: number,
  op: string,
): AttributeValue | undefined {
  if (name === "axis" && typeof value === "number") return normalizeAxis(value, op === "OneHot" ? rank + 1 : rank);
  if (name === "axes" && Array.isArray(value)) return value.map((axis: number) => normalizeAxis(axis, rank));
  return value;
}
