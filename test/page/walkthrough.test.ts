import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrameLocator } from "playwright-core";
import { accessibilityViolations } from "../browser/accessibility.ts";
import { hangingWork } from "../browser/hanging.ts";
import { stepThrough, stepTitle } from "../browser/walkthrough-view.ts";
import { usePanels } from "./harness.ts";
import { drawn, noSidewaysScroll } from "./looks.ts";
import { THEMES } from "./themes.ts";
import { desk } from "./window/desk.ts";

const panels = usePanels();
const goTo = (view: FrameLocator, step: string): Promise<void> =>
  view.locator(".steps button", { hasText: step }).first().click();

test("Axiomatic attribution is stepped through by keyboard: every prediction is scored, every claim comes out", async () => {
  const view = await panels.openWalkthrough("axiomatic-attribution");
  await view.locator(".claims").waitFor({ timeout: hangingWork });
  await panels.screenshot("walkthrough-hook");
  const seen = await stepThrough(panels.page, view);
  assert.equal(seen.length, 13);
  const words = await view.locator(".toolbar .quiet").innerText();
  assert.match(words, /6 of 6 predicted, mean score \d+ of 100/);
  await goTo(view, "Your predictions");
  assert.equal(await view.locator(".answer .score").count(), 2);
  await panels.screenshot("walkthrough-score");
});

test("restored, the step, the predictions and the scores are there again", async () => {
  await panels.saved('"step":"what-came-out"');
  const view = await panels.restore();
  await stepTitle(view).filter({ hasText: "Your predictions" }).waitFor();
  assert.equal(await view.locator(".answer .score").count(), 2);
  assert.match(await view.locator(".toolbar .quiet").innerText(), /6 of 6 predicted, mean score \d+ of 100/);
  await goTo(view, "Fifty steps, run");
  await view.locator("canvas.map").first().waitFor();
  await view.locator(".claims").waitFor();
});

test("a term is explained where it first stands, on focus and to screen readers", async () => {
  const { view } = panels;
  await goTo(view, "A slope is not a share");
  const term = view.locator(".term", { hasText: "classifier" });
  assert.equal(await term.count(), 1);
  await term.focus();
  await term.locator('[role="tooltip"]', { hasText: "gives each of several classes a score" }).waitFor();
  await panels.screenshot("walkthrough-term");
});

test("the end says what was predicted, what is known now, and where to go on", async () => {
  const { view } = panels;
  await goTo(view, "Where this comes from");
  const end = view.locator(".end");
  assert.equal(await end.locator("strong", { hasText: "of 100" }).count(), 6);
  assert.match(await end.innerText(), /What you know now[\s\S]+Go on with Grad-CAM and the size of a cell/);
  await panels.screenshot("walkthrough-end");
});

test("an option is changed, and the claims speak of what was changed", async () => {
  const { view } = panels;
  await goTo(view, "Break it");
  await view.locator(".run-row select").selectOption("black");
  await view.locator(".doing", { hasText: "two baselines" }).waitFor({ timeout: hangingWork });
  await view.locator(".claims").waitFor();
  assert.equal(await view.locator("canvas.map").count(), 2);
});

test("the line that computes it opens, in its file", async () => {
  const { view } = panels;
  await goTo(view, "Fifty steps, run");
  await view.locator(".code button.link").click();
  await view.locator(".said", { hasText: "adaptive-path.ts is open beside" }).waitFor();
  assert.match(desk.opened.at(-1)!.path, /adaptive-path\.ts$/);
});

test("axe finds nothing wrong in four themes, and from 320 pixels on nothing scrolls sideways", async () => {
  const { view } = panels;
  for (const step of ["Saturation, run", "Two inputs, by hand", "A slope is not a share", "Where this comes from"]) {
    await goTo(view, step);
    if (await view.locator("button.run").count()) await view.locator("button.run").click();
    if (await view.locator(".block").count()) await view.locator(".claims").waitFor({ timeout: hangingWork });
    for (const theme of THEMES) {
      await panels.theme(theme);
      await drawn(view);
      assert.deepEqual(await accessibilityViolations(view), [], `${theme.label}, ${step}`);
      if (step === "Saturation, run") await panels.screenshot(`walkthrough-${theme.body}`);
    }
  }
  await panels.theme(THEMES[0]);
  await panels.width(320, 1200);
  for (const step of ["Saturation, run", "Fifty steps, run", "Two inputs, by hand"]) {
    await view.locator(".steps summary").click();
    await view.locator(".steps .narrow button", { hasText: step }).first().click();
    await noSidewaysScroll(view, step);
    assert.deepEqual(await accessibilityViolations(view), [], `320, ${step}`);
    await panels.screenshot(`walkthrough-narrow-${step.replace(/\W+/g, "-").toLowerCase()}`);
  }
  await panels.width(1440);
});

for (const { title, id, steps, questions, shown } of [
  {
    title: "What does a layer know?",
    id: "what-does-a-layer-know",
    steps: 11,
    questions: 5,
    shown: ["Two opposite curves"],
  },
  {
    title: "Saliency maps",
    id: "saliency-maps",
    steps: 12,
    questions: 4,
    shown: ["A map of nothing, run", "Another class, run"],
  },
  { title: "Grad-CAM", id: "grad-cam", steps: 12, questions: 5, shown: ["Which map is better, run"] },
  { title: "Network dissection", id: "network-dissection", steps: 10, questions: 4, shown: ["A later layer, run"] },
])
  test(`${title} is stepped through by keyboard as well`, async () => {
    const view = await panels.openWalkthrough(id);
    const seen = await stepThrough(panels.page, view);
    assert.equal(seen.length, steps);
    assert.match(
      await view.locator(".toolbar .quiet").innerText(),
      new RegExp(`${questions} of ${questions} predicted, mean score \\d+ of 100`),
    );
    for (const step of shown) {
      await goTo(view, step);
      await panels.screenshot(`walkthrough-${id}-${step.replace(/\W+/g, "-").toLowerCase()}`);
    }
  });
