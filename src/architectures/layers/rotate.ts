import type { Value } from "../../graph/builder.ts";
import type { Constant } from "../../graph/graph.ts";
import type { Context } from "./context.ts";

/**
 * Rotary positions (Su et al. 2021), the first half of a head's features against the second:
 * (x₁, x₂) → (x₁ cos φ − x₂ sin φ, x₂ cos φ + x₁ sin φ), φ = position · frequency.
 */
export function rotate({ b, sequence }: Context, x: Value, frequencies: Float64Array): Value {
  const half = x.shape[3]! / 2;
  const angles = (f: (angle: number) => number) => {
    const table = sequence.byPlace(b, (length) => positionTable(length, frequencies, f));
    return b.reshape(table, [table.shape[0]!, table.shape[1]!, 1, half]);
  };
  const [cos, sin] = [angles(Math.cos), angles(Math.sin)];
  const [first, second] = [b.slice(x, [3], [0], [half]), b.slice(x, [3], [half], [2 * half])];
  return b.concat([b.sub(b.mul(first, cos), b.mul(second, sin)), b.add(b.mul(second, cos), b.mul(first, sin))], 3);
}

const tables = new WeakMap<Float64Array, Map<string, Constant>>();

function positionTable(length: number, frequencies: Float64Array, f: (angle: number) => number): Constant {
  const known = tables.get(frequencies) ?? new Map<string, Constant>();
  tables.set(frequencies, known);
  const key = `${f.name} ${length}`;
  const made = known.get(key) ?? tableOf(length, frequencies, f);
  known.set(key, made);
  return made;
}

function tableOf(length: number, frequencies: Float64Array, f: (angle: number) => number): Constant {
  const exact = Float64Array.from({ length: length * frequencies.length }, (_, i) =>
    f(Math.floor(i / frequencies.length) * frequencies[i % frequencies.length]!),
  );
  const shape = [length, frequencies.length];
  return { dtype: "float32", shape, exact, load: () => ({ dtype: "float32", shape, data: Float32Array.from(exact) }) };
}
