import assert from "node:assert/strict";
import { accessibilityViolations } from "../browser/accessibility.ts";
import type { Glassbox } from "./harness.ts";
import { pickTheme, THEMES, type Theme } from "./themes.ts";
import { webview } from "./webview.ts";
import { runCommand } from "./workbench.ts";

interface Looks {
  /** The window's widths in pixels. 370 leaves a panel 320. */
  readonly widths: readonly number[];
  /** Brings the panel into the state that is looked at, once a theme. */
  readonly before?: () => Promise<unknown>;
  /** Looks further, e.g. into a menu. */
  readonly after?: (theme: Theme, width: number) => Promise<unknown>;
}

/** In four themes and several widths: nothing for axe to find, nothing scrolls sideways. Each look is a screenshot. */
export async function inAllLooks(glassbox: Glassbox, name: string, { widths, before, after }: Looks): Promise<void> {
  const { page } = glassbox;
  const view = webview(page);
  const whole = page.viewportSize()!;
  await runCommand(page, "View: Toggle Primary Side Bar Visibility");
  for (const theme of THEMES) {
    await page.setViewportSize(whole);
    await pickTheme(page, theme);
    await view.locator(`body.${theme.webview}`).waitFor();
    await before?.();
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(400);
      assert.deepEqual(await accessibilityViolations(view), [], `${theme.label}, ${width}`);
      const [scroll, client] = await view
        .locator("html")
        .evaluate((element) => [element.scrollWidth, element.clientWidth]);
      assert.ok(scroll! <= client!, `${width}: ${scroll} in ${client}`);
      await glassbox.screenshot(`${name}-${theme.webview}-${width}`);
      await after?.(theme, width);
    }
  }
  await page.setViewportSize(whole);
  await pickTheme(page, THEMES[0]);
  await runCommand(page, "View: Toggle Primary Side Bar Visibility");
}
