import type { Value } from "../../../graph/builder.ts";
import type { OnnxAttribute } from "../records.ts";

/** The names a graph, branch or function body sees: its own, then those around it. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly depth: number;
  readonly #values = new Map<string, Value>();
  readonly #omissions = new Map<string, string>();
  readonly #attributes: ReadonlyMap<string, OnnxAttribute> | undefined;
  /** Operator sets in force: a function's body brings its own. */
  readonly versions: ReadonlyMap<string, number>;

  constructor(versions: ReadonlyMap<string, number>, parent?: Scope, attributes?: ReadonlyMap<string, OnnxAttribute>) {
    this.versions = versions;
    this.parent = parent;
    this.#attributes = attributes;
    this.depth = parent ? parent.depth + 1 : 0;
  }

  get(name: string): Value | undefined {
    return this.#values.get(name) ?? this.parent?.get(name);
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  /** Why a name that the file defines has no value. */
  omit(name: string, why: string): void {
    this.#omissions.set(name, why);
  }

  omission(name: string): string | undefined {
    return this.#omissions.get(name) ?? this.parent?.omission(name);
  }

  /** The attribute of the enclosing function's call. */
  attribute(name: string): OnnxAttribute | undefined {
    return this.#attributes ? this.#attributes.get(name) : this.parent?.attribute(name);
  }

  /** Own names, in the order in which they were bound. */
  get bindings(): ReadonlyMap<string, Value> {
    return this.#values;
  }
}
