import { isFloat } from "../../../tensor/dtype.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { widen, type Array64 } from "../../../graph/array64.ts";
import type { Builder, Value } from "../../../graph/builder.ts";
import type { Node, ValueName } from "../../../graph/graph.ts";

/** 4 Mi elements: ample for axes, shapes and masks, too few for a bomb of nested ConstantOfShape. */
const cap = 2 ** 22;

/**
 * The numbers of values that depend on no input, computed when a lowering asks for them: shape
 * arithmetic becomes attributes this way. Floats are rounded to single precision, as the exporter's
 * runtime did: floor(10 · 0.7) is 7 in float32 and 6 in float64.
 */
export class KnownValues {
  readonly #b: Builder;
  readonly #producers = new Map<ValueName, Node>();
  readonly #values = new Map<ValueName, Array64 | undefined>();
  /** Computed from constants alone. */
  readonly #computed = new Set<ValueName>();
  #indexed = 0;

  constructor(b: Builder) {
    this.#b = b;
  }

  of(value: Value): Array64 | undefined {
    if (this.#values.has(value.name)) return this.#values.get(value.name);
    const computed = this.#compute(value);
    this.#values.set(value.name, computed);
    return computed;
  }

  /** Whether the value depends on no input, however large it is. */
  isConstant(value: Value): boolean {
    return (
      this.#b.constantOf(value) !== undefined || (this.#producer(value) !== undefined && this.#computed.has(value.name))
    );
  }

  #compute(value: Value): Array64 | undefined {
    if (sizeOf(value.shape) > cap) return undefined;
    const constant = this.#b.constantOf(value);
    if (constant) return widen(constant.load());
    const node = this.#producer(value);
    if (node === undefined || !this.#computed.has(value.name)) return undefined;
    const inputs = node.inputs.map((name) => (name === null ? null : this.of(this.#b.value(name))));
    if (inputs.includes(undefined)) return undefined;
    const types = node.outputs.map((name) => this.#b.value(name));
    if (types.some(({ shape }) => sizeOf(shape) > cap)) return undefined;
    const present = inputs.map((input) => input ?? undefined) as Array64[];
    const outputs = this.#b.operators
      .get(node.op)!
      .evaluate(present, node.attributes as never, types)
      .map(single);
    node.outputs.forEach((name, i) => this.#values.set(name, outputs[i]!));
    return outputs[node.outputs.indexOf(value.name)];
  }

  #producer(value: Value): Node | undefined {
    const { nodes } = this.#b;
    for (; this.#indexed < nodes.length; this.#indexed++) {
      const node = nodes[this.#indexed]!;
      const constant = node.inputs.every(
        (input) => input === null || this.#computed.has(input) || this.#b.constantOf(this.#b.value(input)),
      );
      for (const output of node.outputs) {
        this.#producers.set(output, node);
        if (constant) this.#computed.add(output);
      }
    }
    return this.#producers.get(value.name);
  }
}

const single = (value: Array64): Array64 =>
  isFloat(value.dtype) ? { ...value, data: Float64Array.from(value.data, Math.fround) } : value;
