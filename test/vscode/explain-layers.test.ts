import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { choosePicture, explain, runIs } from "./explain-panel.ts";
import { useGlassbox } from "./harness.ts";
import { webviewWith } from "./webview.ts";
import { closeAllEditors, expandFolders } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));
const glassbox = useGlassbox({ from: "samples" });

test("the explain panel lists the model's layers: of one, a unit opens, and the grid of its units", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await explain(page, "efficientnet-lite0.onnx");
  const view = await choosePicture(page, "rocket.jpg");
  await runIs(view, "grad-cam", "done");
  const layers = view.locator("details", { has: page.locator("text=Layers") }).last();
  await layers.locator("summary").click();
  assert.ok((await layers.locator("li").count()) > 50, "all of them are there");
  await layers.getByRole("searchbox").fill("_blocks.4.");
  await layers.getByLabel("Channel", { exact: true }).fill("3");
  const [site = ""] = await layers.locator("li code").allInnerTexts();
  assert.match(site, /_blocks\.4\./);
  await layers.scrollIntoViewIfNeeded();
  await glassbox.screenshot("explain-layers");
  await layers.getByRole("button", { name: `Unit 3 of ${site}`, exact: true }).click();
  const unit = await webviewWith(page, ".growth");
  assert.deepEqual(
    [await unit.locator("#site").inputValue(), await unit.locator("#channel").inputValue()],
    [site, "3"],
  );
  await unit.locator('.growth[data-state="running"]').waitFor();
  await closeAllEditors(page);

  await explain(page, "efficientnet-lite0.onnx");
  const again = (await choosePicture(page, "rocket.jpg"))
    .locator("details", { has: page.locator("text=Layers") })
    .last();
  await again.locator("summary").click();
  await again.getByRole("button", { name: new RegExp(`^All \\d+ of ${site}$`) }).click();
  const grid = await webviewWith(page, ".layer");
  assert.equal(await grid.locator("#site").inputValue(), site);
  assert.equal(await grid.locator(".layer li").count(), 12);
  await closeAllEditors(page);
});
