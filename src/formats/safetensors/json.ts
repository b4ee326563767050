/**
 * JSON as file headers need it: duplicate keys refused (JSON.parse keeps the last), integers exact (JSON.parse rounds beyond 2⁵³),
 * objects as Map (a key may be "__proto__"), depth bounded. Errors are `JsonError` with the position in the text.
 */
export type Json = null | boolean | number | bigint | string | readonly Json[] | ReadonlyMap<string, Json>;

export class JsonError extends Error {
  readonly position: number;

  constructor(what: string, position: number) {
    super(what);
    this.position = position;
  }
}

const maxDepth = 64;
/** An object costs as much as several other values; no header that is read, and no config, has so many. */
const mostSteps = 1_000_000;
const stepsOfObject = 4;
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const plainText = /[^"\\\u0000-\u001f]*/y;
const [zero, nine, quote, backslash] = [48, 57, 34, 92];
/** So many digits are exact. */
const safeDigits = 15;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

export function parseJson(text: string): Json {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #steps = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    if (depth > maxDepth) throw this.#error("it is nested too deeply");
    if (++this.#steps > mostSteps) throw this.#error("it has too many parts");
    this.#skip();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#list(depth);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) throw this.#error("something follows its end");
  }

  #object(depth: number): Map<string, Json> {
    this.#steps += stepsOfObject;
    const entries = new Map<string, Json>();
    this.#at++;
    this.#skip();
    if (this.#accept("}")) return entries;
    do {
      this.#skip();
      const position = this.#at;
      if (this.#text[this.#at] !== '"') throw this.#error("a key was expected");
      const key = this.#string();
      if (entries.has(key)) throw new JsonError(`the key ${JSON.stringify(key.slice(0, 80))} occurs twice`, position);
      this.#skip();
      this.#expect(":");
      entries.set(key, this.value(depth + 1));
      this.#skip();
    } while (this.#accept(","));
    this.#expect("}");
    return entries;
  }

  #list(depth: number): Json[] {
    const items: Json[] = [];
    this.#at++;
    this.#skip();
    if (this.#accept("]")) return items;
    do {
      items.push(this.value(depth + 1));
      this.#skip();
    } while (this.#accept(","));
    this.#expect("]");
    return items;
  }

  #string(): string {
    this.#at++;
    const start = this.#at;
    const text = this.#text;
    // Nearly every text is plain, and a header is nearly all texts.
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (code === backslash || code < 32) break;
    }
    return this.#escaped();
  }

  #escaped(): string {
    let value = "";
    for (;;) {
      value += this.#match(plainText)![0];
      const character = this.#text[this.#at];
      if (character === '"') break;
      if (character !== "\\")
        throw this.#error(character === undefined ? "a text has no end" : "a text holds a control character");
      const escape = this.#text[this.#at + 1] ?? "";
      const hex = this.#text.slice(this.#at + 2, this.#at + 6);
      if (escape === "u" && /^[0-9a-fA-F]{4}$/.test(hex)) {
        value += String.fromCharCode(Number.parseInt(hex, 16));
        this.#at += 6;
      } else {
        if (!Object.hasOwn(escapes, escape)) throw this.#error("a text holds an unknown escape");
        value += escapes[escape];
        this.#at += 2;
      }
    }
    this.#at++;
    return value;
  }

  #number(): number | bigint {
    return this.#shortWhole() ?? this.#anyNumber();
  }

  /** A whole number without a sign, short enough to be exact; extents and offsets are. */
  #shortWhole(): number | undefined {
    const text = this.#text;
    const start = this.#at;
    let value = 0;
    let at = start;
    for (; at < text.length && at - start <= safeDigits; at++) {
      const code = text.charCodeAt(at);
      if (code < zero || code > nine) break;
      value = value * 10 + code - zero;
    }
    const digits = at - start;
    const after = text[at];
    if (
      digits === 0 ||
      digits > safeDigits ||
      after === "." ||
      after === "e" ||
      after === "E" ||
      (digits > 1 && text.charCodeAt(start) === zero)
    )
      return undefined;
    this.#at = at;
    return value;
  }

  #anyNumber(): number | bigint {
    const match = this.#match(number);
    if (match === null)
      throw this.#error(this.#at === this.#text.length ? "it ends too early" : "a value was expected");
    const value = Number(match[0]);
    const isInteger = match[1] === undefined && match[2] === undefined;
    if (!isInteger || Number.isSafeInteger(value)) return value;
    if (match[0].length > 400) throw this.#error("a number has too many digits");
    return BigInt(match[0]);
  }

  #word<T extends Json>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error("a value was expected");
    this.#at += word.length;
    return value;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }

  #skip(): void {
    for (let at = this.#at; ; at++) {
      const code = this.#text.charCodeAt(at);
      if (code !== 32 && code !== 9 && code !== 10 && code !== 13) {
        this.#at = at;
        return;
      }
    }
  }

  #accept(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw this.#error(`"${character}" was expected`);
  }

  #error(what: string): JsonError {
    return new JsonError(what, this.#at);
  }
}
