import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import type { FrameLocator } from "playwright-core";
import type { Result } from "../../src/protocol/result.ts";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { canvasPixels } from "../browser/canvas.ts";
import { openMenu } from "../browser/explain-view.ts";
import { hangingWork } from "../browser/hanging.ts";
import { chooseSteps, differ, growth, spread } from "../browser/unit-view.ts";
import { copied, exported, isPng } from "./exported.ts";
import { usePanels } from "./harness.ts";
import { inAllLooks } from "./looks.ts";
import type { Theme } from "./themes.ts";

const panels = usePanels({ from: "samples" });

/** Short enough for two cores, long enough for a structure. */
const options = { steps: 64 };
const opened = (): Promise<FrameLocator> => panels.open("unit", "vision/efficientnet-lite0.onnx", { options });

test("a picture grows, with its checks, opposite, four ways, real pictures and facts", async () => {
  const view = await opened();
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
  await panels.screenshot("unit");
});

test("the history is gone back through by the keyboard", async () => {
  const { page, view } = panels;
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
  const { view } = panels;
  await view.locator(".examples li button", { hasText: "rocket.jpg" }).click();
  await view.getByText(/With the channel set to 0 everywhere/).waitFor();
  assert.match(await view.locator(".facts-column").innerText(), /missile/);
});

test("export writes the picture, the proof and a command", async () => {
  const { view } = panels;
  assert.ok(isPng(await exported(view, "Picture (PNG)", path.join(panels.workspace, "unit.png"))));
  const json = JSON.parse(
    (await exported(view, "Certificate and provenance (JSON)", path.join(panels.workspace, "unit.json"))).toString(),
  ) as Result;
  assert.equal(json.certificate.length, 3);
  assert.match(json.provenance.subject.name, /^channel\("/);
  assert.match(
    await copied(view, "Copy as command"),
    /^glassbox ask maximized-activation .*efficientnet-lite0\.onnx --objective /,
  );
});

test("pause keeps the picture where it is, and resume goes on from there", async () => {
  const { page, view } = panels;
  await chooseSteps(page, view, "1500");
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
  await chooseSteps(page, view, "64");
  await view.locator(growth("done")).waitFor({ timeout: hangingWork });
});

test("what is typed while a picture grows is not taken back", async () => {
  const { page, view } = panels;
  await chooseSteps(page, view, "1450");
  await view.locator(growth("running")).waitFor();
  const steps = (await openMenu(view, "Recipe")).getByLabel("Steps");
  await steps.fill("6");
  const typedAt = await view.locator(".growth").getAttribute("data-step");
  await view.locator(`${growth("running")}:not([data-step="${typedAt}"])`).waitFor();
  assert.equal(await steps.inputValue(), "6");
  await steps.pressSequentially("0");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await view.locator(growth("done")).waitFor({ timeout: hangingWork });
});

test("cancel gives up what is not finished, and growing again begins anew", async () => {
  const { page, view } = panels;
  await chooseSteps(page, view, "1400");
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
  await panels.screenshot("unit-cancelled");
  const at = Number(await view.locator(".growth").getAttribute("data-step"));
  await view.getByRole("button", { name: "Grow again" }).click();
  await view.locator(`${growth("running")}:not([data-step=""])`).waitFor();
  assert.ok(Number(await view.locator(".growth").getAttribute("data-step")) < at, "it began anew");
  await chooseSteps(page, view, "64");
  await view.locator(growth("done")).waitFor({ timeout: hangingWork });
});

test("a picture that is the same on every machine says by what it was computed", async () => {
  const { page, view } = panels;
  const recipe = async (steps: string, portable: boolean): Promise<void> => {
    const menu = await openMenu(view, "Recipe");
    await menu.getByLabel("Steps").fill(steps);
    await page.keyboard.press("Tab");
    await menu.getByLabel("Same on every machine").setChecked(portable);
    await page.keyboard.press("Escape");
  };
  await recipe("4", true);
  await view.locator(`${growth("done")}[data-step="4"]`).waitFor({ timeout: hangingWork });
  const { provenance, code } = JSON.parse(
    (
      await exported(view, "Certificate and provenance (JSON)", path.join(panels.workspace, "portable.json"))
    ).toString(),
  ) as { provenance: { runtime: { version: string } }; code: { cli: string } };
  assert.match(provenance.runtime.version, /wasm/);
  assert.match(code.cli, / --portable( |$)/);
  await recipe("64", false);
  await view.locator(growth("done")).waitFor({ timeout: hangingWork });
});

/** The menu is looked at where it is narrow. */
async function lookIntoRecipe(theme: Theme, width: number): Promise<void> {
  if (width > 320) return;
  const { page, view } = panels;
  await openMenu(view, "Recipe");
  assert.deepEqual(await accessibilityViolations(view), [], `Recipe, ${theme.label}, ${width}`);
  await panels.screenshot(`unit-recipe-${theme.body}-${width}`);
  await page.keyboard.press("Escape");
}

test("all channels of the site: a page of pictures, of which each opens its unit by the keyboard", async () => {
  const { page, view } = panels;
  await view.getByRole("button", { name: "All channels" }).click();
  await view.locator('.layer[data-state="done"]').waitFor({ timeout: hangingWork });
  assert.equal(await view.locator(".layer li").count(), 12);
  await inAllLooks(panels, "unit-layer");
  await panels.screenshot("unit-layer");
  await view.locator(".layer li button").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await view.locator(`${growth("done")} canvas[aria-label*="channel 1 of "]`).waitFor({ timeout: hangingWork });
});

test("the page and its menus in all looks; then it saves itself as an experiment", async () => {
  const { page, view } = panels;
  await view.locator('.further.diverse[data-state="done"]').waitFor({ timeout: hangingWork });
  await inAllLooks(panels, "unit", { after: lookIntoRecipe });
  for (const menu of ["Recipe", "Export"]) {
    await openMenu(view, menu);
    assert.deepEqual(await accessibilityViolations(view), [], menu);
    await panels.screenshot(`unit-${menu.toLowerCase()}`);
    await page.keyboard.press("Escape");
  }
  const text = (
    await exported(view, "Save as experiment…", path.join(panels.workspace, "unit.glassbox.yaml"))
  ).toString();
  assert.match(text, /objective: .*channel\(/);
  assert.match(text, /method: maximized-activation/);
});
