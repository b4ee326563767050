/** SmolLM2-135M in float32: opening, the first next-token distribution with a cold and a warm store, and a 30 × 14 patching grid. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { tokenizerFromGguf } from "../src/data/text/gguf-tokenizer.ts";
import { startRuntime } from "../src/engine/runtimes.ts";
import { readGguf } from "../src/formats/gguf/read.ts";
import { readTensor } from "../src/formats/gguf/tensors.ts";
import { fileSource } from "../src/formats/source.ts";
import { activationPatching } from "../src/methods/language-model/activation-patching.ts";
import { nextTokens } from "../src/methods/language-model/next-tokens.ts";
import type { EngineSettings } from "../src/protocol/engine.ts";
import { PromptAsker } from "../test/engine/prompt-asker.ts";
import { clock, conditions, digits } from "./harness.ts";
import { save } from "./report.ts";

const model = path.join(
  process.env["GLASSBOX_ROOT"] ?? process.cwd(),
  "../shared/models/smollm2-135m-instruct-q4_1.gguf",
);
if (!fs.existsSync(model)) {
  console.error("SmolLM2 is not on this machine; nothing is measured.");
  process.exit(0);
}
const loadBefore = os.loadavg()[0]!;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-bench-"));
const settings: EngineSettings = {
  cacheFolder: folder,
  memoryBudgetBytes: 2 ** 31,
  runtime: "onnxruntime",
  weights: "float32",
};

const source = fileSource(model);
const gguf = readGguf(source);
const tokenizer = await clock(async () => tokenizerFromGguf(gguf.metadata));
const words = tokenizerFromGguf(gguf.metadata);
const widen = await clock(async () => {
  for (const name of gguf.tensors.keys()) readTensor(gguf, name);
});
source.close();

/** With an engine of its own, as a new process has it. */
const first = (text: string): Promise<number> =>
  clock(() => new PromptAsker(settings).ask(nextTokens, model, { prompt: { text } }));
const cold = await first("The capital of France is");
const warm = await first("The capital of Italy is");

const idsOf = (text: string): number[] => words.encode(text).map(({ id }) => id);
const clean = idsOf("When Mary and John went to the store, John gave a drink to");
const corrupted = idsOf("When Mary and John went to the store, Mary gave a drink to");
const asker = new PromptAsker(settings);
const grid = await clock(() =>
  asker.ask(activationPatching, model, {
    prompt: { ids: clean },
    corrupted: { ids: corrupted },
    answer: " Mary",
    wrong: " John",
  }),
);
fs.rmSync(folder, { recursive: true, force: true });

const seconds = (milliseconds: number): string => digits(milliseconds / 1000);
save("smollm2", {
  title: "SmolLM2-135M in float32",
  text: "From the file to an answer, each with an engine of its own. Cold: the weight store is empty.",
  ...conditions(loadBefore),
  versions: `onnxruntime ${(await startRuntime(settings)).version}`,
  header: ["", "seconds"],
  rows: [
    ["the tokenizer opens", seconds(tokenizer)],
    ["all tensors are widened to float32", seconds(widen)],
    ["first next-token distribution, cold", seconds(cold)],
    ["first next-token distribution, warm", seconds(warm)],
    [`patching grid of 30 layers × ${clean.length} tokens, with its compilation`, seconds(grid)],
  ],
  notes: [],
});
process.exit(0);
