import type { Value } from "../../../graph/builder.ts";
import { applyActivation } from "./activation-functions.ts";
import { LayerCall } from "./layer-call.ts";

/** One step of a recurrent layer: from what enters and the states, [batch, …], to the output and the new states. */
export type Step = (
  x: Value,
  states: readonly Value[],
) => { readonly output: Value; readonly states: readonly Value[] };

export interface Cell {
  /** How many features each state has. */
  readonly sizes: readonly number[];
  readonly step: Step;
}

type CellLaw = (c: LayerCall, features: number) => Cell;

const activate = (c: LayerCall, key: string, fallback: string, x: Value): Value =>
  applyActivation(c, c.keras(x), c.config.raw(key) ?? fallback).value;

/** The older default was a piecewise sigmoid, and files name it. */
const gate = (c: LayerCall, x: Value): Value =>
  activate(c, "recurrent_activation", c.surroundings.version === 1 ? "hard_sigmoid" : "sigmoid", x);

const part = (c: LayerCall, x: Value, index: number, units: number, count = 1): Value =>
  c.b.slice(x, [x.shape.length - 1], [index * units], [(index + count) * units]);

const plus = (c: LayerCall, x: Value, y: Value | undefined): Value => (y ? c.b.add(x, y) : x);

/** h′ = activation(x·K + b + h·R). */
const simple: CellLaw = (c, features) => {
  const units = c.config.integer("units");
  const kernel = c.weight("kernel", [features, units]);
  const recurrent = c.weight("recurrent_kernel", [units, units]);
  const bias = c.config.flag("use_bias", true) ? c.weight("bias", [units]) : undefined;
  return {
    sizes: [units],
    step: (x, [h]) => {
      const sum = c.b.add(plus(c, c.b.matmul(x, kernel), bias), c.b.matmul(h!, recurrent));
      const next = activate(c, "activation", "tanh", sum);
      return { output: next, states: [next] };
    },
  };
};

/** i, f, o = σ(…), c′ = f ⊙ c + i ⊙ tanh(…), h′ = o ⊙ tanh(c′); the weights hold i, f, c, o (Hochreiter, Schmidhuber 1997). */
const lstm: CellLaw = (c, features) => {
  const units = c.config.integer("units");
  const kernel = c.weight("kernel", [features, 4 * units]);
  const recurrent = c.weight("recurrent_kernel", [units, 4 * units]);
  const bias = c.config.flag("use_bias", true) ? c.weight("bias", [4 * units]) : undefined;
  return {
    sizes: [units, units],
    step: (x, [h, carry]) => {
      const z = plus(c, c.b.add(c.b.matmul(x, kernel), c.b.matmul(h!, recurrent)), bias);
      const gates = gate(c, part(c, z, 0, units, 2));
      const candidate = activate(c, "activation", "tanh", part(c, z, 2, units));
      const next = c.b.add(c.b.mul(part(c, gates, 1, units), carry!), c.b.mul(part(c, gates, 0, units), candidate));
      const output = c.b.mul(gate(c, part(c, z, 3, units)), activate(c, "activation", "tanh", next));
      return { output, states: [output, next] };
    },
  };
};

/** Whether the reset gate is applied after the recurrent product, as cuDNN does it: the default since TensorFlow 2. */
export const resetsAfter = (c: LayerCall): boolean => c.config.flag("reset_after", c.surroundings.version === 3);

/** z, r = σ(…), h′ = z ⊙ h + (1 − z) ⊙ tanh(… r …); the weights hold z, r, h (Cho et al. 2014). */
const gru: CellLaw = (c, features) => {
  const units = c.config.integer("units");
  const kernel = c.weight("kernel", [features, 3 * units]);
  const recurrent = c.weight("recurrent_kernel", [units, 3 * units]);
  const after = resetsAfter(c);
  const biased = c.config.flag("use_bias", true);
  const bias = biased ? c.weight("bias", after ? [2, 3 * units] : [3 * units]) : undefined;
  const row = (index: number): Value | undefined =>
    bias && (after ? c.b.reshape(c.b.slice(bias, [0], [index], [index + 1]), [3 * units]) : bias);
  return {
    sizes: [units],
    step: (x, [h]) => {
      const from = plus(c, c.b.matmul(x, kernel), row(0));
      const gateProduct = c.b.matmul(h!, part(c, recurrent, 0, units, 2));
      const rowBias = after ? row(1) : undefined;
      const gates = gate(
        c,
        c.b.add(part(c, from, 0, units, 2), plus(c, gateProduct, rowBias && part(c, rowBias, 0, units, 2))),
      );
      const [update, reset] = [part(c, gates, 0, units), part(c, gates, 1, units)];
      const last = part(c, recurrent, 2, units);
      const remembered = after
        ? c.b.mul(reset, plus(c, c.b.matmul(h!, last), rowBias && part(c, rowBias, 2, units)))
        : c.b.matmul(c.b.mul(reset, h!), last);
      const candidate = activate(c, "activation", "tanh", c.b.add(part(c, from, 2, units), remembered));
      const next = c.b.add(c.b.mul(update, h!), c.b.mul(c.b.shift(c.b.neg(update), 1), candidate));
      return { output: next, states: [next] };
    },
  };
};

/** Each cell takes the output of the one before it; their states stand one after the other. */
const stacked: CellLaw = (c, features) => {
  let entering = features;
  const cells = c.layer.inner.map(([, layer]) => {
    const cell = cellOf(new LayerCall(c.surroundings, layer, []), entering);
    entering = cell.sizes[0]!;
    return cell;
  });
  return {
    sizes: cells.flatMap(({ sizes }) => sizes),
    step: (x, states) => {
      let output = x;
      let at = 0;
      const next = cells.flatMap(({ sizes, step }) => {
        const result = step(output, states.slice(at, at + sizes.length));
        at += sizes.length;
        output = result.output;
        return result.states;
      });
      return { output, states: next };
    },
  };
};

const table: Readonly<Record<string, CellLaw>> = {
  SimpleRNNCell: simple,
  LSTMCell: lstm,
  GRUCell: gru,
  StackedRNNCells: stacked,
};

const isCell = (className: string): boolean => Object.hasOwn(table, className);

export const cellOf = (c: LayerCall, features: number): Cell =>
  isCell(c.layer.className)
    ? table[c.layer.className]!(c, features)
    : c.refuse(`cells of the class ${c.layer.className.slice(0, 80)} are not known`);
