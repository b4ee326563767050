import assert from "node:assert/strict";
import { test } from "node:test";
import { analysisCards as cards } from "../methods/table.ts";
import type { AnswerData } from "../protocol/answer-data.ts";
import type { Provenance } from "../protocol/result.ts";
import { experimentOf } from "./experiment-of.ts";
import { inputName } from "./input-name.ts";
import { parseExperiment } from "./parse.ts";
import type { PlannedInput } from "../protocol/experiment.ts";
import { plan } from "./plan.ts";
import { read } from "../answers/reading/read.ts";
import { rebase } from "./rebase.ts";
import { validate } from "./validate.ts";

const text = `model: net.onnx
inputs:
  - cat.png
  - { data: shapes.npz, label: shape }
  - { unit: "blocks.5:20", photographs: photos }
  - { objective: 'channel("blocks.5", 3) - channel("blocks.5", 4)', name: difference }
  - { prompt: When Mary and John went, corrupted: When Mary and Mary went, answer: " John", wrong: "#7", bos: true, name: pair }
  - { ids: 1 2 3 }
analyses:
  - method: prediction
  - method: linear-probes
    sites: [blocks.3, blocks.5]
  - method: maximized-activation
  - method: activation-patching
  - method: next-tokens
`;

test("inputs of every kind are read, named, and meet the analyses that take them", () => {
  const { experiment, problems } = parseExperiment(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(validate(experiment!, cards), []);
  assert.deepEqual(experiment!.inputs.map(inputName), [
    "cat.png",
    "shape of shapes.npz",
    "blocks.5:20",
    "difference",
    "pair",
    "1 2 3",
  ]);
  const [, , unit, , pair, ids] = experiment!.inputs;
  assert.equal(unit?.kind === "unit" && unit.objective, 'channel("blocks.5", 20)');
  assert.deepEqual(pair?.kind === "prompt" && [pair.prompt, pair.corrupted, pair.answer, pair.wrong], [
    { text: "When Mary and John went", addBos: true },
    { text: "When Mary and Mary went", addBos: true },
    " John",
    7,
  ]);
  assert.deepEqual(ids?.kind === "prompt" && ids.prompt, { ids: [1, 2, 3] });
  const planned: readonly PlannedInput[] = [
    { name: "shape of shapes.npz", subject: { kind: "data", data: "/x/shapes.npz", label: "shape" } },
    { name: "blocks.5:20", subject: { kind: "unit", objectives: ['channel("blocks.5", 20)'] } },
    { name: "p".repeat(300), subject: { kind: "prompt", prompt: { ids: [1] } } },
  ];
  const tasks = plan(experiment!, planned, cards);
  assert.deepEqual(
    tasks.map(({ stem, method }) => [stem.length > 60 ? stem.length : stem, method]),
    [
      ["shape-of-shapes.npz.linear-probes", "linear-probes"],
      ["blocks.5-20.maximized-activation", "maximized-activation"],
      [100, "activation-patching"],
      [92, "next-tokens"],
    ],
  );
  // A chart has all its sites; a map has one.
  assert.deepEqual(tasks[0]!.options, { sites: "blocks.3,blocks.5" });
});

test("what no analysis takes, and what is asked of nothing, is said", () => {
  const said = (source: string): readonly string[] => {
    const { experiment, problems } = parseExperiment(source);
    return [...problems, ...validate(experiment!, cards)].map(
      ({ code, severity, range }) => `${range.start.line + 1} ${severity} ${code}`,
    );
  };
  const file = (inputs: string, analyses: string): string =>
    `model: m\ninputs:\n  - ${inputs}\nanalyses:\n  - ${analyses}\n`;
  assert.deepEqual(said(file("cat.png", "method: next-tokens")), ["5 error no-input", "3 error no-analysis"]);
  assert.deepEqual(said(file("{ unit: blocks.5 }", "method: maximized-activation")), ["3 error unit"]);
  assert.deepEqual(said(file("{ objective: 'channel(' }", "method: maximized-activation")), ["3 error input"]);
  assert.deepEqual(said(file("{ ids: 1 b }", "method: next-tokens")), ["3 error input"]);
  assert.deepEqual(said(file("{ prompt: a, mask: b }", "method: next-tokens")), ["3 error unknown-key"]);
  assert.deepEqual(
    said(file("{ data: procedural }", "method: linear-probes\n    options: { random: false, testShare: 0.9 }")),
    ["6 error out-of-range", "6 warning unsound-probe"],
  );
});

const code = { cli: "" };
const found = (data: object) => ({ data: data as AnswerData, certificate: [], provenance: {} as Provenance, code });
const value = (data: object, path: string): unknown => {
  const { value: one, why } = read(found(data), path, { classNames: undefined, mask: () => assert.fail() });
  return one ?? why;
};

test("readings of probes, maximized units and language", () => {
  const score = (accuracy: number) => ({ accuracy, balancedAccuracy: accuracy, bits: 1, rows: 9 });
  const point = (series: string, site: string, depth = 0, accuracy = 0.75) => ({
    series,
    site,
    depth,
    test: score(accuracy),
    train: score(1),
    accuracyInterval: [0.5, 0.9],
    C: 4,
  });
  const probes = {
    kind: "probes",
    points: [
      point("trained", "blocks.3"),
      point("raw", "input", -1),
      point("random", "blocks.5", 1, 0.5),
      point("random", "blocks.3"),
    ],
    majority: score(0.25),
    sites: ["blocks.3"],
  };
  assert.equal(value(probes, "trained(blocks.3).test.accuracy"), 0.75);
  assert.equal(value(probes, "trained(blocks.3).gap"), 0.25);
  assert.equal(value(probes, "raw.low"), 0.5);
  assert.equal(value(probes, "majority.accuracy"), 0.25);
  assert.deepEqual(
    ["random(2)", "random(1)", "random(mean)", "random(greatest)"].map((series) =>
      value(probes, `${series}.test.accuracy`),
    ),
    [0.5, 0.75, 0.625, 0.75],
  );
  assert.match(String(value(probes, "trained(blocks.4).gap")), /its sites are blocks\.3/);
  assert.match(String(value(probes, "random(3).gap")), /no probe random\(3\)/);

  const grown = {
    kind: "maximized-units",
    units: [{ images: [{ activation: 3 }, { activation: 4 }], photographs: [{ name: "cat.png", activation: 2 }] }],
  };
  assert.deepEqual(
    ["greatest", "photograph", "images.1.activation"].map((path) => value(grown, path)),
    [4, 2, 3],
  );

  const names = [
    [5, " a"],
    [6, " b"],
  ];
  const next = {
    kind: "token-distributions",
    names,
    tokens: Int32Array.of(1, 2),
    top: 2,
    ids: Int32Array.of(5, 6, 6, 5),
    logits: Float32Array.of(1, 2, 3, 4),
    probabilities: Float32Array.of(0.5, 0.25, 0.75, 0.125),
    entropies: Float32Array.of(1, 2),
    actualRanks: Int32Array.of(3, 0),
    actualProbabilities: Float32Array.of(0.5, 0),
  };
  assert.deepEqual(
    ["top.1.name", "top.2.probability", "top(0).1.name", "top(0).2.logit", "entropy", "entropy(0)", "rank(0)"].map(
      (path) => value(next, path),
    ),
    [" b", 0.125, " a", 2, 2, 1, 3],
  );
  assert.match(String(value(next, "top(2).1.name")), /out of range/);

  const patched = {
    kind: "patched",
    layers: 2,
    columns: 2,
    clean: 3,
    corrupted: 1,
    cells: Float64Array.of(1, 2, Number.NaN, 3),
  };
  assert.deepEqual(
    ["clean", "cell(0, 1)", "recovered(0, 1)", "recovered(1, 1)"].map((path) => value(patched, path)),
    [3, 2, 0.5, 1],
  );
  assert.match(String(value(patched, "cell(1, 0)")), /not asked for/);

  const direct = {
    kind: "direct-attribution",
    layers: 1,
    components: ["hook_embed", "blocks.0.attn.head.0"],
    values: Float64Array.of(1, 2, 3, 4),
    logits: Float64Array.of(7, 8),
  };
  assert.deepEqual(
    ["effect(blocks.0.attn.head.0)", "effect(hook_embed, 2)", "logit(2)"].map((path) => value(direct, path)),
    [3, 2, 8],
  );

  const attention = {
    kind: "attention-patterns",
    layers: 1,
    heads: 1,
    parts: [{ layer: 0, heads: [{ self: 0.5, previous: 0.25, first: 0.125, spread: 1 }] }],
  };
  assert.equal(value(attention, "head(0.0).previous"), 0.25);
  const rows = { kind: "attention-weights", tokens: Int32Array.of(1, 2), weights: Float32Array.of(1, 0, 0.25, 0.75) };
  assert.equal(value(rows, "weight(1, 0)"), 0.25);

  const lens = {
    kind: "lens",
    rows: 2,
    top: 1,
    positions: Int32Array.of(4),
    parts: [
      {
        layer: 1,
        from: 0,
        ids: Int32Array.of(6),
        probabilities: Float32Array.of(0.5),
        ranks: Int32Array.of(9),
        followed: Float32Array.of(0.25),
        entropies: Float32Array.of(1),
        divergences: Float32Array.of(2),
        names,
      },
    ],
  };
  assert.deepEqual(
    ["cell(1, 4)", "cell(1, 4).rank", "cell(1, 4).followed"].map((path) => value(lens, path)),
    [" b", 9, 0.25],
  );
});

test("a saved question of data moves with its files, and what is no file stays", () => {
  const saved = experimentOf({
    model: "/m/net.onnx",
    input: { data: "/d/shapes.npz", label: "shape" },
    method: "linear-probes",
    sites: ["blocks.3"],
    options: { folds: 3 },
  });
  const moved = rebase(saved, (file) => file.replace(/^\/./, ".."));
  assert.deepEqual(validate(parseExperiment(moved).experiment!, cards), []);
  assert.match(moved, /model: \.\.\/net\.onnx[\s\S]*data: \.\.\/shapes\.npz/);
  const made = experimentOf({
    model: "/m/net.onnx",
    input: { data: "procedural:60", label: "shape" },
    method: "linear-probes",
    options: {},
  });
  assert.match(
    rebase(made, (file) => file.replace(/^\/./, "..")),
    /data: procedural:60/,
  );
});
