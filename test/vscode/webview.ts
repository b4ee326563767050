import { setTimeout as sleep } from "node:timers/promises";
import type { Frame, FrameLocator, Page } from "playwright-core";
import { hanging } from "../browser/hanging.ts";
import { EXTENSION_ID } from "./installation.ts";

/** The document of Glassbox's nth visible webview; hidden tabs may keep theirs. */
export const webview = (page: Page, nth = 0): FrameLocator =>
  page
    .locator(`iframe.webview.ready[src*="extensionId=${EXTENSION_ID}"]`)
    .filter({ visible: true })
    .nth(nth)
    .contentFrame()
    .locator("iframe#active-frame")
    .contentFrame();

/** The document of VS Code's own preview of a Markdown file. */
export const markdownPreview = (page: Page): FrameLocator =>
  page
    .locator("iframe.webview.ready")
    .filter({ visible: true })
    .first()
    .contentFrame()
    .locator("iframe#active-frame")
    .contentFrame();

/** The frame of the webview in which `selector` matches: with several open, their order in the page is no promise. */
export async function webviewWith(page: Page, selector: string, timeout = hanging): Promise<Frame> {
  for (const end = Date.now() + timeout; Date.now() < end; await sleep(100)) {
    for (const frame of page.frames()) {
      if (
        /\/pre\/fake\.html/.test(frame.url()) &&
        (await frame
          .locator(selector)
          .count()
          .catch(() => 0))
      )
        return frame;
    }
  }
  throw new Error(`No webview shows ${selector}.`);
}
