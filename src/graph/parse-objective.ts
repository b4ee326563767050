import { GlassboxError } from "../tensor/errors.ts";
import * as objective from "./objective.ts";
import type { Objective } from "./objective.ts";

const longestText = 20_000;
/** A person writes three or four. */
const deepest = 100;

type Argument = string | number | readonly number[];

interface Token {
  readonly kind: "number" | "text" | "name" | "sign" | "end";
  readonly text: string;
  readonly at: number;
}

const tokenPattern =
  /\s*(?:(?<number>\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|(?<text>"(?:[^"\\]|\\.)*")|(?<name>[a-z_]\w*)|(?<sign>[-+*(),[\]]))/giy;

/** The arguments of each measure: a site, a whole number, an optional whole number, or a list of numbers in brackets. */
const measures: Readonly<
  Record<
    string,
    {
      readonly usage: string;
      readonly takes: readonly string[];
      readonly make: (given: readonly Argument[]) => Objective;
    }
  >
> = {
  channel: {
    usage: 'channel("site", 20)',
    takes: ["text", "index"],
    make: ([site, index]) => objective.channel(site as string, index as number),
  },
  neuron: {
    usage: 'neuron("site", 20) or neuron("site", 20, row, column)',
    takes: ["text", "index", "index?", "index?"],
    make: ([site, index, row, column]) =>
      objective.neuron(site as string, index as number, row as number, column as number),
  },
  layer: { usage: 'layer("site")', takes: ["text"], make: ([site]) => objective.layer(site as string) },
  direction: {
    usage: 'direction("site", [0.5, -1, …])',
    takes: ["text", "vector"],
    make: ([site, vector]) => objective.direction(site as string, vector as readonly number[]),
  },
  logit: { usage: "logit(281)", takes: ["index"], make: ([index]) => objective.logit(index as number) },
  diversity: {
    usage: 'diversity or diversity("site")',
    takes: ["text?"],
    make: ([site]) => objective.diversity(site as string | undefined),
  },
};

/**
 * Parses the text form: sums and differences of measures, each with an optional factor on either side, and brackets
 * around sums. The error gives the position of a syntax error.
 */
export function parseObjective(text: string): Objective {
  if (text.length > longestText) fail(text, longestText, `it is longer than ${longestText} characters`);
  const tokens = tokensOf(text);
  let next = 0;
  let depth = 0;
  const peek = (): Token => tokens[next]!;
  const take = (): Token => tokens[next++]!;
  const refuse = (token: Token, wanted: string): never =>
    fail(
      text,
      token.at,
      token.kind === "end"
        ? `it ends where ${wanted} was expected`
        : `found "${token.text}" where ${wanted} was expected`,
    );
  const accept = (sign: string): boolean => peek().text === sign && peek().kind === "sign" && take() !== undefined;
  const expect = (sign: string): void => void (accept(sign) || refuse(peek(), `"${sign}"`));

  function sum(): Objective {
    let total = signed();
    for (;;) {
      if (accept("+")) total = objective.plus(total, product());
      else if (accept("-")) total = objective.minus(total, product());
      else return total;
    }
  }
  function signed(): Objective {
    let negative = false;
    for (;;) {
      if (accept("-")) negative = !negative;
      else if (!accept("+")) return negative ? objective.negative(product()) : product();
    }
  }
  function product(): Objective {
    let factor = 1;
    while (peek().kind === "number") {
      factor *= Number(take().text);
      expect("*");
    }
    let value = objective.times(atom(), factor);
    while (accept("*")) value = objective.times(value, number());
    return value;
  }
  function atom(): Objective {
    if (accept("(")) {
      if (++depth > deepest) refuse(peek(), `no more than ${deepest} brackets within each other`);
      const inner = sum();
      expect(")");
      depth--;
      return inner;
    }
    const token = peek();
    const measure = token.kind === "name" ? measures[token.text.toLowerCase()] : undefined;
    if (measure === undefined) return refuse(token, `one of ${Object.keys(measures).join(", ")}`);
    take();
    return measure.make(argumentsOf(measure.takes, measure.usage));
  }
  function argumentsOf(takes: readonly string[], usage: string): readonly Argument[] {
    const needed = takes.filter((kind) => !kind.endsWith("?")).length;
    if (peek().text !== "(" && needed === 0) return [];
    expect("(");
    const given: Argument[] = [];
    while (given.length < takes.length) {
      if (given.length >= needed && peek().text === ")") break;
      if (given.length > 0) expect(",");
      const kind = takes[given.length]!;
      given.push(kind.startsWith("text") ? site(usage) : kind === "vector" ? vector() : index(usage));
    }
    if (!accept(")")) refuse(peek(), `")" of ${usage}`);
    return given;
  }
  function site(usage: string): string {
    return peek().kind === "text" ? unquoted(take()) : refuse(peek(), `a site in quotation marks, as in ${usage},`);
  }
  function unquoted(token: Token): string {
    try {
      return JSON.parse(token.text) as string;
    } catch {
      return refuse(token, "a text whose backslashes are written twice");
    }
  }
  function index(usage: string): number {
    return peek().kind === "number" && /^\d+$/.test(peek().text)
      ? Number(take().text)
      : refuse(peek(), `a whole number, as in ${usage},`);
  }
  function number(): number {
    const minus = accept("-");
    return peek().kind === "number" ? Number(take().text) * (minus ? -1 : 1) : refuse(peek(), "a number");
  }
  function vector(): readonly number[] {
    expect("[");
    const numbers = [number()];
    while (accept(",")) numbers.push(number());
    expect("]");
    return numbers;
  }

  const whole = sum();
  if (peek().kind !== "end") refuse(peek(), "+, - or the end");
  if (whole.terms.length === 0) fail(text, 0, "its terms cancel");
  return whole;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    if (match === null) return fail(text, start, `unexpected character "${text[start]}"`);
    const [kind, found] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!;
    tokens.push({ kind: kind as Token["kind"], text: found!, at: start });
    at = tokenPattern.lastIndex;
  }
  return [...tokens, { kind: "end", text: "", at: text.length }];
}

function fail(text: string, at: number, why: string): never {
  throw new GlassboxError("option", `the objective ${JSON.stringify(text.slice(0, 200))} cannot be read: ${why}`, {
    where: `character ${at + 1}`,
    hint: 'Write for example channel("blocks.5", 20) - 0.2*diversity.',
  });
}
