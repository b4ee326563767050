import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { LanguageService } from "../../src/engine/language-model/language-service.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import type { EditSpec, LensPart, PatchParams } from "../../src/protocol/language-model.ts";
import { cellCode } from "../../webview/text/cell-code.ts";

const root = process.env["GLASSBOX_ROOT"] ?? ".";
const file = path.join(root, "test/oracles/transformer-lens.json");
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-programs-"));
after(() => fs.rmSync(cacheFolder, { recursive: true }));
const settings: EngineSettings = { cacheFolder, memoryBudgetBytes: 2 ** 30, runtime: "onnxruntime", weights: "auto" };
const service = new LanguageService(settings, startRuntime(settings));
const ignore = (): void => undefined;
const never = (): boolean => false;

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
const difference = { kind: "logit-difference", answer: 2, wrong: 11 } as const;
const sweep = {
  job: "p",
  clean: { ids: tokens },
  corrupted: { ids: corrupted },
  component: "resid_pre",
  metric: difference,
  direction: "denoise",
  replacement: "run",
  method: "exact",
} as const;

/** Patched or estimated cells, by what they are. */
const cells: readonly (readonly [name: string, change: Partial<PatchParams>, layer: number, column: number])[] = [
  ["a state put back", {}, 1, 2],
  [
    "a state put in, read before the end",
    { direction: "noise", read: 3, metric: { kind: "probability", answer: 2 } },
    0,
    2,
  ],
  ["a head put back, by KL", { component: "head", metric: { kind: "divergence" } }, 1, 1],
  [
    "an MLP set to zero, by KL",
    {
      corrupted: { ids: tokens },
      direction: "noise",
      component: "mlp_out",
      replacement: "zero",
      metric: { kind: "divergence" },
    },
    0,
    5,
  ],
  [
    "a head set to its mean over two prompts",
    {
      corrupted: { ids: tokens },
      direction: "noise",
      component: "head",
      replacement: "mean",
      means: others,
      metric: { kind: "log-probability", answer: 2 },
    },
    1,
    2,
  ],
  [
    "an attention output set to its mean over the prompt",
    { corrupted: { ids: tokens }, direction: "noise", component: "attn_out", replacement: "mean" },
    1,
    4,
  ],
  ["a state's estimate", { method: "attribution" }, 1, 2],
  ["a head's estimate, by KL", { method: "attribution", component: "head", metric: { kind: "divergence" } }, 1, 3],
  [
    "an estimate of noising, by KL",
    { method: "attribution", direction: "noise", component: "mlp_out", metric: { kind: "divergence" } },
    0,
    2,
  ],
];

async function casesOf(model: string): Promise<Readonly<Record<string, Case>>> {
  const prompt = { ids: tokens };
  const asked = { model, prompt };
  const made: Record<string, Case> = {};
  for (const [name, active] of [
    ["next tokens", undefined],
    ["next tokens of an edited run", edits],
  ] as const) {
    const { data, code } = await service.nextTokens({ ...asked, top: 1000, edits: active });
    const numbers = new Float64Array(data.ids.length);
    data.ids.forEach((id, i) => (numbers[Math.floor(i / data.top) * data.top + id] = data.probabilities[i]!));
    made[name] = { program: code.transformerLens, numbers };
  }
  const generated = await service.generate(
    { ...asked, job: "g", most: 5, temperature: 0, topP: 1, seed: 0, edits },
    ignore,
    never,
  );
  made["generation of an edited run"] = { program: generated.code.transformerLens, numbers: generated.data.ids };
  for (const valueWeighted of [false, true]) {
    const { data, code } = await service.attentionRows({ ...asked, layer: 1, head: 2, valueWeighted, from: 0 });
    made[`a head's attention${valueWeighted ? ", weighted by values" : ""}`] = {
      program: code.transformerLens,
      numbers: data.weights,
    };
  }
  const parts: LensPart[] = [];
  const lens = await service.lens({ ...asked, job: "l", top: 1, edits }, ({ part }) => parts.push(part), never);
  made["logit lens of an edited run"] = {
    program: lens.code.transformerLens,
    numbers: parts.sort((a, b) => a.layer - b.layer).flatMap(({ probabilities }) => [...probabilities]),
  };
  const direct = await service.directAttribution({ ...asked, token: 4, targets: [2, 11], edits: edits.slice(0, 3) });
  const sums = new Map<string, [number, number]>();
  direct.data.components.forEach((name, i) => {
    const component = name.replace(/\.attn\..*/, ".hook_attn_out");
    const [a, b] = sums.get(component) ?? [0, 0];
    sums.set(component, [a + direct.data.values[2 * i]!, b + direct.data.values[2 * i + 1]!]);
  });
  made["direct attribution of an edited run"] = {
    program: direct.code.transformerLens,
    numbers: [...sums.values()].flat(),
  };
  for (const [name, change, layer, column] of cells) {
    const { data, code } = await service.patch({ ...sweep, model, ...change }, ignore, never);
    made[name] = {
      program: cellCode(code.transformerLens, layer, column),
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
          withoutFolder(program, model),
          oracle.program,
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
