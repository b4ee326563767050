import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelCard } from "../../src/protocol/model.ts";
import { analysisCards } from "../../src/methods/table.ts";
import { emptySubject, fitting, initialState, questionOf, restoredState, withAnalysis } from "./state.ts";

const reader = { kind: "language-model", tokenizer: {} } as ModelCard;
const card = (id: string) => analysisCards.find((each) => each.id === id)!;

test("a network offers what looks at pictures, data and units, a language model what looks at prompts", () => {
  const takes = (kind: ModelCard["kind"]) =>
    new Set(fitting(analysisCards, { kind } as ModelCard).map((each) => each.takes));
  assert.deepEqual(takes("network"), new Set(["picture", "data", "unit"]));
  assert.deepEqual(takes("language-model"), new Set(["prompt"]));
});

test("another analysis of the same kind of subject keeps it, one of another kind begins with an empty one", () => {
  const subject = { kind: "prompt", prompt: { text: "A B" } } as const;
  const draft = { ...initialState("/m").draft, subject, options: { top: 3 } };
  assert.deepEqual(withAnalysis(draft, card("attention"), reader), {
    analysis: "attention",
    subject,
    target: undefined,
    options: {},
  });
  assert.deepEqual(withAnalysis(draft, card("linear-probes"), reader).subject, emptySubject("data", reader));
});

test("there is a question once what it looks at is filled in", () => {
  const draft = withAnalysis(initialState("/m").draft, card("attention"), reader);
  assert.equal(questionOf("/m", draft), undefined);
  const filled = { ...draft, subject: { kind: "prompt", prompt: { ids: [1, 2] } } as const, target: "" };
  assert.deepEqual(questionOf("/m", filled), {
    analysis: "attention",
    model: "/m",
    subject: filled.subject,
    target: undefined,
    options: {},
  });
});

test("without a tokenizer a prompt is written as token ids", () => {
  const model = { kind: "language-model", tokenizer: undefined } as ModelCard;
  assert.deepEqual(emptySubject("prompt", model), { kind: "prompt", prompt: { ids: [] } });
});

test("what was saved comes back unless its analysis is gone", () => {
  const saved = { ...initialState("/m"), draft: withAnalysis(initialState("/m").draft, card("logit-lens"), reader) };
  assert.deepEqual(restoredState(saved, analysisCards), saved);
  assert.equal(restoredState(saved, [])!.draft.analysis, undefined);
});
