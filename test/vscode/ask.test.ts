import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { useGlassbox } from "./harness.ts";
import { editorStatePersisted } from "./persistence.ts";
import { webview } from "./webview.ts";
import { quickPick, runCommand } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const { title, category } = COMMANDS.askAnalysis;
const glassbox = useGlassbox({ files: tinyCheckpoint() });

test("palette, model, analysis, prompt: it answers with a grid, and axe finds nothing wrong", async () => {
  const { page } = glassbox;
  await runCommand(page, `${category}: ${title}`);
  await quickPick(page, "model.safetensors").click();
  const view = webview(page);
  await view.getByLabel("Analysis").selectOption("logit-lens");
  await view.getByLabel("Prompt", { exact: true }).fill("When Mary and John went to the store");
  await view.getByRole("button", { name: "Ask", exact: true }).click();
  await view.locator('main[data-state="done"]').waitFor();
  await view.locator('[data-grid="answer"]').waitFor();
  assert.deepEqual(await accessibilityViolations(view), []);
  await glassbox.screenshot("ask");
});

test("after a reload the question and its answer are back", async () => {
  const { page } = glassbox;
  await editorStatePersisted(page, "When Mary and John went");
  // The panel is what counts: whether the side bar's last state was persisted by now is VS Code's own matter.
  await page.reload();
  const view = webview(page);
  await view.locator('main[data-state="done"]').waitFor();
  await view.locator('[data-grid="answer"]').waitFor();
  assert.equal(await view.getByLabel("Prompt", { exact: true }).inputValue(), "When Mary and John went to the store");
});
