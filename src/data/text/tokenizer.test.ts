import assert from "node:assert/strict";
import { test } from "node:test";
import oracle from "../../../test/oracles/tokenizer-ids.json" with { type: "json" };
import { displayToken } from "./display-token.ts";
import type { Token } from "./tokenizer.ts";
import { tokenizerFromJson } from "./tokenizer-json.ts";

/**
 * Compares with the Rust library's span of a token, with two differences: a prepended space covers nothing here, and where
 * the tokenizer composes or strips accents, a token covers the accents together with their letter (in Rust no token covers
 * the accents).
 */
function expectSpans(
  text: string,
  tokens: readonly Token[],
  spans: readonly (readonly number[])[],
  normalizes: boolean,
): void {
  const graphemes = Array.from(
    new Intl.Segmenter("und").segment(text),
    ({ index, segment }) => [index, index + segment.length] as const,
  );
  tokens.forEach((token, i) => {
    const [start, end] = spans[i]! as [number, number];
    const begins = i === 0 || tokens[i - 1]!.special;
    if (begins && token.text === " " && text[start] !== " ") {
      assert.deepEqual([token.start, token.end], [start, start]);
    } else if (!normalizes) {
      assert.deepEqual([token.start, token.end], [start, end]);
    } else {
      const outer = [
        Math.min(start, ...graphemes.filter(([from, to]) => from <= start && start < to).map(([from]) => from)),
        Math.max(end, ...graphemes.filter(([from, to]) => from < end && end <= to).map(([, to]) => to)),
      ];
      assert.ok(
        token.start <= start && token.start >= outer[0]! && token.end >= end && token.end <= outer[1]!,
        `${token.start}–${token.end}, not ${start}–${end}`,
      );
    }
  });
}

for (const { name, tokenizer: json, withSpecial, expected } of oracle.small) {
  const tokenizer = tokenizerFromJson(json);
  for (const { text, ids, spans } of expected) {
    test(`${name} cuts ${JSON.stringify(text)} as the Rust library does, with the same spans`, () => {
      const tokens = tokenizer.encode(text, { addBos: false, addEos: false });
      assert.deepEqual(
        tokens.map(({ id }) => id),
        ids,
      );
      expectSpans(text, tokens, spans, json.normalizer !== null);
    });
  }
  test(`${name} begins and ends a text according to its template`, () => {
    assert.deepEqual(
      tokenizer.encode("the fox").map(({ id }) => id),
      withSpecial,
    );
  });
  test(`${name} decodes as the Rust library does`, () => {
    for (const { ids, decoded } of expected) assert.equal(tokenizer.decode(ids), decoded);
  });
}

test("invisible characters of a token are shown", () => {
  assert.equal(displayToken(" the\n"), "·the⏎");
  assert.equal(displayToken("\r\n\t\u200b"), "␍⏎⇥\\u{200b}");
  assert.equal(displayToken("日本 🙂"), "日本·🙂");
});
