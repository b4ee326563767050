import { GlassboxError } from "../../../tensor/errors.ts";
import { isFloat } from "../../../tensor/dtype.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { widen, type Array64 } from "../../../graph/array64.ts";
import type { Builder, Value } from "../../../graph/builder.ts";
import type { Node, ValueName } from "../../../graph/graph.ts";
import { multiplyAdds } from "../../../graph/work.ts";

/** 4 Mi elements: ample for axes, shapes and masks, too few for a bomb of nested ConstantOfShape. */
const cap = 2 ** 22;
/** Multiplications and additions of all values together. */
const mostWork = 2 ** 27;

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
  #work = 0;

  constructor(b: Builder) {
    this.#b = b;
  }

  /** In a loop, because a chain of nodes may be longer than the call stack. */
  of(value: Value): Array64 | undefined {
    const pending = [value];
    for (let next = pending.at(-1); next !== undefined; next = pending.at(-1)) {
      const missing = this.#values.has(next.name) ? [] : this.#unknownInputs(next);
      if (missing.length === 0) {
        if (!this.#values.has(next.name)) this.#values.set(next.name, this.#compute(next));
        pending.pop();
      }
      pending.push(...missing);
    }
    return this.#values.get(value.name);
  }

  /** Whether the value depends on no input, however large it is. */
  isConstant(value: Value): boolean {
    return (
      this.#b.constantOf(value) !== undefined || (this.#producer(value) !== undefined && this.#computed.has(value.name))
    );
  }

  /** What has to be known before the value can be computed. */
  #unknownInputs(value: Value): readonly Value[] {
    if (sizeOf(value.shape) > cap || this.#b.constantOf(value)) return [];
    const node = this.#producer(value);
    if (node === undefined || !this.#computed.has(value.name)) return [];
    return node.inputs.flatMap((name) => (name === null || this.#values.has(name) ? [] : [this.#b.value(name)]));
  }

  #compute(value: Value): Array64 | undefined {
    if (sizeOf(value.shape) > cap) return undefined;
    const constant = this.#b.constantOf(value);
    if (constant) return widen(constant.load());
    const node = this.#producer(value);
    if (node === undefined || !this.#computed.has(value.name)) return undefined;
    const inputs = node.inputs.map((name) => (name === null ? null : this.#values.get(name)));
    if (inputs.includes(undefined)) return undefined;
    const types = node.outputs.map((name) => this.#b.value(name));
    if (types.some(({ shape }) => sizeOf(shape) > cap)) return undefined;
    const law = this.#b.operators.get(node.op)!;
    this.#spend(
      multiplyAdds(node, (name) => this.#b.value(name).shape, law),
      node,
    );
    const present = inputs.map((input) => input ?? undefined) as Array64[];
    const outputs = law.evaluate(present, node.attributes as never, types).map(single);
    node.outputs.forEach((name, i) => this.#values.set(name, outputs[i]!));
    return outputs[node.outputs.indexOf(value.name)];
  }

  #spend(work: number, { op, origin }: Node): void {
    this.#work += work;
    if (this.#work <= mostWork) return;
    throw new GlassboxError("resource", `computing the shapes of the model takes too much work, at ${op}`, {
      where: origin,
      hint: "Shapes, axes and masks need little; the file may be hostile.",
    });
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
