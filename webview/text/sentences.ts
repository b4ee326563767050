/** One sentence a result, made of its numbers: what is not in the data is not said. */
import { displayToken } from "../../src/data/text/display-token.ts";
import { figure, percent, signed } from "../lib/numbers.ts";

const quoted = (text: string): string => `“${displayToken(text)}”`;

export function nextTokenSentence(
  best: readonly { readonly text: string; readonly probability: number }[],
  after: string,
  actual: { readonly text: string; readonly rank: number; readonly probability: number } | undefined,
): string {
  const [first, second] = best;
  if (first === undefined) return "";
  const ratio = second && second.probability > 0 ? first.probability / second.probability : undefined;
  const lead = `After ${quoted(after)} the model gives ${quoted(first.text)} ${percent(first.probability)}`;
  const compared =
    second && ratio !== undefined
      ? `${lead}, ${ratio < 1.05 ? "level with" : `${figure(ratio)} times as much as`} ${quoted(second.text)}.`
      : `${lead}.`;
  if (actual === undefined) return compared;
  return actual.rank === 1
    ? `${compared} That is what the text says next.`
    : `${compared} The text goes on with ${quoted(actual.text)}, which has rank ${actual.rank} and ${percent(actual.probability)}.`;
}

interface Pattern {
  readonly layer: number;
  readonly head: number;
  /** [query, key], each row sums to one. */
  readonly weights: ArrayLike<number>;
  readonly ids: ArrayLike<number>;
  readonly tokens: readonly string[];
  /** The head's induction score; unset where no token occurs twice. */
  readonly induction: number | undefined;
}

/** Where a head attends on average. */
export function attentionSentence({ layer, head, weights, ids, tokens, induction }: Pattern): string {
  const count = ids.length;
  if (count < 2) return "";
  const at = (query: number, key: number): number => weights[query * count + key]!;
  const mean = (from: number, read: (query: number) => number): { value: number; queries: number } => {
    let sum = 0;
    for (let query = from; query < count; query++) sum += read(query);
    return { value: sum / (count - from), queries: count - from };
  };
  const repeated = Array.from(ids).filter((id, position, all) => all.indexOf(id) < position).length;
  const kinds = [
    { words: `the first token, ${quoted(tokens[0]!)}`, ...mean(1, (query) => at(query, 0)) },
    { words: "the token before", ...mean(2, (query) => at(query, query - 1)) },
    { words: "the token itself", ...mean(1, (query) => at(query, query)) },
    {
      words: "the token after an earlier occurrence of the same token (induction)",
      value: induction ?? 0,
      queries: repeated,
    },
  ].filter(({ queries }) => queries > 0);
  const best = kinds.reduce((a, b) => (b.value > a.value ? b : a));
  const tally =
    best.queries === count - 1
      ? `averaged over positions 1 to ${count - 1}`
      : `averaged over the ${best.queries === 1 ? "one position" : `${best.queries} positions`} where there is one`;
  return `Head ${layer}.${head} puts ${percent(best.value)} of its attention on ${best.words}, ${tally}.`;
}

/** Top tokens of one position in the states before each layer, and at the end. */
export function lensSentence(tops: readonly (string | undefined)[], layers: number, position: string): string {
  const final = tops.at(-1);
  if (final === undefined || tops.some((top) => top === undefined)) return "";
  let from = tops.length - 1;
  while (from > 0 && tops[from - 1] === final) from--;
  if (from === 0) return `At ${quoted(position)}, ${quoted(final)} is the top token in every layer.`;
  const before = `before layer ${from - 1} it is ${quoted(tops[from - 1]!)}`;
  return `At ${quoted(position)}, ${quoted(final)} is the top token ${from === layers ? "at the end only" : `from the state before layer ${from} on`}; ${before}.`;
}

export interface Contribution {
  readonly name: string;
  readonly value: number;
  readonly kind: "embedding" | "head" | "attention bias" | "attention" | "mlp" | "edit";
}

export function attributionSentence(parts: readonly Contribution[], what: string): string {
  if (parts.length === 0) return "";
  const total = (kinds: readonly Contribution["kind"][]): number =>
    parts.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { value }) => sum + value, 0);
  const [first, second] = [...parts].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const largest = second
    ? `the largest single effects are ${first!.name} (${signed(first!.value)}) and ${second.name} (${signed(second.value)})`
    : `all of it is ${first!.name}`;
  const edits = parts.some(({ kind }) => kind === "edit") ? `, the edits ${signed(total(["edit"]))}` : "";
  return `Of the ${what}, attention writes ${signed(total(["head", "attention bias", "attention"]))}, the MLPs ${signed(total(["mlp"]))}${edits} and the embeddings ${signed(total(["embedding"]))}; ${largest}.`;
}

/** Shares recovered by [layer][column]; undefined rows are not known yet. Says which column carries most of the effect from layer to layer. */
export function patchingSentence(
  shares: readonly (readonly number[] | undefined)[],
  names: readonly string[],
  unit: "position" | "head",
): string {
  const known = shares.flatMap((row, layer) => (row ? [{ layer, row }] : []));
  if (known.length < shares.length || known.length === 0) return "";
  if (unit === "head") {
    const cells = known.flatMap(({ layer, row }) => row.map((value, head) => ({ layer, head, value })));
    const [first, second] = cells.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    return second
      ? `Put back alone, head ${first!.layer}.${first!.head} moves the answer most (${percent(first!.value)} of the way), then head ${second.layer}.${second.head} (${percent(second.value)}).`
      : "";
  }
  const best = known
    .map(({ layer, row }) => ({
      layer,
      column: row.reduce((top, value, column) => (value > row[top]! ? column : top), 0),
    }))
    .map((cell) => ({ ...cell, value: shares[cell.layer]![cell.column]! }));
  const strong = best.filter(({ value }) => value >= 0.5);
  if (strong.length === 0) {
    const top = best.reduce((a, b) => (b.value > a.value ? b : a));
    return `No single state recovers half of the answer; the most is ${percent(top.value)}, layer ${top.layer} at position ${top.column}, ${quoted(names[top.column]!)}.`;
  }
  const runs: { column: number; from: number; to: number }[] = [];
  for (const { column, layer } of strong) {
    const last = runs.at(-1);
    if (last?.column === column && last.to === layer - 1) runs[runs.length - 1] = { ...last, to: layer };
    else runs.push({ column, from: layer, to: layer });
  }
  const span = ({ from, to }: { from: number; to: number }): string =>
    from === to ? `in layer ${from}` : `in layers ${from} to ${to}`;
  const said = runs.map(
    (run, i) => `${i === 0 ? "" : "at "}${quoted(names[run.column]!)} (position ${run.column}) ${span(run)}`,
  );
  return `One state recovers at least half of the answer at ${said.join(", then ")}.`;
}
