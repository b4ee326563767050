import assert from "node:assert/strict";
import test from "node:test";
import { referenceRuntime } from "../../../runtime/reference/reference.ts";
import { LanguageModel } from "../language-model.ts";
import { ablatedHeads, otherHeads } from "./ablated-heads.ts";
import { scoreHeads, type HeadFunctions } from "./head-evidence.ts";
import { roleOf, type HeadEvidence } from "./head-role.ts";
import { decoyLag, plantedDecoder } from "./planted-decoder.ts";
import { lagProfile, meanWeight, repeatScores } from "./position-scores.ts";
import { repeatedPrompts, type RepeatedPrompt } from "./repeated-prompts.ts";
import { runRepeat } from "./repeat-runs.ts";
import { fromFloat64 } from "../../../tensor/tensor.ts";

const planted = { vocabulary: 60, context: 64, start: 0, excluded: [59], count: 8, seed: 1 };

async function scored(model: LanguageModel, prompts: readonly RepeatedPrompt[]): Promise<HeadFunctions> {
  const scoring = scoreHeads(model, prompts, { threshold: 0.4, seed: 0, cancelled: () => false });
  for (;;) {
    const { done, value } = await scoring.next();
    if (done) return value;
  }
}

test("random prompts repeat every token once at different periods, and their controls repeat nothing", () => {
  const prompts = repeatedPrompts(planted);
  assert.deepEqual(prompts, repeatedPrompts(planted));
  assert.ok(new Set(prompts.map(({ period }) => period)).size >= 6);
  for (const { period, repeated, fresh } of prompts) {
    assert.equal(repeated.length, 2 * period + 1);
    assert.deepEqual(repeated.slice(1, period + 1), repeated.slice(period + 1));
    assert.equal(new Set(fresh).size, fresh.length);
    assert.ok(![...repeated.slice(1), ...fresh.slice(1)].some((id) => id === 0 || id === 59));
  }
});

test("a model that is too small for repeated tokens is refused with its numbers", () => {
  assert.throws(() => repeatedPrompts({ ...planted, context: 8 }), /context of 8 and a vocabulary of 60/);
  assert.throws(() => repeatedPrompts({ ...planted, vocabulary: 8 }), /a vocabulary of 8/);
});

test("the planted previous-token and induction heads are found, and the positional decoy is not called induction", async () => {
  const model = new LanguageModel(plantedDecoder(), referenceRuntime);
  const { heads, previousTest, inductionTest } = await scored(model, repeatedPrompts(planted));
  assert.deepEqual(
    heads.map(({ layer, head, role }) => [`${layer}.${head}`, role]),
    [
      ["0.0", "previous token"],
      ["0.1", "fixed distance"],
      ["1.0", "induction"],
      ["1.1", "none"],
    ],
  );
  const [copier, decoy, induction] = heads.map(({ evidence }) => evidence) as [
    HeadEvidence,
    HeadEvidence,
    HeadEvidence,
  ];
  assert.ok(copier.previous > 0.99);
  assert.deepEqual([decoy.fixedLag.lag, decoy.fixedLag.weight > 0.99], [decoyLag, true]);
  assert.ok(induction.induction > 0.99 && induction.duplicate < 0.01 && induction.shorter < 0.01);
  assert.ok(induction.unrepeated.induction < 0.1 && induction.withoutPrevious! < 0.1);
  for (const { intact, without } of [previousTest!, inductionTest!])
    assert.ok(intact.accuracy === 1 && without.accuracy < 0.2 && without.loss > intact.loss + 2);
  assert.equal(inductionTest!.withoutOthers.accuracy, 1);
});

test("at one period only, where the usual score calls the decoy an induction head, it is still called positional", async () => {
  const model = new LanguageModel(plantedDecoder(), referenceRuntime);
  const period = decoyLag + 1;
  const prompts = repeatedPrompts({ ...planted, context: 2 * period + 1 }).filter((each) => each.period === period);
  assert.ok(prompts.length > 0);
  const { heads } = await scored(model, prompts);
  const decoy = heads[1]!;
  assert.ok(decoy.evidence.induction > 0.99, "the fixed-lag score is fooled");
  assert.equal(decoy.role, "fixed distance");
  assert.equal(heads[2]!.role, "induction");
});

test("weights are averaged over the queries that have the key", () => {
  // start, A, B, A, B: period 2. Query 3 looks at 1 and 2, query 4 at 2 and 3.
  const rows = [1, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0.25, 0.75, 0, 0, 0, 0, 0.5, 0.4, 0.1];
  const pattern = fromFloat64("float64", [1, 5, 5], rows);
  const { induction, duplicate, shorter } = repeatScores(pattern, 0, 2);
  [induction - 0.575, duplicate - 0.375, shorter - 0.05].forEach((error) => assert.ok(Math.abs(error) < 1e-12));
  assert.equal(
    meanWeight(pattern, 0, [1, 5], (query) => query - 4),
    0,
  );
  assert.ok(Math.abs(lagProfile(pattern, 0, 3)[1]! - (0 + 0.75 + 0.4) / 3) < 1e-12);
});

test("a role needs its controls: no proof, a neighbouring lag, or the same lag without a repetition take it away", () => {
  const none = { induction: 0, duplicate: 0, shorter: 0 };
  const head: HeadEvidence = {
    ...none,
    induction: 0.8,
    unrepeated: none,
    self: 0,
    previous: 0,
    first: 0.1,
    fixedLag: { lag: 2, weight: 0 },
    withoutPrevious: 0.1,
  };
  assert.equal(roleOf(head, 0.4), "induction");
  assert.equal(roleOf({ ...head, withoutPrevious: undefined }, 0.4), "induction, unproved");
  assert.equal(roleOf({ ...head, withoutPrevious: 0.7 }, 0.4), "induction, unproved");
  assert.equal(roleOf({ ...head, shorter: 0.5 }, 0.4), "none");
  assert.equal(roleOf({ ...head, unrepeated: { ...none, induction: 0.5 } }, 0.4), "none");
  assert.equal(roleOf({ ...head, induction: 0.2, duplicate: 0.7 }, 0.4), "duplicate token");
  assert.equal(roleOf(head, 0.9), "none");
});

test("ablating a head zeroes what it writes, and its controls are other heads of the same layer", async () => {
  const model = new LanguageModel(plantedDecoder(), referenceRuntime);
  const [{ repeated, period }] = repeatedPrompts(planted) as [RepeatedPrompt];
  const edits = ablatedHeads([{ layer: 1, head: 0 }], 2);
  const trace = await model.trace(repeated, ["blocks.1.attn.hook_result"], edits);
  const { data } = trace.get("blocks.1.attn.hook_result");
  assert.ok(data.every((value) => Number(value) === 0));
  assert.equal((await runRepeat(model, repeated, period)).skill.accuracy, 1);
  assert.deepEqual(otherHeads([{ layer: 1, head: 0 }], [], 2, 5), [{ layer: 1, head: 1 }]);
  assert.deepEqual(otherHeads([{ layer: 1, head: 0 }], [{ layer: 1, head: 1 }], 2, 5), []);
});
