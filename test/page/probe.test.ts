import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { FrameLocator } from "playwright-core";
import type { Probes } from "../../src/protocol/probing.ts";
import type { Result } from "../../src/protocol/result.ts";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { canvasPixels } from "../browser/canvas.ts";
import { allDone, choosePicture, openMenu, runIs } from "../browser/explain-view.ts";
import { hanging } from "../browser/hanging.ts";
import { chooseSites, probeRuns } from "../browser/probe-view.ts";
import { copied, exported, isPng } from "./exported.ts";
import { usePanels } from "./harness.ts";
import { inAllLooks } from "./looks.ts";
import { desk } from "./window/desk.ts";

const panels = usePanels({ from: "samples" });
const opened = (): Promise<FrameLocator> => panels.open("probe", "vision/efficientnet-lite0.onnx");

/** Takes another number of pictures. */
async function chooseSize(view: FrameLocator, pictures: string): Promise<void> {
  await (await openMenu(view, "Data")).locator("select").selectOption(pictures);
  await panels.page.keyboard.press("Escape");
}

test("the start, its menus, and axe finds nothing wrong with them", async () => {
  const { page } = panels;
  const view = await opened();
  await view.locator(".start").waitFor();
  await chooseSize(view, "400");
  await view.locator(".start", { hasText: "400 pictures" }).waitFor();
  for (const width of [320, 1400]) {
    await panels.width(width);
    assert.deepEqual(await accessibilityViolations(view), [], `the start at ${width}`);
    for (const menu of ["Data", "sites", "Options"]) {
      await openMenu(view, menu);
      assert.deepEqual(await accessibilityViolations(view), [], `${menu} at ${width}`);
      await panels.screenshot(`probe-start-${menu.toLowerCase()}-${width}`);
      await page.keyboard.press("Escape");
    }
  }
});

test("choose data and sites, Probe: the chart, its words and its controls", async () => {
  const { view } = panels;
  await chooseSites(view, ["_swish", "_blocks.4._swish", "_blocks.10._swish"]);
  await view.getByRole("button", { name: "Probe shape" }).click();
  await probeRuns(view, "running");
  await probeRuns(view, "done");
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
});

test("arrow keys step through the points; a point opens its confusions and examples, and is said", async () => {
  const { page, view } = panels;
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
  await panels.screenshot("probe-raw");
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
  const { view } = panels;
  const file = (name: string): string => path.join(panels.workspace, name);
  const json = JSON.parse(
    (await exported(view, "Result with provenance (JSON)", file("probes.json"))).toString(),
  ) as Result<Probes>;
  assert.equal(json.data.points.length, 3 * 3 + 1);
  const shown = await view.locator(".leading tbody tr").nth(2).locator("td").first().innerText();
  assert.equal(
    shown,
    json.data.points
      .find(({ series, site }) => series === "trained" && site === "_blocks.10._swish")!
      .test.accuracy.toFixed(3),
  );
  const csv = (await exported(view, "Scores (CSV)", file("probes.csv"))).toString().trim().split("\n");
  assert.equal(csv.length, 11);
  assert.match((await exported(view, "Chart (SVG)", file("probes.svg"))).toString(), /^<svg .*trained network/s);
  assert.ok(isPng(await exported(view, "Chart (PNG)", file("probes.png"))));
  assert.match(
    await copied(view, "Copy as command"),
    /^glassbox ask linear-probes .*efficientnet-lite0\.onnx --data procedural:400:0 --label shape --sites _swish,_blocks\.4\._swish,_blocks\.10\._swish$/,
  );
});

test("another label uses the activations that are there; cancelling keeps what is known, and it goes on from there", async () => {
  const { view } = panels;
  await view.locator("#label").selectOption("colour");
  await probeRuns(view, "running");
  await probeRuns(view, "done");
  assert.match(await view.locator(".says").innerText(), /^Colour is /);
  await chooseSize(view, "1000");
  await view.locator(".said", { hasText: /activations of \d+ of 1000/ }).waitFor();
  await view.getByRole("button", { name: "Cancel" }).click();
  await probeRuns(view, "cancelled");
  await view.getByRole("button", { name: "Go on" }).waitFor();
  await chooseSize(view, "400");
  await probeRuns(view, "done");
});

test("in four themes, from 320 px to wide, axe finds nothing and nothing scrolls sideways", async () => {
  // The last point of the first line, at the chart's edge.
  const before = async (): Promise<void> => {
    await panels.view.locator(".canvas canvas").focus();
    await panels.page.keyboard.press("End");
  };
  await inAllLooks(panels, "probe", { before });
});

test("the panel saves itself as an experiment, which is opened", async () => {
  const file = path.join(panels.workspace, "probes.glassbox.yaml");
  const text = (await exported(panels.view, "Save as experiment…", file)).toString();
  assert.match(text, /data: procedural:400:0/);
  assert.match(text, /method: linear-probes/);
  assert.equal(desk.opened.at(-1)?.fsPath, file);
});

test("closing the panel stops its work in the engine", async () => {
  await chooseSize(panels.view, "1000");
  await panels.view.locator(".said", { hasText: /activations of \d+ of 1000/ }).waitFor();
  panels.close();
  const folder = path.join(panels.cache, "activations");
  const bytes = (): number =>
    fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
  // The engine's time is now another panel's. One micro-batch may still have been on its way when its first map is there.
  const view = await panels.open("explain", "vision/efficientnet-lite0.onnx");
  await choosePicture(view, "rocket.jpg");
  await runIs(view, "grad-cam", "done");
  const before = bytes();
  await allDone(view);
  assert.equal(bytes(), before, "no more activations are collected");
});

// Minutes of computing: only where someone asks for the picture.
if (process.env.GLASSBOX_SCREENSHOTS === "1")
  test("the picture for the README: ten sites, 2,000 pictures, all controls", async () => {
    const view = await opened();
    await panels.width(1200, 830);
    await chooseSize(view, "2000");
    await view.getByRole("button", { name: "Probe shape" }).click();
    await probeRuns(view, "done", 1_200_000);
    assert.equal(await view.locator("main").getAttribute("data-points"), "31");
    await panels.page.screenshot({ path: path.join(process.env.GLASSBOX_ROOT!, "media/screenshots/probe.png") });
  });
