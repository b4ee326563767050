import assert from "node:assert/strict";
import { test } from "node:test";
import { analysisCards } from "../../src/methods/table.ts";
import { parseExperiment } from "../../src/experiment/parse.ts";
import { plan } from "../../src/experiment/plan.ts";
import { panelOf } from "../../src/extension/panels/planned.ts";
import type { ExperimentEvent, PlannedInput } from "../../src/protocol/experiment.ts";
import { restoredState as askState } from "../../webview/ask/state.ts";
import { restoredState as explainState } from "../../webview/explain/state.ts";
import { restoredState as probeState } from "../../webview/probe/state.ts";
import { restoredState as unitState } from "../../webview/unit/state.ts";

const model = "/m/net";

/** What a run of these analyses on this input opens. */
function opened(input: PlannedInput, analyses: string) {
  const { experiment, problems } = parseExperiment(`model: m\ninputs: [x]\nanalyses:\n${analyses}`);
  assert.deepEqual(problems, []);
  const wanted = panelOf({
    inputs: [input],
    tasks: plan(experiment!, [input], analysisCards),
    methods: analysisCards,
    model: { path: model },
  } as unknown as Extract<ExperimentEvent, { kind: "planned" }>);
  return wanted && { panel: wanted.row.name, intent: { ...wanted.intent, version: 1, model } };
}

test("a picture opens the explain panel with the methods, their options and the target that the file states", () => {
  const { panel, intent } = opened(
    { name: "cat.png", subject: { kind: "picture", input: { path: "/m/cat.png" } } },
    "  - method: prediction\n  - { method: grad-cam, sites: [b, c], target: tabby }\n  - { method: smoothgrad, options: { samples: 8 } }\n",
  )!;
  assert.equal(panel, "explain");
  const { model, picture, methods, leading, options, target } = explainState(intent, analysisCards)!;
  assert.deepEqual(
    { model, picture, methods, leading, options, target },
    {
      model: "/m/net",
      picture: "/m/cat.png",
      methods: ["grad-cam", "smoothgrad"],
      leading: "grad-cam",
      options: { "grad-cam": { layer: "b" }, smoothgrad: { samples: 8 } },
      target: "tabby",
    },
  );
});

test("data opens the probe panel, which asks at once", () => {
  const { intent } = opened(
    { name: "d", subject: { kind: "data", data: "procedural:60", label: "shape" } },
    "  - { method: linear-probes, sites: [a, b], options: { folds: 3 } }\n",
  )!;
  const { data, label, sites, options, asked } = probeState(intent)!;
  assert.deepEqual(
    { data, label, sites, options, asked },
    { data: "procedural:60", label: "shape", sites: ["a", "b"], options: { folds: 3 }, asked: true },
  );
});

test("a unit opens its page; an objective that is no unit has none", () => {
  const unit = (objective: string) =>
    opened(
      { name: "u", subject: { kind: "unit", objectives: [objective] } },
      "  - { method: maximized-activation, options: { steps: 64 } }\n",
    );
  const { site, channel, options } = unitState(unit('channel("blocks.5", 20)')!.intent)!;
  assert.deepEqual({ site, channel, options }, { site: "blocks.5", channel: 20, options: { steps: 64 } });
  assert.equal(unit('channel("a", 1) - channel("a", 2)'), undefined);
});

test("a prompt opens the workbench at the view of the first analysis", () => {
  const pair: PlannedInput = {
    name: "p",
    subject: { kind: "prompt", prompt: { text: "A B" }, corrupted: { text: "A C" }, answer: " D", wrong: " E" },
  };
  const at = (analysis: string) => {
    const { panel, intent } = opened(pair, `  - ${analysis}\n`)!;
    assert.equal(panel, "text");
    return intent as Readonly<Record<string, unknown>>;
  };
  assert.deepEqual(
    ["next-tokens", "attention", "logit-lens", "direct-logit-attribution", "activation-patching"].map(
      (method) => at(`method: ${method}`)["view"],
    ),
    ["next", "attention", "lens", "attribution", "patching"],
  );
  const { prompt, corrupted, answer, wrong, component, experiment, method } = at(
    "{ method: activation-patching, options: { component: head, replacement: zero } }",
  );
  assert.deepEqual(
    { prompt, corrupted, answer, wrong, component, experiment, method },
    {
      prompt: "A B",
      corrupted: "A C",
      answer: " D",
      wrong: " E",
      component: "head",
      experiment: "zero",
      method: undefined,
    },
  );
  assert.equal(at("method: attribution-patching")["method"], "estimate");
  assert.deepEqual(at("{ method: attention-head, options: { head: 5.3 } }")["head"], { layer: 5, head: 3 });
  assert.deepEqual(at("{ method: generate, options: { maxTokens: 9, stop: .|! } }")["generation"], {
    maxTokens: 9,
    stop: ".|!",
  });
});

test("what the workbench cannot take opens in the panel of all grids; what is no grid opens nowhere", () => {
  const ids: PlannedInput = { name: "p", subject: { kind: "prompt", prompt: { ids: [1] } } };
  assert.equal(opened(ids, "  - method: next-tokens\n"), undefined);
  const { panel, intent } = opened(ids, "  - { method: attention, options: { valueWeighted: true } }\n")!;
  assert.equal(panel, "ask");
  const { draft, asked } = askState(intent, analysisCards)!;
  const { analysis, subject, options } = asked!;
  assert.deepEqual(
    { analysis, subject, options },
    { analysis: "attention", subject: ids.subject, options: { valueWeighted: true } },
  );
  assert.deepEqual(draft, asked);
});
