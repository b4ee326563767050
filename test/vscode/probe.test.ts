import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import type { Probes } from "../../src/protocol/probing.ts";
import type { Result } from "../../src/protocol/result.ts";
import { accessibilityViolations } from "./accessibility.ts";
import { exported, openMenu } from "./explain-panel.ts";
import { hanging, hangingWork } from "./hanging.ts";
import { useGlassbox } from "./harness.ts";
import { inAllLooks } from "./looks.ts";
import { editorStatePersisted } from "./persistence.ts";
import { canvasPixels, webview } from "./webview.ts";
import { closeAllEditors, contextMenu, expandFolders, reload } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));

const model = "efficientnet-lite0.onnx";
const glassbox = useGlassbox({ from: "samples" });
const runs = (view: FrameLocator, state: string, timeout = hangingWork): Promise<void> =>
  view.locator(`main[data-run="${state}"]`).waitFor({ timeout });

/** Probes the sites by the menu, as a person does: filter, tick, take over. */
async function chooseSites(page: Page, view: FrameLocator, sites: readonly string[]): Promise<void> {
  const menu = await openMenu(view, "sites");
  while ((await menu.locator(".sites input:checked").count()) > 0)
    await menu.locator(".sites input:checked").first().uncheck();
  for (const site of sites) {
    await menu.getByRole("searchbox").fill(site);
    await menu
      .locator(".sites label", { has: page.locator(`text="${site}"`) })
      .first()
      .locator("input")
      .check();
  }
  await menu.getByRole("searchbox").fill("");
  await menu.getByRole("button", { name: new RegExp(`Probe ${sites.length} sites`) }).click();
}

test("right-click, Probe Layers, choose data and sites, Probe: the chart, its words and its controls", async () => {
  const { page } = glassbox;
  const whole = page.viewportSize()!;
  await expandFolders(page, "vision");
  await contextMenu(page, model, COMMANDS.probeLayers.title);
  const view = webview(page);
  await view.locator(".start").waitFor();
  await (await openMenu(view, "Data")).locator("select").selectOption("400");
  await page.keyboard.press("Escape");
  await view.locator(".start", { hasText: "400 pictures" }).waitFor();
  for (const width of [380, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await accessibilityViolations(view), [], `the start at ${width}`);
    for (const menu of ["Data", "sites", "Options"]) {
      await openMenu(view, menu);
      assert.deepEqual(await accessibilityViolations(view), [], `${menu} at ${width}`);
      await glassbox.screenshot(`probe-start-${menu.toLowerCase()}-${width}`);
      await page.keyboard.press("Escape");
    }
  }
  await page.setViewportSize(whole);
  await chooseSites(page, view, ["_swish", "_blocks.4._swish", "_blocks.10._swish"]);
  await glassbox.screenshot("probe-start");
  await view.getByRole("button", { name: "Probe shape" }).click();
  await runs(view, "running");
  await runs(view, "done");
  assert.equal(await view.locator(".leading tbody tr").count(), 3);
  assert.match(
    await view.locator(".says").innerText(),
    /linearly decodable at _blocks\.\d+\._swish with accuracy 0\.\d{3}.*random weights/s,
  );
  assert.deepEqual(
    await view
      .locator(".legend li")
      .allInnerTexts()
      .then((all) => all.map((each) => each.trim().replace(/:.*/, ""))),
    ["Trained network", "Random weights", "Shuffled labels", "Raw input", "Majority"],
  );
  const { data } = await canvasPixels(view, ".canvas canvas");
  assert.ok(
    data.some((value, i) => i % 4 === 3 && value > 0),
    "the chart is drawn",
  );
  await glassbox.screenshot("probe");
});

test("arrow keys step through the points; a point opens its confusions and examples, and is said", async () => {
  const { page } = glassbox;
  const view = webview(page);
  await view.locator(".canvas canvas").focus();
  await page.keyboard.press("End");
  await view.locator(".point .of", { hasText: "_blocks.10._swish" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await view.locator(".point h2", { hasText: "Random weights" }).waitFor();
  assert.match(
    (await view.locator('.chart [aria-live="polite"]').textContent()) ?? "",
    /^Random weights, _blocks\.10\._swish: accuracy 0\.\d{3}, 95 % interval/,
  );
  await page.keyboard.press("ArrowUp");
  await view.locator(".point h2", { hasText: "Trained network" }).waitFor();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
  await view.locator(".point h2", { hasText: "Raw input" }).waitFor();
  assert.match(
    (await view.locator('.chart [aria-live="polite"]').textContent()) ?? "",
    /^Raw input, input: accuracy 0\.\d{3}, 95 % interval/,
  );
  await glassbox.screenshot("probe-raw");
  await page.keyboard.press("ArrowUp");
  await view.locator(".leading .levels button", { hasText: "raw input" }).click();
  await view.locator(".point h2", { hasText: "Raw input" }).waitFor();
  assert.equal(
    (await view.locator(".confusion tbody td").allInnerTexts()).reduce((sum, cell) => sum + Number(cell), 0),
    100,
  );
  await view.locator(".leading tbody tr").last().locator("button").click();
  await view.locator(".point h2", { hasText: "Trained network" }).waitFor();
  const cells = await view.locator(".confusion tbody td").allInnerTexts();
  assert.equal(cells.length, 25);
  assert.equal(
    cells.reduce((sum, cell) => sum + Number(cell), 0),
    100,
    "all test rows are in the matrix",
  );
  await view.locator(".examples canvas").nth(11).waitFor();
  // The canvas is there a moment before its sample.
  let thumbnail = await canvasPixels(view, ".examples canvas");
  for (const end = Date.now() + hanging; new Set(thumbnail.data).size <= 16 && Date.now() < end;)
    thumbnail = await canvasPixels(view, ".examples canvas");
  assert.ok(new Set(thumbnail.data).size > 16, "a sample is drawn");
});

test("what is exported is what is shown", async () => {
  const { page } = glassbox;
  const view = webview(page);
  const file = (name: string): string => path.join(glassbox.workspace, name);
  const json = JSON.parse(
    (await exported(page, view, "Result with provenance (JSON)", file("probes.json"))).toString(),
  ) as Result<Probes>;
  assert.equal(json.data.points.length, 3 * 3 + 1);
  const shown = await view.locator(".leading tbody tr").nth(2).locator("td").first().innerText();
  assert.equal(
    shown,
    json.data.points
      .find(({ series, site }) => series === "trained" && site === "_blocks.10._swish")!
      .test.accuracy.toFixed(3),
  );
  const csv = (await exported(page, view, "Scores (CSV)", file("probes.csv"))).toString().trim().split("\n");
  assert.equal(csv.length, 11);
  assert.match((await exported(page, view, "Chart (SVG)", file("probes.svg"))).toString(), /^<svg .*trained network/s);
  const png = await exported(page, view, "Chart (PNG)", file("probes.png"));
  assert.deepEqual(
    [...png.subarray(1, 4)],
    [..."PNG"].map((letter) => letter.charCodeAt(0)),
  );
  await (await openMenu(view, "Export")).getByText("Copy as command").click();
  await view.locator(".said", { hasText: "clipboard" }).waitFor();
  assert.match(
    await page.evaluate(() => navigator.clipboard.readText()),
    /^glassbox ask linear-probes .*efficientnet-lite0\.onnx --data procedural:400:0 --label shape --sites _swish,_blocks\.4\._swish,_blocks\.10\._swish$/,
  );
});

test("after a reload of the window the chart is back from the cache", async () => {
  const { page } = glassbox;
  // While a webview has the focus, VS Code on the web saves no layout; an earlier one still has the point before.
  await page.keyboard.press("ControlOrMeta+Shift+E");
  await editorStatePersisted(page, "trained");
  const files = (): readonly string[] =>
    ["answers", "parts"].flatMap((folder) =>
      fs
        .readdirSync(path.join(cache, folder))
        .map((name) => `${folder}/${name} ${fs.statSync(path.join(cache, folder, name)).mtimeMs}`),
    );
  const before = files();
  await reload(page);
  const view = webview(page);
  await runs(view, "done");
  assert.equal(await view.locator("main").getAttribute("data-points"), "10");
  assert.match(await view.locator(".point").innerText(), /Trained network.*_blocks\.10\._swish/is);
  assert.deepEqual(files(), before, "nothing was computed again");
});

test("another label uses the activations that are there; cancelling keeps what is known, and it goes on from there", async () => {
  const { page } = glassbox;
  const view = webview(page);
  await view.locator("#label").selectOption("colour");
  await runs(view, "running");
  await runs(view, "done");
  assert.match(await view.locator(".says").innerText(), /^Colour is /);
  await (await openMenu(view, "Data")).locator("select").selectOption("1000");
  await page.keyboard.press("Escape");
  await view.locator(".said", { hasText: /activations of \d+ of 1000/ }).waitFor();
  await view.getByRole("button", { name: "Cancel" }).click();
  await runs(view, "cancelled");
  await view.getByRole("button", { name: "Go on" }).waitFor();
  await (await openMenu(view, "Data")).locator("select").selectOption("400");
  await page.keyboard.press("Escape");
  await runs(view, "done");
});

test("in four themes, from 320 px to wide, axe finds nothing and nothing scrolls sideways", async () => {
  const { page } = glassbox;
  // The last point of the first line, at the chart's edge.
  const before = async (): Promise<void> => {
    await webview(page).locator(".canvas canvas").focus();
    await page.keyboard.press("End");
  };
  await inAllLooks(glassbox, "probe", { widths: [370, 820, 1440], before });
});

test("the panel saves itself as an experiment", async () => {
  const { page, workspace } = glassbox;
  const text = (
    await exported(page, webview(page), "Save as experiment…", path.join(workspace, "probes.glassbox.yaml"))
  ).toString();
  assert.match(text, /data: procedural:400:0/);
  assert.match(text, /method: linear-probes/);
});

test("closing the panel stops its work in the engine", async () => {
  const { page } = glassbox;
  await (await openMenu(webview(page), "Data")).locator("select").selectOption("1000");
  await page.keyboard.press("Escape");
  await webview(page)
    .locator(".said", { hasText: /activations of \d+ of 1000/ })
    .waitFor();
  await closeAllEditors(page);
  const folder = path.join(cache, "activations");
  const bytes = (): number =>
    fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
  // One micro-batch may still be on its way.
  await page.waitForTimeout(3000);
  const before = bytes();
  await page.waitForTimeout(3000);
  assert.equal(bytes(), before, "no more activations are collected");
});
