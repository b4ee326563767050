import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { wrong, type Location } from "./problem.ts";

/** A YAML mapping that knows its line numbers, for error messages. */
export class YamlRecord {
  readonly location: Location;
  readonly #values: ReadonlyMap<string, { readonly value: unknown; readonly line: number }>;

  constructor(text: string, location: Location) {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const lineOf = (offset: number): number => location.line + lines.linePos(offset).line - 1;
    const [error] = document.errors;
    if (error)
      throw wrong(
        { ...location, line: lineOf(error.pos[0]) },
        error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""),
      );
    if (!isMap(document.contents)) throw wrong(location, "this must be a list of `name: value`");
    const entries = document.contents.items.map(({ key, value }) => {
      if (!isScalar(key)) throw wrong(location, "every name here must be a word");
      return [
        String(key.value),
        { value: (value as { toJSON(): unknown } | null)?.toJSON(), line: lineOf(key.range?.[0] ?? 0) },
      ] as const;
    });
    this.location = location;
    this.#values = new Map(entries);
  }

  /** Refuses unknown names, because a misspelt one would be ignored silently. */
  only(...names: readonly string[]): this {
    for (const [name, { line }] of this.#values) {
      if (!names.includes(name))
        throw wrong(
          { ...this.location, line },
          `there is no ${name} here`,
          `What may stand here: ${names.join(", ")}.`,
        );
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

  texts(name: string): readonly string[] {
    const value = this.#values.get(name)?.value;
    if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
    throw wrong(this.at(name), `${name} must be a list of texts`);
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

  /** The entries of a list, each with its texts and numbers by name. */
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

  at(name: string): Location {
    return { ...this.location, line: this.#values.get(name)?.line ?? this.location.line };
  }
}
