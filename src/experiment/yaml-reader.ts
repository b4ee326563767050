import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type { Position, Problem, Range } from "../protocol/experiment.ts";
import { nearestWords } from "../tensor/nearest.ts";
import type { Located } from "./experiment.ts";

/** A key of a mapping with its value. */
export interface Entry {
  readonly key: Range;
  readonly node: Node | null;
}

/** The parser's time grows with the square of the anchors. A person writes a few. */
const mostAnchors = 1000;
/** Brackets within each other. The parser calls itself for each, and its stack is not ours to measure. */
const deepest = 200;

/** Parses a text, unless its structure would take the parser too long or too deep: then the document is empty. */
function parsed(text: string, lineCounter: LineCounter): { readonly document: Document; readonly refused?: string } {
  const options = { lineCounter, prettyErrors: false, strict: true, maxAliasCount: 100 } as never;
  const refused = tooMuch(text);
  if (refused !== undefined) return { document: parseDocument("", options), refused };
  try {
    return { document: parseDocument(text, options) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { document: parseDocument("", options), refused: tooDeep };
  }
}

const tooDeep = "The file is nested too deeply to be read: an experiment has five levels.";

function tooMuch(text: string): string | undefined {
  let anchors = 0;
  for (const _ of text.matchAll(/(?:^|[\s[{,])&[^\s[\]{},]/g)) if (++anchors > mostAnchors) break;
  if (anchors > mostAnchors) return `The file has more than ${mostAnchors} anchors (words that begin with &).`;
  let depth = 0;
  let most = 0;
  for (const [mark] of text.matchAll(/[[\]{}]/g)) {
    depth = mark === "[" || mark === "{" ? depth + 1 : Math.max(0, depth - 1);
    most = Math.max(most, depth);
  }
  return most > deepest || /(?:[-?:] +){200}/.test(text) ? tooDeep : undefined;
}

/** Reads a YAML text into typed values. It collects all faults with their ranges instead of stopping at the first. */
export class YamlReader {
  readonly document: Document;
  readonly problems: Problem[] = [];
  readonly #lines = new LineCounter();

  constructor(text: string) {
    const { document, refused } = parsed(text, this.#lines);
    this.document = document;
    if (refused !== undefined) this.fault("yaml", refused, this.#between(0, 0));
    for (const { message, pos } of this.document.errors) {
      // The parser catches the end of its own stack and gives the engine's words for it.
      const sentence = /call stack/.test(message) ? tooDeep : message;
      this.problems.push(this.#asProblem("yaml", sentence, this.#between(pos[0], pos[1])));
    }
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
