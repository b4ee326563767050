import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { hanging } from "../browser/hanging.ts";

/** Answers VS Code's save dialog, which on the web is a quick input, with a file, and resolves when the file is there. */
export async function saveAs(page: Page, file: string): Promise<void> {
  const input = page.locator(".quick-input-widget .quick-input-box input");
  await input.waitFor({ state: "visible" });
  // The dialog puts its own suggestion in a moment after it appears, so the path is typed until it stays.
  for (const end = Date.now() + hanging; !fs.existsSync(file) && Date.now() < end;) {
    await input.fill(file, { timeout: 1000 }).catch(() => undefined);
    await sleep(300);
    if ((await input.inputValue({ timeout: 500 }).catch(() => "")) === file)
      await input.press("Enter", { timeout: 1000 }).catch(() => undefined);
  }
}
