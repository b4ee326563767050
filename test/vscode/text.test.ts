import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { useGlassbox } from "./harness.ts";
import { openWorkbench, reading, settled, showView, smolLM, tinyCheckpoint } from "./text-panel.ts";
import { canvasPixels, webview } from "./webview.ts";
import { closeAllEditors, commandListed, contextMenuTitles } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const { title, category } = COMMANDS.openTextWorkbench;
const glassbox = useGlassbox({ files: { ...tinyCheckpoint(), "notes.txt": "plain", "model.onnx": "" } });

test("the workbench is offered on checkpoints, and only there", async () => {
  const { page } = glassbox;
  await commandListed(page, `${category}: ${title}`);
  const onCheckpoint = await contextMenuTitles(page, "model.safetensors");
  assert.ok(onCheckpoint.includes(title) && !onCheckpoint.includes(COMMANDS.explain.title));
  assert.ok(!(await contextMenuTitles(page, "model.onnx")).includes(title));
  assert.ok(!(await contextMenuTitles(page, "notes.txt")).includes(title));
});

test("a tiny checkpoint: tokens, the next token at every position, generation", async () => {
  const { page } = glassbox;
  const view = await openWorkbench(page, "model.safetensors");
  await settled(view);
  assert.deepEqual((await view.locator(".tokens .token").allInnerTexts()).slice(-2), ["·drink", "·to"]);
  await view.locator('[data-grid="next"]').waitFor();
  await glassbox.screenshot("text-next");
});

for (const [tab, grid] of [["Attention", "attention"], ["Logit lens", "lens"], ["Attribution", "attribution"], ["Patching", "patching"]] as const) {
  test(`a tiny checkpoint: ${tab}`, async () => {
    const view = webview(glassbox.page);
    await showView(view, tab);
    await view.locator(`[data-grid="${grid}"]`).waitFor();
    await settled(view);
    const { data } = await canvasPixels(view, `[data-grid="${grid}"]`);
    assert.ok(new Set(data).size > 20);
    await glassbox.screenshot(`text-${grid}`);
  });
}

test("SmolLM2", { skip: smolLM() === undefined && "../shared/models is absent" }, async () => {
  const { page } = glassbox;
  await closeAllEditors(page);
  fs.symlinkSync(smolLM()!, path.join(glassbox.workspace, "smollm2-135m-instruct-q4_1.gguf"));
  const view = await openWorkbench(page, "smollm2-135m-instruct-q4_1.gguf");
  await settled(view);
  await glassbox.screenshot("smollm2-next");
  for (const [tab, grid] of [["Attention", "attention"], ["Logit lens", "lens"], ["Attribution", "attribution"], ["Patching", "patching"]] as const) {
    await showView(view, tab);
    await view.locator(`[data-grid="${grid}"]`).waitFor();
    await settled(view);
    await glassbox.screenshot(`smollm2-${grid}`);
  }
  await view.locator('[data-grid="patching"]').focus();
  await page.keyboard.press("ArrowUp");
  await reading(view, /Layer/);
});
