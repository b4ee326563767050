import assert from "node:assert/strict";
import { test } from "node:test";
import { bounded } from "../../test/fuzz/bounded.ts";
import { analysisCards as cards } from "../methods/table.ts";
import type { Heatmap, Prediction, Result } from "../protocol/result.ts";
import { float32 } from "../tensor/tensor.ts";
import { conclude, pathsFor } from "./conclude.ts";
import { experimentOf } from "./experiment-of.ts";
import { hasErrors, parseExperiment } from "./parse.ts";
import type { PlannedInput } from "../protocol/experiment.ts";
import { plan, shard } from "./plan.ts";
import { read } from "../answers/reading/read.ts";
import { readShard } from "./shard-name.ts";
import { validate } from "./validate.ts";

const text = `version: 1
title: What the cat rests on
model: net.onnx
inputs:
  - cat.png
  - { file: dog.png, mask: dog.mask.png }
analyses:
  - method: prediction
  - id: ig
    method: integrated-gradients
    target: tabby
    options: { netError: 0.02 }
  - id: cam
    method: grad-cam
    sites: [features.3, features.5]
claims:
  - expect: prediction.top.1.name
    on: cat.png
    is: tabby
  - expect: ig.certificate.completeness.net
    atMost: 0.02
  - expect: ig.share(mask)
    on: dog.png
    above: cam@features.5.share(mask)
`;

const read1 = (source = text) => parseExperiment(source);

test("an experiment is read whole, with the place of everything", () => {
  const { experiment, problems } = read1();
  assert.deepEqual(problems, []);
  assert.equal(experiment!.model.value, "net.onnx");
  assert.deepEqual(
    experiment!.analyses.map(({ id }) => id),
    ["prediction", "ig", "cam"],
  );
  assert.deepEqual(experiment!.analyses[1]!.options.netError!.range, {
    start: { line: 11, character: 25 },
    end: { line: 11, character: 29 },
  });
  assert.deepEqual(experiment!.inputs[1], {
    kind: "file",
    stated: { value: "dog.png", range: { start: { line: 5, character: 12 }, end: { line: 5, character: 19 } } },
    mask: { value: "dog.mask.png", range: { start: { line: 5, character: 27 }, end: { line: 5, character: 39 } } },
  });
});

test("every fault is named with its line, and with what was probably meant", () => {
  const { problems } = read1(
    "version: 2\nmodle: net.onnx\ninputs:\nanalyses:\n  - metod: smoothgrad\n    options: 3\n  - {method: smoothgrad, id: a b}\nclaims:\n  - expect: a.b\n  - expect: a.b\n    is: 1\n    within: 2 %%\n  - expect: a.b\n    is: 1\n    within: 2 logit\n",
  );
  const said = problems.map(({ code, range, instead }) => `${range.start.line + 1} ${code} ${instead.join()}`);
  for (const wanted of [
    "1 version 1",
    "2 unknown-key model",
    "5 unknown-key method",
    "7 id a-b",
    "9 comparison ",
    "12 tolerance ",
    "15 unit 2 logits",
  ])
    assert.ok(
      said.some((line) => line.startsWith(wanted)),
      `${wanted} in\n${said.join("\n")}`,
    );
  assert.ok(said.some((line) => line.startsWith("3 empty")));
});

test("a text that is no YAML has a sentence with its place, and never throws", () => {
  for (const source of ["", "a: [", "- 1", "a: b: c", "\t", "model: *x", "!!js/function f", "&a [*a]"]) {
    const { problems } = read1(source);
    assert.ok(hasErrors(problems), source);
    assert.ok(
      problems.every(({ message }) => message.length > 10),
      source,
    );
  }
});

test("aliases that multiply without end are refused, not followed", () => {
  const bomb = Array.from(
    { length: 20 },
    (_, i) => `  k${i}: &a${i} [${Array.from({ length: 10 }, () => (i ? `*a${i - 1}` : "x")).join(", ")}]`,
  ).join("\n");
  bounded("a bomb of aliases", () => {
    const { problems } = read1(`model: m\ninputs: [a]\npreprocessing:\n${bomb}\nanalyses: [{ method: gradient }]\n`);
    assert.ok(hasErrors(problems));
  });
});

test("methods, options, sites and classes are judged by the tables and the model", () => {
  const model = {
    name: "net.onnx",
    sites: [
      { name: "features.3", shape: [1, 8, 7, 7], dtype: "float32", axes: [], role: "", channels: 8, grid: [7, 7] },
      { name: "features.5", shape: [1, 8], dtype: "float32", axes: [], role: "", channels: 8 },
    ],
    classes: { count: 3, names: ["tabby", "tiger", "dog"], source: "" },
  } as never;
  const source = `model: net.onnx
inputs: [cat.png]
analyses:
  - method: integrated-gradient
  - method: smoothgrad
    options: { samples: -3, noize: 0.1 }
    target: tabbi
  - id: b
    method: integrated-gradients
    options: { rule: gauss }
    target: 3
  - id: c
    method: grad-cam
    sites: [features.4, features.5]
    target: unit:features.3:9
claims:
  - expect: igg.share(mask)
    on: kat.png
    above: nothing
`;
  const parsed = parseExperiment(source);
  assert.deepEqual(parsed.problems, []);
  const said = validate(parsed.experiment!, cards, { model, inputs: ["cat.png"] }).map(
    ({ code, range, instead }) => `${range.start.line + 1} ${code} ${instead[0] ?? ""}`,
  );
  assert.deepEqual(said, [
    "4 unknown-method integrated-gradients",
    "6 out-of-range 2",
    "6 unknown-option noise",
    "7 unknown-class tabby",
    "10 unknown-choice gauss-legendre",
    "11 out-of-range 2",
    "14 unknown-site features.3",
    "14 shape-mismatch features.3",
    "15 out-of-range unit:features.3:7",
    "17 unknown-analysis ",
    "18 unknown-input cat.png",
    "19 comparison ",
  ]);
});

const picture = (name: string, mask?: string): PlannedInput => ({
  name,
  subject: { kind: "picture", input: { path: `/x/${name}` } },
  mask,
});
const inputs = [picture("cat.png"), picture("a/cat.png"), picture("dog.png", "/x/dog.mask.png")];

test("the plan has one order, and its parts are the whole, each task once", () => {
  const tasks = plan(read1().experiment!, inputs, cards);
  assert.deepEqual(tasks.map(({ stem }) => stem).slice(0, 5), [
    "cat.prediction",
    "cat.ig",
    "cat.cam@features.3",
    "cat.cam@features.5",
    "a-cat.prediction",
  ]);
  assert.equal(new Set(tasks.map(({ stem }) => stem.toLowerCase())).size, tasks.length);
  assert.deepEqual(tasks[3]!.options, { layer: "features.5" });
  for (const count of [1, 2, 4, 5, 100]) {
    const parts = Array.from({ length: count }, (_, index) => shard(tasks, { index, count })).flat();
    assert.deepEqual(
      parts.toSorted((a, b) => a.index - b.index),
      tasks,
    );
  }
});

test("a shard is named from 0 and refused beyond its count", () => {
  assert.deepEqual(readShard("3/4"), { index: 3, count: 4 });
  for (const wrong of ["4/4", "1", "-1/4", "a/b", "0/0"]) assert.throws(() => readShard(wrong), /shard/);
});

const provenance = { target: "logit:1" } as Result["provenance"];
const code = {} as Result["code"];
const heatmap: Heatmap = { kind: "heatmap", values: float32([1, 2, 2], [3, -1, 0, 0]), extent: [4, 4], grain: "cell" };
const prediction: Prediction = {
  kind: "model-output",
  is: "classes",
  logits: float32([3], [0, Math.log(3), 0]),
  top: [{ index: 1, name: "tabby", logit: Math.log(3), probability: 0.6 }],
};
const ig: Result = {
  data: heatmap,
  provenance,
  code,
  certificate: [
    { id: "completeness", label: "", status: "pass", value: "net 1 %", sentence: "", numbers: { net: 0.01 } },
  ],
};
// The left half of a 4 × 4 picture, but for its first column in the upper half.
const mask = { rows: 4, columns: 4, values: [0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0] };
const context = { classNames: ["a", "tabby", "c"], mask: () => mask };

test("readings: certificates, ranks from 1, tensors, classes by name, shares of the magnitude on an object", () => {
  const value = (path: string, result: Result = ig): unknown => read(result, path, context).value;
  assert.equal(value("certificate.completeness.net"), 0.01);
  assert.equal(value("certificate.completeness"), "pass");
  assert.equal(value("map.greatest"), 3);
  assert.equal(value("map.at(0, 0, 1)"), -1);
  assert.equal(value("map.magnitude"), 4);
  assert.equal(value("half"), 0.25);
  assert.equal(value("share(mask)"), (3 * 0.5 + 0) / 4);
  const seen: Result = { ...ig, data: prediction };
  assert.equal(value("top.1.name", seen), "tabby");
  assert.equal(value("top.1", seen), "tabby");
  // Logits go through float32.
  assert.ok(Math.abs((value("probability(tabby)", seen) as number) - 0.6) < 1e-6);
  for (const wrong of [
    "certificate.complete",
    "certificate.completeness.nett",
    "map.largest",
    "map.at(0,2,0)",
    "top.1",
  ])
    assert.match(read(ig, wrong, context).why ?? "", /\w+ (has|have) |not an index/, wrong);
  assert.match(read(seen, "top.0.name", context).why!, /counted from 1/);
});

test("claims say both numbers when they fail, and that nothing is known when nothing was read", () => {
  const { experiment } = read1();
  const tasks = plan(
    experiment!,
    inputs.filter(({ name }) => name !== "a/cat.png"),
    cards,
  );
  const ids = [...new Set(tasks.map(({ analysis }) => analysis))];
  const reads = tasks.map((task) => ({
    task,
    readings: pathsFor(experiment!, task, ids).map((path) =>
      read(task.method === "prediction" ? { ...ig, data: prediction } : ig, path, context),
    ),
  }));
  const outcomes = conclude(experiment!, reads);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["holds", "holds", "fails"],
  );
  assert.match(outcomes[1]!.sentence, /on all 2, as expected/);
  assert.equal(
    outcomes[2]!.sentence,
    "ig.share(mask) on dog.png is 0.375, expected above cam@features.5.share(mask) = 0.375.",
  );
  assert.equal(
    conclude(experiment!, []).every(({ status }) => status === "unknown"),
    true,
  );
});

test("tolerances have units: of the number, hundredths, or the value's own", () => {
  const judged = (claim: string, net: number): string => {
    const { experiment, problems } = parseExperiment(
      `model: m\ninputs: [a]\nanalyses: [{method: integrated-gradients, id: ig}]\nclaims:\n  - expect: ig.certificate.completeness.net\n${claim}`,
    );
    assert.deepEqual(problems, []);
    const result = { ...ig, certificate: [{ ...ig.certificate[0]!, numbers: { net } }] };
    return conclude(experiment!, [
      { task: { input: "a", analysis: "ig" }, readings: [read(result, "certificate.completeness.net", context)] },
    ])[0]!.status;
  };
  assert.equal(judged("    is: 0.5\n    within: 2 %", 0.5099), "holds");
  assert.equal(judged("    is: 0.5\n    within: 2 %", 0.511), "fails");
  assert.equal(judged("    is: 0.5\n    within: 2 points", 0.5199), "holds");
  assert.equal(judged("    is: 0.5\n    within: 2 points", 0.521), "fails");
  assert.equal(judged("    is: 0.5\n    within: 0.001 share", 0.502), "fails");
  assert.equal(judged("    between: [0.4, 0.6]", 0.6), "holds");
  assert.equal(judged("    below: 0.6", 0.6), "fails");
});

test("a question becomes a file that asks the same", () => {
  const written = experimentOf({
    model: "net.onnx",
    input: "cat.png",
    method: "integrated-gradients",
    target: "logit:281 - logit:285",
    options: { steps: 50, rule: "adaptive" },
    preprocessing: undefined,
    certificate: ig.certificate,
  });
  const { experiment, problems } = parseExperiment(written);
  assert.deepEqual(problems, []);
  assert.deepEqual(validate(experiment!, cards), []);
  const [task] = plan(experiment!, [inputs[0]!], cards);
  assert.deepEqual(
    [task!.method, task!.target, task!.options],
    ["integrated-gradients", "logit:281 - logit:285", { steps: 50, rule: "adaptive" }],
  );
  assert.equal(experiment!.claims.length, 1);
});
