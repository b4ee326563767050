import type { AttributeValue, Attributes } from "./graph.ts";

/**
 * How an operator declares an attribute. `input` marks an attribute that ONNX passes as a constant input at that index
 * (axes, pads, shape). The core keeps it as an attribute; importer and emitter translate.
 */
export interface AttributeSpec<T extends AttributeValue = AttributeValue, Optional extends boolean = boolean> {
  readonly kind: "integer" | "float" | "flag" | "text" | "integers" | "floats" | "texts";
  readonly fallback: T | undefined;
  readonly optional: Optional;
  readonly input?: number;
  /** Element type of that constant input; the default is int64. */
  readonly inputType?: "int64" | "float32" | "like-first";
  /** Whether that constant input is a scalar rather than a vector. */
  readonly scalar?: boolean;
}

export type AttributeSpecs = Readonly<Record<string, AttributeSpec>>;

export type AttributesOf<S extends AttributeSpecs> = {
  readonly [K in keyof S]: S[K] extends AttributeSpec<infer T, infer O> ? (O extends true ? T | undefined : T) : never;
};

type Extra = Pick<AttributeSpec, "input" | "inputType" | "scalar">;

const spec =
  <T extends AttributeValue>(kind: AttributeSpec["kind"]) =>
  (fallback?: T, extra: Extra = {}): AttributeSpec<T, false> => ({ kind, fallback, optional: false, ...extra });

export const integer = spec<number>("integer");
export const float = spec<number>("float");
export const flag = spec<boolean>("flag");
export const text = spec<string>("text");
export const integers = spec<readonly number[]>("integers");
export const floats = spec<readonly number[]>("floats");
export const texts = spec<readonly string[]>("texts");

/** An attribute whose absence is meaningful, e.g. "no lower bound". */
export const maybe = <T extends AttributeValue>(inner: AttributeSpec<T, false>): AttributeSpec<T, true> => ({
  ...inner,
  optional: true,
});

/** Fills in defaults and rejects attributes that the operator does not declare. */
export function completeAttributes(
  op: string,
  specs: AttributeSpecs,
  given: Readonly<Record<string, AttributeValue | undefined>>,
): Attributes {
  for (const name of Object.keys(given)) {
    if (!(name in specs)) throw new TypeError(`${op} has no attribute ${name}`);
  }
  const complete: Record<string, AttributeValue> = {};
  for (const [name, { fallback, optional }] of Object.entries(specs)) {
    const value = given[name] ?? fallback;
    if (value !== undefined) complete[name] = value;
    else if (!optional) throw new TypeError(`${op} needs the attribute ${name}`);
  }
  return complete;
}
