import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Store } from "../../src/cli/experiment/store.ts";
import { readTask } from "../../src/cli/experiment/task-file.ts";
import { EngineClient } from "../../src/client/engine-client.ts";
import { analysisCards } from "../../src/methods/table.ts";
import { ask, exportAnswer, type Question } from "../../src/protocol/question.ts";
import { exportBytes, showMethod } from "../../src/protocol/engine.ts";
import { rebaseExperiment, type TaskOutcome } from "../../src/protocol/experiment.ts";
import {
  generateText,
  glanceAttention,
  readAttentionRows,
  readDirectAttribution,
  readNextTokens,
  runLens,
  runPatch,
  type LanguageProof,
} from "../../src/protocol/language-model.ts";
import type { Code } from "../../src/protocol/result.ts";
import { usualVisualizeOptions, visualize, type VisualizeOutcome } from "../../src/protocol/visualization.ts";
import { cat, GlassboxProcess, root, sampleModel } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
const engine = new EngineClient(
  () => ({ cacheFolder: glassbox.path("cache"), memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime" }),
  undefined,
  path.join(root, "dist", "engine.mjs"),
);
before(() => glassbox.build());
after(() => {
  engine.stop();
  glassbox.end();
});

/** What a panel got: its data, the code beside them, and files that it writes. */
interface Panel {
  readonly data: unknown;
  readonly code: Code;
  /** By the ending of the experiment's file that must hold the same bytes. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

interface Case {
  /** As the panel asks. */
  panel(): Promise<Panel>;
  /** As the terminal asks, into a folder; and which of its files are which of the experiment's, by ending. */
  readonly line: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

const language = path.join(root, "test", "oracles", "tiny", "llama-tied-float32");
const { patching } = JSON.parse(fs.readFileSync(path.join(language, "oracle.json"), "utf8")) as {
  patching: { clean: number[]; corrupted: number[]; answer: number; wrong: number };
};
const ids = patching.clean;
const prompt = { ids } as const;
const words = [ids.join(" "), "--ids"] as const;
const asked = { model: language, prompt } as const;
const pair = [
  ...words,
  "--corrupted",
  patching.corrupted.join(" "),
  "--answer",
  `#${patching.answer}`,
  "--wrong",
  `#${patching.wrong}`,
] as const;
const metric = { kind: "logit-difference", answer: patching.answer, wrong: patching.wrong } as const;
const patch = {
  job: "panel",
  model: language,
  clean: prompt,
  corrupted: { ids: patching.corrupted },
  component: "resid_pre",
  metric,
  direction: "denoise",
  replacement: "run",
} as const;

/** A stream's parts are in the answer of an experiment; of a panel's, the end is compared. */
const ended = ({ data, code }: { readonly data: unknown; readonly code: LanguageProof["code"] }): Panel => ({
  data,
  code,
});

// Small questions: this test is about bytes, not about what they say.
const quick: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  smoothgrad: { samples: 4 },
  "integrated-gradients": { rule: "midpoint", steps: 6 },
};

const picture = (method: string): Case => {
  const options = quick[method] ?? {};
  const job = `panel ${method}`;
  return {
    async panel() {
      const { result } = await engine.request(showMethod, {
        job,
        model: sampleModel,
        input: { path: cat },
        method,
        options,
      });
      const map =
        result.data.kind === "planes" ? { ".npy": await engine.request(exportBytes, { job, format: "npy" }) } : {};
      return { data: undefined, code: result.code, files: map };
    },
    line: [
      "explain",
      sampleModel,
      cat,
      "--method",
      method === "prediction" ? "gradient" : method,
      "--npy",
      ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
    ],
    files: method === "prediction" ? {} : { [`${method}.npy`]: ".npy", [`${method}.png`]: ".png" },
  };
};

const cases: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(analysisCards.filter(({ takes }) => takes === "picture").map(({ id }) => [id, picture(id)])),
  "linear-probes": {
    async panel() {
      const question: Question = {
        job: "panel probes",
        analysis: "linear-probes",
        model: sampleModel,
        subject: { kind: "data", data: "procedural:60:3", label: "colour" },
        options: { sites: "_swish", folds: 3 },
        detail: "exact",
      };
      const { data, code } = await engine.request(ask, question);
      const file = (format: string) => engine.request(exportAnswer, { job: question.job, format });
      return { data, code, files: { ".svg": await file("svg"), ".csv": await file("csv") } };
    },
    line: ["probe", sampleModel, "--data", "procedural:60:3", "--label", "colour", "--sites", "_swish", "--folds", "3"],
    files: { "probes.svg": ".svg", "probes.csv": ".csv" },
  },
  "maximized-activation": {
    async panel() {
      const params = {
        job: "panel unit",
        model: sampleModel,
        objectives: ['channel("_blocks.4", 19)'],
        options: { ...usualVisualizeOptions, size: 32, steps: 12, images: 2 },
      };
      const { results } = (await engine.forwardJob(visualize.method, params, () => undefined)) as VisualizeOutcome;
      return results[0]!;
    },
    line: ["visualize", sampleModel, "--unit", "_blocks.4:19", "--size", "32", "--steps", "12", "--batch", "2"],
    files: { "channel-_blocks.4-19-1.png": ".png", "channel-_blocks.4-19-2.png": ".2.png" },
  },
  "next-tokens": {
    panel: async () => ended(await engine.request(readNextTokens, { ...asked, top: 3 })),
    line: ["generate", language, ...words, "--most", "0", "--top", "3"],
    files: {},
  },
  generate: {
    panel: async () =>
      ended(
        await engine.request(generateText, { ...asked, job: "panel", most: 5, temperature: 1, topP: 0.9, seed: 3 }),
      ),
    line: ["generate", language, ...words, "--most", "5", "--temperature", "1", "--top-p", "0.9", "--seed", "3"],
    files: {},
  },
  attention: {
    panel: async () => ended(await engine.request(glanceAttention, { ...asked, job: "panel", valueWeighted: true })),
    line: ["attention", language, ...words, "--value-weighted"],
    files: { "attention.csv": ".csv", "attention.png": ".png" },
  },
  "attention-head": {
    panel: async () =>
      ended(await engine.request(readAttentionRows, { ...asked, layer: 1, head: 2, valueWeighted: false, from: 0 })),
    line: ["attention", language, ...words, "--head", "1.2"],
    files: { "attention-1.2.csv": ".csv", "attention-1.2.png": ".png" },
  },
  "logit-lens": {
    panel: async () =>
      ended(
        await engine.request(runLens, {
          ...asked,
          job: "panel",
          top: 4,
          positions: [1, 3],
          follow: 3,
          edits: [{ kind: "scale", site: "blocks.1.attn.hook_z", head: 2, factor: 0 }],
        }),
      ),
    line: [
      "lens",
      language,
      ...words,
      "--top",
      "4",
      "--positions",
      "1,3",
      "--follow",
      "#3",
      "--edits",
      '[{"kind":"scale","site":"blocks.1.attn.hook_z","head":2,"factor":0}]',
    ],
    files: { "lens.csv": ".csv", "lens.png": ".png" },
  },
  "direct-logit-attribution": {
    panel: async () => ended(await engine.request(readDirectAttribution, { ...asked, targets: [3, 7] })),
    line: ["lens", language, ...words, "--direct", "--targets", "#3|#7"],
    files: { "direct-attribution.csv": ".csv", "direct-attribution.png": ".png" },
  },
  "activation-patching": {
    panel: async () => ended(await engine.request(runPatch, { ...patch, method: "exact" })),
    line: ["patch", language, ...pair],
    files: { "patch-resid_pre.csv": ".csv", "patch-resid_pre.png": ".png" },
  },
  "attribution-patching": {
    panel: async () => ended(await engine.request(runPatch, { ...patch, method: "attribution" })),
    line: ["patch", language, ...pair, "--method", "attribution"],
    files: { "patch-resid_pre.csv": ".csv", "patch-resid_pre.png": ".png" },
  },
};

test("every analysis that an experiment can ask is in the table", () =>
  assert.deepEqual(Object.keys(cases).sort(), analysisCards.map(({ id }) => id).sort()));

/** What was computed, but not the weights that a running engine has mapped. */
function forgetResults(): void {
  for (const name of ["results", "language", "probes", "visualizations", "activations"]) {
    const folder = glassbox.path("cache", name);
    for (const each of fs.existsSync(folder) ? fs.readdirSync(folder) : [])
      if (each !== "paused") fs.rmSync(path.join(folder, each), { recursive: true });
  }
}

/** Exactly, whatever holds the numbers. */
const exactly = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    ArrayBuffer.isView(each) ? Array.from(each as Float64Array, String) : each,
  );

/** The fields that the panel's answer has; the experiment's has more. */
const fieldsOf = (whole: unknown, part: unknown): unknown =>
  typeof part === "object" && part !== null
    ? Object.fromEntries(Object.keys(part).map((name) => [name, (whole as Record<string, unknown>)[name]]))
    : part;

for (const [method, { panel, line, files }] of Object.entries(cases)) {
  test(`panel, terminal and experiment file give the same bytes: ${method}`, async () => {
    const shown = await panel();
    // As its Save as Experiment writes, in another folder.
    const text = await engine.request(rebaseExperiment, { text: shown.code.experiment!, folder: glassbox.folder });
    const file = glassbox.write(`${method}.glassbox.yaml`, text);
    forgetResults();
    const ran = glassbox.run("run", file, "--out", glassbox.path(method));
    assert.equal(ran.code, 0, ran.err);
    const store = new Store(glassbox.path(method));
    const [task] = (store.readJson("plan.json") as { tasks: { stem: string; method: string }[] }).tasks;
    assert.equal(task!.method, method);
    const written = (ending: string): Buffer =>
      fs.readFileSync(glassbox.path(method, "tasks", `${task!.stem}${ending}`));
    for (const [ending, bytes] of Object.entries(shown.files ?? {}))
      assert.ok(Buffer.from(bytes).equals(written(ending)), `the panel's ${ending}`);
    const kept = readTask(store, task!);
    if (shown.data !== undefined)
      assert.equal(exactly(fieldsOf(kept.result!.data, shown.data)), exactly(shown.data), "the panel's data");
    assert.equal(kept.result!.code.cli, shown.code.cli, "the command");

    if (Object.keys(files).length > 0) {
      forgetResults();
      const out = glassbox.path(`${method} by itself`);
      const alone = glassbox.run(...line, "--out", out);
      assert.equal(alone.code, 0, alone.err);
      for (const [name, ending] of Object.entries(files))
        assert.ok(fs.readFileSync(path.join(out, name)).equals(written(ending)), `the terminal's ${name}`);
    }

    // The engine's own answer to the file.
    forgetResults();
    let heard: TaskOutcome | undefined;
    await engine.experiment(
      { job: "file", file, detail: "exact" },
      (event) => (heard = event.kind === "done" ? (event.outcome as TaskOutcome) : heard),
    );
    assert.equal(exactly(heard!.result!.data), exactly(kept.result!.data), "the engine's data");
    assert.deepEqual(heard!.result!.certificate, kept.result!.certificate);
    assert.deepEqual(heard!.result!.code.experiment, kept.result!.code.experiment);
  });
}
