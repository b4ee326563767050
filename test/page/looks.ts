import assert from "node:assert/strict";
import type { FrameLocator } from "playwright-core";
import { accessibilityViolations } from "../browser/accessibility.ts";
import type { Panels } from "./harness.ts";
import { THEMES, type Theme } from "./themes.ts";

interface Looks {
  /** The panel's widths in pixels; from 320 on nothing may scroll sideways. */
  readonly widths?: readonly number[];
  /** Brings the panel into the state that is looked at, once a theme. */
  readonly before?: () => Promise<unknown>;
  /** Looks further, e.g. into a menu. */
  readonly after?: (theme: Theme, width: number) => Promise<unknown>;
}

/** Resolves when what follows from a change of size or theme is drawn. */
export const drawn = (view: FrameLocator): Promise<void> =>
  view
    .locator("body")
    .evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

export async function noSidewaysScroll(view: FrameLocator, where: string): Promise<void> {
  await drawn(view);
  const [scroll, client] = await view.locator("html").evaluate((root) => [root.scrollWidth, root.clientWidth] as const);
  assert.ok(scroll <= client, `${where}: ${scroll} px in ${client}`);
}

/** In four themes and several widths: nothing for axe to find, nothing scrolls sideways. Each look is a screenshot. */
export async function inAllLooks(
  panels: Panels,
  name: string,
  { widths = [320, 760, 1400], before, after }: Looks = {},
): Promise<void> {
  const { view, page } = panels;
  // What happens to lie below the pointer looks different.
  await page.mouse.move(0, 0);
  for (const theme of THEMES) {
    await panels.width(1440);
    await panels.theme(theme);
    await before?.();
    for (const width of widths) {
      await panels.width(width);
      await noSidewaysScroll(view, `${theme.label}, ${width}`);
      assert.deepEqual(await accessibilityViolations(view), [], `${theme.label}, ${width}`);
      await panels.screenshot(`${name}-${theme.body}-${width}`);
      await after?.(theme, width);
    }
  }
  await panels.width(1440);
  await panels.theme(THEMES[0]);
}
