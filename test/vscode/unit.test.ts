import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { FrameLocator } from "playwright-core";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { canvasPixels } from "../browser/canvas.ts";
import { hanging, hangingWork } from "../browser/hanging.ts";
import { chooseSteps, differ, growth, pausedParts } from "../browser/unit-view.ts";
import { useGlassbox } from "./harness.ts";
import { editorStatePersisted } from "./persistence.ts";
import { webview } from "./webview.ts";
import { closeAllEditors, quickPick, reload, runCommand } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));
const glassbox = useGlassbox({ from: "samples" });

/** What the engine has kept, with the file that it is (reading renews its time, writing makes another file): answers whole, and parts of them. */
const kept = (): readonly string[] =>
  ["answers", "parts"].flatMap((folder) =>
    fs
      .readdirSync(path.join(cache, folder))
      .map((name) => `${folder}/${name} ${fs.statSync(path.join(cache, folder, name)).ino}`),
  );

async function openUnit(): Promise<FrameLocator> {
  const { page } = glassbox;
  await runCommand(page, "Glassbox: What Does This Unit Look For?");
  await quickPick(page, "efficientnet-lite0.onnx").click();
  const view = webview(page);
  await view.locator(growth("running")).waitFor();
  return view;
}

test("closing the panel stops its work in the engine", async () => {
  const { page } = glassbox;
  const view = await openUnit();
  await chooseSteps(page, view, "1400");
  await view.locator(`${growth("running")}:not([data-step=""])`).waitFor();
  for (const part of pausedParts(cache)) fs.rmSync(part);
  await closeAllEditors(page);
  // What is stopped is kept; the rest of 1400 steps would take minutes.
  for (const end = Date.now() + hanging; pausedParts(cache).length === 0 && Date.now() < end;) await sleep(100);
  assert.ok(pausedParts(cache).length > 0);
});

test("palette, model: a picture grows, and axe finds nothing wrong", async () => {
  const { page } = glassbox;
  const view = await openUnit();
  await chooseSteps(page, view, "32");
  await view.locator(growth("done")).waitFor({ timeout: hangingWork });
  await view.locator('.further.diverse[data-state="done"]').waitFor({ timeout: hangingWork });
  assert.deepEqual(await accessibilityViolations(view), []);
  await glassbox.screenshot("unit");
});

test("after a reload the unit is back from the cache, at once", async () => {
  const { page } = glassbox;
  const before = await canvasPixels(webview(page), ".growth canvas");
  const known = kept();
  await editorStatePersisted(page, "glassbox");
  await reload(page);
  const again = webview(page);
  await again.locator(growth("done")).waitFor();
  assert.ok(!differ(before, await canvasPixels(again, ".growth canvas")));
  await again.locator('.further.diverse[data-state="done"]').waitFor();
  assert.deepEqual(kept(), known, "nothing was computed again");
});
