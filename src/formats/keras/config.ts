import { GlassboxError } from "../../tensor/errors.ts";
import { JsonError, parseJson, type Json } from "../safetensors/json.ts";

export type JsonObject = ReadonlyMap<string, Json>;

export const isObject = (value: Json | undefined): value is JsonObject => value instanceof Map;

/** The values of a layer's configuration, each of the kind that its layer needs. */
export class Config {
  readonly values: JsonObject;
  /** For errors: the layer's name and class. */
  readonly where: string;

  constructor(values: JsonObject, where: string) {
    this.values = values;
    this.where = where;
  }

  refuse(why: string, hint?: string): never {
    throw new GlassboxError("unsupported", why, { where: this.where, hint });
  }

  #wrong(key: string, wanted: string): never {
    throw new GlassboxError("file", `its "${key}" is no ${wanted}`, { where: this.where });
  }

  raw(key: string): Json | undefined {
    return this.values.get(key);
  }

  /** Python's None and an absent key mean the same. */
  has(key: string): boolean {
    const value = this.values.get(key);
    return value !== undefined && value !== null;
  }

  text(key: string, fallback?: string): string {
    const value = this.values.get(key);
    if (typeof value === "string") return value;
    return (value === undefined || value === null) && fallback !== undefined ? fallback : this.#wrong(key, "text");
  }

  number(key: string, fallback?: number): number {
    const value = this.values.get(key);
    if (typeof value === "number") return value;
    return (value === undefined || value === null) && fallback !== undefined ? fallback : this.#wrong(key, "number");
  }

  /** A count or an index, which never exceeds what fits into memory. */
  integer(key: string, fallback?: number): number {
    const value = this.number(key, fallback);
    return Number.isSafeInteger(value) && Math.abs(value) < 2 ** 31 ? value : this.#wrong(key, "whole number");
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.values.get(key);
    return typeof value === "boolean" ? value : fallback;
  }

  list(key: string): readonly Json[] | undefined {
    const value = this.values.get(key);
    return Array.isArray(value) ? (value as readonly Json[]) : undefined;
  }

  integers(key: string): readonly number[] | undefined {
    const list = this.list(key);
    if (list === undefined) return undefined;
    if (!list.every((each) => Number.isSafeInteger(each) && Math.abs(each as number) < 2 ** 31))
      return this.#wrong(key, "list of whole numbers");
    return list as readonly number[];
  }

  /** One number for each of `rank` axes; one number stands for all. */
  perAxis(key: string, rank: number, fallback: number): readonly number[] {
    if (!this.has(key)) return new Array<number>(rank).fill(fallback);
    const list = this.integers(key) ?? new Array<number>(rank).fill(this.integer(key));
    return list.length === rank ? list : this.#wrong(key, `list of ${rank} whole numbers`);
  }

  object(key: string): JsonObject | undefined {
    const value = this.values.get(key);
    return isObject(value) ? value : undefined;
  }
}

/** Python's json writes numbers that JSON does not have. They become texts that `parseFloat` reads. */
export function parseKerasJson(text: string, where: string): JsonObject {
  try {
    const json = parseJson(text.replace(/(?<=[[:,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g, '"$1"'));
    if (isObject(json)) return json;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new GlassboxError(
      "file",
      `the model's description is not valid JSON: ${error.message} at character ${error.position}`,
      { where },
    );
  }
  throw new GlassboxError("file", "the model's description is no JSON object", { where });
}
