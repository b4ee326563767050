import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { choosePicture, explain, runIs } from "./explain-panel.ts";
import { useGlassbox } from "./harness.ts";
import { ROOT } from "./installation.ts";
import { inAllLooks } from "./looks.ts";
import { webview } from "./webview.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const model = "multilabel.onnx";
const glassbox = useGlassbox({
  from: "samples",
  files: { [model]: fs.readFileSync(path.join(ROOT, "test", "contract", model)) },
});

test("independent scores are each for themselves, and the card says how that is known", async () => {
  await explain(glassbox.page, model);
  const view = await choosePicture(glassbox.page, "chelsea.png");
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
  await inAllLooks(glassbox, "contract", {
    widths: [370, 1400],
    before: () => webview(glassbox.page).locator(".contract").scrollIntoViewIfNeeded(),
  });
});

test("a person's correction is written next to the model, and the panel asks again", async () => {
  const view = webview(glassbox.page);
  await view.getByLabel("The output is").selectOption("classes");
  await view.getByRole("heading", { name: "What it sees", exact: true }).waitFor();
  const written = fs.readFileSync(path.join(glassbox.workspace, "multilabel.glassbox.json"), "utf8");
  assert.deepEqual(JSON.parse(written), { kind: "classes" });
});
