import assert from "node:assert/strict";
import { test } from "node:test";
import { GlassboxError } from "../tensor/errors.ts";
import {
  channel,
  direction,
  diversity,
  formatObjective,
  layer,
  logit,
  minus,
  negative,
  neuron,
  plus,
  times,
} from "./objective.ts";
import { parseObjective } from "./parse-objective.ts";

test("an objective is a sum of weighted measures, and its text form reads back to itself", () => {
  const whole = minus(
    plus(times(channel("blocks.5", 20), 2), negative(neuron("a b", 3, 1, 2))),
    times(diversity(), 0.2),
  );
  assert.equal(formatObjective(whole), '2*channel("blocks.5", 20) - neuron("a b", 3, 1, 2) - 0.2*diversity');
  for (const objective of [
    whole,
    layer('quo"te'),
    direction("x", [0.5, -1, 2e-3]),
    plus(logit(3), diversity("y")),
    negative(neuron("n", 4)),
  ]) {
    assert.deepEqual(parseObjective(formatObjective(objective)), objective);
  }
});

test("weights stand on either side, brackets spread signs, equal measures merge", () => {
  assert.deepEqual(parseObjective('2*3*channel("a",1)*0.5'), times(channel("a", 1), 3));
  assert.deepEqual(
    parseObjective('-(channel("a", 1) - 2*logit(7))'),
    plus(negative(channel("a", 1)), times(logit(7), 2)),
  );
  assert.deepEqual(parseObjective('channel("a",1) + channel("a",1)'), times(channel("a", 1), 2));
  // xplique compounds the signs of all terms before one: A − B must not become −(A + B).
  assert.deepEqual(
    parseObjective("logit(1) - logit(2)").terms.map(({ weight }) => weight),
    [1, -1],
  );
});

test("a malformed objective is rejected with the position of the error", () => {
  const cases: readonly (readonly [string, number])[] = [
    ['channel("a" 1)', 13],
    ['channel("a", 1.5)', 14],
    ["chanel(3)", 1],
    ["logit(1) logit(2)", 10],
    ["2 logit(1)", 3],
    ["", 1],
    ["logit(1) -", 11],
    ["logit(1) § 2", 10],
    ['direction("a", [1, x])', 20],
    ["logit(1) - logit(1)", 1],
  ];
  for (const [text, character] of cases) {
    assert.throws(
      () => parseObjective(text),
      (error) => error instanceof GlassboxError && error.where === `character ${character}`,
      text,
    );
  }
});

test("an objective without end is refused with its place: brackets, signs and letters", () => {
  const refused = (text: string, why: RegExp): void =>
    assert.throws(
      () => parseObjective(text),
      (error) => error instanceof GlassboxError && why.test(error.message),
    );
  refused(`${"(".repeat(9000)}logit(1)${")".repeat(9000)}`, /no more than 100 brackets/);
  refused("logit(1)".padEnd(30_000, " "), /longer than 20000 characters/);
  refused('channel("a\\q", 1)', /backslashes/);
  assert.equal(parseObjective(`${"-".repeat(10_000)}logit(1)`).toString(), parseObjective("logit(1)").toString());
});
