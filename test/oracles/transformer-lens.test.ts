import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { activationPatching } from "../../src/methods/language-model/activation-patching.ts";
import { attentionHead } from "../../src/methods/language-model/attention-head.ts";
import { attributionPatching } from "../../src/methods/language-model/attribution-patching.ts";
import { directLogitAttribution } from "../../src/methods/language-model/direct-logit-attribution.ts";
import { generate } from "../../src/methods/language-model/generate.ts";
import { logitLens } from "../../src/methods/language-model/logit-lens.ts";
import { nextTokens } from "../../src/methods/language-model/next-tokens.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import type { EditSpec } from "../../src/protocol/language-model.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import { cellCode } from "../../webview/text/cell-code.ts";
import { PromptAsker } from "../engine/prompt-asker.ts";

/** TransformerLens ran these without end tokens; a text that one of them ends would be shorter, which is compared. */
const withoutStops = (program: string): string => program.replace(/^stop = .*$/m, "stop = …");

const root = process.env["GLASSBOX_ROOT"] ?? ".";
const file = path.join(root, "test/oracles/transformer-lens.json");
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-programs-"));
after(() => fs.rmSync(cacheFolder, { recursive: true }));
const settings: EngineSettings = { cacheFolder, memoryBudgetBytes: 2 ** 30, runtime: "onnxruntime", weights: "auto" };
const asker = new PromptAsker(settings);

/** A program as it is copied, and the numbers that Glassbox shows for it. */
interface Case {
  readonly program: string;
  readonly numbers: ArrayLike<number>;
}

const tokens = [3, 1, 4, 1, 5, 9];
const corrupted = [3, 1, 7, 1, 5, 9];
const others = [{ ids: [2, 7, 1, 8] }, { ids: [6, 2, 8] }];
const edits: readonly EditSpec[] = [
  { kind: "scale", site: "blocks.0.attn.hook_z", head: 1, factor: 0.5, tokens: [2, 3] },
  { kind: "mean", site: "blocks.1.attn.hook_z", head: 0, over: others },
  { kind: "scale", site: "blocks.0.hook_mlp_out", factor: 0 },
  { kind: "steer", site: "blocks.1.hook_resid_pre", toward: others[0]!, from: others[1]!, strength: 2 },
];
const written = (some: readonly EditSpec[]): OptionValues => ({ edits: JSON.stringify(some) });

/** A grid of the pair, or of the prompt alone. */
interface PatchCase {
  readonly estimate?: boolean;
  readonly alone?: boolean;
  readonly options: OptionValues;
  readonly layer: number;
  readonly column: number;
}

/** Patched or estimated cells, by what they are. */
const cells: Readonly<Record<string, PatchCase>> = {
  "a state put back": { options: {}, layer: 1, column: 2 },
  "a state put in, read before the end": {
    options: { direction: "noise", position: 3, metric: "probability" },
    layer: 0,
    column: 2,
  },
  "a head put back, by KL": { options: { component: "head", metric: "divergence" }, layer: 1, column: 1 },
  "an MLP set to zero, by KL": {
    alone: true,
    options: { direction: "noise", component: "mlp_out", replacement: "zero", metric: "divergence" },
    layer: 0,
    column: 5,
  },
  "a head set to its mean over two prompts": {
    alone: true,
    options: {
      direction: "noise",
      component: "head",
      replacement: "mean",
      means: others.map(({ ids }) => ids.join(" ")).join("|"),
      metric: "log-probability",
    },
    layer: 1,
    column: 2,
  },
  "an attention output set to its mean over the prompt": {
    alone: true,
    options: { direction: "noise", component: "attn_out", replacement: "mean" },
    layer: 1,
    column: 4,
  },
  "a state's estimate": { estimate: true, options: {}, layer: 1, column: 2 },
  "a head's estimate, by KL": {
    estimate: true,
    options: { component: "head", metric: "divergence" },
    layer: 1,
    column: 3,
  },
  "an estimate of noising, by KL": {
    estimate: true,
    options: { direction: "noise", component: "mlp_out", metric: "divergence" },
    layer: 0,
    column: 2,
  },
};

async function casesOf(model: string): Promise<Readonly<Record<string, Case>>> {
  const subject = { prompt: { ids: tokens } };
  const made: Record<string, Case> = {};
  for (const [name, active] of [
    ["next tokens", {}],
    ["next tokens of an edited run", written(edits)],
  ] as const) {
    const { data, code } = await asker.ask(nextTokens, model, subject, { top: 1000, ...active });
    const numbers = new Float64Array(data.ids.length);
    data.ids.forEach((id, i) => (numbers[Math.floor(i / data.top) * data.top + id] = data.probabilities[i]!));
    made[name] = { program: code.python!, numbers };
  }
  const generated = await asker.ask(generate, model, subject, { maxTokens: 5, ...written(edits) });
  made["generation of an edited run"] = { program: generated.code.python!, numbers: generated.data.ids };
  for (const valueWeighted of [false, true]) {
    const { data, code } = await asker.ask(attentionHead, model, subject, { head: "1.2", valueWeighted });
    made[`a head's attention${valueWeighted ? ", weighted by values" : ""}`] = {
      program: code.python!,
      numbers: data.weights,
    };
  }
  const lens = await asker.ask(logitLens, model, subject, { top: 1, ...written(edits) });
  made["logit lens of an edited run"] = {
    program: lens.code.python!,
    numbers: [...lens.data.parts].sort((a, b) => a.layer - b.layer).flatMap(({ probabilities }) => [...probabilities]),
  };
  const direct = await asker.ask(directLogitAttribution, model, subject, {
    position: 4,
    targets: "#2|#11",
    ...written(edits.slice(0, 3)),
  });
  const sums = new Map<string, [number, number]>();
  direct.data.components.forEach((name, i) => {
    const component = name.replace(/\.attn\..*/, ".hook_attn_out");
    const [a, b] = sums.get(component) ?? [0, 0];
    sums.set(component, [a + direct.data.values[2 * i]!, b + direct.data.values[2 * i + 1]!]);
  });
  made["direct attribution of an edited run"] = { program: direct.code.python!, numbers: [...sums.values()].flat() };
  const pair = { ...subject, corrupted: { ids: corrupted }, answer: 2, wrong: 11 };
  for (const [name, { estimate, alone, options, layer, column }] of Object.entries(cells)) {
    const { data, code } = await asker.ask(
      estimate ? attributionPatching : activationPatching,
      model,
      alone ? { ...pair, corrupted: undefined } : pair,
      options,
    );
    made[name] = {
      program: cellCode(code.python!, layer, column),
      numbers: [data.cells[layer * data.columns + column]!],
    };
  }
  return made;
}

const families = ["llama-tied-float32", "gpt2-tied-float32"];
const withoutFolder = (program: string, model: string): string =>
  program.replaceAll(JSON.stringify(model), JSON.stringify(path.basename(model)));

if (process.env["GLASSBOX_WRITE_PROGRAMS"]) {
  test("programs are written for test/oracles/transformer-lens.py", async () => {
    const written = [];
    for (const family of families) {
      const model = path.resolve(root, "test/oracles/tiny", family);
      for (const [name, { program }] of Object.entries(await casesOf(model)))
        written.push({ name: `${family}: ${name}`, program: withoutFolder(program, model), result: [] });
    }
    fs.writeFileSync(file, `${JSON.stringify(written, undefined, 1)}\n`);
  });
} else {
  const known = JSON.parse(fs.readFileSync(file, "utf8")) as readonly {
    readonly name: string;
    readonly program: string;
    readonly result: readonly number[];
  }[];
  for (const family of families) {
    const model = path.resolve(root, "test/oracles/tiny", family);
    test(`${family}: TransformerLens found Glassbox's numbers with the programs that are copied`, async (t) => {
      const made = Object.entries(await casesOf(model));
      assert.equal(made.length * families.length, known.length);
      let worst = 0;
      for (const [name, { program, numbers }] of made) {
        const oracle = known.find((each) => each.name === `${family}: ${name}`)!;
        assert.equal(
          withoutStops(withoutFolder(program, model)),
          withoutStops(oracle.program),
          `${name}: the program changed since TransformerLens ran it; see transformer-lens.py`,
        );
        assert.equal(oracle.result.length, numbers.length, name);
        oracle.result.forEach((value, i) => {
          const error = Math.abs(numbers[i]! - value) / Math.max(1, Math.abs(value));
          worst = Math.max(worst, error);
          assert.ok(error < 1e-4, `${name}, number ${i}: ${numbers[i]} against ${value}`);
        });
      }
      t.diagnostic(`${made.length} programs, largest difference ${worst.toExponential(1)}`);
    });
  }
}
