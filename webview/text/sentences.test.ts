import assert from "node:assert/strict";
import { test } from "node:test";
import { inductionScore } from "../../src/methods/language-model/induction.ts";
import {
  attentionSentence,
  attributionSentence,
  lensSentence,
  nextTokenSentence,
  patchingSentence,
} from "./sentences.ts";

test("the next token is compared with the second, and with what the text says", () => {
  const best = [
    { text: " Mary", probability: 0.6 },
    { text: " John", probability: 0.2 },
  ];
  assert.equal(
    nextTokenSentence(best, " to", undefined),
    "After “·to” the model gives “·Mary” 60 %, 3 times as much as “·John”.",
  );
  assert.match(
    nextTokenSentence(best, " to", { text: " her", rank: 7, probability: 0.01 }),
    /goes on with “·her”, which has rank 7 and 1 %\.$/,
  );
  assert.match(
    nextTokenSentence(best, " to", { text: " Mary", rank: 1, probability: 0.6 }),
    /That is what the text says next\.$/,
  );
});

test("a head is described by where most of its attention is, and only over positions where that exists", () => {
  const ids = [5, 6, 5, 6];
  const tokens = ["a", " b", "a", " b"];
  const sentence = (layer: number, head: number, choose: (query: number) => number): string => {
    const weights = ids.flatMap((_, query) => ids.map((__, key) => (key === choose(query) ? 1 : 0)));
    return attentionSentence({ layer, head, weights, ids, tokens, induction: inductionScore(weights, ids) });
  };
  assert.match(
    sentence(1, 2, () => 0),
    /^Head 1\.2 puts 100 % of its attention on the first token, “a”, averaged over positions 1 to 3\.$/,
  );
  assert.match(
    sentence(1, 2, (query) => query),
    /on the token itself/,
  );
  assert.match(
    sentence(0, 0, (query) => Math.max(0, query - 1)),
    /on the token before, averaged over the 2 positions/,
  );
  assert.match(
    sentence(0, 0, (query) => (query < 2 ? query : query - 1)),
    /before|induction/,
  );
});

test("an induction head is named by its score, over the positions whose token occurred before", () => {
  const ids = [5, 6, 7, 5, 6];
  const weights = ids.flatMap((_, query) => ids.map((__, key) => (key === [0, 1, 1, 1, 2][query] ? 1 : 0)));
  assert.match(
    attentionSentence({
      layer: 1,
      head: 0,
      weights,
      ids,
      tokens: ["a", "b", "c", "a", "b"],
      induction: inductionScore(weights, ids),
    }),
    /^Head 1\.0 puts 100 % of its attention on the token after an earlier .* \(induction\), averaged over the 2 positions/,
  );
});

test("the lens names the first layer from which the final answer stays on top", () => {
  assert.equal(
    lensSentence(["x", " John", " Mary", " Mary"], 3, " to"),
    "At “·to”, “·Mary” is the top token from the state before layer 2 on; before layer 1 it is “·John”.",
  );
  assert.equal(
    lensSentence(["x", " John", " Mary"], 2, " to"),
    "At “·to”, “·Mary” is the top token at the end only; before layer 1 it is “·John”.",
  );
  assert.equal(lensSentence([" a", " a"], 1, "b"), "At “b”, “·a” is the top token in every layer.");
  assert.equal(lensSentence([" a", undefined], 1, "b"), "");
});

test("attribution sums its kinds and names the two largest effects, whatever their sign", () => {
  const parts = [
    { name: "head 1.0", kind: "head", value: -3 },
    { name: "MLP 0", kind: "mlp", value: 2 },
    { name: "embedding", kind: "embedding", value: 0.5 },
  ] as const;
  assert.equal(
    attributionSentence(parts, "logit"),
    "Of the logit, attention writes −3, the MLPs +2 and the embeddings +0.5; the largest single effects are head 1.0 (−3) and MLP 0 (+2).",
  );
});

test("patching tells where half of the answer can be put back, layer by layer", () => {
  const names = ["When", " John", " to"];
  const shares = [
    [0, 1, 0],
    [0, 0.9, 0.1],
    [0, 0.2, 0.8],
    [0, 0, 1],
  ];
  assert.equal(
    patchingSentence(shares, names, "position"),
    "One state recovers at least half of the answer at “·John” (position 1) in layers 0 to 1, then at “·to” (position 2) in layers 2 to 3.",
  );
  assert.equal(
    patchingSentence([...shares.slice(0, 3), undefined], names, "position"),
    "",
    "nothing is said of what is not known yet",
  );
  assert.match(
    patchingSentence([[0.1, 0.2, 0]], names, "position"),
    /No single state recovers half of the answer; the most is 20 %, layer 0 at position 1/,
  );
  assert.match(
    patchingSentence(
      [
        [0.1, -0.4],
        [0.2, 0],
      ],
      names,
      "head",
    ),
    /head 0\.1 moves the answer most \(−40 % of the way\), then head 1\.0 \(20 %\)/,
  );
});
