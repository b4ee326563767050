import type { Contract } from "../protocol/contract.ts";

/**
 * The part of a contract that an answer depends on, as text. Names are part of it only where answers carry them: a probe
 * does not change when a class gets another name.
 */
export function contractKey(
  { inputs, heads, names }: Contract,
  { withNames }: { readonly withNames: boolean },
): string {
  const [head] = heads;
  return JSON.stringify({
    inputs: inputs.map(({ name, axes, role }) => [name, axes.value.slice(1).map(({ size }) => size), role.value]),
    output: head && [head.output, head.kind.value],
    ...(withNames && { names: names?.value ?? null }),
  });
}
