import { isInteger } from "../../../tensor/dtype.ts";
import { GlassboxError } from "../../../tensor/errors.ts";
import type { Builder, Value } from "../../../graph/builder.ts";
import type { ValueName } from "../../../graph/graph.ts";
import type { OnnxElementType } from "../element-types.ts";
import type { Shape } from "../../../tensor/shape.ts";
import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxNode, OnnxTensor } from "../records.ts";
import { checkAttributes } from "./attributes.ts";
import { LoweringContext, type Lower, type Lowered } from "./context.ts";
import { lowerCore } from "./core.ts";
import { KnownValues } from "./known.ts";
import { Scope } from "./scope.ts";
import { loweringOf, standardDomain } from "./table.ts";

/** Functions in branches in functions: exporters stop at five or so. */
const deepest = 64;
/** Several times the largest graph met after unrolling; a bomb of nested loops ends here. */
const mostNodes = 80_000;
/** Elements of all constants that lowerings make: masks, ramps and filters. */
const mostMade = 2 ** 25;
/** The newest operator set whose definitions this file's tables know. */
export const newestOpset = 26;

const rearranging: ReadonlySet<string> = new Set([
  "MaxPool",
  "Reshape",
  "Flatten",
  "Transpose",
  "Squeeze",
  "Unsqueeze",
  "Slice",
  "Gather",
  "Expand",
]);

/** Operators on integers that mean the same on floats. */
const passing = new Set(["Add", "Sub", "Mul", "Max", "Min", "Sum", "Neg", "Relu", "Clip", "MaxPool", "Concat"]);

export interface Traced {
  readonly node: OnnxNode;
  readonly outputs: readonly (Value | null)[];
}

export interface SessionOptions {
  readonly functions: readonly OnnxFunction[];
  readonly weight: (tensor: OnnxTensor) => Value;
  /** How many samples stand where the file was exported for one, and the shapes it had then. */
  readonly batch: { readonly size: number; readonly shapesAtOne: ReadonlyMap<string, Shape> } | undefined;
}

export interface Unrounded {
  readonly x: Value;
  readonly scale: ValueName;
  readonly zero: ValueName | undefined;
  readonly range: readonly [number, number];
}

/** What the lowering of one file's nodes shares. */
export class Session {
  readonly b: Builder;
  readonly known: KnownValues;
  readonly batch: SessionOptions["batch"];
  readonly notes = new Set<string>();
  readonly trace: Traced[] = [];
  /** What the file says of inputs and weights: the graph's types do not tell int4 from int8. */
  readonly elementTypes = new Map<ValueName, OnnxElementType>();
  /** For a quantised activation, what it was before rounding. */
  readonly unrounded = new Map<ValueName, Unrounded>();
  /** For integers that were rounded: the float that each would be without, so that gradients flow straight through. */
  readonly straight = new Map<ValueName, Value>();
  /** Lists behind the tokens that stand for them. */
  readonly sequences = new Map<ValueName, readonly Value[]>();
  readonly #functions: ReadonlyMap<string, OnnxFunction>;
  readonly #weight: (tensor: OnnxTensor) => Value;
  #lowered = 0;
  #made = 0;

  constructor(b: Builder, { functions, weight, batch }: SessionOptions) {
    this.b = b;
    this.known = new KnownValues(b);
    this.batch = batch;
    this.#functions = new Map(functions.map((f) => [functionKey(f.domain, f.name, f.overload), f]));
    this.#weight = weight;
  }

  weight(tensor: OnnxTensor): Value {
    const value = this.#weight(tensor);
    this.elementTypes.set(value.name, tensor.elementType);
    return value;
  }

  /** Counts the elements that lowerings make out of constants. A file of a few bytes must not make gigabytes. */
  make(elements: number, { opType }: OnnxNode, where: string): void {
    this.#made += elements;
    if (this.#made <= mostMade) return;
    throw new GlassboxError("resource", `${opType} makes ${elements} elements out of constants`, {
      where,
      hint: "That is more than any model needs; the file may be hostile.",
    });
  }

  lowerNodes(nodes: readonly OnnxNode[], scope: Scope): void {
    for (const node of nodes) this.#lowerNode(node, scope);
  }

  /** A branch or body: initializers and nodes in a scope of their own; its outputs. */
  lowerGraph(graph: OnnxGraph, around: Scope, inputs: readonly (Value | null)[]): Value[] {
    const scope = new Scope(around.versions, around);
    for (const tensor of graph.initializers) scope.set(tensor.name, this.weight(tensor));
    graph.inputs.forEach(({ name }, i) => {
      const value = inputs[i];
      if (value) scope.set(name, value);
    });
    this.lowerNodes(graph.nodes, scope);
    return graph.outputs.map(({ name }) => resolved(scope, name, graph.name));
  }

  lowerAs(
    c: LoweringContext,
    op: string,
    inputs: readonly (Value | null)[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
  ): readonly (Value | null)[] {
    const scope = new Scope(new Map([[standardDomain, newestOpset]]), c.scope);
    const names = inputs.map((value, i) => {
      if (value) scope.set(`operand ${i}`, value);
      return value ? `operand ${i}` : "";
    });
    const node: OnnxNode = {
      ...c.node,
      opType: op,
      domain: "",
      overload: "",
      inputs: names,
      attributes: new Map(Object.entries(attributes)),
    };
    return this.#outputs(node, scope);
  }

  #lowerNode(node: OnnxNode, scope: Scope): void {
    const outputs = this.#outputs(node, scope);
    node.outputs.forEach((name, i) => {
      const value = outputs[i];
      if (name !== "" && value) scope.set(name, value);
      else if (name !== "") scope.omit(name, `output ${i} of ${node.opType} is not computed`);
    });
    this.#rearrangeUnrounded(node, scope, outputs[0]);
    this.#computeStraight(node, scope, outputs[0]);
    const shown = outputs.map((value) => (value && this.unrounded.get(value.name)?.x) ?? value);
    if (scope.depth === 0) this.trace.push({ node, outputs: shown });
  }

  /** What only rearranges rounded numbers can rearrange what they were before rounding. */
  #rearrangeUnrounded(node: OnnxNode, scope: Scope, output: Value | null | undefined): void {
    const first = node.inputs[0] === undefined ? undefined : scope.get(node.inputs[0]);
    const exact = first && this.unrounded.get(first.name);
    if (!exact || !output || !rearranging.has(node.opType) || this.b.value(exact.scale).shape.length > 1) return;
    const inner = new Scope(scope.versions, scope);
    inner.set(node.inputs[0]!, exact.x);
    const [x] = this.#outputs(node, inner);
    if (x) this.unrounded.set(output.name, { ...exact, x });
  }

  /** Sums, products and maxima of rounded integers are computed on what they were before rounding as well. */
  #computeStraight(node: OnnxNode, scope: Scope, output: Value | null | undefined): void {
    if (!output || this.straight.has(output.name) || !(rearranging.has(node.opType) || passing.has(node.opType)))
      return;
    if (!isInteger(output.dtype)) return;
    const inputs = node.inputs.map((name) => (name === "" ? undefined : scope.get(name)));
    if (!inputs.some((input) => input && this.straight.has(input.name))) return;
    const inner = new Scope(scope.versions, scope);
    inputs.forEach((input, i) => {
      const straight = input && this.straight.get(input.name);
      // A shape or axes among the inputs of a rearrangement stay integers.
      if (straight) inner.set(node.inputs[i]!, straight);
      else if (input && passing.has(node.opType)) inner.set(node.inputs[i]!, this.b.cast(input, "float32"));
    });
    const [x] = this.#outputs(node, inner);
    if (x) this.straight.set(output.name, x);
  }

  #outputs(node: OnnxNode, scope: Scope): readonly (Value | null)[] {
    if (++this.#lowered > mostNodes)
      throw new GlassboxError(
        "resource",
        `the model has more than ${mostNodes} operations once its loops are unrolled`,
        { where: node.name },
      );
    if (scope.depth > deepest)
      throw new GlassboxError("unsupported", `functions and branches are nested deeper than ${deepest}`, {
        where: node.name,
      });
    const domain = node.domain === "ai.onnx" ? standardDomain : node.domain;
    const outer = this.b.origin;
    this.b.origin = node.name || node.outputs.find((name) => name !== "") || outer;
    const c = new LoweringContext(this, scope, node, scope.versions.get(domain) ?? 1);
    const lowered = guarded(c, () => {
      if (domain === standardDomain) checkAttributes(c);
      return this.#lowering(domain, node)(c);
    });
    this.b.origin = outer;
    return isList(lowered) ? lowered : [lowered];
  }

  #lowering(domain: string, node: OnnxNode): Lower {
    const called = this.#functions.get(functionKey(domain, node.opType, node.overload));
    const entry = loweringOf(domain, node.opType);
    const core = domain === standardDomain && this.b.operators.has(node.opType);
    if (entry && !(entry.fallback && core)) return entry.lower;
    if (core) return lowerCore;
    if (called) return (c) => this.#inline(c, called);
    return (c) =>
      c.refuse(
        "it is not among those that Glassbox knows",
        "Export the model with standard ONNX operators, or keep to the part of it before this operator.",
      );
  }

  #inline(c: LoweringContext, called: OnnxFunction): readonly (Value | null)[] {
    const attributes = new Map([...called.attributeDefaults]);
    for (const [name, attribute] of c.node.attributes) {
      const value = attribute.kind === "reference" ? c.scope.attribute(attribute.value) : attribute;
      if (value) attributes.set(name, value);
    }
    // A body sees only its parameters; the depth still counts, since functions may call functions.
    const scope = new FunctionScope(versionsOf(called.opsetImports), c.scope, attributes);
    called.inputs.forEach((name, i) => {
      const value = c.inputs[i];
      if (value) scope.set(name, value);
      else scope.leaveOut(name);
    });
    this.lowerNodes(
      called.nodes.map((node) => scope.withoutOmitted(node)),
      scope,
    );
    return called.outputs.map((name) => scope.get(name) ?? null);
  }
}

class FunctionScope extends Scope {
  readonly #omitted = new Set<string>();

  leaveOut(name: string): void {
    this.#omitted.add(name);
  }

  withoutOmitted(node: OnnxNode): OnnxNode {
    return node.inputs.some((name) => this.#omitted.has(name))
      ? { ...node, inputs: node.inputs.map((name) => (this.#omitted.has(name) ? "" : name)) }
      : node;
  }
}

export const versionsOf = (
  imports: readonly { readonly domain: string; readonly version: number }[],
): ReadonlyMap<string, number> =>
  new Map(imports.map(({ domain, version }) => [domain === "ai.onnx" ? standardDomain : domain, version]));

export function resolved(scope: Scope, name: string, graph: string): Value {
  const value = scope.get(name);
  if (value) return value;
  const why = scope.omission(name);
  throw new GlassboxError(why ? "unsupported" : "file", why ?? `nothing computes the output "${name}"`, {
    where: graph || undefined,
  });
}

const functionKey = (domain: string, name: string, overload: string): string =>
  JSON.stringify([domain, name, overload]);

const isList = (lowered: Lowered): lowered is readonly (Value | null)[] => Array.isArray(lowered);

/** What shape laws throw becomes a sentence that names the node. */
function guarded(c: LoweringContext, body: () => Lowered): Lowered {
  try {
    return body();
  } catch (error) {
    if (error instanceof GlassboxError) throw error;
    if (error instanceof RangeError || error instanceof TypeError) {
      const shapes = c.inputs.map((value) => (value ? `${value.dtype}[${value.shape.join(", ")}]` : "none")).join(", ");
      return c.refuse(
        `${error.message}; its inputs are ${shapes}`,
        "If the model has free dimensions, check the sizes that were chosen for them.",
      );
    }
    throw error;
  }
}
