import assert from "node:assert/strict";
import { test } from "node:test";
import { exactLayer, patchQuestion } from "./patch-question.ts";

const chosen = {
  prompt: { text: "John gave" },
  corrupted: { text: "Mary gave" },
  answer: 4,
  wrong: " John",
  means: ["a|b", "c"],
};
const state = { experiment: "denoise", component: "head", metric: "logit-difference", method: "estimate" } as const;

test("a pair is asked with the tokens that its metric reads, by the method's flag", () => {
  assert.deepEqual(patchQuestion(state, chosen), {
    subject: { kind: "prompt", prompt: chosen.prompt, corrupted: chosen.corrupted, answer: 4, wrong: " John" },
    options: { component: "head", metric: "logit-difference", direction: "denoise" },
    when: "estimate",
  });
  const divergence = patchQuestion({ ...state, metric: "divergence", method: "exact" }, chosen);
  assert.deepEqual([divergence?.subject.answer, divergence?.when], [undefined, undefined]);
  assert.equal(patchQuestion(state, { ...chosen, wrong: undefined }), undefined, "the contrast is not known yet");
  assert.ok(patchQuestion({ ...state, metric: "probability" }, { ...chosen, wrong: undefined }));
});

test("an ablation is exact and needs one prompt; prompts of a mean may hold bars", () => {
  const question = patchQuestion({ ...state, experiment: "mean" }, chosen)!;
  assert.deepEqual([question.subject.corrupted, question.when], [undefined, undefined]);
  assert.deepEqual(question.options, {
    component: "head",
    metric: "logit-difference",
    direction: "noise",
    replacement: "mean",
    means: "a\\|b|c",
  });
  assert.deepEqual(exactLayer(question, 3).options["layers"], "3");
});
