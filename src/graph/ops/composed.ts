/**
 * Operators that runtimes have as one kernel, for speed, and that are otherwise a composition of simpler ones.
 * Their reference and their backward law are those of the composition.
 */
import { differentiate } from "../transform/differentiate.ts";
import type { Array64 } from "../array64.ts";
import type { AttributesOf, AttributeSpecs } from "../attributes.ts";
import { Builder, type Value } from "../builder.ts";
import { evaluate } from "../evaluate.ts";
import type { AnyOperator, Arity, BackwardContext, Operands, Operator, OperatorLaw } from "../operator.ts";
import { operator } from "../operator.ts";

/** Builds the composition. A missing optional input is `undefined`. */
export type Composition<S extends AttributeSpecs, N extends Arity> = (
  b: Builder,
  inputs: Operands<Value, N>,
  attributes: AttributesOf<S>,
) => readonly Value[];

interface ComposedLaw<S extends AttributeSpecs, N extends Arity> extends Omit<
  OperatorLaw<S, N>,
  "evaluate" | "backward"
> {
  readonly compose: Composition<S, N>;
  /** The operators that the composition uses; the whole table would be an import cycle. */
  readonly from: readonly AnyOperator[];
}

export function composed<const S extends AttributeSpecs, const N extends Arity>(
  name: string,
  { compose, from, ...law }: ComposedLaw<S, N>,
): Operator<S, N> {
  const operators = new Map(from.map((part) => [part.name, part]));
  return operator<S, N>(name, {
    ...law,
    evaluate: (inputs, attributes) => {
      const b = new Builder(operators);
      const feeds = new Map<string, Array64>();
      const values = inputs.map((input, i) => {
        if (input === undefined) return undefined;
        feeds.set(`x${i}`, input);
        return b.input(`x${i}`, input);
      }) as readonly (Value | undefined)[] as Operands<Value, N>;
      const results = compose(b, values, attributes);
      const computed = evaluate(b.finish(results), feeds, operators);
      return results.map((result) => computed.get(result.name)!);
    },
    backward: ({ inputs, grads, attributes, needs, b }: BackwardContext<S, N>) => {
      // Stand-ins: an input that depends on another gets no part of the other's cotangent here, since its own carries it on.
      const own = inputs.map((x) => (x === undefined ? undefined : standIn(b, x))) as readonly (
        Value | undefined
      )[] as Operands<Value, N>;
      const results = compose(b, own, attributes);
      const seeds = results.flatMap((of, k) => (grads[k] ? [{ of, cotangent: grads[k] }] : []));
      const wanted = inputs.flatMap((_, i) => (needs[i] ? [i] : []));
      const found = differentiate(
        b,
        seeds,
        wanted.map((i) => own[i]!),
      );
      return inputs.map((_, i) => (needs[i] ? (found[wanted.indexOf(i)] ?? null) : null));
    },
  });
}

/** x under a name that nothing else has, so that no other path leads to it. */
const standIn = (b: Builder, x: Value): Value => b.apply("Identity", [x], {}, { names: [b.fresh("stand-in")] });
