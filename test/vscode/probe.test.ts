import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { openMenu } from "../browser/explain-view.ts";
import { chooseSites, probeRuns } from "../browser/probe-view.ts";
import { useGlassbox } from "./harness.ts";
import { extensionStatePersisted } from "./persistence.ts";
import { webview } from "./webview.ts";
import { contextMenu, expandFolders, reload } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const glassbox = useGlassbox({ from: "samples" });

test("right-click, Probe Layers, choose data and a site, Probe: the chart, and axe finds nothing wrong", async () => {
  const { page } = glassbox;
  await expandFolders(page, "vision");
  await contextMenu(page, "efficientnet-lite0.onnx", COMMANDS.probeLayers.title);
  const view = webview(page);
  await view.locator(".start").waitFor();
  await (await openMenu(view, "Data")).locator("select").selectOption("400");
  await page.keyboard.press("Escape");
  await view.locator(".start", { hasText: "400 pictures" }).waitFor();
  await chooseSites(view, ["_swish"]);
  await view.getByRole("button", { name: "Probe shape" }).click();
  await probeRuns(view, "done");
  assert.equal(await view.locator(".leading tbody tr").count(), 1);
  assert.deepEqual(await accessibilityViolations(view), []);
  await glassbox.screenshot("probe");
});

test("after a reload of the window the chart and the open point are back from the cache", async () => {
  const { page } = glassbox;
  await webview(page).locator(".leading tbody tr").last().locator("button").click();
  await webview(page).locator(".point h2", { hasText: "Trained network" }).waitFor();
  // While a webview has the focus, VS Code on the web saves nothing of it: Glassbox does.
  await extensionStatePersisted(page, '"series":"trained"');
  const files = (): readonly string[] =>
    ["answers", "parts"].flatMap((folder) =>
      fs
        .readdirSync(path.join(cache, folder))
        .map((name) => `${folder}/${name} ${fs.statSync(path.join(cache, folder, name)).ino}`),
    );
  const before = files();
  await reload(page);
  const view = webview(page);
  await probeRuns(view, "done");
  assert.equal(await view.locator("main").getAttribute("data-points"), "4");
  assert.match(await view.locator(".point").innerText(), /Trained network.*_swish/is);
  assert.deepEqual(files(), before, "nothing was computed again");
});
