import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import type { Asker } from "../../src/engine/ask/asker.ts";
import { startEngine } from "../../src/engine/engine.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import type { AnswerData } from "../../src/protocol/answer-data.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import type { Answer, AskEvent, Question } from "../../src/protocol/question.ts";
import type { Check, Heatmap, OptionValues } from "../../src/protocol/result.ts";

const samples = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "samples", "vision");

/** The sample model's question about a cat, but for the analysis. */
export const aboutTheCat = {
  job: "1",
  model: path.join(samples, "efficientnet-lite0.onnx"),
  subject: { kind: "picture", input: { path: path.join(samples, "chelsea.png") } },
  detail: "exact",
} as const;

export type Exact = Answer<AnswerData>;

/** One engine in this process for the tests of a file, with a cache of its own; it is asked what the sample model sees in a cat. */
export class PictureAsker {
  readonly settings: EngineSettings;
  readonly asker: Asker;

  constructor() {
    const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-asker-"));
    after(() => fs.rmSync(cacheFolder, { recursive: true, force: true }));
    this.settings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" };
    this.asker = this.another();
  }

  /** Another engine on the same cache. */
  another(): Asker {
    return startEngine(this.settings, startRuntime(this.settings)).asker;
  }

  async ask(
    asked: Pick<Question, "analysis"> & Partial<Question>,
    emit: (event: AskEvent) => void = () => undefined,
    cancelled: () => boolean = () => false,
    of = this.asker,
  ): Promise<Exact> {
    return (await of.ask({ ...aboutTheCat, options: {}, ...asked }, emit, cancelled)) as Exact;
  }

  run(analysis: string, options: OptionValues = {}): Promise<Exact> {
    return this.ask({ analysis, options });
  }
}

export function heatmapOf({ data }: Pick<Exact, "data">): Heatmap {
  assert.equal(data.kind, "heatmap");
  return data as Heatmap;
}

export function checkOf({ certificate }: Exact, id: string): Check {
  const found = certificate.find((each) => each.id === id);
  assert.ok(found, `the certificate has a check ${id}`);
  return found;
}
