import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { choosePicture, runIs } from "../browser/explain-view.ts";
import { usePanels } from "./harness.ts";
import { inAllLooks } from "./looks.ts";

const model = "multilabel.onnx";
const panels = usePanels({
  from: "samples",
  files: { [model]: fs.readFileSync(path.join(process.env.GLASSBOX_ROOT!, "test", "contract", model)) },
});

test("independent scores are each for themselves, and the card says how that is known", async () => {
  const view = await panels.open("explain", model);
  await choosePicture(view, "chelsea.png");
  await runIs(view, "grad-cam", "done");
  await view.getByRole("heading", { name: "What it sees, each for itself" }).waitFor();
  const shares = await view.locator(".classes .number").allInnerTexts();
  const sum = shares.map((text) => Number.parseFloat(text)).reduce((a, b) => a + b, 0);
  assert.ok(sum > 110, `they do not add up to 100 %: ${shares.join()}`);
  await view.locator("summary", { hasText: "What this model is" }).click();
  const words = await view.locator(".contract").innerText();
  assert.match(words, /independent scores of 5 classes, given as probabilities/);
  assert.match(words, /is the sigmoid of 5 numbers: each stands for itself/);
});

test("the card in all looks", async () => {
  await inAllLooks(panels, "contract", { before: () => panels.view.locator(".contract").scrollIntoViewIfNeeded() });
});

test("a person's correction is written next to the model, and the panel asks again", async () => {
  const { view } = panels;
  await view.getByLabel("The output is").selectOption("classes");
  await view.getByRole("heading", { name: "What it sees", exact: true }).waitFor();
  const written = fs.readFileSync(path.join(panels.workspace, "multilabel.glassbox.json"), "utf8");
  assert.deepEqual(JSON.parse(written), { kind: "classes" });
});
