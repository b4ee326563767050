import fs from "node:fs";
import path from "node:path";
import type { FrameLocator } from "playwright-core";
import { desk } from "./window/desk.ts";

/** Opens the Export menu of a panel, or of its view, and takes an item. */
async function take(view: FrameLocator, item: string): Promise<void> {
  const button = view.locator(".toolbar .menu > button, .view-bar .menu > button").filter({ hasText: "Export" });
  if ((await button.getAttribute("aria-expanded")) !== "true") await button.click();
  await view.locator(".menu > .panel").getByText(item, { exact: true }).click();
}

/** Exports what is shown to a file and gives the file's bytes. */
export async function exported(view: FrameLocator, item: string, file: string): Promise<Buffer> {
  desk.chosen = file;
  await take(view, item);
  await view
    .locator(".said, .doing")
    .filter({ hasText: path.basename(file) })
    .waitFor();
  return fs.readFileSync(file);
}

/** Takes an item of the Export menu that copies, and gives what is then on the clipboard. */
export async function copied(view: FrameLocator, item: string): Promise<string> {
  desk.clipboard = "";
  await take(view, item);
  await view.locator(".said, .doing").filter({ hasText: "clipboard" }).waitFor();
  return desk.clipboard;
}

export const isPng = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(1, 4)).toString() === "PNG";
