import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { wrong, type Place } from "./problem.ts";

/** A YAML mapping that knows its lines, so that every sentence about it can say where. */
export class YamlRecord {
  readonly place: Place;
  readonly #values: ReadonlyMap<string, { readonly value: unknown; readonly line: number }>;

  constructor(text: string, place: Place) {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const lineOf = (offset: number): number => place.line + lines.linePos(offset).line - 1;
    const [error] = document.errors;
    if (error)
      throw wrong(
        { ...place, line: lineOf(error.pos[0]) },
        error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""),
      );
    if (!isMap(document.contents)) throw wrong(place, "this must be a list of `name: value`");
    const entries = document.contents.items.map(({ key, value }) => {
      if (!isScalar(key)) throw wrong(place, "every name here must be a word");
      return [
        String(key.value),
        { value: (value as { toJSON(): unknown } | null)?.toJSON(), line: lineOf(key.range?.[0] ?? 0) },
      ] as const;
    });
    this.place = place;
    this.#values = new Map(entries);
  }

  /** Refuses names that nobody reads: a misspelt one would be lost in silence. */
  only(...names: readonly string[]): this {
    for (const [name, { line }] of this.#values) {
      if (!names.includes(name))
        throw wrong({ ...this.place, line }, `there is no ${name} here`, `What may stand here: ${names.join(", ")}.`);
    }
    return this;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string, fallback?: string): string {
    const value = this.#values.get(name)?.value ?? fallback;
    if (typeof value === "string" && value !== "") return value;
    if (value === "" && fallback === "") return "";
    throw wrong(this.at(name), value === undefined ? `${name} is missing` : `${name} must be text`);
  }

  number(name: string, fallback?: number): number {
    const value = this.#values.get(name)?.value ?? fallback;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw wrong(this.at(name), value === undefined ? `${name} is missing` : `${name} must be a number`);
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.text(name);
    const found = choices.find((each) => each === value);
    if (found === undefined)
      throw wrong(this.at(name), `${name} is ${value}`, `It must be one of: ${choices.join(", ")}.`);
    return found;
  }

  list(name: string): readonly unknown[] {
    const value = this.#values.get(name)?.value;
    if (Array.isArray(value)) return value;
    throw wrong(this.at(name), value === undefined ? `${name} is missing` : `${name} must be a list`);
  }

  /** Each entry of a list as text and numbers by name. */
  records(name: string): readonly Readonly<Record<string, unknown>>[] {
    return this.list(name).map((entry) => {
      if (typeof entry === "object" && entry !== null && !Array.isArray(entry))
        return entry as Readonly<Record<string, unknown>>;
      throw wrong(this.at(name), `every entry of ${name} must be a list of \`name: value\``);
    });
  }

  value(name: string): unknown {
    return this.#values.get(name)?.value;
  }

  at(name: string): Place {
    return { ...this.place, line: this.#values.get(name)?.line ?? this.place.line };
  }
}
