import { JsonError, parseJson, type Json } from "../formats/safetensors/json.ts";
import { isArray } from "../formats/gguf/metadata.ts";
import type { GgufMetadata } from "../formats/gguf/read.ts";
import { GlassboxError } from "../tensor/errors.ts";

/**
 * What a file says about its model, read with care: every getter refuses a value of another type, null is absence, and which
 * keys were read is remembered, because a key that nobody reads may be the one that changes the numbers.
 */
export interface ModelConfig {
  readonly origin: ConfigOrigin;
  number(key: string, fallback?: number): number;
  text(key: string, fallback: string): string;
  flag(key: string, fallback: boolean): boolean;
  object(key: string): ModelConfig | undefined;
  /** Whether there is a value; not a reading of it. */
  has(key: string): boolean;
  /** A text, number or switch as it stands, for sentences; undefined for anything else. */
  plain(key: string): string | number | boolean | undefined;
  /** Whether it has no keys at all. */
  isEmpty(): boolean;
  /** The keys that no getter has read, in the file's order; those within objects that were read with a dot. */
  unread(): readonly UnreadKey[];
}

/** Where a config stands, for sentences. */
export interface ConfigOrigin {
  /** "config.json says …" */
  readonly name: string;
  /** "… of the config should be a number" */
  readonly called: string;
  readonly file: string;
  /** What stands before every key in the file. */
  readonly prefix: string;
  /** How a key is taken out, as the end of a sentence. */
  readonly removal: string;
}

export interface UnreadKey {
  readonly key: string;
  readonly value: ConfigValue;
}

/** A list that was not read stands for itself with its length. */
export type ConfigValue = Json | { readonly listOf: string; readonly length: number };

/** config.json, a stranger's text. */
export function parseConfig(text: string, file: string): ModelConfig {
  try {
    const json = parseJson(text);
    if (json instanceof Map) return configOf(json, configJson(file));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  throw new GlassboxError("file", "the config is not a JSON object", { where: file });
}

/** Where no config.json lies next to the weights. */
export const emptyConfig = (file: string): ModelConfig => configOf(new Map(), configJson(file));

const configJson = (file: string): ConfigOrigin => ({
  name: "config.json",
  called: "the config",
  file,
  prefix: "",
  removal: "remove it from config.json",
});

/** The keys of a GGUF file's metadata that belong to one family, those that begin with `<family>.`, without that beginning. */
export function configOfMetadata({ values }: Pick<GgufMetadata, "values">, family: string, file: string): ModelConfig {
  const prefix = `${family}.`;
  const own = [...values].filter(([key]) => key.startsWith(prefix));
  const read = own.map(([key, value]): [string, ConfigValue] => [
    key.slice(prefix.length),
    isArray(value) ? { listOf: value.elementType, length: value.length } : value,
  ]);
  return configOf(new Map(read), {
    name: "the file's metadata",
    called: "the file's metadata",
    file,
    prefix,
    removal: "remove it with gguf_new_metadata.py of llama.cpp",
  });
}

function configOf(values: ReadonlyMap<string, ConfigValue>, origin: ConfigOrigin): ModelConfig {
  const { called, file, prefix } = origin;
  const readKeys = new Set<string>();
  const objects = new Map<string, ModelConfig>();
  const refuse = (key: string, wanted: string): GlassboxError =>
    new GlassboxError("file", `${JSON.stringify(`${prefix}${key}`)} of ${called} should be ${wanted}`, { where: file });
  const valueOf = (key: string): ConfigValue | undefined => {
    readKeys.add(key);
    return values.get(key) ?? undefined;
  };
  return {
    origin,
    has: (key) => (values.get(key) ?? undefined) !== undefined,
    plain(key) {
      const value = valueOf(key);
      return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
    },
    isEmpty: () => values.size === 0,
    number(key, fallback) {
      const value = valueOf(key) ?? fallback;
      if (typeof value !== "number" || !Number.isFinite(value) || value < 0 || value > 2 ** 40)
        throw refuse(key, "a number");
      return value;
    },
    text(key, fallback) {
      const value = valueOf(key) ?? fallback;
      if (typeof value !== "string") throw refuse(key, "a text");
      return value;
    },
    flag(key, fallback) {
      const value = valueOf(key) ?? fallback;
      if (typeof value !== "boolean") throw refuse(key, "true or false");
      return value;
    },
    object(key) {
      const value = valueOf(key);
      if (value === undefined) return undefined;
      if (!(value instanceof Map)) throw refuse(key, "an object");
      const object =
        objects.get(key) ?? configOf(value as ReadonlyMap<string, Json>, { ...origin, prefix: `${prefix}${key}.` });
      objects.set(key, object);
      return object;
    },
    unread: () => [
      ...[...values].filter(([key]) => !readKeys.has(key)).map(([key, value]) => ({ key: `${prefix}${key}`, value })),
      ...[...objects.values()].flatMap((object) => object.unread()),
    ],
  };
}
