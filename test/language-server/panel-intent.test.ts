import assert from "node:assert/strict";
import { test } from "node:test";
import { analysisCards } from "../../src/methods/table.ts";
import { parseExperiment } from "../../src/experiment/parse.ts";
import { plan } from "../../src/experiment/plan.ts";
import { panelIntent } from "../../src/extension/panels/planned.ts";
import type { ExperimentEvent, PlannedInput } from "../../src/protocol/experiment.ts";
import { restoredState as explainState } from "../../webview/explain/state.ts";
import { restoredState as probeState } from "../../webview/probe/state.ts";
import { restoredState as textState } from "../../webview/text/state.ts";
import { restoredState as unitState } from "../../webview/unit/state.ts";

/** What a run of these analyses on this input opens. */
function opened(input: PlannedInput, analyses: string) {
  const { experiment, problems } = parseExperiment(`model: m\ninputs: [x]\nanalyses:\n${analyses}`);
  assert.deepEqual(problems, []);
  return panelIntent({
    inputs: [input],
    tasks: plan(experiment!, [input], analysisCards),
    model: { path: "/m/net" },
  } as unknown as Extract<ExperimentEvent, { kind: "planned" }>);
}

test("a picture opens the explain panel with the methods, their options and the target that the file states", () => {
  const { panel, intent } = opened(
    { takes: "picture", name: "cat.png", path: "/m/cat.png", mask: undefined },
    "  - method: prediction\n  - { method: grad-cam, sites: [b, c], target: tabby }\n  - { method: smoothgrad, options: { samples: 8 } }\n",
  )!;
  assert.equal(panel, "explain");
  const { model, picture, methods, leading, options, target } = explainState(intent)!;
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
    { takes: "data", name: "d", data: "procedural:60", label: "shape" },
    "  - { method: linear-probes, sites: [a, b], options: { folds: 3 } }\n",
  )!;
  const { data, label, sites, options, asked } = probeState(intent)!;
  assert.deepEqual(
    { data, label, sites, folds: options.folds, random: options.random, asked },
    { data: "procedural:60", label: "shape", sites: ["a", "b"], folds: 3, random: true, asked: true },
  );
});

test("a unit opens its page; an objective that is no unit has none", () => {
  const unit = (objective: string) =>
    opened(
      { takes: "unit", name: "u", objective, photographs: undefined },
      "  - { method: maximized-activation, options: { steps: 64 } }\n",
    );
  const { site, channel, steps, preset } = unitState(unit('channel("blocks.5", 20)')!.intent)!;
  assert.deepEqual({ site, channel, steps, preset }, { site: "blocks.5", channel: 20, steps: 64, preset: "glassbox" });
  assert.equal(unit('channel("a", 1) - channel("a", 2)'), undefined);
});

test("a prompt opens the workbench at the view of the first analysis; token ids have none", () => {
  const pair: PlannedInput = {
    takes: "prompt",
    name: "p",
    prompt: { text: "A B" },
    corrupted: { text: "A C" },
    answer: " D",
    wrong: " E",
  };
  const at = (analysis: string) => textState(opened(pair, `  - ${analysis}\n`)!.intent)!;
  assert.deepEqual(
    ["next-tokens", "attention", "logit-lens", "direct-logit-attribution", "activation-patching"].map(
      (method) => at(`method: ${method}`).view,
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
      method: "exact",
    },
  );
  assert.equal(at("method: attribution-patching").method, "attribution");
  assert.deepEqual(at("{ method: attention-head, options: { head: 5.3 } }").head, { layer: 5, head: 3 });
  assert.deepEqual(at("{ method: generate, options: { maxTokens: 9, stop: .|! } }").generation, {
    temperature: 0,
    topP: 1,
    most: 9,
    seed: 0,
    stop: ".\n!",
  });
  assert.equal(opened({ ...pair, prompt: { ids: [1] } }, "  - method: next-tokens\n"), undefined);
});
