import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { GlassboxError } from "../../tensor/errors.ts";
import { finish } from "./finish.ts";
import { Store } from "./store.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-merge-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const plan = { title: "t", text: "model: m\n", model: { name: "m", sha256: "0" }, methods: [], tasks: [{ stem: "a" }] };

function refused(files: Readonly<Record<string, unknown>>, sentence: RegExp): void {
  const results = fs.mkdtempSync(path.join(folder, "r-"));
  for (const [name, value] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(results, name)), { recursive: true });
    fs.writeFileSync(path.join(results, name), JSON.stringify(value));
  }
  assert.throws(
    () => finish(new Store(results)),
    (error) => {
      assert.ok(error instanceof GlassboxError, String((error as Error).stack));
      assert.equal(error.kind, "file");
      assert.match(error.message, sentence);
      return true;
    },
  );
}

test("a plan that no run wrote is refused by its name", () => {
  for (const garbage of [[], 5, null, "x", { ...plan, tasks: 5 }, { ...plan, tasks: [null] }, { ...plan, model: 1 }])
    refused({ "plan.json": garbage }, /plan\.json is not what a run writes/);
});

test("a task that no run wrote is refused by its name", () => {
  const answers = [5, [], { data: 5 }, { data: { kind: "constructor" } }, { data: { kind: "heatmap" } }];
  for (const task of [5, null, [], ...answers.map((result) => ({ task: plan.tasks[0], result, readings: [] }))])
    refused({ "plan.json": plan, "tasks/a.json": task }, /tasks\/a\.json is not what a run writes/);
});
