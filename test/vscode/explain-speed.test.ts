import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator } from "playwright-core";
import { activationTimes } from "./activation-times.ts";
import { choosePicture, crashEngine, enginesOf, explain, runIs } from "./explain-panel.ts";
import { useGlassbox } from "./harness.ts";
import { allowed, atReference, said, timed, type Timing } from "./pace.ts";
import { editorStatePersisted } from "./persistence.ts";
import { markdownPreview, webview } from "./webview.ts";
import { closeAllEditors, expandFolders, explorerRow, reload, tab } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const model = "efficientnet-lite0.onnx";
const glassbox = useGlassbox({ from: "samples" });

/** No result is remembered, so that what is timed is computed. */
const forget = (): void => {
  for (const file of fs.readdirSync(path.join(cache, "results"))) fs.rmSync(path.join(cache, "results", file));
};

/** Seconds from the right click until `shown` is there, without the pause in which a person reads the menu. */
async function rightClick(file: string, title: string, shown: () => Locator): Promise<number> {
  const { page } = glassbox;
  const item = page.locator(".context-view .monaco-menu .action-item", { hasText: title });
  const begun = performance.now();
  await explorerRow(page, file).click({ button: "right" });
  await item.waitFor();
  const listed = performance.now();
  // A menu ignores clicks in its first tenth of a second.
  await sleep(300);
  const chosen = performance.now();
  await item.click();
  await shown().waitFor({ timeout: 60_000 });
  return (performance.now() - chosen + (listed - begun)) / 1000;
}

/** The picture is the last one used. */
const firstMap = (): Promise<number> =>
  rightClick(model, "Explain a Prediction", () => webview(glassbox.page).locator('figure[data-map="true"]').first());

/** VS Code's own panel with nothing to compute: what no extension's panel can be faster than. */
async function ownPreview(): Promise<number> {
  const { page } = glassbox;
  const all: number[] = [];
  for (let i = 0; i < 3; i++) {
    await closeAllEditors(page);
    all.push(await rightClick("README.md", "Open Preview", () => markdownPreview(page).locator("h1").first()));
  }
  return Math.min(...all);
}

/** The maps after the first take all cores for seconds. */
const allMaps = (): Promise<void> => runIs(webview(glassbox.page), "integrated-gradients", "done");

/** The best of some: others on the machine can only slow it down. */
async function best(times: number, prepare: () => Promise<void>): Promise<Timing> {
  const all: Timing[] = [];
  for (let i = 0; i < times; i++) {
    await prepare();
    forget();
    await closeAllEditors(glassbox.page);
    all.push(await timed(firstMap, allMaps));
  }
  console.log(`  ${all.map(said).join("; ")}`);
  return all.reduce((least, each) => (each.seconds < least.seconds ? each : least));
}

test("from right-click to the first map: at most 2.5 s with a cold engine, 0.6 s with a warm one", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await explain(page, model);
  await choosePicture(page, "rocket.jpg");
  await allMaps();
  const cold = await best(2, () => crashEngine(cache));
  const warm = await best(3, async () => undefined);
  assert.equal(enginesOf(cache).length, 1);
  const own = await ownPreview();
  console.log(
    `Right-click to first heatmap: ${said(cold)} cold, ${said(warm)} warm; VS Code's own preview of Markdown: ${own.toFixed(3)} s`,
  );
  assert.ok(cold.seconds <= allowed(2.5, cold.slowness, own), `cold ${said(cold)}`);
  assert.ok(warm.seconds <= allowed(0.6, warm.slowness, own), `warm ${said(warm)}`);
});

test("activation adds at most 30 ms to the extension host", async () => {
  const { page } = glassbox;
  await closeAllEditors(page);
  await explain(page, model);
  let least: Timing | undefined;
  // Each reload activates anew, through the panel that comes back. Others on the machine can only slow it down.
  for (let attempt = 0; attempt < 5 && !(least && atReference(least) <= 0.03); attempt++) {
    const cost = await timed(async () => {
      if (attempt > 0) {
        await editorStatePersisted(page, model);
        await reload(page);
        // The report, in the layout that was saved, may have come back in front of it.
        await tab(page, model).click();
      }
      await webview(page).locator("main").first().waitFor({ timeout: 60_000 });
      const { loadMs, callMs } = await activationTimes(page);
      return (loadMs + callMs) / 1000;
    }, allMaps);
    console.log(`Activation: ${said(cost)}`);
    if (least === undefined || atReference(cost) < atReference(least)) least = cost;
  }
  // An empty extension costs 0 to 2 ms, so this is a bound of what Glassbox adds.
  assert.ok(atReference(least!) <= 0.03, said(least!));
});
