import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseConvention, type ConventionChoice, type Trial } from "./choose-convention.ts";
import oracle from "./convention-trials.json";
import type { ConventionName } from "./conventions.ts";

type Model = keyof typeof oracle;
const photographs = ["chelsea.png", "coffee.png", "rocket.jpg"] as const;

/** 1000 probabilities, given the largest few; the rest is spread evenly over the others. */
function probabilities(largest: readonly (readonly number[])[]): Float64Array {
  const rest = 1 - largest.reduce((sum, [, millionths]) => sum + millionths! / 1e6, 0);
  const p = new Float64Array(1000).fill(Math.max(0, rest) / (1000 - largest.length));
  for (const [index, millionths] of largest) p[index!] = millionths! / 1e6;
  return p;
}

function chooseFor(model: Model, on: readonly (typeof photographs)[number][]): ConventionChoice {
  return chooseConvention(
    Object.entries(oracle[model]).map(([convention, answers]): Trial => ({
      convention: convention as ConventionName,
      photographs: on.map((photo) => ({
        views: answers[photo].map(probabilities),
        blank: probabilities(answers.blank),
      })),
    })),
  );
}

for (const [model, truth] of [
  ["efficientnet-lite0", "imagenet"],
  ["squeezenet", "caffe"],
] as const) {
  for (const on of [...photographs.map((photo) => [photo]), photographs]) {
    test(`${model} expects ${truth}: found from ${on.join(", ")}`, (t) => {
      const choice = chooseFor(model, on);
      t.diagnostic(
        `margin ${choice.margin.toFixed(2)}, ${choice.sure ? "sure" : "to be confirmed"}: ${choice.ranking.map((r) => `${r.convention} ${r.score.toFixed(2)}`).join(", ")}`,
      );
      assert.equal(choice.chosen, truth);
    });
  }
}

test("both models are sure with three photographs; the cat alone is not enough", () => {
  for (const model of ["efficientnet-lite0", "squeezenet"] as const) {
    assert.equal(chooseFor(model, photographs).sure, true);
    assert.equal(chooseFor(model, ["chelsea.png"]).sure, false);
  }
});

test("without the right convention among the trials, SqueezeNet is not sure, or its answers are not flat", () => {
  const trials = Object.entries(oracle.squeezenet)
    .filter(([name]) => name === "imagenet" || name === "inception" || name === "unit")
    .map(([convention, answers]): Trial => ({
      convention: convention as ConventionName,
      photographs: photographs.map((photo) => ({
        views: answers[photo].map(probabilities),
        blank: probabilities(answers.blank),
      })),
    }));
  const choice = chooseConvention(trials);
  assert.equal(choice.sure, false);
  assert.match(choice.reason, /not known/);
});

const oneHot = (index: number): number[] => [0, 1, 2, 3].map((i) => (i === index ? 0.97 : 0.01));

test("a model that gives every input the same answer is never sure", () => {
  const deaf = (convention: ConventionName): Trial => ({
    convention,
    photographs: [{ views: [oneHot(1), oneHot(1)], blank: oneHot(1) }],
  });
  assert.equal(chooseConvention([deaf("imagenet"), deaf("byte")]).sure, false);
});

test("conventions with the same answers are not rivals, and the reason names them", () => {
  const trial = (convention: ConventionName, answer: number[]): Trial => ({
    convention,
    photographs: [{ views: [answer], blank: oneHot(3) }],
  });
  const choice = chooseConvention([
    trial("inception", oneHot(0)),
    trial("imagenet", oneHot(0)),
    trial("caffe", [0.25, 0.25, 0.25, 0.25]),
  ]);
  assert.equal(choice.chosen, "imagenet");
  assert.deepEqual(
    choice.ranking.map(({ convention, alike }) => [convention, alike]),
    [
      ["imagenet", true],
      ["inception", true],
      ["caffe", false],
    ],
  );
  assert.match(choice.reason, /Mean and deviation 0\.5, RGB would give nearly the same answers/);
});

test("answers that are not numbers rule a convention out", () => {
  const trial = (convention: ConventionName, answer: number[]): Trial => ({
    convention,
    photographs: [{ views: [answer], blank: oneHot(3) }],
  });
  assert.equal(chooseConvention([trial("imagenet", [NaN, NaN, NaN, NaN]), trial("byte", oneHot(2))]).chosen, "byte");
  assert.equal(chooseConvention([trial("imagenet", [NaN, NaN, NaN, NaN])]).sure, false);
});
