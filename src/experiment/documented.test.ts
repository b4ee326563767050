import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { methodCard } from "../methods/method-card.ts";
import { methods } from "../methods/table.ts";
import { parseExperiment } from "./parse.ts";
import { validate } from "./validate.ts";

test("the experiment in docs/experiments.md is one", () => {
  const page = fs.readFileSync(path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "docs", "experiments.md"), "utf8");
  const [, text] = /```yaml\n([\s\S]*?)```/.exec(page)!;
  const { experiment, problems } = parseExperiment(text!);
  assert.deepEqual([...problems, ...validate(experiment!, [...methods.values()].map(methodCard))], []);
  assert.equal(experiment!.claims.length, 4);
});
