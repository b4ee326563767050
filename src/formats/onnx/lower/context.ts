import { GlassboxError } from "../../../tensor/errors.ts";
import { normalizeAxis, sizeOf, type Shape } from "../../../tensor/shape.ts";
import { fromFloat64 } from "../../../tensor/tensor.ts";
import type { DType } from "../../../tensor/dtype.ts";
import type { Array64 } from "../../../graph/array64.ts";
import type { Builder, Value } from "../../../graph/builder.ts";
import type { AttributeValue } from "../../../graph/graph.ts";
import type { OnnxAttribute, OnnxNode } from "../records.ts";
import type { Scope } from "./scope.ts";
import type { Session } from "./session.ts";

/** What a node's outputs are in core operators; `null` where an output has no meaning in inference. */
export type Lowered = Value | readonly (Value | null)[];
export type Lower = (c: LoweringContext) => Lowered;

/** How one operator of the file becomes core operators. */
export interface Lowering {
  readonly lower: Lower;
  /** Used only while the core has no operator of this name. */
  readonly fallback: boolean;
}
export type Lowerings = Readonly<Record<string, Lowering | Lower>>;

/** A definition in simpler operators, which gives way to a core operator of the same name. */
export const otherwise = (lower: Lower): Lowering => ({ lower, fallback: true });

type Kind = OnnxAttribute["kind"];
type ValueOf<K extends Kind> = Extract<OnnxAttribute, { kind: K }>["value"];
type Given = Readonly<Record<string, AttributeValue | undefined>>;

/** One node of the file, its inputs as values of the graph under construction. */
export class LoweringContext {
  readonly session: Session;
  readonly scope: Scope;
  readonly node: OnnxNode;
  /** The version of the node's operator set. */
  readonly version: number;
  readonly inputs: readonly (Value | null)[];

  constructor(session: Session, scope: Scope, node: OnnxNode, version: number) {
    this.session = session;
    this.scope = scope;
    this.node = node;
    this.version = version;
    this.inputs = node.inputs.map((name) =>
      name === ""
        ? null
        : (scope.get(name) ?? this.refuse(scope.omission(name) ?? `nothing computes its input "${name}"`)),
    );
  }

  get b(): Builder {
    return this.session.b;
  }

  get where(): string {
    const { name, outputs } = this.node;
    return name === "" ? `the node that computes "${outputs[0] ?? ""}"` : `node "${name}"`;
  }

  refuse(
    why: string,
    hint = "Export the model again with a newer exporter or simplify it with onnxsim, and if that fails, tell us which model it is.",
  ): never {
    const { domain, opType } = this.node;
    const set = domain === "" || domain === "ai.onnx" ? `ONNX ${this.version}` : `${domain} ${this.version}`;
    throw new GlassboxError("unsupported", `the operator ${opType} (${set}) cannot be used here: ${why}`, {
      where: this.where,
      hint,
    });
  }

  input(index: number): Value {
    return this.inputs[index] ?? this.refuse(`its input ${index} is missing`);
  }

  optional(index: number): Value | null {
    return this.inputs[index] ?? null;
  }

  /** The numbers of an input that depends on no data; nothing if it is absent or computed. */
  known(index: number): Array64 | undefined {
    const value = this.inputs[index];
    return value ? this.session.known.of(value) : undefined;
  }

  /** The numbers of an optional input that must not depend on data, as `what` it is. */
  numbers(index: number, what: string): readonly number[] | undefined {
    const value = this.inputs[index];
    if (!value) return undefined;
    const known = this.session.known.of(value);
    return known ? Array.from(known.data) : this.refuse(`its ${what} depends on the data, and shapes must be fixed`);
  }

  number(index: number, what: string): number | undefined {
    return this.numbers(index, what)?.[0];
  }

  required(index: number, what: string): readonly number[] {
    return this.numbers(index, what) ?? this.refuse(`its ${what} is missing`);
  }

  has(name: string): boolean {
    return this.node.attributes.has(name);
  }

  #attribute<K extends Kind>(name: string, kind: K): ValueOf<K> | undefined {
    let attribute = this.node.attributes.get(name);
    if (attribute?.kind === "reference") attribute = this.scope.attribute(attribute.value);
    if (attribute === undefined) return undefined;
    if (attribute.kind === kind) return attribute.value as ValueOf<K> | undefined;
    return this.refuse(`its attribute ${name} is of kind ${attribute.kind}, not ${kind}`);
  }

  integer(name: string): number | undefined;
  integer(name: string, fallback: number): number;
  integer(name: string, fallback?: number): number | undefined {
    return this.#attribute(name, "int") ?? fallback;
  }

  flag(name: string, fallback = false): boolean {
    return this.integer(name, fallback ? 1 : 0) !== 0;
  }

  float(name: string): number | undefined;
  float(name: string, fallback: number): number;
  float(name: string, fallback?: number): number | undefined {
    return this.#attribute(name, "float") ?? fallback;
  }

  text(name: string): string | undefined;
  text(name: string, fallback: string): string;
  text(name: string, fallback?: string): string | undefined {
    return this.#attribute(name, "string") ?? fallback;
  }

  integers(name: string): readonly number[] | undefined {
    return this.#attribute(name, "ints");
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, "floats");
  }

  texts(name: string): readonly string[] | undefined {
    return this.#attribute(name, "strings");
  }

  tensorAttribute(name: string): ValueOf<"tensor"> | undefined {
    return this.#attribute(name, "tensor");
  }

  graphAttribute(name: string): ValueOf<"graph"> {
    return this.#attribute(name, "graph") ?? this.refuse(`its branch ${name} is missing`);
  }

  axis(name: string, fallback: number, rank = this.input(0).shape.length): number {
    return normalizeAxis(this.integer(name, fallback), rank);
  }

  apply(op: string, inputs: readonly (Value | null | undefined)[], attributes: Given = {}): Value {
    return this.applyAll(op, inputs, attributes)[0]!;
  }

  /** Every operator that is wanted must be in the core. */
  applyAll(op: string, inputs: readonly (Value | null | undefined)[], attributes: Given = {}): readonly Value[] {
    if (!this.b.operators.has(op)) this.refuse(`it needs ${op}, which is not in the core`);
    return this.b.applyAll(op, inputs, attributes);
  }

  /** Applies another operator of ONNX at the newest version, lowered if need be. */
  lower(
    op: string,
    inputs: readonly (Value | null)[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): readonly (Value | null)[] {
    return this.session.lowerAs(this, op, inputs, attributes);
  }

  constant(dtype: DType, shape: Shape, values: ArrayLike<number>): Value {
    return this.b.tensor(fromFloat64(dtype, shape, values));
  }

  /** Computed here and now, for results whose shape or size could not be known otherwise. */
  literal(dtype: DType, shape: Shape, value: (i: number) => number): Value {
    const size = sizeOf(shape);
    this.session.make(size, this.node, this.where);
    return this.constant(
      dtype,
      shape,
      Float64Array.from({ length: size }, (_, i) => value(i)),
    );
  }
}
