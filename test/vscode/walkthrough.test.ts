import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrameLocator, Locator, Page } from "playwright-core";
import { accessibilityViolations } from "./accessibility.ts";
import { hangingWork } from "./hanging.ts";
import { useGlassbox } from "./harness.ts";
import { editorStatePersisted, extensionStatePersisted } from "./persistence.ts";
import { THEMES, pickTheme } from "./themes.ts";
import { webview } from "./webview.ts";
import { closeAllEditors, quickPick, reload, runCommand } from "./workbench.ts";

const glassbox = useGlassbox({ from: "walkthroughs/axiomatic-attribution" });

const player = (): FrameLocator => webview(glassbox.page);
const title = (view: FrameLocator): Locator => view.locator("#step-title");

/** A run takes as long as it takes on two busy cores. */
const patience = hangingWork;

async function openWalkthrough(page: Page, name: string): Promise<void> {
  await runCommand(page, "Glassbox: Open a Walkthrough");
  await quickPick(page, name).click();
  await player().locator("h1", { hasText: name }).waitFor();
}

/** Commits the question that has the focus in front of it, by keyboard alone. */
async function commit(view: FrameLocator, question: Locator): Promise<void> {
  const { page } = glassbox;
  const slider = question.locator("input[type=range]");
  if (await slider.count()) {
    await slider.focus();
    await page.keyboard.press("ArrowRight");
  } else {
    await question.locator("input[type=radio]").first().focus();
    await page.keyboard.press("Space");
  }
  await question.getByRole("button", { name: "Commit" }).focus();
  await page.keyboard.press("Enter");
  await question.locator(".kept").waitFor();
  assert.ok(await view.locator("h1").count());
}

/** Goes through every step with the keyboard: commits each prediction, runs each block, and gives the titles seen. */
async function stepThrough(view: FrameLocator): Promise<readonly string[]> {
  const { page } = glassbox;
  const seen: string[] = [];
  for (;;) {
    const now = (await title(view).innerText()).trim();
    seen.push(now);
    for (const question of await view.locator("form.question").all()) await commit(view, question);
    const blocks = await view.locator(".block").count();
    for (let ran = 0; ran < blocks; ran++) {
      if (await view.locator("button.run.fresh").count()) {
        await title(view).focus();
        await page.keyboard.press("r");
      }
      await view.locator(".claims").nth(ran).waitFor({ timeout: patience });
    }
    assert.deepEqual(await view.locator(".claims .fail").allInnerTexts(), [], now);
    const next = view.locator(".ends button[type=submit]");
    if ((await next.count()) === 0) return seen;
    await title(view).focus();
    await page.keyboard.press("n");
    await title(view)
      .filter({ hasNotText: new RegExp(`^\\s*${now.replace(/[()?]/g, "\\$&")}\\s*$`) })
      .waitFor();
  }
}

test("Axiomatic attribution is stepped through by keyboard: every prediction is scored, every claim comes out", async () => {
  const { page } = glassbox;
  await openWalkthrough(page, "Axiomatic attribution");
  const view = player();
  await view.locator(".claims").waitFor({ timeout: patience });
  await glassbox.screenshot("walkthrough-hook");
  const seen = await stepThrough(view);
  assert.equal(seen.length, 13);
  const words = await view.locator(".toolbar .quiet").innerText();
  assert.match(words, /6 of 6 predicted, mean score \d+ of 100/);
  await view.locator(".steps button", { hasText: "Your predictions" }).first().click();
  assert.equal(await view.locator(".answer .score").count(), 2);
  await glassbox.screenshot("walkthrough-score");
});

test("after a reload the step, the predictions and the scores are there again", async () => {
  const { page } = glassbox;
  await editorStatePersisted(page, "axiomatic-attribution");
  await extensionStatePersisted(page, '"step":"what-came-out"');
  await reload(page);
  const view = player();
  await title(view).filter({ hasText: "Your predictions" }).waitFor();
  assert.equal(await view.locator(".answer .score").count(), 2);
  assert.match(await view.locator(".toolbar .quiet").innerText(), /6 of 6 predicted, mean score \d+ of 100/);
});

test("What does a layer know? is stepped through by keyboard as well", async () => {
  const { page } = glassbox;
  await openWalkthrough(page, "What does a layer know?");
  const seen = await stepThrough(player());
  assert.equal(seen.length, 11);
  assert.match(await player().locator(".toolbar .quiet").innerText(), /5 of 5 predicted, mean score \d+ of 100/);
  await player().locator(".steps button", { hasText: "Two opposite curves" }).first().click();
  await glassbox.screenshot("walkthrough-layers");
  await closeAllEditors(page);
  await openWalkthrough(page, "Axiomatic attribution");
});

test("an option is changed, and the claims speak of what was changed", async () => {
  const view = player();
  await view.locator(".steps button", { hasText: "Break it" }).first().click();
  await view.locator(".run-row select").selectOption("black");
  await view.locator(".claims").waitFor({ timeout: patience });
  assert.match(await view.locator(".doing").innerText(), /two baselines/);
  assert.equal(await view.locator("canvas.map").count(), 2);
});

test("the line that computes it opens beside, in its file", async () => {
  const { page } = glassbox;
  const view = player();
  await view.locator(".steps button", { hasText: "Fifty steps, run" }).first().click();
  await view.locator(".code button.link").click();
  await page.locator(".tabs-container .tab", { hasText: "adaptive-path.ts" }).waitFor();
  await view.locator(".said", { hasText: "adaptive-path.ts is open beside" }).waitFor();
});

test("axe finds nothing wrong in four themes, and 320 pixels need no sideways scroll", async () => {
  const { page } = glassbox;
  await closeAllEditors(page);
  await openWalkthrough(page, "Axiomatic attribution");
  const view = player();
  for (const theme of THEMES) {
    await pickTheme(page, theme);
    for (const step of ["Saturation, run", "Two inputs, by hand", "A slope is not a share", "Where this comes from"]) {
      await view.locator(".steps button", { hasText: step }).first().click();
      if (await view.locator("button.run").count()) await view.locator("button.run").click();
      if (await view.locator(".block").count()) await view.locator(".claims").waitFor({ timeout: patience });
      assert.deepEqual(await accessibilityViolations(view), [], `${theme.label}, ${step}`);
    }
    await view.locator(".steps button", { hasText: "Saturation, run" }).first().click();
    await glassbox.screenshot(`walkthrough-${theme.workbench}`);
  }
  await pickTheme(page, THEMES[0]);
  await runCommand(page, "View: Toggle Primary Side Bar Visibility");
  await page.setViewportSize({ width: 380, height: 1200 });
  const width = (): Promise<number> => view.locator("html").evaluate(() => innerWidth);
  // Whatever VS Code keeps beside it, the player has 320 pixels.
  await page.setViewportSize({ width: 380 + 320 - (await settledAt(width)), height: 1200 });
  assert.equal(await settledAt(width), 320);
  for (const step of ["Saturation, run", "Fifty steps, run", "Two inputs, by hand"]) {
    await view.locator(".steps summary").click();
    await view.locator(".steps .narrow button", { hasText: step }).first().click();
    const { wide, room } = await view
      .locator("html")
      .evaluate((element) => ({ wide: element.scrollWidth, room: element.clientWidth }));
    assert.ok(wide <= room, `${step}: ${wide} px in ${room} px`);
    await glassbox.screenshot(`walkthrough-narrow-${step.replace(/\W+/g, "-").toLowerCase()}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await runCommand(page, "View: Toggle Primary Side Bar Visibility");
});

/** A number once it has been the same for half a second. */
async function settledAt(read: () => Promise<number>): Promise<number> {
  for (let before = await read(); ;) {
    await glassbox.page.waitForTimeout(500);
    const now = await read();
    if (now === before) return now;
    before = now;
  }
}

test("the native walkthrough's steps complete by what was done, not by clicks on them", async () => {
  const { page } = glassbox;
  await closeAllEditors(page);
  await runCommand(page, "Welcome: Open Walkthrough...");
  await quickPick(page, "Look inside a neural network").click();
  const steps = page.locator(".gettingStartedContainer .getting-started-step");
  const done = (name: string): Locator => steps.filter({ hasText: name }).getByRole("checkbox", { checked: true });
  await steps.filter({ hasText: "Step through a paper" }).waitFor();
  assert.equal(await done("Step through a paper").count(), 0);
  // Only asked: the dialogs of the first two are closed again.
  for (const [step, button] of [
    ["See what a prediction rests on", "Explain a Prediction"],
    ["Look inside a language model", "Open in the Text Workbench"],
  ] as const) {
    await steps.filter({ hasText: step }).click();
    await steps.getByRole("button", { name: button }).click();
    await page.locator(".quick-input-widget").waitFor();
    await page.keyboard.press("Escape");
    await done(step).first().waitFor();
  }
  await glassbox.screenshot("walkthrough-native");
  await steps.filter({ hasText: "Step through a paper" }).click();
  await steps.getByRole("button", { name: "Open a Walkthrough" }).click();
  await quickPick(page, "Axiomatic attribution").click();
  await player().locator("h1", { hasText: "Axiomatic attribution" }).waitFor();
  // VS Code 1.100 names the tab after the walkthrough, 1.139 does not.
  await page.locator(".tabs-container .tab", { hasText: /Welcome|Walkthrough: Glassbox/ }).click();
  for (const step of ["Step through a paper", "Commit a prediction", "Finish a walkthrough"])
    await done(step).first().waitFor();
});
