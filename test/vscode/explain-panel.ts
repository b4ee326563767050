import fs from "node:fs";
import path from "node:path";
import type { FrameLocator, Page } from "playwright-core";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { openMenu } from "../browser/explain-view.ts";
import { saveAs } from "./save-dialog.ts";
import { contextMenu } from "./workbench.ts";

/** The explain panel as a person handles it. */
export const explain = (page: Page, model: string): Promise<void> => contextMenu(page, model, COMMANDS.explain.title);

/** Exports what is shown through VS Code's save dialog, which on the web is a quick input, and gives the file's bytes. */
export async function exported(page: Page, view: FrameLocator, item: string, file: string): Promise<Buffer> {
  await (await openMenu(view, "Export")).getByText(item, { exact: true }).click();
  await saveAs(page, file);
  await view.locator(".said", { hasText: path.basename(file) }).waitFor();
  return fs.readFileSync(file);
}
