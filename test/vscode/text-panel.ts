import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FrameLocator, Page } from "playwright-core";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { hanging } from "./hanging.ts";
import { ROOT } from "./installation.ts";
import { webview } from "./webview.ts";
import { contextMenu } from "./workbench.ts";

/** Where the real checkpoint lies, or undefined where it was not fetched. */
export function smolLM(): string | undefined {
  const file = path.join(ROOT, "../shared/models/smollm2-135m-instruct-q4_1.gguf");
  return fs.existsSync(file) ? file : undefined;
}

export async function openWorkbench(page: Page, file: string): Promise<FrameLocator> {
  await contextMenu(page, file, COMMANDS.openTextWorkbench.title);
  const view = webview(page);
  await view.locator(".tokens").first().waitFor();
  return view;
}

export async function showView(view: FrameLocator, title: string): Promise<void> {
  await view.getByRole("tab", { name: title, exact: true }).click();
}

/** Resolves when nothing runs any more. */
export const settled = (view: FrameLocator, timeout = hanging): Promise<void> =>
  view.locator(".cancel:disabled").waitFor({ timeout });

/** The reading under a grid, once it says something like `what`. */
export const reading = (view: FrameLocator, what: RegExp): Promise<void> =>
  view.locator(".reading", { hasText: what }).first().waitFor();

/** Opens the view's Export menu and takes an item. */
export async function exportItem(view: FrameLocator, item: string): Promise<void> {
  const button = view.locator(".view-bar .menu > button");
  if ((await button.getAttribute("aria-expanded")) !== "true") await button.click();
  await view.locator(".menu > .panel").getByText(item, { exact: true }).click();
}

/** Exports through VS Code's save dialog, which on the web is a quick input, and gives the file's bytes. */
export async function exportedFile(page: Page, view: FrameLocator, item: string, file: string): Promise<Buffer> {
  await exportItem(view, item);
  const input = page.locator(".quick-input-widget .quick-input-box input");
  await input.waitFor({ state: "visible" });
  // The dialog puts its own suggestion in a moment after it appears, so the path is typed until it stays.
  for (const end = Date.now() + hanging; !fs.existsSync(file) && Date.now() < end;) {
    await input.fill(file, { timeout: 1000 }).catch(() => undefined);
    await sleep(300);
    if ((await input.inputValue({ timeout: 500 }).catch(() => "")) === file)
      await input.press("Enter", { timeout: 1000 }).catch(() => undefined);
  }
  await view.locator(".doing", { hasText: path.basename(file) }).waitFor();
  return fs.readFileSync(file);
}
