import type { Page } from "playwright-core";
import { EXTENSION_ID } from "../test/vscode/installation.ts";
import { runCommand } from "../test/vscode/workbench.ts";

export interface ActivationTimes {
  /** Reading, compiling and running the bundle. */
  readonly loadMs: number;
  /** activate() until it returned. */
  readonly callMs: number;
  /** Until the promise it returned was settled. */
  readonly finishMs: number;
}

/** What VS Code itself measured when it activated Glassbox, from its own report; the extension must be active. */
export async function activationTimes(page: Page): Promise<ActivationTimes> {
  await runCommand(page, "Developer: Startup Performance");
  const editor = page.locator(".editor-instance .view-lines").first();
  await editor.filter({ hasText: "System Info" }).waitFor();
  await editor.click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("ControlOrMeta+C");
  const report = await page.evaluate(() => navigator.clipboard.readText());
  // | extension | eager | load code | call activate | finish activate | event | by |
  const row = report.split("\n").find((line) => line.includes(EXTENSION_ID) && /\d/.test(line));
  const [loadMs, callMs, finishMs] = (row ?? "")
    .split("|")
    .map((cell) => cell.trim())
    .filter((cell) => /^\d+$/.test(cell))
    .map(Number);
  if (loadMs === undefined || callMs === undefined || finishMs === undefined)
    throw new Error(`VS Code reports no activation of Glassbox.\n${report}`);
  await runCommand(page, "View: Close Editor");
  return { loadMs, callMs, finishMs };
}
