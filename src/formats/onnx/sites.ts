import { isFloat } from "../../tensor/dtype.ts";
import type { Value } from "../../graph/builder.ts";
import type { Site, ValueName } from "../../graph/graph.ts";
import { isActivation } from "./lower/activation.ts";
import type { Traced } from "./lower/session.ts";
import { scopeOf, type ModuleScope } from "./module-scope.ts";

interface Step {
  readonly value: Value;
  readonly role: string;
  readonly fallback: string;
  readonly scope: ModuleScope | undefined;
}

/**
 * A site for every float value that is computed from the inputs. The last value of each call of a
 * module takes the module's path, `features.3` or `encoder.layers.0.attn`; a module that is called
 * again counts its calls, `act#2`. What lies inside a module is `path/operation`; files without paths
 * give the node's name, or the value's. `axes` names the axes of what is computed and needed.
 */
export function sitesOf(trace: readonly Traced[], axes: ReadonlyMap<ValueName, readonly string[]>): Site[] {
  const steps = trace.flatMap(({ node, outputs }): Step[] => {
    const scope = scopeOf(node);
    return outputs.flatMap((value, i) => {
      if (!value || !isFloat(value.dtype) || !axes.has(value.name)) return [];
      const name = node.outputs[i] ?? "";
      const fallback = node.name === "" || i > 0 ? name : node.name;
      return [{ value, role: node.opType, fallback, scope }];
    });
  });
  const following = nextScopes(steps);
  const taken = new Set<string>();
  const placed = new Set<string>();
  const calls = new Map<string, number>();
  return steps.flatMap((step, at) => {
    const ended = (step.scope?.modules ?? []).filter((path) => !following[at]?.modules.includes(path));
    const names = ended.reverse().map((path) => {
      const call = (calls.get(path) ?? 0) + 1;
      calls.set(path, call);
      return call === 1 ? path : `${path}#${call}`;
    });
    // Another name for the same value is a site only where it ends a module.
    if (names.length === 0 && placed.has(step.value.name)) return [];
    placed.add(step.value.name);
    const inner = step.scope?.modules.at(-1);
    const own =
      names.length > 0 ? names : [step.scope ? [inner, step.scope.operation].filter(Boolean).join("/") : step.fallback];
    return own.map((name): Site => ({
      name: unique(name, taken),
      value: step.value.name,
      axes: axes.get(step.value.name)!,
      role: step.role,
      ...(isActivation(step.role) && { activation: true }),
    }));
  });
}

/** For each step, the scope of the next one that has any. */
function nextScopes(steps: readonly Step[]): readonly (ModuleScope | undefined)[] {
  let next: ModuleScope | undefined;
  return steps
    .map((_, i) => steps[steps.length - 1 - i]!)
    .map((step) => {
      const following = next;
      next = step.scope ?? next;
      return following;
    })
    .reverse();
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let i = 2; taken.has(candidate); i++) candidate = `${name}#${i}`;
  taken.add(candidate);
  return candidate;
}
