import assert from "node:assert/strict";
import type { FrameLocator, Locator, Page } from "playwright-core";
import { hangingWork } from "./hanging.ts";

export const stepTitle = (view: FrameLocator): Locator => view.locator("#step-title");

/** Commits the question that has the focus in front of it, by keyboard alone. */
export async function commit(page: Page, view: FrameLocator, question: Locator): Promise<void> {
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
export async function stepThrough(page: Page, view: FrameLocator): Promise<readonly string[]> {
  const seen: string[] = [];
  for (;;) {
    const now = (await stepTitle(view).innerText()).trim();
    seen.push(now);
    for (const question of await view.locator("form.question").all()) await commit(page, view, question);
    const blocks = await view.locator(".block").count();
    for (let ran = 0; ran < blocks; ran++) {
      if (await view.locator("button.run.fresh").count()) {
        await stepTitle(view).focus();
        await page.keyboard.press("r");
      }
      await view.locator(".claims").nth(ran).waitFor({ timeout: hangingWork });
    }
    assert.deepEqual(await view.locator(".claims .fail").allInnerTexts(), [], now);
    const next = view.locator(".ends button[type=submit]");
    if ((await next.count()) === 0) return seen;
    await stepTitle(view).focus();
    await page.keyboard.press("n");
    await stepTitle(view)
      .filter({ hasNotText: new RegExp(`^\\s*${now.replace(/[()?]/g, "\\$&")}\\s*$`) })
      .waitFor();
  }
}
