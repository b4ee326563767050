import { isFloat, type DType } from "../tensor/dtype.ts";
import { broadcastShapes, sameShape, sizeOf, type Shape } from "../tensor/shape.ts";
import { fromFloat64, type Tensor, type TensorType } from "../tensor/tensor.ts";
import { completeAttributes } from "./attributes.ts";
import {
  inlineConstant,
  type Attributes,
  type AttributeValue,
  type Constant,
  type Graph,
  type Node,
  type Site,
  type ValueName,
} from "./graph.ts";
import type { AnyOperator } from "./operator.ts";

/** A value of a graph under construction. */
export interface Value {
  readonly name: ValueName;
  readonly dtype: DType;
  readonly shape: Shape;
}

export type OperatorTable = ReadonlyMap<string, AnyOperator>;

export interface ApplyOptions {
  /** Names for the outputs; fresh ones otherwise. */
  readonly names?: readonly ValueName[] | undefined;
  readonly origin?: string | undefined;
}

type GivenAttributes = Readonly<Record<string, AttributeValue | undefined>>;

/**
 * Adds nodes to a graph and infers their types. Equal applications are made once (the mask that
 * two cotangents share is one node), so laws may rebuild what they need without a cost.
 */
export class Builder {
  readonly operators: OperatorTable;
  readonly #inputs: ValueName[] = [];
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<ValueName, Constant>();
  readonly #types = new Map<ValueName, TensorType>();
  readonly #made = new Map<string, readonly Value[]>();
  readonly #sites: Site[] = [];
  #fresh = 0;
  /** Prefix of fresh names and origin of new nodes, e.g. the transform at work. */
  origin: string | undefined;

  constructor(operators: OperatorTable) {
    this.operators = operators;
  }

  /** A builder that starts with everything `graph` has. */
  static extend(graph: Graph, operators: OperatorTable): Builder {
    const builder = new Builder(operators);
    for (const name of graph.inputs) builder.input(name, graph.types.get(name)!);
    for (const [name, constant] of graph.constants) builder.constant(constant, name);
    for (const node of graph.nodes)
      builder.#append(
        node,
        node.outputs.map((output) => graph.types.get(output)!),
      );
    builder.#sites.push(...graph.sites);
    return builder;
  }

  has(name: ValueName): boolean {
    return this.#types.has(name);
  }

  value(name: ValueName): Value {
    const type = this.#types.get(name);
    if (type === undefined) throw new RangeError(`the graph has no value ${name}`);
    return { name, dtype: type.dtype, shape: type.shape };
  }

  constantOf(value: Value): Constant | undefined {
    return this.#constants.get(value.name);
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  input(name: ValueName, type: TensorType): Value {
    this.#define(name, type);
    this.#inputs.push(name);
    return this.value(name);
  }

  constant(value: Constant, name: ValueName = this.fresh("constant")): Value {
    this.#define(name, value);
    this.#constants.set(name, value);
    return this.value(name);
  }

  tensor(value: Tensor, name?: ValueName): Value {
    return this.constant(inlineConstant(value), name);
  }

  /** A constant scalar, made once for each number and type. */
  scalar(value: number, dtype: DType = "float32"): Value {
    const name = `${Object.is(value, -0) ? "-0" : value}:${dtype}`;
    return this.has(name)
      ? this.value(name)
      : this.constant(
          { ...inlineConstant(fromFloat64(dtype, [], [value])), ...(isFloat(dtype) && { exact: value }) },
          name,
        );
  }

  site(site: Site): void {
    this.#sites.push(site);
  }

  fresh(stem: string): ValueName {
    for (;;) {
      const name = `${this.origin ? `${this.origin}/` : ""}${stem}_${this.#fresh++}`;
      if (!this.has(name)) return name;
    }
  }

  applyAll(
    op: string,
    inputs: readonly (Value | null | undefined)[],
    attributes: GivenAttributes = {},
    options: ApplyOptions = {},
  ): readonly Value[] {
    const law = this.operators.get(op);
    if (law === undefined) throw new RangeError(`${op} is not a core operator`);
    const complete = completeAttributes(op, law.attributes, attributes);
    const names = inputs.map((value) => value?.name ?? null);
    const key = keyOf(op, names, complete);
    const known = options.names ? undefined : this.#made.get(key);
    if (known) return known;
    checkArity(op, law, inputs.length);
    const types = law.infer(
      inputs.map((value) => value ?? undefined),
      complete as never,
    );
    const outputs = options.names ?? types.map(() => this.fresh(op));
    const node: Node = { op, inputs: names, outputs, attributes: complete, origin: options.origin ?? this.origin };
    this.#append(node, types);
    return this.#made.get(key)!;
  }

  apply(
    op: string,
    inputs: readonly (Value | null | undefined)[],
    attributes: GivenAttributes = {},
    options: ApplyOptions = {},
  ): Value {
    return this.applyAll(op, inputs, attributes, options)[0]!;
  }

  finish(outputs: readonly Value[]): Graph {
    return {
      inputs: [...this.#inputs],
      outputs: outputs.map(({ name }) => name),
      nodes: [...this.#nodes],
      constants: new Map(this.#constants),
      types: new Map(this.#types),
      sites: [...this.#sites],
    };
  }

  // The vocabulary that backward laws and transforms speak. Everything goes through `apply`.

  add = (x: Value, y: Value): Value => this.apply("Add", [x, y]);
  sub = (x: Value, y: Value): Value => this.apply("Sub", [x, y]);
  mul = (x: Value, y: Value): Value => this.apply("Mul", [x, y]);
  div = (x: Value, y: Value): Value => this.apply("Div", [x, y]);
  neg = (x: Value): Value => this.apply("Neg", [x]);
  scale = (x: Value, factor: number): Value => (factor === 1 ? x : this.mul(x, this.scalar(factor, x.dtype)));
  shift = (x: Value, offset: number): Value => this.add(x, this.scalar(offset, x.dtype));
  cast = (x: Value, to: DType): Value => (x.dtype === to ? x : this.apply("Cast", [x], { to }));
  matmul = (x: Value, y: Value): Value => this.apply("MatMul", [x, y]);
  where = (condition: Value, x: Value, y: Value): Value => this.apply("Where", [condition, x, y]);
  greater = (x: Value, y: Value): Value => this.apply("Greater", [x, y]);
  concat = (parts: readonly Value[], axis: number): Value =>
    parts.length === 1 ? parts[0]! : this.apply("Concat", parts, { axis });

  reshape(x: Value, shape: Shape): Value {
    return sameShape(x.shape, shape) ? x : this.apply("Reshape", [x], { shape });
  }

  transpose(x: Value, perm: readonly number[]): Value {
    return perm.every((axis, i) => axis === i) ? x : this.apply("Transpose", [x], { perm });
  }

  expand(x: Value, shape: Shape): Value {
    return sameShape(x.shape, shape) ? x : this.apply("Expand", [x], { shape });
  }

  sum(x: Value, axes: readonly number[], keepdims = false): Value {
    return axes.length === 0 ? x : this.apply("ReduceSum", [x], { axes, keepdims });
  }

  /** `x[starts[i]:ends[i]:steps[i]]` along `axes[i]`. */
  slice(
    x: Value,
    axes: readonly number[],
    starts: readonly number[],
    ends: readonly number[],
    steps: readonly number[] = axes.map(() => 1),
  ): Value {
    return this.apply("Slice", [x], { axes, starts, ends, steps });
  }

  zeros(type: TensorType): Value {
    return this.expand(this.scalar(0, type.dtype), type.shape);
  }

  /** 1 where `condition` holds, else 0, in the type of the cotangent it will multiply: faster than Where, and exact. */
  mask = (condition: Value, dtype: DType): Value => this.cast(condition, dtype);

  /** Sums a cotangent over the axes along which its value of `shape` was broadcast. */
  unbroadcast(grad: Value, shape: Shape): Value {
    if (sameShape(grad.shape, shape)) return grad;
    const lead = grad.shape.length - shape.length;
    const axes = grad.shape.flatMap((extent, axis) =>
      axis < lead || (shape[axis - lead] === 1 && extent !== 1) ? [axis] : [],
    );
    return this.reshape(this.sum(grad, axes), shape);
  }

  #define(name: ValueName, type: TensorType): void {
    if (this.#types.has(name)) throw new RangeError(`the graph already has a value ${name}`);
    this.#types.set(name, { dtype: type.dtype, shape: type.shape });
  }

  #append(node: Node, types: readonly TensorType[]): void {
    node.outputs.forEach((output, i) => this.#define(output, types[i]!));
    this.#nodes.push(node);
    this.#made.set(
      keyOf(node.op, node.inputs, node.attributes),
      node.outputs.map((output) => this.value(output)),
    );
  }
}

/** What makes two applications equal. JSON alone writes NaN, the infinities and −0 as something else. */
const keyOf = (op: string, inputs: Node["inputs"], attributes: Attributes): string =>
  JSON.stringify([op, inputs, attributes], (_, value: unknown) =>
    typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
      ? { number: Object.is(value, -0) ? "-0" : `${value}` }
      : value,
  );

function checkArity(op: string, law: AnyOperator, given: number): void {
  const [fewest, most] = typeof law.inputs === "number" ? [law.inputs, law.inputs] : law.inputs;
  if (given < fewest || given > most)
    throw new TypeError(`${op} takes ${fewest === most ? fewest : `${fewest} to ${most}`} inputs, not ${given}`);
}

/** The shape law of elementwise operators; throws the sentence that every one of them would. */
export function broadcastOrThrow(op: string, ...shapes: readonly Shape[]): Shape {
  const shape = broadcastShapes(...shapes);
  if (shape === undefined)
    throw new RangeError(`${op} cannot broadcast ${shapes.map((s) => `[${s.join(", ")}]`).join(" with ")}`);
  return shape;
}

export const elementsOf = (value: TensorType): number => sizeOf(value.shape);
