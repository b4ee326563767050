import type { FrameLocator } from "playwright-core";
import { hanging } from "./hanging.ts";

export async function showView(view: FrameLocator, title: string): Promise<void> {
  await view.getByRole("tab", { name: title, exact: true }).click();
}

/** Resolves when nothing runs any more. */
export const settled = (view: FrameLocator, timeout = hanging): Promise<void> =>
  view.locator(".cancel:disabled").waitFor({ timeout });

/** The reading under a grid, once it says something like `what`. */
export const reading = (view: FrameLocator, what: RegExp): Promise<void> =>
  view.locator(".reading", { hasText: what }).first().waitFor();
