import { JsonError, parseJson, type Json } from "../formats/safetensors/json.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { ModelConfig } from "./architecture.ts";

/** config.json as a stranger's text: each value is checked when it is read; null is absence. */
export function parseConfig(text: string, where: string): ModelConfig {
  try {
    const json = parseJson(text);
    if (json instanceof Map) return configOf(json, where);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  throw new GlassboxError("file", "the config is not a JSON object", { where });
}

function configOf(values: ReadonlyMap<string, Json>, where: string): ModelConfig {
  const refuse = (key: string, wanted: string): GlassboxError =>
    new GlassboxError("file", `${JSON.stringify(key)} of the config should be ${wanted}`, { where });
  const valueOf = (key: string): Json | undefined => values.get(key) ?? undefined;
  return {
    has: (key) => valueOf(key) !== undefined,
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
      return configOf(value, where);
    },
  };
}
