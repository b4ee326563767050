/** One time step of the recurrent layers, in core operators. */
import type { Builder, Value } from "../builder.ts";

export type Activation = (x: Value) => Value;

/** What one direction of a layer brings to each of its steps. */
export interface Direction {
  readonly b: Builder;
  readonly hidden: number;
  readonly activations: readonly Activation[];
  /** Bounds what enters an activation. */
  readonly clip: Activation;
  /** Rᵀ, [hidden, gates·hidden]. */
  readonly recurrence: Value;
  /** [gates·hidden] */
  readonly recurrenceBias: Value | undefined;
  /** Pi, Po, Pf in one vector. */
  readonly peepholes: Value | undefined;
}

/** The new states, h first, from x·Wᵀ + Wb of all gates and the old states, all [batch, …]. */
export type Cell = (direction: Direction, projected: Value, states: readonly Value[]) => readonly Value[];

const part = ({ b, hidden }: Direction, x: Value, gate: number, gates = 1): Value => {
  const axis = x.shape.length - 1;
  return gate === 0 && x.shape[axis] === gates * hidden
    ? x
    : b.slice(x, [axis], [gate * hidden], [(gate + gates) * hidden]);
};

const plus = (b: Builder, x: Value, y: Value | undefined): Value => (y ? b.add(x, y) : x);

const one = (x: Value, b: Builder): Value => b.sub(b.scalar(1, x.dtype), x);

/** h·Rᵀ + Rb for some neighbouring gates. */
const recurrent = (d: Direction, h: Value, gate: number, gates: number): Value =>
  plus(
    d.b,
    d.b.matmul(h, part(d, d.recurrence, gate, gates)),
    d.recurrenceBias && part(d, d.recurrenceBias, gate, gates),
  );

/** h′ = f(x·Wᵀ + h·Rᵀ + Wb + Rb) */
export const rnnCell: Cell = (d, projected, [h]) => [
  d.activations[0]!(d.clip(d.b.add(projected, recurrent(d, h!, 0, 1)))),
];

/**
 * i, o, f = f(x·Wᵀ + h·Rᵀ + P ⊙ c + Wb + Rb), where o sees the new c; c′ = f ⊙ c + i ⊙ g(x·Wᵀ + h·Rᵀ + Wb + Rb);
 * h′ = o ⊙ h(c′). With `coupled` (input_forget), f = 1 − i. Hochreiter, Schmidhuber 1997; peepholes: Gers, Schmidhuber 2000.
 */
export const lstmCell =
  (coupled: boolean): Cell =>
  (d, projected, [h, c]) => {
    const { b } = d;
    const [f, g, k] = d.activations;
    const all = b.add(projected, recurrent(d, h!, 0, 4));
    const gate = (index: number, seen: Value): Value => {
      const peephole = d.peepholes && b.mul(seen, part(d, d.peepholes, index));
      return f!(d.clip(plus(b, part(d, all, index), peephole)));
    };
    const input = gate(0, c!);
    const forget = coupled ? one(input, b) : gate(2, c!);
    const cell = b.add(b.mul(forget, c!), b.mul(input, g!(d.clip(part(d, all, 3)))));
    return [b.mul(gate(1, cell), k!(cell)), cell];
  };

/**
 * z, r = f(x·Wᵀ + h·Rᵀ + Wb + Rb); n = g(x·Wᵀ + (r ⊙ h)·Rᵀ + Rb + Wb), or with `linearBeforeReset`
 * g(x·Wᵀ + r ⊙ (h·Rᵀ + Rb) + Wb), as cuDNN and PyTorch have it; h′ = (1 − z) ⊙ n + z ⊙ h. Cho et al. 2014.
 */
export const gruCell =
  (linearBeforeReset: boolean): Cell =>
  (d, projected, [h]) => {
    const { b } = d;
    const [f, g] = d.activations;
    const gates = f!(d.clip(b.add(part(d, projected, 0, 2), recurrent(d, h!, 0, 2))));
    const [update, reset] = [part(d, gates, 0), part(d, gates, 1)];
    const remembered = linearBeforeReset ? b.mul(reset, recurrent(d, h!, 2, 1)) : recurrent(d, b.mul(reset, h!), 2, 1);
    const candidate = g!(d.clip(b.add(part(d, projected, 2), remembered)));
    return [b.add(b.mul(one(update, b), candidate), b.mul(update, h!))];
  };
