import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { Result } from "../../src/protocol/result.ts";
import { accessibilityViolations } from "./accessibility.ts";
import { exported, openMenu } from "./explain-panel.ts";
import { hanging, hangingWork } from "./hanging.ts";
import { useGlassbox } from "./harness.ts";
import { inAllLooks } from "./looks.ts";
import { editorStatePersisted } from "./persistence.ts";
import type { Theme } from "./themes.ts";
import { canvasPixels, webview, type Pixels } from "./webview.ts";
import { closeAllEditors, quickPick, reload, runCommand } from "./workbench.ts";

const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
process.env.GLASSBOX_CACHE = cache;
after(() => fs.rmSync(cache, { recursive: true, force: true }));
const model = "efficientnet-lite0.onnx";
const glassbox = useGlassbox({ from: "samples" });

/** What the engine has kept, with the time it was written: answers whole, and parts of them. */
const kept = (): readonly string[] =>
  ["answers", "parts"].flatMap((folder) =>
    fs
      .readdirSync(path.join(cache, folder))
      .map((name) => `${folder}/${name} ${fs.statSync(path.join(cache, folder, name)).mtimeMs}`),
  );

const growth = (state: string): string => `.growth[data-state="${state}"]`;
const spread = ({ data }: Pixels): number => {
  const values = data.filter((_, i) => i % 4 === 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};
const differ = (a: Pixels, b: Pixels): boolean => a.data.some((value, i) => Math.abs(value - b.data[i]!) > 20);

test("palette, model: a picture grows, with its checks, opposite, four ways, real pictures and facts", async () => {
  const { page } = glassbox;
  await runCommand(page, "Glassbox: What Does This Unit Look For?");
  await quickPick(page, model).click();
  const view = webview(page);
  await view.locator(growth("running")).waitFor();
  await view.locator(growth("done")).waitFor({ timeout: hangingWork });
  assert.ok(spread(await canvasPixels(view, ".growth canvas")) > 25, "it has structure");
  assert.match(
    await view.locator(".checks").innerText(),
    /activation.*against real pictures.*above all 3.*kept under transforms/s,
  );
  await view.locator(".slopes tbody tr").first().waitFor();
  assert.equal(await view.locator(".slopes tbody tr").count(), 10);
  assert.equal(await view.locator(".examples li").count(), 3);
  await view.locator('.further.diverse[data-state="done"]').waitFor({ timeout: hangingWork });
  await view.locator('.further.negative[data-state="done"]').waitFor();
  assert.ok(differ(await canvasPixels(view, ".further.negative canvas"), await canvasPixels(view, ".growth canvas")));
  await glassbox.screenshot("unit");
});

test("the history is gone back through by the keyboard", async () => {
  const { page } = glassbox;
  const view = webview(page);
  const whole = await canvasPixels(view, ".growth canvas");
  await view.locator(".scrub input").focus();
  await page.keyboard.press("Home");
  await view.locator(".growth figcaption", { hasText: /^step \d+, activation/ }).waitFor();
  assert.ok(differ(whole, await canvasPixels(view, ".growth canvas")));
  await page.keyboard.press("End");
  await view.locator(".growth figcaption", { hasText: /^activation/ }).waitFor();
  assert.ok(!differ(whole, await canvasPixels(view, ".growth canvas")));
});

test("another real picture shows what the model says of it without the unit", async () => {
  const view = webview(glassbox.page);
  await view.locator(".examples li button", { hasText: "rocket.jpg" }).click();
  await view.getByText(/With the channel set to 0 everywhere/).waitFor();
  assert.match(await view.locator(".facts-column").innerText(), /missile/);
});

test("export writes the picture, the proof and a command", async () => {
  const { page } = glassbox;
  const view = webview(page);
  const png = await exported(page, view, "Picture (PNG)", path.join(glassbox.workspace, "unit.png"));
  assert.deepEqual(
    [...png.subarray(1, 4)],
    [..."PNG"].map((letter) => letter.charCodeAt(0)),
  );
  const json = JSON.parse(
    (
      await exported(page, view, "Certificate and provenance (JSON)", path.join(glassbox.workspace, "unit.json"))
    ).toString(),
  ) as Result;
  assert.equal(json.certificate.length, 3);
  assert.match(json.provenance.subject.name, /^channel\("/);
  await (await openMenu(view, "Export")).getByText("Copy as command").click();
  await view.locator(".said", { hasText: "clipboard" }).waitFor();
  assert.match(
    await page.evaluate(() => navigator.clipboard.readText()),
    /^glassbox ask maximized-activation .*efficientnet-lite0\.onnx --objective /,
  );
});

test("after a reload the unit is back from the cache, at once", async () => {
  const { page } = glassbox;
  const view = webview(page);
  const before = await canvasPixels(view, ".growth canvas");
  const known = kept();
  await editorStatePersisted(page, "glassbox");
  await reload(page);
  const again = webview(page);
  await again.locator(growth("done")).waitFor();
  assert.ok(!differ(before, await canvasPixels(again, ".growth canvas")));
  await again.locator('.further.diverse[data-state="done"]').waitFor();
  assert.deepEqual(kept(), known, "nothing was computed again");
});

test("pause keeps the picture where it is, and resume goes on from there", async () => {
  const { page } = glassbox;
  const view = webview(page);
  await (await openMenu(view, "Recipe")).getByLabel("Steps").fill("1500");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await view.locator(".growth[data-state=running][data-step]:not([data-step=''])").waitFor();
  await view.getByRole("button", { name: "Pause" }).click();
  await view.locator(growth("paused")).waitFor();
  const paused = Number(await view.locator(".growth").getAttribute("data-step"));
  assert.ok(paused < 1500);
  await view.getByRole("button", { name: "Resume" }).click();
  await view.locator(growth("running")).waitFor();
  await view.locator(`${growth("running")}:not([data-step="${paused}"])`).waitFor();
  assert.ok(Number(await view.locator(".growth").getAttribute("data-step")) >= paused, "it did not begin anew");
  await view.getByRole("button", { name: "Pause" }).click();
  await (await openMenu(view, "Recipe")).getByLabel("Steps").fill("64");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await view.locator(growth("done")).waitFor();
});

test("cancel gives up what is not finished, and growing again begins anew", async () => {
  const { page } = glassbox;
  const view = webview(page);
  await (await openMenu(view, "Recipe")).getByLabel("Steps").fill("1400");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  const moving = (least: number): Promise<unknown> =>
    view.locator(growth("running")).evaluate(
      (figure, from) =>
        new Promise((resolve) => {
          const look = (): unknown =>
            Number((figure as HTMLElement).dataset.step) >= from ? resolve(null) : setTimeout(look, 50);
          look();
        }),
      least,
    );
  await moving(20);
  await view.getByRole("button", { name: "Cancel" }).click();
  await view.locator(growth("cancelled")).waitFor();
  await view.locator('.further.negative[data-state="cancelled"]').waitFor();
  assert.equal(await view.getByRole("button", { name: "Cancel" }).count(), 0, "nothing is left to cancel");
  await glassbox.screenshot("unit-cancelled");
  const at = Number(await view.locator(".growth").getAttribute("data-step"));
  await view.getByRole("button", { name: "Grow again" }).click();
  await view.locator(`${growth("running")}:not([data-step=""])`).waitFor();
  assert.ok(Number(await view.locator(".growth").getAttribute("data-step")) < at, "it began anew");
});

test("closing the panel stops its work in the engine", async () => {
  const { page } = glassbox;
  const parts = path.join(cache, "parts");
  const paused = (): string[] => fs.readdirSync(parts).filter((name) => !name.endsWith(".tmp"));
  for (const name of paused()) fs.rmSync(path.join(parts, name));
  await webview(page)
    .locator(`${growth("running")}:not([data-step=""])`)
    .waitFor();
  await closeAllEditors(page);
  // What is stopped is kept; the rest of 1400 steps would take minutes.
  for (const end = Date.now() + hanging; paused().length === 0 && Date.now() < end;) await page.waitForTimeout(100);
  assert.equal(paused().length, 1);
  await runCommand(page, "Glassbox: What Does This Unit Look For?");
  await quickPick(page, model).click();
  const view = webview(page);
  await (await openMenu(view, "Recipe")).getByLabel("Steps").fill("64");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await view.locator(growth("done")).waitFor();
});

test("a picture that is the same on every machine says by what it was computed", async () => {
  const { page } = glassbox;
  const view = webview(page);
  const recipe = async (steps: string, portable: boolean): Promise<void> => {
    const menu = await openMenu(view, "Recipe");
    await menu.getByLabel("Steps").fill(steps);
    await page.keyboard.press("Tab");
    await menu.getByLabel("Same on every machine").setChecked(portable);
    await page.keyboard.press("Escape");
  };
  await recipe("4", true);
  await view.locator(`${growth("done")}[data-step="4"]`).waitFor();
  const { provenance, code } = JSON.parse(
    (
      await exported(page, view, "Certificate and provenance (JSON)", path.join(glassbox.workspace, "portable.json"))
    ).toString(),
  ) as { provenance: { runtime: { version: string } }; code: { cli: string } };
  assert.match(provenance.runtime.version, /wasm/);
  assert.match(code.cli, / --portable( |$)/);
  await recipe("64", false);
  await view.locator(growth("done")).waitFor();
});

const widths = [370, 820, 1600];

/** The menu is looked at where it is narrow. */
async function lookIntoRecipe(theme: Theme, width: number): Promise<void> {
  if (width > 370) return;
  const { page } = glassbox;
  const view = webview(page);
  await openMenu(view, "Recipe");
  assert.deepEqual(await accessibilityViolations(view), [], `Recipe, ${theme.label}, ${width}`);
  await glassbox.screenshot(`unit-recipe-${theme.webview}-${width}`);
  await page.keyboard.press("Escape");
}

test("all channels of the site: a page of pictures, of which each opens its unit", async () => {
  const { page } = glassbox;
  const view = webview(page);
  await view.getByRole("button", { name: "All channels" }).click();
  await view.locator('.layer[data-state="done"]').waitFor({ timeout: hangingWork });
  assert.equal(await view.locator(".layer li").count(), 12);
  await inAllLooks(glassbox, "unit-layer", { widths });
  await glassbox.screenshot("unit-layer");
  await view.locator(".layer li button").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await view.locator(growth("done")).waitFor();
  assert.equal(await view.locator("#channel").inputValue(), "1");
});

test("the page and its menus in all looks; then it saves itself as an experiment", async () => {
  const { page } = glassbox;
  await webview(page).locator('.further.diverse[data-state="done"]').waitFor({ timeout: hangingWork });
  await inAllLooks(glassbox, "unit", { widths, after: lookIntoRecipe });
  for (const menu of ["Recipe", "Export"]) {
    await openMenu(webview(page), menu);
    assert.deepEqual(await accessibilityViolations(webview(page)), [], menu);
    await glassbox.screenshot(`unit-${menu.toLowerCase()}`);
    await page.keyboard.press("Escape");
  }
  const text = (
    await exported(page, webview(page), "Save as experiment…", path.join(glassbox.workspace, "unit.glassbox.yaml"))
  ).toString();
  assert.match(text, /objective: .*channel\(/);
  assert.match(text, /method: maximized-activation/);
  await closeAllEditors(page);
});
