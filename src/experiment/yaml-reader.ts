import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type { Position, Problem, Range } from "../protocol/experiment.ts";
import { nearestWords } from "../tensor/nearest.ts";
import type { Located } from "./experiment.ts";

/** A key of a mapping with its value. */
export interface Entry {
  readonly key: Range;
  readonly node: Node | null;
}

/** Reads a YAML text into typed values. It collects all faults with their ranges instead of stopping at the first. */
export class YamlReader {
  readonly document: Document;
  readonly problems: Problem[] = [];
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      strict: true,
      maxAliasCount: 100,
    } as never);
    for (const { message, pos } of this.document.errors)
      this.problems.push(this.#asProblem("yaml", message, this.#between(pos[0], pos[1])));
    for (const { message, pos } of this.document.warnings)
      this.problems.push({ ...this.#asProblem("yaml", message, this.#between(pos[0], pos[1])), severity: "warning" });
  }

  get root(): Node | null {
    return this.document.contents as Node | null;
  }

  fault(code: string, message: string, range: Range, instead: readonly string[] = []): undefined {
    this.problems.push({ ...this.#asProblem(code, message, range), instead });
    return undefined;
  }

  position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(0, line - 1), character: Math.max(0, col - 1) };
  }

  /** The range of the node's own text, without trailing space or comments. */
  rangeOf(node: Node | null | undefined): Range {
    return node?.range ? this.#between(node.range[0], node.range[1]) : this.#between(0, 0);
  }

  /** The entries of a mapping. An unknown key is a fault, so that typos are not ignored. */
  mapping(
    node: Node | null | undefined,
    what: string,
    keys: readonly string[] | undefined,
  ): ReadonlyMap<string, Entry> | undefined {
    if (!isMap(node))
      return this.fault("shape", `${what} must be a mapping: lines of \`key: value\`.`, this.rangeOf(node));
    const entries = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : "";
      const range = this.rangeOf(key as Node);
      if (keys !== undefined && !keys.includes(name)) {
        const near = nearestWords(name, keys);
        this.fault(
          "unknown-key",
          `${what} has no \`${name}\`.${near.length ? ` Did you mean ${near.join(" or ")}?` : ` It takes ${keys.join(", ")}.`}`,
          range,
          near,
        );
        continue;
      }
      entries.set(name, { key: range, node: value as Node | null });
    }
    return entries;
  }

  list(node: Node | null | undefined, what: string): readonly Node[] {
    if (isSeq(node)) return node.items as Node[];
    this.fault("shape", `${what} must be a list: lines that begin with a dash.`, this.rangeOf(node));
    return [];
  }

  text(entry: Entry | undefined, what: string): Located<string> | undefined {
    if (entry === undefined) return undefined;
    const scalar = this.scalar(entry, what);
    return scalar && { value: String(scalar.value), range: scalar.range };
  }

  scalar({ key, node }: Entry, what: string): Located<string | number | boolean> | undefined {
    if (!isScalar(node))
      return this.fault("shape", `${what} must be one value.`, node === null ? key : this.rangeOf(node));
    const { value } = node;
    if (value === null || value === "") return this.fault("empty", `${what} is empty.`, key);
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return { value, range: this.rangeOf(node) };
    return this.fault("shape", `${what} must be a text, a number, or true or false.`, this.rangeOf(node));
  }

  #between(start: number, end: number): Range {
    return { start: this.position(start), end: this.position(end) };
  }

  #asProblem(code: string, message: string, range: Range): Problem {
    return { severity: "error", code, message, range, instead: [] };
  }
}
