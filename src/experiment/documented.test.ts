import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { analysisCards } from "../methods/table.ts";
import { parseExperiment } from "./parse.ts";
import { validate } from "./validate.ts";

test("the experiments in docs/experiments.md can be run", () => {
  const page = fs.readFileSync(path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "docs", "experiments.md"), "utf8");
  const texts = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);
  assert.equal(texts.length, 2);
  for (const text of texts) {
    const { experiment, problems } = parseExperiment(text);
    assert.deepEqual([...problems, ...validate(experiment!, analysisCards)], []);
    assert.ok(experiment!.claims.length > 0);
  }
});
